"""What several test files need: a model small enough to check by eye, and the real one."""

import io
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from struct import Struct

import pytest
from hypothesis import HealthCheck, settings
from rich.console import Console, RenderableType

from socialcls.classifier import Classifier
from socialcls.dataset.services import Service
from socialcls.features.groups import GROUPS
from socialcls.model.persistence import Artifact, Card
from socialcls.model.vocabulary import lay_out
from socialcls.model.weights import Arrays, Scores
from socialcls.taxonomy.taxonomy import Category, HeadFacts, Signal, Taxonomy
from socialcls.training.knowledge import KnowledgeBase
from socialcls.types import GROUNDS, UNSURE, Label

ROOT = Path(__file__).parent.parent

# On a machine that does other things too, making inputs takes longer than Hypothesis likes.
settings.register_profile("patient", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("patient")

LABELS = ("community", "blog", "platform", "other")
CRITERIA = ("itself", "who", "hangs_on", "talk", "purpose")
NO_HEADS = HeadFacts((), (), {})
NOTHING_GATHERED = KnowledgeBase({}, {}, {}, {}, {}, {}, {})


def show(rendered: RenderableType, width: int, *, colour: bool = False) -> str:
    """What a terminal of some columns shows."""
    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=colour,
        color_system="truecolor" if colour else None,
        markup=False,
        emoji=False,
        highlight=False,
    )
    console.print(rendered)
    return out.getvalue()


def build_wheel(directory: Path, **variables: str) -> tuple[Path, str]:
    """A wheel of the working tree, and what was said while it was built."""
    command = [sys.executable, "-m", "pip", "wheel", "--verbose", "--no-deps", "--wheel-dir", str(directory), str(ROOT)]
    environment = {**os.environ, **variables}
    built = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, check=False)
    said = built.stdout.decode()
    assert built.returncode == 0, said
    (wheel,) = directory.glob("*.whl")
    return wheel, said


def make_arrays(
    known: dict[str, dict[str, tuple[float, ...]]], intercepts: Scores, knowledge: KnowledgeBase = NOTHING_GATHERED
) -> Arrays:
    """Arrays of a few features: for each its coefficients of all labels but the last, then the squared idf.

    Numbers are multiples of 1/64, so that integers hold them exactly.
    """
    sections = {**{group.name: list(known.get(group.name, {})) for group in GROUPS}, **knowledge.list_lines()}
    lines, order = lay_out(sections)
    rows = [row for group in GROUPS for row in known.get(group.name, {}).values()]
    packed = Struct(f"<{len(intercepts)}i")
    weights = b"".join(packed.pack(*(round(value * 64) for value in rows[n])) for n in order[: len(rows)])
    return Arrays(intercepts, {group.name: (1 / 64, 1 / 64) for group in GROUPS}, lines, weights)


THREADS = Signal(
    id="threads",
    label="community",
    criterion="hangs_on",
    names={"en": "threads and replies", "pl": "wątki i odpowiedzi"},
    words=("thread*", "wątk*", "post a reply"),
    url_parts=("viewtopic",),
)


def make_artifact(
    labels: Sequence[Label],
    known: dict[str, dict[str, tuple[float, ...]]],
    intercepts: Scores,
    *,
    heads: HeadFacts = NO_HEADS,
    services: Sequence[Service] = (),
) -> Artifact:
    """A model of any labels that knows a few features and the signal THREADS; see `make_arrays`."""
    names = {
        answer: Category(answer, f"a {answer}", f"What a {answer} is.", answer != "other")
        for answer in (*labels, UNSURE)
    }
    taxonomy = Taxonomy(
        categories={"en": names, "pl": names},
        criteria={language: {c: c for c in CRITERIA} for language in ("en", "pl")},
        signals=(THREADS,),
    )
    return Artifact(
        card=Card(
            name="tiny",
            version="0",
            labels=tuple(labels),
            temperatures=dict.fromkeys(GROUNDS, 1.0),
            thresholds={ground: dict.fromkeys(labels, 0.5) for ground in GROUNDS},
            data={"n_rows": 0, "labels": {}, "languages": {}, "styles": {}, "sha256": ""},
            training={"seed": 0, "n_folds": 2, "strength": 1.0, "versions": {}},
            figures={},
        ),
        taxonomy=taxonomy,
        arrays=make_arrays(known, intercepts, KnowledgeBase.gather(taxonomy, heads=heads, services=services)),
    )


def make_tiny_artifact() -> Artifact:
    """A model that knows two words, a pair, one signal and one part of a URL.

    Coefficients in the order community, blog, platform, all against other, then the squared idf:

    * text.words    "forum"        100    0    0   q = 100   alone 100 / √(2400 + 100) = 2
    * text.words    "shop"         -75  -75  -75   q = 100   alone -1.5
    * text.pairs    "shop forum"     0    0   52   q = 104   with its words 52 / √(2400 + 304) = 1
    * text.signals  "threads"        2    0   -2   q = 1     alone 2 / √(1.5 + 1)
    * url.parts     "sub=blog"       0   30    0   q = 25    alone 30 / √(200 + 25) = 2
    """
    known: dict[str, dict[str, tuple[float, ...]]] = {
        "text.words": {"forum": (100.0, 0.0, 0.0, 100.0), "shop": (-75.0, -75.0, -75.0, 100.0)},
        "text.pairs": {"shop\tforum": (0.0, 0.0, 52.0, 104.0)},
        "text.signals": {"threads": (2.0, 0.0, -2.0, 1.0)},
        "url.parts": {"sub=blog": (0.0, 30.0, 0.0, 25.0)},
    }
    return make_artifact(LABELS, known, [0.25, -0.25, -0.25, 0.0])


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
