"""The linear model: scores, and the contributions they are made of.

For a label l, a document's score is

    score(l) = intercept(l) + Σ_factors 1/F(factor) · Σ_keys S(key, l)
    F(factor) = √(smoothing + Σ_keys q(key))

over the distinct keys of the document, where S(key, l) is the sum of the coefficients of the key's features, q(key)
the sum of their squared inverse document frequencies, and unknown features count in neither. S and q depend on
nothing but the key, so each is worked out once and cached (`weights`). Everything else (the groups' scales,
inverse document frequencies) was folded into the coefficients at export.

There may be any number of labels from two. Scores are relative to the last one: its own is always 0, and a feature has
a coefficient for each of the others. Only differences of scores mean anything, and those are unchanged by it.

What a key contributes is S / F: a score is the sum of contributions, so an explanation is the computation itself. A
`Reading` keeps what was read, and lists the contributions when somebody asks.
"""

from math import inf, nextafter

from socialcls.model.reading import (
    Contribution,
    MarkField,
    ReadField,
    ReadMarks,
    ReadUrl,
    ReadWords,
    UrlField,
    WordField,
    name_signal,
)
from socialcls.model.weights import KNOWN_SERVICE, Arrays, Scores, Weights
from socialcls.types import Document, Label


class LinearModel:
    """Reads documents and scores them; decides nothing."""

    def __init__(self, arrays: Arrays) -> None:
        self.intercepts = arrays.intercepts
        self.weights = Weights(arrays)
        self.text = WordField("text", self.weights)
        self.name = WordField("name", self.weights)
        self.url = UrlField(self.weights)
        self.page = MarkField(self.weights)

    def read(self, document: Document) -> "Reading":
        """Read a document and score it."""
        text, url, name, marks = document
        fields: list[ReadField] = []
        n_words = 0
        for field, value in ((self.text, text), (self.name, name)):
            if value:
                read = ReadWords(field, value)
                fields.append(read)
                n_words += len(read.words)
        if url:
            fields.append(ReadUrl(self.url, url))
        if marks:
            fields.append(ReadMarks(self.page, marks))
        scores = list(self.intercepts)
        for field_read in fields:
            for term in field_read.terms:
                term.add_to(scores)
        return Reading(scores, fields, n_words)

    def score_kinds(self, reading: "Reading", label: Label) -> list[float]:
        """Score the kinds of a label in a document that was read: a logit each, none where it has no kinds."""
        kinds = self.weights.kinds
        place = kinds.columns.get(label)
        if place is None:
            return []
        start, end = place
        scores = list(kinds.find_intercepts(label))
        for field in reading.fields:
            for term in field.terms:
                rows = [thing.kinds for thing in term.weighed if thing.kinds]
                for i in range(start, end):
                    total = 0.0
                    for row in rows:
                        total += row[i]
                    scores[i - start] += total * term.scale
        return scores


class Reading:
    """A document as the model has read it: the scores, and on request what they are made of."""

    __slots__ = ("fields", "n_words", "scores")

    def __init__(self, scores: Scores, fields: list[ReadField], n_words: int) -> None:
        self.scores = scores
        """The logit of each label."""
        self.fields = fields
        self.n_words = n_words
        """How many words stand in text and name."""

    def count_known_words(self) -> int:
        """Count the words of text and name that the model knows as whole words."""
        return sum(
            [word.whole_square > 0 for field in self.fields if isinstance(field, ReadWords) for word in field.words]
        )

    @property
    def has_known_service(self) -> bool:
        """Whether the address or the name is that of a known service."""
        for field in self.fields:
            for term in field.terms:
                for thing in term.weighed:
                    if name_signal(thing) == KNOWN_SERVICE:
                        return True
        return False

    def contribute(self, best: int, runner_up: int, least_share: float | None = None) -> list[Contribution]:
        """List what each thing adds to the margin of one label over another; with the intercepts it is the margin.

        Args:
            best: Index of the one label.
            runner_up: Index of the other.
            least_share: What a thing adds at least to be listed, as a share of all that speaks for the one label.
        """
        least = -inf
        if least_share is not None:
            favour = 0.0
            for field in self.fields:
                favour += field.add_up_favour(best, runner_up)
            least = nextafter(favour * least_share, inf)  # more than that, and more than nothing
        listed: list[Contribution] = []
        for field in self.fields:
            listed += field.contribute(best, runner_up, least)
        return listed

    def list_features(self, best: int, runner_up: int) -> list[tuple[str, str, float]]:
        """List what each feature adds to the margin: its group, its name, and the sum over all keys that have it."""
        added: dict[tuple[str, str], float] = {}
        for field in self.fields:
            for group, name, row, scale in field.list_features():
                place = (group, name)
                added[place] = added.get(place, 0.0) + (row[best] - row[runner_up]) * scale
        return [(group, name, contribution) for (group, name), contribution in added.items()]
