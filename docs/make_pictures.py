"""Make the pictures of the docs again: `just pictures`.

Each picture is what the terminal shows, exported by rich as SVG. A test makes them too and compares.
"""

import io
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME, SVG_EXPORT_THEME, TerminalTheme

from socialcls.classifier import Classifier, make_document
from socialcls.terminal.prediction import render_comparison, render_prediction

PICTURES_DIR = Path(__file__).parent / "pictures"

_BEES = (
    "A place for people who keep bees: ask a question, answer in the threads, read the rules before you post. "
    "Moderators are volunteers. Our own shop sells the club calendar."
)
_BREAD = "Piszę o gotowaniu bez glutenu. Nowy wpis w każdą niedzielę, komentarze mile widziane."


class Picture(NamedTuple):
    """A screen: what is asked, and how the terminal is."""

    caption: str
    sources: tuple[str, ...]
    """Several are compared."""
    url: str = ""
    language: str = "en"
    width: int = 88
    theme: TerminalTheme = SVG_EXPORT_THEME
    has_colour: bool = True


PICTURES = {
    "classify": Picture("One service, with its address.", (_BEES,), "https://forum.bees.example"),
    "classify-pl": Picture("In Polish.", (_BREAD,), language="pl"),
    "classify-light": Picture("On a light terminal.", (_BEES,), theme=DEFAULT_TERMINAL_THEME),
    "classify-60": Picture("Sixty columns.", (_BREAD,), language="pl", width=60),
    "classify-plain": Picture("Without colour, marks stand behind the words.", (_BEES,), has_colour=False),
    "classify-unsure": Picture("No answer, why, and what would help.", ("A monthly magazine with a forum and a blog",)),
    "compare": Picture(
        "Several services side by side.", (_BREAD, "reddit.com/r/cats", "nk.pl", "allegro.pl", "qwx.example"), width=110
    ),
}
"""By file name."""


def draw(name: str) -> str:
    """One picture as SVG."""
    picture = PICTURES[name]
    classifier = Classifier.load()
    documents = [make_document(source, url=picture.url) for source in picture.sources]
    predictions = [classifier.classify(document) for document in documents]
    console = Console(
        record=True,
        width=picture.width,
        file=io.StringIO(),
        force_terminal=True,
        color_system="standard" if picture.has_colour else None,
        no_color=not picture.has_colour,
    )
    if len(documents) > 1:
        shown = render_comparison(documents, predictions, classifier.taxonomy, picture.language, picture.width)
    else:
        shown = render_prediction(documents[0], predictions[0], classifier.taxonomy, picture.language, picture.width)
    console.print(shown)
    return console.export_svg(title="socialcls classify", unique_id="socialcls", theme=picture.theme)


def main() -> None:
    """Write all pictures, and the page that shows them."""
    PICTURES_DIR.mkdir(exist_ok=True)
    for name in PICTURES:
        (PICTURES_DIR / f"{name}.svg").write_text(draw(name), encoding="utf-8")
    shown = "".join(f"{p.caption}\n\n![{p.caption}](pictures/{name}.svg)\n\n" for name, p in PICTURES.items())
    page = f"# What it looks like\n\nMade by `just pictures`.\n\n{shown}"
    (PICTURES_DIR.parent / "pictures.md").write_text(page.rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
