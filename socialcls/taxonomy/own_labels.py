"""Labels of somebody's own: a list of words, or a TOML file with names, definitions and whether they are social media.

    [classifieds]
    name = { en = "classifieds", pl = "ogłoszenia" }
    phrase = { en = "a site of classifieds", pl = "serwis ogłoszeniowy" }
    definition = "People sell to people; what they write goes away when it is sold."
    is_social = false

Everything but the label itself may be left out; a text without a language holds in all of them.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from socialcls.errors import DatasetError, InputError
from socialcls.taxonomy.taxonomy import Category, Taxonomy
from socialcls.types import UNSURE, Label

_KEYS = {"name", "phrase", "definition", "is_social", "kinds"}
_MAX_CHARS = 100
_TAKEN = (UNSURE, "kind")
"""The word for no answer; and what would make a second column `p_kind`."""


def read_own_labels(given: str) -> dict[Label, dict[str, Any]]:
    """Read labels from a list of words, or from a file that ends in .toml.

    >>> list(read_own_labels("recipe, repair manual"))
    ['recipe', 'repair manual']

    Raises:
        InputError: the file cannot be read, or a word cannot be a label.
        DatasetError: the file is not as described above.
    """
    if not given.lower().endswith(".toml"):
        entries: dict[str, Any] = {part.strip(): {} for part in given.split(",") if part.strip()}
    else:
        import tomllib  # noqa: PLC0415  (only who brings labels needs it)

        try:
            entries = tomllib.loads(Path(given).read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise InputError(f"{given}: no such file.") from error
        except OSError as error:
            raise InputError(f"{given}: cannot be read ({error.strerror}).") from error
        except ValueError as error:  # not TOML, or not UTF-8
            raise DatasetError(f"{given}: not readable as TOML ({error}).") from error
    for label, entry in entries.items():
        check_label(label)
        if not isinstance(entry, dict) or not set(entry) <= _KEYS:
            raise DatasetError(f"{given}: [{label}] may hold {', '.join(sorted(_KEYS))} and nothing else.")
        for key in ("name", "phrase", "definition"):
            texts = entry.get(key, "")
            if not (isinstance(texts, str) or (isinstance(texts, dict) and all(map(_is_text, texts.values())))):
                raise DatasetError(f"{given}: [{label}] {key} is a text, or a text for each language.")
    return entries


def check_label(label: Label) -> None:
    """Check that a word can be a label: of a column, a file name and a terminal.

    Raises:
        InputError: it cannot.
    """
    if label in _TAKEN or not label.strip() or not label.isprintable() or len(label) > _MAX_CHARS:
        raise InputError(
            f'"{label[:40]}" cannot be a label: one is printable, at most {_MAX_CHARS} characters, and none of '
            f"{', '.join(_TAKEN)}."
        )


def make_taxonomy(
    taxonomy: Taxonomy, labels: Sequence[Label], own: Mapping[Label, Mapping[str, Any]] | None = None
) -> Taxonomy:
    """Make a taxonomy of these labels, named as somebody says; what they do not say stays as it was.

    >>> from socialcls.taxonomy.taxonomy import load_taxonomy
    >>> made = make_taxonomy(load_taxonomy(), ["blog", "recipe"], {"recipe": {"name": {"pl": "przepis"}}})
    >>> made.categories["pl"]["recipe"].name, made.categories["en"]["recipe"].name
    ('przepis', 'recipe')
    """
    made = taxonomy.with_labels(labels)
    categories = {language: dict(named) for language, named in made.categories.items()}
    kinds = {language: dict(named) for language, named in made.kinds.items()}
    for label, entry in (own or {}).items():
        for language, named in categories.items():
            known = named[label]
            name = _choose(entry.get("name"), language, known.name)
            named[label] = Category(
                name,
                _choose(entry.get("phrase"), language, name if entry.get("name") else known.phrase),
                _choose(entry.get("definition"), language, known.definition),
                bool(entry.get("is_social", known.is_social)),
            )
            for kind, kind_name in dict(entry.get("kinds", {})).items():
                kinds.setdefault(language, {}).setdefault(label, {})[kind] = _choose(kind_name, language, kind)
    return made._replace(categories=categories, kinds=kinds)


def _choose(said: Any, language: str, otherwise: str) -> str:  # noqa: ANN401  (any TOML value)
    if isinstance(said, str):
        return said
    return str(said.get(language, said.get("en", otherwise))) if isinstance(said, dict) and said else otherwise


def _is_text(value: object) -> bool:
    return isinstance(value, str)
