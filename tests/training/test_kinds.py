"""Kinds: learnt under their label, saved with the model, told when they are sure enough."""

from itertools import permutations

import numpy as np
import pytest

from socialcls.batch.rows import RowClassifier
from socialcls.classifier import Classifier
from socialcls.errors import ModelError
from socialcls.features.extractor import Reader
from socialcls.model.linear import LinearModel
from socialcls.model.persistence import load_artifact, save_artifact
from socialcls.reports.json import describe_prediction
from socialcls.taxonomy.taxonomy import load_taxonomy
from socialcls.training.export import export
from socialcls.training.fit import fit
from socialcls.training.kinds import fit_kinds, list_learnable_kinds
from socialcls.training.knowledge import KnowledgeBase
from socialcls.training.pipeline import train
from socialcls.training.settings import Settings
from socialcls.training.views import show_examples
from socialcls.types import Document, Example

_SETTINGS = Settings(n_folds=2, n_jobs=1, strength=5.0, kind_strength=100.0)
_TOPICS = {
    ("recipe", "cake"): ("flour", "dough", "oven", "sugar"),
    ("recipe", "soup"): ("broth", "ladle", "boil", "leek"),
    ("recipe", "salad"): ("lettuce", "oil", "vinegar", "raw"),
    ("map", ""): ("north", "river", "scale", "border"),
}


def _generate():
    return [
        Example(Document(" ".join(words), f"{label[:3]}{kind}{i}.pl"), label, {"kind": kind}, f"row {i}")
        for (label, kind), topic in _TOPICS.items()
        for i, words in enumerate(permutations(topic, 3))
    ]


@pytest.fixture(scope="module")
def artifact():
    """A model of two labels, one with kinds of its own and one without."""
    return train(_generate(), load_taxonomy().with_labels(("recipe", "map")), _SETTINGS).artifact


def test_kinds_are_told_under_their_label(artifact, tmp_path):
    """With a probability; a label without kinds tells none; saved and loaded it says the same."""
    save_artifact(artifact, tmp_path / "m")
    for classifier in (Classifier(artifact), Classifier.load(tmp_path / "m")):
        assert artifact.arrays.kinds.names == {"recipe": ("cake", "salad", "soup")}
        for (label, kind), words in _TOPICS.items():
            prediction = classifier.classify(" ".join(reversed(words)))
            assert (prediction.category, prediction.kind) == (label, kind or None)
            assert (prediction.p_kind or 0) > 0.5 if kind else prediction.p_kind is None
    assert artifact.card.kind_figures["recipe"]["macro_f1"] == 1


def test_a_word_never_seen_is_told_by_its_ngrams(artifact):
    """Whatever its ending; one whose n-grams nobody knows says nothing."""
    model = LinearModel(artifact.arrays)
    kinds = artifact.arrays.kinds.names["recipe"]
    nothing = model.score_kinds(model.read(Document("xyzzy")), "recipe")
    for (label, kind), words in _TOPICS.items():
        if label == "recipe":
            scores = model.score_kinds(model.read(Document(f"{words[0]}ize")), "recipe")
            assert scores.index(max(scores)) == kinds.index(kind)
            assert scores != nothing
    assert nothing == artifact.arrays.kinds.intercepts["recipe"]


def test_a_kind_that_cannot_be_told_is_empty(artifact, tmp_path):
    """In the prediction, the JSON and the batch; so is that of an answer that is unsure."""
    doubtful = artifact._replace(card=artifact.card._replace(kind_thresholds={"recipe": dict.fromkeys(
        ("cake", "salad", "soup"), 0.999)}))  # fmt: skip
    classifier = Classifier(doubtful)
    prediction = classifier.classify("flour broth lettuce oven")
    assert prediction.category == "recipe"
    described = describe_prediction(prediction, classifier.taxonomy, "en")
    assert (described["kind"], described["p_kind"]) == (None, None)
    save_artifact(artifact, tmp_path / "m")
    columns = RowClassifier(tmp_path / "m").classify_columns({"text": ["flour dough", "unheard of", ""]})
    assert columns["kind"] == ["cake", "", ""]
    assert float(columns["p_kind"][0]) > 0.5
    assert columns["p_kind"][1:] == ["", ""]


def test_exported_kinds_score_as_scikit_learn_does():
    """The sums of the export are the regression's, to the rounding of sixteen bits."""
    examples, knowledge = _generate(), KnowledgeBase.gather(load_taxonomy())
    reader = Reader(knowledge.open())
    shown = show_examples(examples, reader)
    fitted = fit(examples, shown, _SETTINGS)
    kinds = list_learnable_kinds(examples, ("recipe", "map"), {})
    kind_fit = fit_kinds(fitted, examples, kinds, _SETTINGS)
    model = LinearModel(export(fitted, ("recipe", "map"), knowledge, kind_fit))
    rows = {s.index: row for row, s in enumerate(shown) if s.view == "all fields"}
    for index, row in rows.items():
        if examples[index].gold == "recipe":
            dense = np.asarray(fitted.matrix[row].todense())
            expected = dense @ kind_fit.coefficients["recipe"] + kind_fit.intercepts["recipe"][:-1]
            found = model.score_kinds(model.read(examples[index].document), "recipe")
            assert found == pytest.approx([*np.ravel(expected), 0.0], abs=2e-3)


def test_rare_kinds_are_not_learnt():
    """Of seven hosts; nor is a kind that stands alone under its label."""
    rows = [Example(Document(url=f"{kind}{n}.pl"), "blog", {"kind": kind}) for kind in "abc" for n in range(8)]
    assert list_learnable_kinds(rows[:-1], ("blog",), {"blog": ("b", "a")}) == {"blog": ("b", "a")}
    assert list_learnable_kinds(rows[:15], ("blog",), {}) == {}


@pytest.mark.parametrize(
    "change",
    [
        {"names": {"recipe": ["cake"]}},
        {"names": {"song": ["a", "b"]}},
        {"intercepts": {"recipe": [0.0, float("inf"), 0.0]}},
        {"intercepts": {"recipe": [0.0]}},
        {"weights": b"\0"},
    ],
)
def test_kinds_that_cannot_be_are_refused(artifact, tmp_path, change):
    """None, of a label that there is not, numbers that are none, a size that does not fit."""
    kinds = artifact.arrays.kinds._replace(**change)
    with pytest.raises((ModelError, ValueError)):
        save_artifact(artifact._replace(arrays=artifact.arrays._replace(kinds=kinds)), tmp_path / "m")
        load_artifact(tmp_path / "m")
