"""Labels as they stand in files: capitals, renames, other tools' words, the likely one."""

import pytest

from socialcls.dataset.labels import LabelReader, check_renames, find_label_column, parse_renames
from socialcls.dataset.reader import find_data_files, read_examples
from socialcls.errors import DatasetError, InputError
from tests.conftest import LABELS


def _write(path, text):
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("written", ["community", "Community", " COMMUNITY ", "Cómmunity"])
def test_capitals_and_spaces_make_no_difference(tmp_path, written):
    """A label is what it says."""
    path = _write(tmp_path / "a.csv", f"opis,category\nforum,{written}\n")
    assert [example.gold for example in read_examples([path])] == ["community"]


def test_labels_that_differ_in_a_digit_are_two():
    """Digits are not folded as they are in words."""
    reader = LabelReader(("label 1", "label 2"))
    assert (reader.read("Label 2"), reader.read("label 3")) == ("label 2", None)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("comunity", "community"), ("Forum", "community"), ("News", "other"), ("shopp", "other"), ("zzz", None)],
)
def test_the_likely_label_is_suggested(written, meant):
    """A letter that is missing, or the word of another tool."""
    assert LabelReader(LABELS).suggest(written) == meant


def test_words_are_renamed(tmp_path):
    """As the user says, in whatever capitals."""
    path = _write(tmp_path / "a.csv", "opis,category\na,Forum\nb,online shop\n")
    renamed = check_renames(parse_renames("forum=Community,Online Shop=other"), LABELS)
    assert [example.gold for example in read_examples([path], renamed=renamed)] == ["community", "other"]


@pytest.mark.parametrize(("text", "message"), [("forum", "WORD=LABEL"), ("=blog", "WORD=LABEL"), ("a=b", 'label "b"')])
def test_renames_that_make_no_sense(text, message):
    """They are named."""
    with pytest.raises(InputError, match=message):
        check_renames(parse_renames(text), LABELS)


def test_all_faults_are_shown_at_once(tmp_path):
    """The first ten kinds of fault, those of one kind together, how many more, and what to type."""
    wrong = "".join(f"row,word{n:c}\n" for n in range(ord("a"), ord("a") + 13))
    path = _write(tmp_path / "a.csv", "opis,category\n" + wrong + "x,forum\n" * 3 + ",blog\n")
    with pytest.raises(DatasetError) as caught:
        read_examples([path])
    lines = str(caught.value).split("\n")
    assert lines[0] == "17 rows are wrong:"
    assert lines[1] == f'{path}, line 2: unknown category "worda".'
    assert len(lines) == 13
    assert lines[11] == "and 5 more"
    assert "--map" in lines[12]
    with pytest.raises(DatasetError, match=r"lines 2, 3, 4, 5, 6 and 4 more: unknown .* mean \"community\"\?"):
        read_examples([_write(tmp_path / "b.csv", "opis,category\n" + "x,forum\n" * 9)])


def test_any_labels_are_read_in_one_spelling(tmp_path):
    """The most frequent one."""
    path = _write(tmp_path / "a.csv", "opis,category\na,Recipe\nb,recipe\nc,recipe\nd,Map\n")
    assert [example.gold for example in read_examples([path], labels=())] == ["recipe", "recipe", "recipe", "Map"]


def test_the_column_of_another_tool_is_understood(tmp_path):
    """In its words; ours win where there is a column of ours."""
    said: list[str] = []
    path = _write(tmp_path / "a.csv", "text,Page Type\na,forum\nb,Blog\nc,twitter\nd,news\n")
    assert [e.gold for e in read_examples([path], notify=said.append)] == ["community", "blog", "platform", "other"]
    assert "Page Type" in said[0]
    assert find_label_column("t", ["Page Type", "category"]) == (1, False)
    with pytest.raises(InputError, match="no column of labels"):
        find_label_column("t", ["text"])


def test_stray_files_are_left_out_and_said(tmp_path):
    """What a Mac or a notebook leaves behind; capitals in the ending make no difference."""
    (tmp_path / ".ipynb_checkpoints").mkdir()
    for name in ("._x.csv", ".ipynb_checkpoints/x.csv", "X.CSV", "notes.md"):
        (tmp_path / name).write_text("opis,category\n")
    said: list[str] = []
    assert find_data_files([str(tmp_path)], said.append) == [str(tmp_path / "X.CSV")]
    assert said == [f"{tmp_path}: left out ._x.csv, .ipynb_checkpoints/x.csv."]


def test_empty_rows_at_the_end_are_no_rows(tmp_path):
    """As spreadsheets leave them."""
    assert len(read_examples([_write(tmp_path / "a.csv", "opis,category\na,blog\n,\n ,\n")])) == 1
