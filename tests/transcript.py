"""Answers and errors by the hundred, one a line: what must not depend on how the package was built.

    python -m tests.transcript

`tests/test_compiled.py` compares what the source says with what the compiled modules say.
"""

import pickle
from collections.abc import Callable, Iterator

from socialcls.batch.rows import RowClassifier
from socialcls.classifier import MAX_CHARS, Classifier
from socialcls.dataset.reader import DEFAULT_DATA_DIR, read_examples
from socialcls.errors import SocialClsError
from socialcls.explain.counterfactuals import find_counterfactuals
from socialcls.explain.sentence import ReasonWriter
from socialcls.features.extractor import Reader
from socialcls.model.persistence import DEFAULT_MODEL_DIR
from socialcls.reports.json import describe_prediction, dump_line
from socialcls.taxonomy.taxonomy import load_taxonomy
from socialcls.training.knowledge import KnowledgeBase
from socialcls.types import Document
from tests.golden.make import DOCUMENTS, make_lines

_STEP = 40  # of the rows of data/: some five hundred, of every file
_STRANGE = (
    Document(text="\ud800 half a pair, \x00 and e\u0301 ﬁve ² Ⅷ ٣ İstanbul ẞ"),
    Document(text="#channel @account r/cats u/me ?!$€£|"),
    Document(text="a " * 5000),
    Document(url="HTTPS://Ü.example.co.uk:443/~me/@you/%ff?x#y"),
    Document(url="http://[::1]/", name="-"),
)


def main() -> None:
    """Print everything."""
    classifier, reader = Classifier.load(), Reader(KnowledgeBase.gather(load_taxonomy()).open())
    documents = [*DOCUMENTS, *_STRANGE, *[e.document for e in read_examples([str(DEFAULT_DATA_DIR)])[::_STEP]]]
    print(make_lines(), end="")
    for document in documents:
        for line in _describe(classifier, reader, document):
            print(ascii(line))
    for document in documents[:40]:
        for found in filter(None, find_counterfactuals(document, classifier)):
            print(ascii(found.removed), found.is_smallest, found.prediction.confidence)
    rows = pickle.loads(pickle.dumps(RowClassifier(DEFAULT_MODEL_DIR, language="pl")))  # noqa: S301
    print(ascii(rows.classify_columns({"text": [d.text for d in documents], "url": [d.url for d in documents]})))
    failing: tuple[Callable[[], object], ...] = (
        lambda: classifier.classify(""),
        lambda: classifier.classify(Document(" ", "\t", "\n")),
        lambda: classifier.classify("x" * (MAX_CHARS + 1)),
        lambda: classifier.classify("forum", name="x" * MAX_CHARS),
        lambda: Classifier.load("/nowhere"),
        lambda: ReasonWriter(classifier.taxonomy, "tlh"),
    )
    for fail in failing:
        try:
            print(fail())
        except SocialClsError as error:
            print(type(error), error)


def _describe(classifier: Classifier, reader: Reader, document: Document) -> Iterator[object]:
    """All that can be asked about a document."""
    prediction = classifier.classify(document)
    yield dump_line(describe_prediction(prediction, classifier.taxonomy, "en"))
    yield prediction.reasons
    yield prediction.known_share
    yield prediction.explanation.features
    yield classifier.classify(document, social_only=True).probabilities
    yield [(c.signal, c.quote(), c.find_spans(), c.value) for c in classifier.read(document).contribute(0, 1)]
    yield reader.read(document)


if __name__ == "__main__":
    main()
