"""What several test files need: a model small enough to check by eye, and the real one."""

import io
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console, RenderableType

from socialcls.classifier import Classifier
from socialcls.features.extractor import GROUPS
from socialcls.features.signals import dump_entries, index_entries
from socialcls.model.persistence import Artifact, Card
from socialcls.model.vocabulary import lay_out
from socialcls.model.weights import ROW, SIGNAL_URL_PARTS, SIGNAL_WORDS, Arrays, Scores
from socialcls.taxonomy.taxonomy import CRITERIA, GROUNDS, LABELS, Answer, Category, Signal, Taxonomy

ROOT = Path(__file__).parent.parent


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
    known: dict[str, dict[str, tuple[float, ...]]], intercepts: Scores, signals: Sequence[Signal]
) -> Arrays:
    """Arrays of a few features: for each its coefficients of community, blog and platform, then the squared idf."""
    words, url_parts = index_entries(signals)
    sections = {
        **{group.name: list(known.get(group.name, {})) for group in GROUPS},
        SIGNAL_WORDS: dump_entries(words),
        SIGNAL_URL_PARTS: dump_entries(url_parts),
    }
    lines, order = lay_out(sections)
    rows = [row for group in GROUPS for row in known.get(group.name, {}).values()]
    return Arrays(intercepts, lines, b"".join(ROW.pack(*rows[n]) for n in order[: len(rows)]))


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
            temperatures=dict.fromkeys(GROUNDS, 1.0),
            thresholds={ground: dict.fromkeys(LABELS, 0.5) for ground in GROUNDS},
            data={"n_rows": 0, "labels": {}, "languages": {}, "styles": {}, "sha256": ""},
            training={"seed": 0, "n_folds": 2, "strength": 1.0, "versions": {}},
            figures={},
        ),
        taxonomy=Taxonomy(
            categories={"en": names, "pl": names},
            criteria={language: {c: c for c in CRITERIA} for language in ("en", "pl")},
            signals=(threads,),
        ),
        arrays=make_arrays(known, (0.25, -0.25, -0.25, 0.0), [threads]),
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
