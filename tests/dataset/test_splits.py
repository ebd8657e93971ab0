"""Folds: by host, and the same wherever the rows lie."""

import pytest

from socialcls.dataset.splits import check_folds, check_trainable, split_by_host
from socialcls.errors import DatasetError
from socialcls.types import Document, Example


def test_folds_do_not_depend_on_the_path_as_typed():
    """Rows without a host are told apart by what they say."""
    rows = [Example(Document(f"text {n}"), "blog", place=f"a.csv, line {n}") for n in range(40)]
    moved = [row._replace(place=f"./x/../a.csv, line {n + 7}") for n, row in enumerate(rows)]
    assert split_by_host(rows, 4, 0) == split_by_host(moved, 4, 0)


def test_rows_that_say_the_same_share_a_fold():
    """Whatever their spaces and capitals: else one would be known to who is asked about the other."""
    rows = [Example(Document(text), "blog") for text in ("A forum", "a  forum", *map(str, range(20)))]
    folds = split_by_host(rows, 4, 0)
    assert folds[0] == folds[1]


def test_a_label_needs_hosts_of_its_own():
    """One that stands in one fold alone cannot be measured."""
    rows = [Example(Document(url=f"h{n}.pl/{i}"), "blog") for n in range(4) for i in range(3)]
    rows += [Example(Document(url="h1.pl/x"), "other"), Example(Document(url="h1.pl/y"), "other")]
    with pytest.raises(DatasetError, match='"other" share their hosts'):
        check_folds(rows, split_by_host(rows, 2, 0), ["blog", "other"])
    with pytest.raises(DatasetError, match="at least two labels"):
        check_trainable(rows, ["blog"])
