"""Labels as they stand in files: matched without regard to case, renamed, and the likely one where none fits.

Other tools name what they found in a column of their own: "Page Type", "Source Type". What their words mean here is in
`OTHER_TOOLS`; it is asked when a table has such a column and none of ours.
"""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple
from unicodedata import combining, normalize

from socialcls.errors import InputError
from socialcls.tables.columns import find_gold, find_named
from socialcls.types import UNSURE, Label

OTHER_TOOLS_COLUMNS = ("page type", "source type", "source_type", "site type", "media type", "content source")
"""Columns in which other tools say what a source is."""

OTHER_TOOLS: Mapping[str, Label] = {
    **dict.fromkeys(("forum", "forums", "message board", "message boards", "forum/message board"), "community"),
    **dict.fromkeys(("board", "boards", "q&a", "qa", "reddit", "discussion", "discussions", "fora"), "community"),
    **dict.fromkeys(("socialmedia_reddit", "spolecznosc", "grupa", "group", "groups", "usenet"), "community"),
    **dict.fromkeys(("blog", "blogs", "weblog", "newsletter", "blogi", "personal blog"), "blog"),
    **dict.fromkeys(("social", "social media", "social network", "social networks", "socialmedia"), "platform"),
    **dict.fromkeys(("twitter", "x", "facebook", "instagram", "youtube", "tiktok", "linkedin", "tumblr"), "platform"),
    **dict.fromkeys(("pinterest", "vk", "weibo", "bluesky", "threads", "mastodon", "microblog", "video"), "platform"),
    **dict.fromkeys(("microblogs", "videos", "photo", "photos", "media spolecznosciowe", "qq"), "platform"),
    **{
        f"socialmedia_{name}": "platform"
        for name in ("twitter", "facebook", "instagram", "youtube", "tiktok", "linkedin", "tumblr", "pinterest", "vk")
    },
    **dict.fromkeys(("news", "online news", "onlinenews", "newspaper", "magazine", "press", "print", "tv"), "other"),
    **dict.fromkeys(("radio", "podcast", "podcasts", "broadcast", "news agency", "press release"), "other"),
    **dict.fromkeys(("review", "reviews", "shop", "store", "company", "corporate", "organisation"), "other"),
    **dict.fromkeys(("organization", "government", "wiki", "general", "website", "web", "portal", "sklep"), "other"),
}
"""What the words of other tools mean here."""


class LabelReader(NamedTuple):
    """How what stands in a column of labels is understood."""

    labels: tuple[Label, ...]
    """Those that may stand there; when empty, whatever does is a label."""
    renamed: Mapping[str, Label] = {}
    """What other words mean, folded."""

    def read(self, written: str) -> Label | None:
        """Find the label that is meant; None when it is none of them.

        >>> LabelReader(("community", "blog"), {"forum": "community"}).read(" Forum ")
        'community'
        """
        wanted = fold_label(written)
        if wanted in self.renamed:
            return self.renamed[wanted]
        if not self.labels:
            return written.strip() if wanted and wanted != UNSURE else None
        return next((label for label in self.labels if fold_label(label) == wanted), None)

    def suggest(self, written: str) -> Label | None:
        """Guess the label that may have been meant; None when nothing is near."""
        wanted = fold_label(written)
        meant = {word: label for word, label in OTHER_TOOLS.items() if label in self.labels}
        folded = {fold_label(label): label for label in self.labels}
        if wanted in meant:
            return meant[wanted]
        for words, cutoff in ((folded, 0.6), (meant, 0.8)):
            if close := get_close_matches(wanted, words, n=1, cutoff=cutoff):
                return words[close[0]]
        return None


def fold_label(written: str) -> str:
    """Fold a label, so that capitals, accents and the spaces around and within make no difference."""
    plain = "".join(char for char in normalize("NFKD", written.casefold()) if not combining(char))
    return " ".join(plain.replace("ł", "l").split())


def parse_renames(text: str) -> dict[str, Label]:
    """Read what a user says that words mean.

    >>> parse_renames("forum=community, Online Shop=other")
    {'forum': 'community', 'online shop': 'other'}

    Raises:
        InputError: it is not a list of WORD=LABEL.
    """
    renamed: dict[str, Label] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        word, equals, label = part.rpartition("=")
        if not (equals and word.strip() and label.strip()):
            raise InputError(f'--map: "{part}" is not WORD=LABEL. For example: --map forum=community,shop=other.')
        renamed[fold_label(word)] = label.strip()
    return renamed


def check_renames(renamed: Mapping[str, Label], labels: Sequence[Label]) -> dict[str, Label]:
    """Check that words are renamed to labels that there are, and spell those as they are spelt.

    Raises:
        InputError: there is no such label.
    """
    reader = LabelReader(tuple(labels))
    checked: dict[str, Label] = {}
    for word, meant in renamed.items():
        label = reader.read(meant) if labels else meant
        if label is None:
            raise InputError(f'--map: no label "{meant}". Labels are: {", ".join(labels)}.')
        checked[word] = label
    return checked


def find_label_column(table_name: str, columns: Sequence[str], wanted: str = "") -> tuple[int, bool]:
    """Find the column of labels: the one that is asked for, one of ours, or that of another tool.

    Returns:
        Its index, and whether it is another tool's.

    Raises:
        InputError: there is none.
    """
    if wanted:
        index = find_named(columns, wanted)
        if index is None:
            raise InputError(f"{table_name}: no column {wanted!r} among: {', '.join(columns)}.")
        return index, _is_of_other_tool(columns[index])
    try:
        return find_gold(table_name, columns), False
    except InputError:
        for i, column in enumerate(columns):
            if _is_of_other_tool(column):
                return i, True
        raise


def _is_of_other_tool(column: str) -> bool:
    return fold_label(column) in OTHER_TOOLS_COLUMNS


def gather_spellings(labels: Iterable[Label]) -> dict[str, Label]:
    """Choose one spelling of each label: the most frequent, of equal ones the first.

    >>> gather_spellings(["Shop", "shop", "shop", "Forum"])
    {'shop': 'shop', 'forum': 'Forum'}
    """
    counted: dict[str, dict[Label, int]] = {}
    for label in labels:
        spellings = counted.setdefault(fold_label(label), {})
        spellings[label] = spellings.get(label, 0) + 1
    return {folded: max(spellings, key=lambda label: spellings[label]) for folded, spellings in counted.items()}
