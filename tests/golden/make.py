"""Make the golden outputs again: `just golden`; read the difference before committing it.

They are answers of the hand-made model of `tests/conftest.py`, so training does not change them: what changes them is
a change of the JSON contract, of the sums, or of the sentences.
"""

from pathlib import Path

from socialcls.classifier import Classifier
from socialcls.reports.json import describe_prediction, dump_line
from socialcls.types import Document
from tests.conftest import make_tiny_artifact

GOLDEN = Path(__file__).parent / "predictions.jsonl"

DOCUMENTS = (
    Document(text="A forum: post a reply to the threads"),
    Document(text="shop shop SHOP forum"),
    Document(text="forum", url="https://blog.example.co.uk/viewtopic.php", name="Shop"),
    Document(url="blog.example"),
    Document(text="żółty \u202eforum\x1b[31m e\u0301"),
    Document(text="nothing known"),
)


def make_lines() -> str:
    """The answer to each document in both languages, one JSON object a line."""
    classifier = Classifier(make_tiny_artifact())
    return "".join(
        dump_line(describe_prediction(classifier.classify(document), classifier.taxonomy, language)) + "\n"
        for document in DOCUMENTS
        for language in ("en", "pl")
    )


if __name__ == "__main__":
    GOLDEN.write_text(make_lines(), encoding="utf-8")
