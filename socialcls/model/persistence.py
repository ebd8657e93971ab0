"""A model directory: card, taxonomy, vocabulary, weights; load, verify, save atomically.

| file | what it holds |
|---|---|
| `card.json` | what the model is, its intercepts and thresholds, what was measured |
| `taxonomy.json` | the labels, criteria and signals with their names, as they were when it was trained |
| `vocabulary.txt` | the features, one a line, group after group; then the words of the signals (see `vocabulary`) |
| `buckets.bin` | where in the vocabulary to look for a key |
| `weights.bin` | for each feature, four float32: a coefficient for each label but the last, then its squared idf |
| `checksums.json` | CRC-32 of each of the others: enough against damage and edits, and a millisecond to check |

The files are mapped into memory, except on Windows: nothing is copied, and processes that have a model open share its
pages. So a directory is replaced only as a whole, by renaming: what is mapped stays as it was for those who have it.

Nothing in it is code and nothing is unpickled. The format number changes whenever a directory written before
could be read wrongly: raise FORMAT, say in models/CHANGELOG.md what changed, retrain `models/default`.
"""

import json
import os
import zlib
from collections.abc import Mapping
from contextlib import suppress
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, NamedTuple

from socialcls.errors import ModelError, OutputError
from socialcls.model.vocabulary import Bytes, Lines, Section
from socialcls.model.weights import ROW, Arrays
from socialcls.taxonomy.taxonomy import LABELS, Ground, Label, Taxonomy

FORMAT = 3

_CARD, _TAXONOMY, _VOCABULARY = "card.json", "taxonomy.json", "vocabulary.txt"
_BUCKETS, _WEIGHTS, _CHECKSUMS = "buckets.bin", "weights.bin", "checksums.json"
_FILES = (_CARD, _TAXONOMY, _VOCABULARY, _BUCKETS, _WEIGHTS, _CHECKSUMS)
_HERE = Path(__file__).parent.parent
DEFAULT_MODEL_DIR = next(
    (path for path in (_HERE / "default_model", _HERE.parent / "models" / "default") if path.is_dir()),
    _HERE / "default_model",
)
"""The model that comes with the package: inside an installed wheel, or `models/default` in a working copy."""


class Card(NamedTuple):
    """What a model is, for people and for the classifier."""

    name: str
    version: str
    """Of the package that made it."""
    temperatures: dict[Ground, float]
    """What logits are divided by to calibrate them, by what there was to read."""
    thresholds: dict[Ground, dict[Label, float]]
    """The confidence that a best guess of each label needs to be the answer, by what there was to read."""
    data: dict[str, Any]
    """What it was trained on: rows by label, language and style, and a hash of them."""
    training: dict[str, Any]
    """Seed, folds and settings of the fit, versions of the libraries."""
    figures: dict[str, Any]
    """What was measured on held-out hosts with exported models, by the fields that were shown."""


class Artifact(NamedTuple):
    """A model in memory, ready to be saved or to classify."""

    card: Card
    taxonomy: Taxonomy
    arrays: Arrays

    @property
    def n_features(self) -> int:
        """How many features it has a coefficient for."""
        return len(self.arrays.weights) // ROW.size


def load_artifact(model_dir: Path) -> Artifact:
    """Load a model directory and verify that it is whole.

    Raises:
        ModelError: it is missing, truncated, edited, or of another format.
    """
    files = {name: _read_file(model_dir, name) for name in _FILES}
    try:
        card = json.loads(bytes(files[_CARD]))
        found = card["format"]
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{model_dir / _CARD}: not a model card. {_RETRAIN}") from error
    if found != FORMAT:
        message = f"{model_dir}: a model of format {found!r}; this version reads format {FORMAT}. {_RETRAIN}"
        raise ModelError(message)
    if _sum_up(files) != files[_CHECKSUMS]:
        raise ModelError(f"{model_dir}: truncated or edited since it was trained. {_RETRAIN}")
    return Artifact(
        card=Card(**{key: card[key] for key in Card._fields}),
        taxonomy=Taxonomy.from_dict(json.loads(bytes(files[_TAXONOMY]))),
        arrays=Arrays(
            tuple(card["intercepts"][label] for label in LABELS),
            Lines(files[_VOCABULARY], files[_BUCKETS], {k: Section(*v) for k, v in card["sections"].items()}),
            files[_WEIGHTS],
        ),
    )


_RETRAIN = "Train it again: socialcls train DATA -o MODEL_DIR."


def save_artifact(artifact: Artifact, model_dir: Path) -> None:
    """Save a model directory; what was there is replaced only when the new one is complete.

    Raises:
        OutputError: it cannot be written, or the directory holds something that is not a model.
    """
    import shutil  # noqa: PLC0415  (classifying starts sooner without them)
    import tempfile  # noqa: PLC0415

    if model_dir.exists() and not _is_replaceable(model_dir):
        raise OutputError(f"{model_dir}: not a model directory, so it is left alone. Name another with -o.")
    try:
        model_dir.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{model_dir.name}.", dir=model_dir.parent) as scratch:
            fresh, old = Path(scratch) / "new", Path(scratch) / "old"
            fresh.mkdir()
            for name, content in _lay_out(artifact).items():
                (fresh / name).write_bytes(content)
            if model_dir.exists():
                model_dir.rename(old)
                for kept in old.iterdir():
                    if kept.name not in _FILES:
                        shutil.copy2(kept, fresh / kept.name)
            fresh.rename(model_dir)
    except OSError as error:
        raise OutputError(f"{model_dir}: cannot be written ({error.strerror}).") from error


def _is_replaceable(model_dir: Path) -> bool:
    if not model_dir.is_dir():
        return False
    names = {path.name for path in model_dir.iterdir()}
    return not names or _CARD in names


def _read_file(model_dir: Path, name: str) -> Bytes:
    try:
        return _map_file(model_dir / name)
    except (FileNotFoundError, NotADirectoryError) as error:
        missing = name if model_dir.is_dir() else "no such directory"
        what = f"{name} is missing" if model_dir.is_dir() else missing
        raise ModelError(f"{model_dir}: not a model ({what}). {_RETRAIN}") from error
    except OSError as error:
        raise ModelError(f"{model_dir / name}: cannot be read ({error.strerror}).") from error


def _map_file(path: Path) -> Bytes:
    with path.open("rb", buffering=0) as file:
        if os.name == "posix":  # Windows lets nobody rename or delete what is mapped
            with suppress(OSError, ValueError):  # a file system that maps nothing, an empty file
                return memoryview(mmap(file.fileno(), 0, access=ACCESS_READ))
        return file.read()


def _sum_up(files: Mapping[str, Bytes]) -> bytes:
    return _dump({name: f"{zlib.crc32(files[name]):08x}" for name in _FILES if name != _CHECKSUMS})


def _lay_out(artifact: Artifact) -> dict[str, Bytes]:
    arrays = artifact.arrays
    files: dict[str, Bytes] = {
        _TAXONOMY: json.dumps(artifact.taxonomy.as_dict(), ensure_ascii=False, separators=(",", ":")).encode(),
        _VOCABULARY: arrays.lines.text,
        _BUCKETS: arrays.lines.directory,
        _WEIGHTS: arrays.weights,
    }
    card = {
        "format": FORMAT,
        **{key: getattr(artifact.card, key) for key in Card._fields},
        "labels": list(LABELS),
        "intercepts": dict(zip(LABELS, arrays.intercepts, strict=True)),
        "sections": arrays.lines.sections,
    }
    files[_CARD] = _dump(card)
    return {**files, _CHECKSUMS: _sum_up(files)}


def _dump(values: Mapping[str, Any]) -> bytes:
    return (json.dumps(values, ensure_ascii=False, indent=2) + "\n").encode()
