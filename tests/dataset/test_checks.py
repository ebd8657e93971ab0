"""What is probably wrong in labelled rows."""

from socialcls.dataset.checks import (
    check_rows,
    find_contradictions,
    find_disputed,
    find_duplicates,
    find_near_duplicates,
    find_odd_texts,
    find_unknown_kinds,
    find_unknown_labels,
)
from socialcls.dataset.services import Service
from socialcls.types import Document, Example
from tests.conftest import LABELS


def _row(text="", url="", gold="blog", line=0, **about):
    return Example(Document(text, url), gold, about, f"a.csv, line {line}")


def test_one_text_or_address_with_two_labels():
    """Each row names the other; the label of most is likelier."""
    rows = [_row("A forum of mine", gold="community", line=2), _row("a Forum, of mine!", line=3)]
    rows += [_row(url="https://www.x.pl/"), _row(url="x.pl"), _row(url="http://x.pl", gold="other", line=9)]
    found = {s.row: s for s in find_duplicates(rows)}
    assert found[0].reason == "The same description is blog in a.csv, line 3."
    assert (found[4].suggestion, found[2].suggestion) == ("blog", "")
    assert find_duplicates(rows[:1] + rows[2:4]) == []


def test_a_known_service_that_is_something_else():
    """Itself, and not a place inside it."""
    services = [Service("tube.pl", (), (), "platform", "media"), Service("shared.pl/r", (), (), "community", "")]
    urls = ("tube.pl", "https://tube.pl/blog", "shared.pl/r/x", "blog.tube.pl", "y.pl")
    found = find_contradictions([_row(url=url) for url in urls], services)
    assert [(s.row, s.suggestion) for s in found] == [(0, "platform"), (2, "community")]
    assert find_contradictions([_row(url="tube.pl", gold="a label of my own")], services) == []


def test_one_template_on_two_hosts():
    """Nearly the same words; not on one host, and not of other words."""
    text = "we bake bread every morning in our small shop and bring it to your door before eight"
    rows = [
        _row(text, "a.pl"),
        _row(text + " o'clock", "b.pl", "other", 3),
        _row("quite other words stand here now", "c.pl"),
    ]
    (found,) = find_near_duplicates(rows)
    assert (found.row, found.reason.endswith("which is blog.")) == (1, True)
    assert find_near_duplicates([rows[0], rows[1]._replace(document=Document(text + " x", "a.pl/2"))]) == []


def test_labels_kinds_and_texts_that_cannot_be():
    """Misspelt, of another label, of another script than the language has."""
    rows = [_row("long enough text", gold="blgo"), _row("long enough text", gold="blog", kind="shop", line=5)]
    assert find_unknown_labels(rows, LABELS)[0].suggestion == "blog"
    assert find_unknown_kinds(rows)[0].reason.startswith('blog has no kind "shop"')
    odd = [_row("Форум о кактусах", language="pl"), _row("x"), _row("Forum o kaktusach", language="pl")]
    assert [s.row for s in find_odd_texts(odd)] == [0, 1]
    assert {s.check for s in check_rows(rows, LABELS)} == {"label", "kind", "duplicate"}


def test_a_label_is_disputed_when_another_counts_and_it_does_not():
    """By what rows of each label have on average."""
    rows = [_row(gold="blog") for _ in range(3)] + [_row(gold="other") for _ in range(3)]
    probabilities = {0: [0.9, 0.1], 1: [0.8, 0.2], 2: [0.1, 0.9], 3: [0.3, 0.7], 4: [0.2, 0.8], 5: [0.45, 0.55]}
    (found,) = find_disputed(rows, probabilities, ("blog", "other"))
    assert (found.row, found.suggestion) == (2, "other")
