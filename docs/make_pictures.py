"""Make the pictures of the README again: `just pictures`.

Each picture is what the terminal shows, exported by rich as SVG. A test makes them too and compares.
"""

import io
from pathlib import Path

from rich.console import Console

from socialcls.classifier import Classifier, make_document
from socialcls.rendering import render_prediction

PICTURES_DIR = Path(__file__).parent / "pictures"
WIDTH = 88

PICTURES = {
    "classify": (
        "en",
        "A place for people who keep bees: ask a question, answer in the threads, read the rules before you post. "
        "Moderators are volunteers. Our own shop sells the club calendar.",
        "https://forum.bees.example",
    ),
    "classify-pl": ("pl", "Piszę o gotowaniu bez glutenu. Nowy wpis w każdą niedzielę, komentarze mile widziane.", ""),
}
"""By file name: language, text, URL."""


def draw(name: str) -> str:
    """One picture as SVG."""
    language, text, url = PICTURES[name]
    classifier = Classifier.load()
    document = make_document(text, url=url)
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="standard")
    prediction = classifier.classify(document)
    console.print(render_prediction(document, prediction, classifier.taxonomy, language, WIDTH))
    return console.export_svg(title="socialcls classify", unique_id="socialcls")


def main() -> None:
    """Write all pictures."""
    PICTURES_DIR.mkdir(exist_ok=True)
    for name in PICTURES:
        (PICTURES_DIR / f"{name}.svg").write_text(draw(name), encoding="utf-8")


if __name__ == "__main__":
    main()
