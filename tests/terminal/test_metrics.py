"""Measurements and models as they are shown: no figure is cut off, nothing is obeyed."""

from collections import Counter

import pytest
from rich.cells import cell_len

from socialcls.dataset.metrics import Outcome, measure
from socialcls.explain.top_features import Pull, rank_features
from socialcls.messages import list_languages, load_messages
from socialcls.model.persistence import DEFAULT_MODEL_DIR, load_artifact
from socialcls.reports.json import describe_figures, describe_model
from socialcls.terminal.metrics import (
    render_breakdown,
    render_confusion,
    render_figures,
    render_model,
    render_pulls,
    summarise_batch,
)
from socialcls.types import Label
from tests.conftest import LABELS, show

_WIDTHS = pytest.mark.parametrize("width", [40, 60, 120])


@pytest.fixture
def figures():
    """Of 12,345 blogs, all right, and one community taken for a platform."""
    right, wrong = Outcome("blog", "blog", 0.9, "blog"), Outcome("community", "platform", 0.6, "unsure")
    return describe_figures(measure([right] * 12_345 + [wrong], LABELS))


@_WIDTHS
def test_figures_fit_and_none_is_cut_off(figures, width):
    """Labels, counts and the figures of the whole are all there, in a narrow terminal too."""
    shown = show(render_figures(figures, width, "of \x1b[31mmine"), width)
    assert all(cell_len(line) <= width for line in shown.splitlines())
    for said in ("community", "platform", "precision", "12,345", "of \\x1b[31mmine"):
        assert said in shown
    assert "macro-F1 0.500 · accuracy 1.000" in " ".join(shown.split())


@_WIDTHS
def test_confusion_fits_and_counts_each_pair(figures, width):
    """The row is the gold label, the column the best guess."""
    lines = show(render_confusion(figures, width), width).splitlines()
    assert all(cell_len(line) <= width for line in lines)
    of_community = next(line for line in lines if line.strip("│ ").startswith("community"))
    assert of_community.replace("│", " ").split() == ["community", "0", "0", "1", "0"]


@_WIDTHS
def test_a_breakdown_fits_and_obeys_nothing(figures, width):
    """Values of the column come from a file: they are shown whole, and neutralised."""
    shown = show(render_breakdown("sty\x1ble", {"": figures, "a\x07b": figures}, width), width)
    assert all(cell_len(line) <= width for line in shown.splitlines())
    assert not set(shown) & set("\x1b\x07")
    for said in ("a\\x07b", "12,346", "0.500", "100%"):
        assert said in shown


@_WIDTHS
def test_a_model_fits(width):
    """What it was trained on, what was measured, and how it decides."""
    described = describe_model(load_artifact(DEFAULT_MODEL_DIR))
    shown = show(render_model(described, width), width)
    assert all(cell_len(line) <= width for line in shown.splitlines())
    assert "…" not in shown.replace(described["data"]["sha256"][:16] + "…", "")
    assert f"{described['n_features']:,}" in shown
    assert "held-out hosts, URL alone" in shown


@_WIDTHS
@pytest.mark.parametrize("language", list_languages())
def test_what_pulls_to_each_label_fits(width, language):
    """Every label, group and feature is there, its weight beside it; bars only where there is room."""
    artifact = load_artifact(DEFAULT_MODEL_DIR)
    ranked = rank_features(artifact)
    shown = show(render_pulls(ranked, artifact.taxonomy, language, width), width)
    assert all(cell_len(line) <= width for line in shown.splitlines())
    assert ("█" in shown) == (width >= 50)
    for label, by_group in ranked.items():
        assert artifact.taxonomy.categories[language][label].name in shown
        for group in by_group:
            assert load_messages(language)[group] in shown
        for pull in by_group["text.words"]:
            assert pull.feature in shown
    assert " ".join(load_messages(language)["pulls"].split()) in " ".join(shown.split())


def test_features_are_named_for_people(tiny_artifact):
    """A signal by its name, a pair as two words, an n-gram with dots where its word goes on; nothing is obeyed."""
    features = {
        "text.signals": "threads",
        "text.pairs": "shop\tforum",
        "text.chars": "<blo",
        "name.chars": "log>",
        "url.chars": "ebl",
        "text.words": "\x1bx",
    }
    ranked: dict[Label, dict[str, tuple[Pull, ...]]] = {
        "blog": {group: (Pull(1.25, feature),) for group, feature in features.items()}
    }
    shown = show(render_pulls(ranked, tiny_artifact.taxonomy, "pl", 40), 40)
    lines = [line.strip() for line in shown.splitlines()]
    for said in ("wątki i odpowiedzi", "shop forum", "blo…", "…log", "…ebl…", "\\x1bx"):
        assert f"1,2 {said}" in lines


def test_a_batch_in_one_line():
    """Only what there is, labels first, the commonest before the others."""
    counts = Counter({"": 1, "unsure": 2, "other": 1_000, "blog": 3})
    assert summarise_batch(counts, 1_006, 2.04) == "1,006 rows in 2.0 s: 1,000 other, 3 blog, 2 unsure, 1 failed"
