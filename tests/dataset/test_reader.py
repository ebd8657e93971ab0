"""Labelled rows: errors that say where, splits that keep hosts together, and the committed corpus."""

import csv
from collections import Counter, defaultdict

import pytest

from docs.refresh_datasheet import DATASHEET, refresh
from socialcls.dataset.reader import SERVICES_FILE, name_place, read_examples
from socialcls.dataset.splits import check_trainable, split_by_host
from socialcls.errors import DatasetError, InputError
from socialcls.taxonomy.taxonomy import list_kinds
from socialcls.text.urls import host_key, looks_like_url
from socialcls.types import Document, Example
from tests.conftest import LABELS, ROOT

DATA = ROOT / "data"
KINDS = list_kinds()
COLUMNS = ["id", "name", "url", "description", "language", "category", "kind", "style", "note"]
STYLES = {
    "meta", "tagline", "directory", "lead", "about", "rules",
    "appstore", "channels", "snippet", "title", "page", "words", "url",
}  # fmt: skip


def _write(path, *lines):
    path.write_text("\n".join(["url,description,category,kind", *lines]) + "\n", encoding="utf-8")
    return str(path)


def test_rows_are_read_with_all_they_say(tmp_path):
    """Document, label, and the other columns by name."""
    path = _write(tmp_path / "t.csv", "x.pl,Forum,community,interest")
    assert read_examples([path]) == [
        Example(Document("Forum", "x.pl"), "community", {"kind": "interest"}, f"{path}, line 2")
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("x.pl,Forum,Blgo,", 'line 2: unknown category "Blgo". Did you mean "blog"? Labels are: community, blog,'),
        ("x.pl,Forum,unsure,", 'unknown category "unsure"'),
        (" , ,blog,", "nothing to read"),
        ("x.pl,Forum", 'unknown category ""'),
    ],
)
def test_a_wrong_row_is_named_with_its_line_and_value(tmp_path, line, message):
    """File, line, value, and what is allowed."""
    path = _write(tmp_path / "t.csv", line)
    with pytest.raises(DatasetError) as caught:
        read_examples([path])
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{path}, line 2")


def test_lines_that_are_no_json_are_named(tmp_path):
    """They are no empty rows, which are passed over."""
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "x", "category": "blog"}\n\n{"text": \n')
    with pytest.raises(DatasetError, match=r"rows\.jsonl, line 3: Not JSON"):
        read_examples([str(path)])


def test_a_directory_is_all_its_files(tmp_path):
    """In the order of their names; one without CSV files is an error."""
    _write(tmp_path / "b.csv", "b.pl,,blog,")
    _write(tmp_path / "a.csv", "a.pl,,blog,")
    assert [e.document.url for e in read_examples([str(tmp_path)])] == ["a.pl", "b.pl"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"no \.csv file"):
        read_examples([str(tmp_path / "empty")])


def test_each_label_needs_rows():
    """A label with none, or all of one host, cannot be learnt and measured."""
    rows = [Example(Document(url=f"{label}{i}.pl"), label) for label in LABELS for i in range(2)]
    check_trainable(rows, LABELS)
    with pytest.raises(DatasetError, match='labelled "other"'):
        check_trainable(rows[:-2], LABELS)
    with pytest.raises(DatasetError, match="of one host"):
        check_trainable(rows[:-1], LABELS)


def test_a_host_is_never_split():
    """All rows of one host share a fold; folds are of about one size in each label."""
    rows = [Example(Document(url=f"www.h{i % 37}.pl/{i}"), LABELS[i % 37 % 4]) for i in range(300)]
    folds = split_by_host(rows, 4, seed=1)
    of_host = defaultdict(set)
    for row, fold in zip(rows, folds, strict=True):
        of_host[host_key(row.document.url)].add(fold)
    assert all(len(found) == 1 for found in of_host.values())
    sizes = Counter(folds)
    assert max(sizes.values()) - min(sizes.values()) < 60
    assert folds == split_by_host(rows, 4, seed=1) != split_by_host(rows, 4, seed=2)


def _rows():
    for path in sorted(path for path in DATA.rglob("*.csv") if path.name != SERVICES_FILE):
        with path.open(encoding="utf-8", newline="") as stream:
            for line, row in enumerate(csv.DictReader(stream), start=2):
                yield f"{path.name}:{line}", row


def test_every_row_of_the_corpus_is_valid():
    """Columns, ids, labels, kinds, styles, languages and URLs; nothing untrimmed, no control character."""
    ids = set()
    for where, row in _rows():
        assert list(row) == COLUMNS, where
        assert row["id"] not in ids, where
        ids.add(row["id"])
        assert row["category"] in LABELS, where
        assert row["kind"] in KINDS[row["category"]], where
        assert row["style"] in STYLES, where
        assert row["language"] or row["style"] == "url", where
        assert bool(row["description"]) == (row["style"] != "url") or row["style"] == "title", where
        assert not row["url"] or looks_like_url(row["url"]), where
        for value in row.values():
            assert value == value.strip(), where
            assert value.isprintable(), where
        assert row["description"] or row["name"] or row["url"], where


def test_the_corpus_has_what_it_promises():
    """At least 1,500 described rows, about two thirds English, all labels and kinds in both languages."""
    described = [row for _, row in _rows() if row["description"]]
    languages = Counter(row["language"] for row in described)
    assert len(described) >= 1_500
    assert 0.55 <= languages["en"] / (languages["en"] + languages["pl"]) <= 0.75
    for language in ("en", "pl"):
        kinds = {(row["category"], row["kind"]) for row in described if row["language"] == language}
        assert kinds == {(label, kind) for label in LABELS for kind in KINDS[label]}


def test_no_description_stands_twice():
    """Not even with other spaces or capitals."""
    seen = Counter(" ".join(row["description"].lower().split()) for _, row in _rows() if row["description"])
    assert [text for text, n in seen.items() if n > 1] == []


def test_no_url_has_two_labels():
    """The same address is the same thing wherever it is listed."""
    labels = defaultdict(set)
    for _, row in _rows():
        if row["url"]:
            labels[row["url"].removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")].add(
                row["category"]
            )
    assert {url: found for url, found in labels.items() if len(found) > 1} == {}


def test_the_datasheet_counts_what_is_there():
    """`just datasheet` writes it anew."""
    datasheet = DATASHEET.read_text(encoding="utf-8")
    assert refresh(datasheet) == datasheet


def test_whatever_goes_wrong_with_an_example_says_where_it_stands():
    """An error for users begins with file and line; a bug keeps its kind and its traceback, and gets a note."""
    example = Example(Document("forum"), "blog", place="mine.csv, line 7")
    with pytest.raises(DatasetError, match=r"^mine\.csv, line 7: Nothing to read\.$"), name_place(example):
        raise InputError("Nothing to read.")
    with pytest.raises(ZeroDivisionError) as caught, name_place(example):
        raise ZeroDivisionError
    assert caught.value.__notes__ == ["This was raised while reading mine.csv, line 7. Please report it."]
    with pytest.raises(DatasetError, match=r"^Nothing to read\.$"), name_place(example._replace(place="")):
        raise InputError("Nothing to read.")
