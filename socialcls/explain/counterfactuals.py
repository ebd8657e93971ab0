"""Find what would change the answer: the fewest words and parts of the URL without which it would be another.

Asked twice: without what another label would be the best guess, and without what the category would be another, that
is, when a sure answer becomes another or `unsure`, and an unsure one sure.

What can be taken out is a folded word of the text or of the name, in all its places (it counts once however often it
stands there), or a part of the URL: a subdomain, the site, its suffix, a part of the path. It is taken out of the
input and what is left is classified from scratch, so every result is verified and anybody can try it. A space is put
where a word stood, lest its neighbours grow together, and a hyphen where a site or its suffix stood, lest what stands
before move into their place ("blog.example.com" without "example" is "blog.-.com"). At least one word or part stays:
nothing has no answer.

The search is that of Martens & Provost (2014), "Explaining data-driven document classifications", MIS Quarterly 38(1),
with its beginning made exact: all single words, then all pairs; then from nothing one more at a time, whichever brings
the answer nearest to falling, and when it falls each that is not needed is put back. A result is therefore minimal
always, and the smallest there is when it has at most three elements and the text is short enough for all pairs.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal, NamedTuple

from socialcls.classifier import Classifier
from socialcls.text.tokenizer import find_spans, fold
from socialcls.text.urls import read_url
from socialcls.types import Answer, Document, Field, Label, Prediction

MAX_REMOVED = 10
"""Elements that are taken out at most: nobody reads a longer list as the reason of anything."""

MAX_WORDS_READ = 100_000
"""In each stage of a search (all single elements, pairs, one after the other), about 0.1 s. Of a text of up to 58
different words, which is nearly all that is not a page, every pair is tried; of a longer one the pairs of what
contributes most."""

_BREADTH = 8  # elements of which one is taken out next: alone, each of the others does less

About = Literal["best_guess", "category"]


@dataclass(frozen=True, slots=True)
class Removal:
    """A word or part of a URL that is taken out of a document."""

    field: Field
    text: str
    """As it stands in its first place."""
    spans: tuple[tuple[int, int], ...]
    """Start and end of all its places, in characters of the field as given."""


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """A document without some of its words, and the other answer that it then has."""

    about: About
    """What is another: the best guess, or the category."""
    removed: tuple[Removal, ...]
    """None of them can be put back; in the order of text, name and URL."""
    document: Document
    """What is left."""
    prediction: Prediction
    """Of what is left."""
    is_smallest: bool
    """Whether every smaller set was tried; if not, there may be one."""


class Counterfactuals(NamedTuple):
    """What would change the answer."""

    best_guess: Counterfactual | None
    """None when no few words decide the best guess."""
    category: Counterfactual | None
    """None when no few words decide whether and how it is answered."""


def find_counterfactuals(document: Document, classifier: Classifier, *, social_only: bool = False) -> Counterfactuals:
    """Find the fewest words and parts of the URL without which the answer would be another.

    Of several sets of one size it is the one after which the old answer is furthest away.

    >>> document, classifier = Document("An online shop for bicycles, with a forum"), Classifier.load()
    >>> found = find_counterfactuals(document, classifier)
    >>> classifier.classify(document).category, found.category.removed[0].text, found.category.prediction.category
    ('other', 'shop', 'unsure')
    >>> found.best_guess.removed[0].text, found.best_guess.prediction.best_guess
    ('shop', 'community')

    Raises:
        InputError: there is nothing to read in the document, or far too much.
    """
    original = classifier.classify(document, social_only=social_only)
    trial = _Trial(document, lambda left: classifier.classify(left, social_only=social_only))
    return Counterfactuals(
        best_guess=_search(trial, _Goal("best_guess", original)),
        category=_search(trial, _Goal("category", original)),
    )


class _Cut(NamedTuple):
    start: int
    end: int
    filling: str


class _Element(NamedTuple):
    """A removal with what is put in each of its places."""

    field: Field
    cuts: tuple[_Cut, ...]


class _Answer(NamedTuple):
    """The part of a prediction that is kept: a thousand whole ones would take too much memory."""

    best_guess: Label
    category: Answer
    margin: float
    confidence: float


class _Goal:
    """What shall become of the answer, and how far it is from it."""

    def __init__(self, about: About, original: Prediction) -> None:
        self.about, self.original = about, original
        self._is_to_be_sure = about == "category" and original.is_unsure

    def is_reached(self, answer: _Answer) -> bool:
        """Whether an answer is another."""
        if self.about == "category":
            return answer.category != self.original.category
        return answer.best_guess != self.original.best_guess

    def measure_distance(self, answer: _Answer) -> float:
        """Measure how far an answer is from being another: less is nearer."""
        if self._is_to_be_sure:
            return -answer.confidence
        return answer.margin if answer.best_guess == self.original.best_guess else -answer.margin

    def order_elements(self, elements: Sequence[_Element]) -> list[int]:
        """Order the numbers of elements: first those that hold the answer where it is."""
        sign = -1.0 if self._is_to_be_sure else 1.0
        added = [0.0] * len(elements)
        for field in ("text", "name", "url"):
            cuts = sorted((cut, n) for n, e in enumerate(elements) if e.field == field for cut in e.cuts)
            starts, ends = [cut.start for cut, _ in cuts], [cut.end for cut, _ in cuts]
            for part in self.original.evidence:
                if part.field == field:
                    touched = cuts[bisect_right(ends, part.start) : bisect_left(starts, part.end)]
                    for n in {n for _, n in touched}:
                        added[n] += part.contribution * sign
        return sorted(range(len(elements)), key=lambda n: (-added[n], n))


class _Trial:
    """Takes elements out of a document and classifies what is left; each set once."""

    def __init__(self, document: Document, classify: Callable[[Document], Prediction]) -> None:
        self._document, self.classify = document, classify
        self.elements = _list_elements(document)
        self.n_words = max(1, sum(len(element.cuts) for element in self.elements))
        self._pieces: dict[Field, list[str]] = {}
        self._fillings: list[list[tuple[int, str]]] = [[] for _ in self.elements]
        for field in ("text", "name", "url"):
            self._cut_up(field)
        self._answers: dict[frozenset[int], _Answer] = {}

    def _cut_up(self, field: Field) -> None:
        """Cut a field into what can be taken out and what stands between."""
        value = getattr(self._document, field)
        pieces: list[str] = []
        end = 0
        for cut, n in sorted((cut, n) for n, e in enumerate(self.elements) if e.field == field for cut in e.cuts):
            self._fillings[n].append((len(pieces) + 1, cut.filling))
            pieces += [value[end : cut.start], value[cut.start : cut.end]]
            end = cut.end
        self._pieces[field] = [*pieces, value[end:]]

    def take_out(self, removed: Iterable[int]) -> Document:
        """Take some elements out of the document."""
        pieces = dict(self._pieces)
        changed: set[Field] = set()
        for n in removed:
            field = self.elements[n].field
            if field not in changed:
                changed.add(field)
                pieces[field] = pieces[field].copy()
            for i, filling in self._fillings[n]:
                pieces[field][i] = filling
        left: dict[str, Any] = {field: "".join(pieces[field]) for field in changed}
        return self._document._replace(**left)

    def answer(self, removed: frozenset[int]) -> _Answer:
        """Answer what is left without some elements."""
        answer = self._answers.get(removed)
        if answer is None:
            found = self.classify(self.take_out(removed))
            answer = _Answer(found.best_guess, found.category, found.margin, found.confidence)
            self._answers[removed] = answer
        return answer

    def describe(self, n: int) -> Removal:
        """Describe an element as it stands in the document."""
        field, cuts = self.elements[n]
        first = cuts[0]
        value: str = getattr(self._document, field)
        return Removal(field, value[first.start : first.end], tuple((cut.start, cut.end) for cut in cuts))


def _list_elements(document: Document) -> list[_Element]:
    """List all that can be taken out, each once, in order."""
    found: dict[tuple[Field, str], list[_Cut]] = {}
    fields: tuple[tuple[Field, str], ...] = (("text", document.text), ("name", document.name))
    for field, text in fields:
        for start, end in find_spans(text):
            found.setdefault((field, fold(text[start:end])), []).append(_Cut(start, end, " "))
    url = read_url(document.url)
    for parts, filling in ((url.subdomains, ""), ((url.site, url.suffix), "-"), (url.segments, "")):
        for part in parts:
            if part:
                found.setdefault(("url", fold(part.text)), []).append(_Cut(part.start, part.end, filling))
    return [_Element(field, tuple(cuts)) for (field, _), cuts in found.items()]


def _search(trial: _Trial, goal: _Goal) -> Counterfactual | None:
    n_all = len(trial.elements)
    order = goal.order_elements(trial.elements)
    n_tries = MAX_WORDS_READ // trial.n_words
    singles = order[: max(n_tries, MAX_REMOVED)]
    paired = order[: _count_paired(n_tries)]
    are_all_tried = [True, len(singles) == n_all, len(singles) == len(paired) == n_all]  # smaller sets, by size - 1
    found = _pick(trial, goal, ([n] for n in singles)) or _pick(trial, goal, combinations(paired, 2))
    if found is None:
        distances = {n: goal.measure_distance(trial.answer(frozenset([n]))) for n in singles if n_all > 1}
        strongest = sorted(distances, key=lambda n: (distances[n], n)) + order[len(singles) :]
        found = _descend(trial, goal, strongest, max(1, min(_BREADTH, n_tries // MAX_REMOVED)))
    if found is None:
        return None
    left = trial.take_out(found)
    return Counterfactual(
        about=goal.about,
        removed=tuple(trial.describe(n) for n in sorted(found)),
        document=left,
        prediction=trial.classify(left),
        is_smallest=len(found) <= len(are_all_tried) and are_all_tried[len(found) - 1],
    )


def _count_paired(n_tries: int) -> int:
    """Count the elements of which all pairs can be tried."""
    n = 0
    while n * (n + 1) // 2 <= n_tries:
        n += 1
    return n


def _pick(trial: _Trial, goal: _Goal, sets: Iterable[Iterable[int]]) -> frozenset[int] | None:
    """Pick the set that reaches the goal, of several the one that goes furthest beyond it; None when there is none."""
    best, nearest = None, 0.0
    for removed in map(frozenset, sets):
        if len(removed) == len(trial.elements):
            continue
        answer = trial.answer(removed)
        if goal.is_reached(answer):
            distance = goal.measure_distance(answer)
            if best is None or (distance, sorted(removed)) < (nearest, sorted(best)):
                best, nearest = removed, distance
    return best


def _descend(trial: _Trial, goal: _Goal, order: Sequence[int], breadth: int) -> frozenset[int] | None:
    """Find a minimal set by taking out one element after the other."""
    removed: list[int] = []
    left = list(order)
    while len(removed) < MAX_REMOVED and len(left) > 1:
        sets = [frozenset([*removed, n]) for n in left[:breadth]]
        if reached := _pick(trial, goal, sets):
            return _put_back(trial, goal, reached, order)
        nearest = min(left[:breadth], key=lambda n: (goal.measure_distance(trial.answer(frozenset([*removed, n]))), n))
        removed.append(nearest)
        left.remove(nearest)
    return None


def _put_back(trial: _Trial, goal: _Goal, removed: frozenset[int], order: Sequence[int]) -> frozenset[int]:
    """Put back whatever is not needed, first what contributes least, until nothing more can be."""
    for n in reversed(order):
        if n in removed and len(removed) > 1 and goal.is_reached(trial.answer(removed - {n})):
            return _put_back(trial, goal, removed - {n}, order)
    return removed
