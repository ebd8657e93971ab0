"""A model as a scikit-learn pipeline, for those who want one: the same scores, computed by matrices.

What joblib writes is a pickle: whoever loads one runs whatever code it holds. A model directory never does.
"""

from collections.abc import Iterable
from pathlib import Path

import joblib
import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from socialcls.classifier import make_document
from socialcls.errors import OutputError
from socialcls.features.extractor import Knowledge, Reader
from socialcls.features.groups import GROUPS
from socialcls.features.heads import HeadLexicon
from socialcls.features.services import ServiceTable
from socialcls.features.signals import Entry, parse_entry
from socialcls.model.persistence import Artifact
from socialcls.model.vocabulary import Vocabulary
from socialcls.model.weights import (
    HEADS,
    LANGUAGES,
    ROLES,
    SERVICE_NAMES,
    SERVICES,
    SIGNAL_URL_PARTS,
    SIGNAL_WORDS,
    Weights,
)
from socialcls.training.matrix import Matrix, Vector, assemble, count_group
from socialcls.types import Document

WARNING = "A file written by joblib can run code when it is loaded: load only what you made yourself."


class KeyVectorizer(BaseEstimator, TransformerMixin):  # type: ignore[misc]
    """Makes of documents, or texts, the design matrix of a model: counts of features divided by length factors."""

    def __init__(self, knowledge: Knowledge, features: dict[str, list[str]], idf: dict[str, Vector]) -> None:
        self.knowledge, self.features, self.idf = knowledge, features, idf

    def fit(self, documents: Iterable[str | Document], gold: object = None) -> "KeyVectorizer":
        """Do nothing: the features are those of the model."""
        del documents, gold
        return self

    def transform(self, documents: Iterable[str | Document]) -> Matrix:
        """Make the matrix, shape (n_documents, n_features)."""
        reader = Reader(self.knowledge)
        all_keys = [reader.read(d if isinstance(d, Document) else make_document(d)) for d in documents]
        counted = {}
        for i, group in enumerate(GROUPS):
            counted[group.name] = count_group(group, [k.by_group[i] for k in all_keys], self.features[group.name])
            counted[group.name].idf = self.idf[group.name]
        return assemble(counted)

    def __sklearn_is_fitted__(self) -> bool:
        return True


def make_pipeline(artifact: Artifact) -> Pipeline:
    """Make a pipeline of a model: its `decision_function` gives the same differences of scores.

    Probabilities are those of descriptions: pages and bare addresses have temperatures of their own, which a pipeline
    cannot know.
    """
    weights = Weights(artifact.arrays)
    features: dict[str, list[str]] = {}
    idf: dict[str, Vector] = {}
    columns: list[Vector] = []
    for group in GROUPS:
        rows = weights.groups[group.name].list_rows()
        features[group.name] = list(rows)
        table = np.array(list(rows.values())).reshape(len(rows), artifact.arrays.n_labels + 1)
        idf[group.name] = np.sqrt(table[:, -1])
        scale = idf[group.name] * group.scale
        # what the matrix multiplies by is taken out again of the coefficients, into which it was folded
        columns.append(table[:, :-1] / np.where(scale == 0, 1.0, scale)[:, None])
    coefficients = np.vstack(columns).T / artifact.card.temperatures["description"]
    intercepts = np.array(artifact.arrays.intercepts) / artifact.card.temperatures["description"]
    labels = artifact.card.labels
    order = sorted(range(len(labels)), key=lambda i: labels[i])
    estimator = LogisticRegression()
    estimator.classes_ = np.array([labels[i] for i in order])
    coefficients, intercepts = coefficients[order], intercepts[order]
    if len(labels) == 2:
        coefficients, intercepts = coefficients[1:] - coefficients[:1], intercepts[1:] - intercepts[:1]
    estimator.coef_, estimator.intercept_ = coefficients, intercepts
    estimator.n_features_in_ = coefficients.shape[1]
    return Pipeline([("read", KeyVectorizer(_open_knowledge(artifact), features, idf)), ("classify", estimator)])


def export_pipeline(artifact: Artifact, path: Path) -> None:
    """Write a model as a scikit-learn pipeline, with joblib.

    Raises:
        OutputError: the file cannot be written.
    """
    try:
        joblib.dump(make_pipeline(artifact), path, compress=3)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}).") from error


def _open_knowledge(artifact: Artifact) -> Knowledge:
    vocabulary = Vocabulary(artifact.arrays.lines)

    def gather(section: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for line in vocabulary.list_section(section):
            key, _, value = line.partition("\t")
            found.setdefault(key, []).append(value)
        return found

    def gather_entries(section: str) -> dict[str, list[Entry]]:
        return {key: [parse_entry(value) for value in values] for key, values in gather(section).items()}

    languages = {key: values[0] for key, values in gather(LANGUAGES).items()}
    return Knowledge(
        gather_entries(SIGNAL_WORDS),
        gather_entries(SIGNAL_URL_PARTS),
        HeadLexicon(gather(HEADS), gather(ROLES), languages),
        ServiceTable(gather(SERVICES), gather(SERVICE_NAMES)),
    )
