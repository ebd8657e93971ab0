"""Rows of one's own beside the shipped ones, and rows of which nothing can be learnt."""

import pytest

from socialcls.dataset.reader import read_examples
from socialcls.errors import DatasetError
from socialcls.taxonomy.taxonomy import load_taxonomy
from socialcls.training.pipeline import train
from socialcls.training.rows import join_base, warn_of_rows
from socialcls.training.settings import Settings
from socialcls.types import Document, Example

_SETTINGS = Settings(n_folds=2, n_jobs=1)
_GOLDS = [label for label in ("community", "blog", "platform", "other") for _ in range(2)]


@pytest.mark.parametrize(
    ("documents", "message"),
    [
        ([Document(mark * 2) for mark in "!—.,;:()"], "There is nothing to learn|Nothing can be read"),
        ([Document("same text here")] * 8, "of one host, or say the same"),
        ([Document(url="https://")] * 8, "of one host, or say the same"),
        ([Document(url=url) for url in ("https://", "//", "https://...", ".") * 2], "Nothing can be read"),
        ([Document(url=f"http://10.{n}.0.1/") for n in range(8)], "Nothing can be read"),
        ([Document(f"{a}{b}{c}") for a in "qx" for b in "wj" for c in "zk"], "There is nothing to learn"),
    ],
)
def test_training_that_cannot_work_says_why(documents, message):
    """Only punctuation, rows that are all alike, no host or a bare IP address: a sentence, no traceback."""
    examples = [Example(document, gold) for document, gold in zip(documents, _GOLDS, strict=True)]
    with pytest.raises(DatasetError, match=message):
        train(examples, load_taxonomy(), _SETTINGS)


def test_own_rows_win_over_shipped_ones():
    """A shipped row that is among them is not taken twice, nor one that says otherwise of the same host."""
    own = [Example(Document("A forum", "https://a.pl"), "community"), Example(Document("text"), "blog")]
    base = [
        Example(Document("a  Forum", "https://a.pl"), "community"),
        Example(Document("", "https://www.a.pl/x"), "other"),
        Example(Document("", "https://a.pl/y"), "community"),
        Example(Document("another"), "other"),
    ]
    joined = join_base(own, base, 3.0)
    assert [(e.gold, e.weight) for e in joined] == [("community", 3), ("blog", 3), ("community", 1), ("other", 1)]


@pytest.mark.slow
def test_a_row_of_weight_two_is_two_rows():
    """In what is learnt from it."""
    path = "data/pl-feeds-2.csv"
    examples = read_examples([path])[:60]
    twice = train([*examples, *examples], load_taxonomy(), _SETTINGS).artifact
    heavy = train([example._replace(weight=2.0) for example in examples], load_taxonomy(), _SETTINGS).artifact
    assert heavy.card.figures["all fields"]["n_examples"] * 2 == twice.card.figures["all fields"]["n_examples"]


def test_what_is_doubtful_about_rows_is_said():
    """Few rows of a label, a language that goes with a label."""
    rows = [Example(Document(f"a {n}"), "blog", {"language": "pl"}) for n in range(40)]
    rows += [Example(Document(f"b {n}"), "other", {"language": "en"}) for n in range(12)]
    warnings = warn_of_rows(rows, ["blog", "other"])
    assert any(warning.startswith("other: 12 rows of 12 hosts") for warning in warnings)
    assert any('100% of its rows have language "pl"' in warning for warning in warnings)
