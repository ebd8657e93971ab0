"""A labelling session without its terminal: order, file, agreement."""

import pytest

from socialcls.dataset.reader import read_examples
from socialcls.dataset.review import COLUMNS, Decision, DecisionFile, Question, choose_order, compare_decisions
from socialcls.errors import DatasetError, InputError
from socialcls.types import Document

_LABELS = ("blog", "other")


def _ask(text, confidence=0.5):
    return Question(Document(text, "", "a name, with a comma"), "blog", confidence, "")


def test_the_least_certain_is_asked_first_and_not_its_like_next():
    """A row of other words comes before a copy that is a little less certain."""
    texts = ("forum for gardeners", "forum for gardeners too", "poems from abroad")
    questions = [_ask(text, 0.4 + 0.01 * i) for i, text in enumerate(texts)]
    assert choose_order(questions) == [0, 2, 1]
    assert choose_order(questions, 1) == [0]


def test_decisions_are_rows_to_train_on(tmp_path):
    """Saved after each, read again, taken back; what `read_examples` reads is what was decided."""
    path = tmp_path / "decided.csv"
    file = DecisionFile(path, _LABELS)
    assert (file.agreement, file.undo()) == (None, None)
    file.add(Decision(_ask("one\nline"), "blog", "note"))
    file.add(Decision(_ask("two"), "other"))
    assert file.agreement == 0.5
    again = DecisionFile(path, _LABELS)
    assert again.is_decided(_ask("one\nline").document)
    assert [example.gold for example in read_examples([str(path)])] == ["blog", "other"]
    assert again.undo() is not None
    assert not DecisionFile(path, _LABELS).is_decided(_ask("two").document)


@pytest.mark.parametrize("content", ["a,b\n1,2\n", "", ",".join(COLUMNS) + "\n,,x,y,,,\n"])
def test_what_is_no_file_of_decisions_is_left_alone(tmp_path, content):
    """Somebody's own table, an empty file, labels of another model."""
    path = tmp_path / "mine.csv"
    path.write_text(content)
    with pytest.raises(DatasetError, match=r"mine\.csv"):
        DecisionFile(path, _LABELS)
    assert path.read_text() == content


def test_two_people_are_compared_on_what_both_decided():
    """With the rows to discuss; nothing in common is an error."""
    documents = [Document(str(n)) for n in range(4)]
    one = dict(zip(documents, ("blog", "blog", "other", "other"), strict=True))
    other = dict(zip(documents[:3], ("blog", "other", "other"), strict=True))
    agreement = compare_decisions(one, other)
    assert agreement.n_rows == 3
    assert agreement.disputed == ((documents[1], "blog", "other"),)
    with pytest.raises(InputError, match="no row in common"):
        compare_decisions(one, {})
