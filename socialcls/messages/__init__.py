"""Sentences for people, one JSON file a language; a language is added by adding its file."""

import json
import os
from functools import cache
from pathlib import Path
from typing import NamedTuple

from socialcls.errors import InputError

Messages = dict[str, str]

_HERE = Path(__file__).parent
_FALLBACK = "en"


def list_languages() -> list[str]:
    """List the codes of the languages there are, in order."""
    return sorted(path.stem for path in _HERE.glob("*.json"))


@cache
def load_messages(language: str) -> Messages:
    """Load the sentences of a language.

    Raises:
        InputError: there is no such language.
    """
    path = _HERE / f"{language}.json"
    if language not in list_languages():
        raise InputError(f'No language "{language}". Languages are: {", ".join(list_languages())}.')
    messages: Messages = json.loads(path.read_text(encoding="utf-8"))
    return messages


def find_language() -> str:
    """Find the language of the user's locale, or English where we do not speak it (POSIX order of variables)."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            code = value.split("_")[0].split(".")[0].lower()
            return code if code in list_languages() else _FALLBACK
    return _FALLBACK


class Problem(NamedTuple):
    """What is wrong with something, to be said in any language."""

    key: str
    """Its sentence among the messages."""
    values: tuple[str, ...] = ()
    """What is put into the sentence, in order."""

    def say(self, language: str = "en") -> str:
        """Write the sentence."""
        return load_messages(language)[self.key].format(*self.values)

    def __str__(self) -> str:
        return self.say()
