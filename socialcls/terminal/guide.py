"""Show the categories in a terminal, with rich: what each is, and where the line runs."""

from collections.abc import Iterable, Iterator
from string import Formatter

from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from socialcls.messages import Messages, load_messages
from socialcls.taxonomy.guide import Boundary, CategoryGuide, Guide, SignalGuide
from socialcls.taxonomy.taxonomy import Criterion
from socialcls.terminal.console import COLOURS, WIDE, name_category
from socialcls.types import Answer

_IN_COLUMNS = 70  # columns; below, what a term means stands under it
_MAX_WORDS = 3  # of a signal; `--json` has all
_STEM_CHARS = 3  # words that begin alike are taken for forms of one


def render_guide(guide: Guide, language: str, width: int) -> RenderableType:
    """Render the whole guide: category after category, then the boundaries."""
    messages = load_messages(language)
    width = min(width, WIDE)
    parts: list[RenderableType] = []
    for answer, category in guide.categories.items():
        parts += [*_render_category(answer, category, guide.criteria, messages, width), Text()]
    parts.append(Rule(Text(messages["boundaries"], style="bold"), align="left", style="bright_black"))
    sentences = Table.grid(padding=(0, 1))
    for boundary in guide.boundaries:
        sentences.add_row("•", _describe_boundary(boundary, guide, messages))
    parts.append(sentences)
    return Constrain(Group(*parts), width)


def _render_category(
    answer: Answer, category: CategoryGuide, criteria: dict[Criterion, str], messages: Messages, width: int
) -> Iterator[RenderableType]:
    yield Rule(name_category(answer, category.name), align="left", style=COLOURS[answer])
    yield Text(category.definition, style="italic")
    if category.questions:
        yield Text()
        yield _list_terms(((criteria[asked], answered) for asked, answered in category.questions.items()), width)
    if category.kinds:
        yield from _begin_list(messages["kinds"])
        yield _list_terms(((kind.name, ", ".join(kind.examples)) for kind in category.kinds), width)
    for criterion, signals in category.signals.items():
        yield from _begin_list(messages["signals"].format(criterion=criteria[criterion]))
        yield _list_terms(((signal.name, _quote_words(signal, messages)) for signal in signals), width)


def _begin_list(title: str) -> Iterator[RenderableType]:
    yield Text()
    yield Text(title, style="bold")


def _list_terms(terms: Iterable[tuple[str, str]], width: int) -> RenderableType:
    """List terms with what they mean, side by side where there is room."""
    if width < _IN_COLUMNS:
        return Group(
            *(
                part
                for term, meaning in terms
                for part in (Padding(Text(term), (0, 0, 0, 2)), Padding(Text(meaning, style="dim"), (0, 0, 0, 4)))
            )
        )
    table = Table.grid(padding=(0, 2))
    table.add_column(width=width * 2 // 5)
    table.add_column(overflow="fold", style="dim")
    for term, meaning in terms:
        table.add_row(Text(term), Text(meaning))
    return Padding(table, (0, 0, 0, 2))


def _quote_words(signal: SignalGuide, messages: Messages) -> str:
    """Quote a few of its words, not three forms of one."""
    words: dict[str, str] = {}
    for word in signal.words:
        words.setdefault(word[:_STEM_CHARS], word)
    few = list(words.values())[:_MAX_WORDS]
    return ", ".join(messages["quote"].format(word.replace("*", "…")) for word in few)


def _describe_boundary(boundary: Boundary, guide: Guide, messages: Messages) -> Text:
    """Describe a boundary in a sentence, both categories in their colours."""
    said: dict[str, tuple[str, str]] = {
        "first": (boundary.first, ""),
        "first_is": (guide.categories[boundary.first_is].phrase, f"bold {COLOURS[boundary.first_is]}"),
        "second": (boundary.second, ""),
        "second_is": (guide.categories[boundary.second_is].phrase, f"bold {COLOURS[boundary.second_is]}"),
    }
    sentence = Text()
    for literal, gap, *_ in Formatter().parse(messages["boundary"]):
        sentence.append(literal)
        if gap:
            sentence.append(*said[gap])
    return sentence
