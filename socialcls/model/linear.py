"""The linear model: scores, and the contributions they are made of.

For a label l, a document's score is

    score(l) = intercept(l) + Σ_factors 1/F(factor) · Σ_keys S(key, l)
    F(factor) = √(smoothing + Σ_keys q(key))

over the distinct keys of the document, where S(key, l) is the sum of the coefficients of the key's features, q(key)
the sum of their squared inverse document frequencies, and unknown features count in neither. S and q depend on
nothing but the key, so each is worked out once and remembered (`weights`). Everything else (the groups' scales,
inverse document frequencies) was folded into the coefficients at export.

Scores are relative to the last label: its own is always 0, and a feature has a coefficient for each of the others.
Only differences of scores mean anything, and differences are unchanged by it.

What a key contributes is S / F: a score is the sum of contributions, so an explanation is the computation itself. A
`Reading` keeps what was read, and lists the contributions when somebody asks.
"""

from socialcls.model.reading import Part, ReadKey, ReadUrl, ReadWords, UrlField, WordField
from socialcls.model.weights import Arrays, Scores, Weights, lean, point
from socialcls.types import Document, Field


class LinearModel:
    """Reads documents and scores them; decides nothing."""

    def __init__(self, arrays: Arrays) -> None:
        self.intercepts = arrays.intercepts
        self.weights = Weights(arrays)
        self.text = WordField("text", self.weights)
        self.name = WordField("name", self.weights)
        self.url = UrlField(self.weights)

    def read(self, document: Document) -> "Reading":
        """Read a document and score it."""
        fields: dict[Field, ReadWords | ReadUrl] = {}
        if document.text:
            fields["text"] = ReadWords(self.text, document.text)
        if document.name:
            fields["name"] = ReadWords(self.name, document.name)
        if document.url:
            fields["url"] = ReadUrl(self.url, document.url)
        a, b, c, d = self.intercepts
        for read in fields.values():
            u, v, w = read.scores
            a, b, c = a + u, b + v, c + w
        return Reading((a, b, c, d), fields)


class Reading:
    """A document as the model has read it: the scores, and on request what they are made of."""

    __slots__ = ("fields", "n_words", "scores")

    def __init__(self, scores: Scores, fields: "dict[Field, ReadWords | ReadUrl]") -> None:
        self.scores = scores
        """The logit of each label."""
        self.fields = fields
        self.n_words = 0
        """How many words stand in text and name."""
        for read in fields.values():
            self.n_words += len(read.words)

    @property
    def n_known_words(self) -> int:
        """How many of them the model knows as whole words."""
        return sum(word.is_known for read in self.fields.values() for word in read.words)

    def list_parts(self, best: int, runner_up: int) -> list[Part]:
        """What each key adds to the margin of one label over another; with the intercepts it is the margin.

        Args:
            best: Index of the one label.
            runner_up: Index of the other.
        """
        direction = point(best, runner_up)
        return [part for read in self.fields.values() for part in read.list_parts(direction)]

    def list_features(self, best: int, runner_up: int) -> list[tuple[str, str, float]]:
        """What each feature adds to the margin: its group, its name, and the sum over all keys that have it."""
        direction = point(best, runner_up)
        added: dict[tuple[str, str], float] = {}
        for read in self.fields.values():
            for group, name, sums, scale in read.list_weighed():
                place = (group, name)
                added[place] = added.get(place, 0.0) + lean(sums, direction) * scale
        return [(group, name, contribution) for (group, name), contribution in added.items()]

    def list_keys(self) -> list[ReadKey]:
        """The words, signals and parts of the URL that count; pairs of words are left out."""
        return [key for read in self.fields.values() for key in read.list_keys() if any(key.scores)]
