"""Cases by provenance: what the shipped model must get right, and what it is known to get wrong."""

import json

import pytest

from socialcls.types import Document
from tests.conftest import ROOT


def _read_cases():
    for path in sorted((ROOT / "tests" / "cases").glob("*.json")):
        for number, case in enumerate(json.loads(path.read_text(encoding="utf-8"))["cases"], start=1):
            known_failure = case.pop("known_failure", "")
            marks = [pytest.mark.xfail(reason=known_failure)] if known_failure else []
            yield pytest.param(case, id=f"{path.stem}-{number}", marks=marks)


@pytest.mark.parametrize("case", list(_read_cases()))
def test_case(default, case):
    """The answer is the case's category; a known failure that comes right must lose its mark."""
    expected = case.pop("category")
    prediction = default.classify(Document(**case))
    found = prediction.category if expected == "unsure" else prediction.best_guess
    assert found == expected, prediction
