"""Cases by provenance: what the shipped model must get right, and what it is known to get wrong."""

import json

import pytest

from socialcls.types import Document
from tests.conftest import ROOT

_PAIRS = json.loads((ROOT / "tests" / "cases" / "pairs.json").read_text(encoding="utf-8"))["pairs"]


def _read_cases():
    for path in sorted((ROOT / "tests" / "cases").glob("*.json")):
        for number, case in enumerate(json.loads(path.read_text(encoding="utf-8")).get("cases", ()), start=1):
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


def test_pairs_are_a_hundred_of_two_answers_each():
    """So that guessing by the words alone, which both texts of a pair share, gets one of them wrong."""
    assert len(_PAIRS) == 100
    assert all(one["category"] != other["category"] for one, other in _PAIRS)
    assert len({case["text"] for pair in _PAIRS for case in pair}) == 200


def test_a_service_is_what_it_is_and_not_what_it_is_about(default):
    """Of the texts of all pairs, nine in ten are guessed right."""
    cases = [case for pair in _PAIRS for case in pair]
    right = sum(default.classify(case["text"]).best_guess == case["category"] for case in cases)
    assert right / len(cases) >= 0.90, f"right: {right} of {len(cases)} best guesses, {right / len(cases):.3f}"
