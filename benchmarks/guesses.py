"""What contenders guess on sets of labelled documents, remembered between runs."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.peers import Predict
from socialcls.types import Document, Example, Label

ROOT = Path(__file__).parent.parent

Sets = Mapping[str, Sequence[Example]]
"""Test documents by the name of their set: "dev/en", "dev/en, text alone"."""
Guesses = dict[str, list[Label]]
"""A label for each document of each set."""

TEXT_ALONE = ", text alone"


class Memory:
    """Guesses that were made before, as long as neither the package, nor data/, nor the sets have changed."""

    def __init__(self, cache: Path | None, sets: Sets) -> None:
        """Choose where guesses are kept.

        Args:
            cache: A folder outside the repository; None to keep nothing.
            sets: That are guessed.
        """
        self._cache, self._sets = cache, sets
        digest = hashlib.blake2b(digest_size=6)
        for path in _list_sources():
            digest.update(path.read_bytes())
        for name, examples in sets.items():
            digest.update(f"{name}\x1d{[(*e.document.fields, e.gold) for e in examples]}\x1e".encode())
        self._key = digest.hexdigest()

    def guess_all(self, name: str, fit: Callable[[Sequence[Example]], Predict], train: Sequence[Example]) -> Guesses:
        """Guess every document of every set, or remember what was guessed.

        Args:
            name: Of the contender.
            fit: Fits it.
            train: What it learns from.

        Raises:
            MissingExtraError: a library that it needs is not installed.
        """
        path = self._cache and self._cache / f"{self._key}_{name.replace(' ', '-')}.json"
        if path and path.exists():
            guesses: Guesses = json.loads(path.read_text(encoding="utf-8"))
            return guesses
        predict = fit(train)
        guesses = {name: predict([e.document for e in examples]) for name, examples in self._sets.items()}
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            part.write_text(json.dumps(guesses), encoding="utf-8")
            part.replace(path)
        return guesses


def add_views(sets: Sets) -> dict[str, Sequence[Example]]:
    """Add each set once more with the text alone, where there are texts."""
    added: dict[str, Sequence[Example]] = {}
    for name, examples in sets.items():
        added[name] = examples
        described = [e._replace(document=Document(text=e.document.text)) for e in examples if e.document.text.strip()]
        if described:
            added[name + TEXT_ALONE] = described
    return added


def _list_sources() -> Iterator[Path]:
    for folder, suffixes in (("socialcls", {".py", ".toml"}), ("data", {".csv"})):
        yield from sorted(path for path in (ROOT / folder).rglob("*") if path.suffix in suffixes)
