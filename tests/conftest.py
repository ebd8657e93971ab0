"""What several test files need: a model small enough to check by eye, and the real one."""

from array import array
from pathlib import Path

import pytest

from socialcls.artifact import Artifact, Card
from socialcls.classifier import Classifier
from socialcls.features import GROUPS
from socialcls.model import Arrays
from socialcls.taxonomy import CRITERIA, LABELS, Answer, Category, Signal, Taxonomy

ROOT = Path(__file__).parent.parent


def make_tiny_artifact() -> Artifact:
    """A model that knows two words, one signal and one part of a URL.

    Coefficients in the order community, blog, platform, other, then the squared idf:

    * text.words    "forum"      2  0  0  0   q = 4
    * text.words    "shop"       0  0  0  3   q = 9
    * text.signals  "threads"    1  0 -1  0   q = 1
    * url.parts     "sub=blog"   0  4  0  0   q = 1
    """
    known = {
        "text.words": {"forum": (2, 0, 0, 0, 4), "shop": (0, 0, 0, 3, 9)},
        "text.signals": {"threads": (1, 0, -1, 0, 1)},
        "url.parts": {"sub=blog": (0, 4, 0, 0, 1)},
    }
    numbers = [float(n) for group in GROUPS for row in known.get(group.name, {}).values() for n in row]
    answers: tuple[Answer, ...] = (*LABELS, "unsure")
    names = {answer: Category(answer, f"a {answer}", f"What a {answer} is.") for answer in answers}
    threads = Signal(
        id="threads",
        label="community",
        criterion="hangs_on",
        names={"en": "threads and replies", "pl": "wątki i odpowiedzi"},
        words=("thread*", "wątk*", "post a reply"),
        url_parts=("viewtopic",),
    )
    return Artifact(
        card=Card(
            name="tiny",
            version="0",
            temperature=1.0,
            thresholds={"description": dict.fromkeys(LABELS, 0.5), "url": dict.fromkeys(LABELS, 0.5)},
            data={"n_rows": 0, "labels": {}, "languages": {}, "styles": {}, "sha256": ""},
            training={"seed": 0, "n_folds": 2, "strength": 1.0, "versions": {}},
            figures={},
        ),
        taxonomy=Taxonomy(
            categories={"en": names, "pl": names},
            criteria={language: {c: c for c in CRITERIA} for language in ("en", "pl")},
            signals=(threads,),
        ),
        arrays=Arrays(
            intercepts=(0.5, 0.0, 0.0, 0.25),
            features={group.name: list(known.get(group.name, {})) for group in GROUPS},
            weights=array("f", numbers),
        ),
    )


@pytest.fixture
def tiny_artifact() -> Artifact:
    """The hand-made model as an artifact."""
    return make_tiny_artifact()


@pytest.fixture
def tiny(tiny_artifact: Artifact) -> Classifier:
    """The hand-made model, ready to classify."""
    return Classifier(tiny_artifact)


@pytest.fixture(scope="session")
def default() -> Classifier:
    """The model that the package ships."""
    return Classifier.load()
