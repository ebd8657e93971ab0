"""Load and save a model: its card, taxonomy, vocabulary and weights.

| block | what it holds |
|---|---|
| `taxonomy` | the labels, criteria and signals with their names, as they were when it was trained |
| `vocabulary` | the features, one a line, group after group; then signals, heads and services (see `vocabulary`) |
| `buckets` | where in the vocabulary to look for a key |
| `weights` | for each feature, int32: a coefficient for each label but the last, then its squared idf |
| `kinds` | of the features that say something of kinds: the numbers of their lines, then int16 coefficients |
| `rows` | a short hash of each row that it was trained on, in order, to say when it is asked about those |

`store` keeps the blocks and the card in a directory. Nothing in it is code and nothing is unpickled. Labels, numbers
and bounds are checked here; after that, reading a document cannot fail.

The format number changes whenever a directory written before could be read wrongly: raise FORMAT, say in
models/CHANGELOG.md what changed, retrain `models/default`.
"""

import json
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple, cast
from zlib import crc32

from socialcls.errors import ModelError
from socialcls.features.groups import GROUPS
from socialcls.model.kinds import LINE_BYTES, NO_KINDS, NUMBER_BYTES, KindArrays
from socialcls.model.store import load_model_files, save_model_files
from socialcls.model.vocabulary import Lines, Section
from socialcls.model.weights import KNOWLEDGE, Arrays, count_row_bytes
from socialcls.taxonomy.taxonomy import Category, Signal, Taxonomy
from socialcls.types import GROUNDS, UNSURE, Document, Ground, Label

FORMAT = 4

_TAXONOMY, _VOCABULARY, _BUCKETS, _WEIGHTS = "taxonomy", "vocabulary", "buckets", "weights"
_KINDS, _ROWS = "kinds", "rows"
_BLOCKS = (_TAXONOMY, _VOCABULARY, _BUCKETS, _WEIGHTS)
_MAX_LABELS = 1_000
_MAX_FIGURE = 1e300
_MAX_SCALE = 1e6  # times the largest int32 it is still a number that can be added up
_MAX_TEXT_CHARS = 10_000  # of a name or a definition
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
    labels: tuple[Label, ...]
    """Any number from two, in the order of the scores."""
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
    kind_temperatures: dict[Label, float] = {}  # noqa: RUF012  (never changed)
    """What the logits of a label's kinds are divided by."""
    kind_thresholds: dict[Label, dict[str, float]] = {}  # noqa: RUF012
    """The probability that a kind needs to be told, by label."""
    kind_figures: dict[str, Any] = {}  # noqa: RUF012
    """What was measured of the kinds of each label, on held-out hosts."""


class Artifact(NamedTuple):
    """A model in memory, ready to be saved or to classify."""

    card: Card
    taxonomy: Taxonomy
    arrays: Arrays
    rows: bytes = b""
    """Of each row that it was trained on a hash of `ROW_BYTES`, ascending (see `hash_row`)."""

    def count_trained_on(self, documents: Sequence[Document]) -> int:
        """Count the documents that are among the rows it was trained on; one in two hundred may be so by accident."""
        known = {self.rows[i : i + ROW_BYTES] for i in range(0, len(self.rows), ROW_BYTES)}
        return sum(hash_row(document) in known for document in documents)

    @property
    def n_features(self) -> int:
        """How many features it has a coefficient for."""
        return len(self.arrays.weights) // count_row_bytes(self.arrays.n_labels)


ROW_BYTES = 3


def hash_row(document: Document) -> bytes:
    """Hash what a row says, whatever its spaces and capitals."""
    said = "\x1f".join(" ".join(field.split()).casefold() for field in document.fields)
    return crc32(said.encode("utf-8", "surrogatepass")).to_bytes(4, "big")[:ROW_BYTES]


def load_artifact(model_dir: Path) -> Artifact:
    """Load a model directory and verify that it is whole and can be used.

    Raises:
        ModelError: it is missing, truncated, edited, of another format, or holds what no model holds.
    """
    values, blocks = load_model_files(model_dir, FORMAT)
    try:
        return _check_artifact(values, blocks)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError) as error:
        said = error.args[0] if isinstance(error, _WrongError) else "its card and its arrays do not fit each other"
        raise ModelError(
            f"{model_dir}: not a usable model ({said}). Train it again: socialcls train DATA -o MODEL_DIR."
        ) from error


def save_artifact(artifact: Artifact, model_dir: Path) -> None:
    """Save a model directory; what was there is replaced only when the new one is complete.

    Raises:
        OutputError: it cannot be written, or the directory holds something that is not a model.
    """
    arrays = artifact.arrays
    card = {
        "format": FORMAT,
        **{key: getattr(artifact.card, key) for key in Card._fields},
        "intercepts": arrays.intercepts,
        "scales": arrays.scales,
        "sections": arrays.lines.sections,
    }
    taxonomy = json.dumps(artifact.taxonomy.as_dict(), ensure_ascii=False, separators=(",", ":")).encode()
    blocks = {
        _TAXONOMY: taxonomy,
        _VOCABULARY: bytes(arrays.lines.text),
        _BUCKETS: bytes(arrays.lines.directory),
        _WEIGHTS: bytes(arrays.weights),
    }
    kinds = arrays.kinds
    if kinds.names:
        card["kinds"] = {"names": kinds.names, "intercepts": kinds.intercepts, "scales": kinds.scales}
        blocks[_KINDS] = kinds.lines + kinds.weights
    if artifact.rows:
        blocks[_ROWS] = artifact.rows
    save_model_files(model_dir, card, blocks)


class _WrongError(ValueError):
    """What is wrong with a model, in a few words."""


def _demand(is_right: bool, what: str) -> None:  # noqa: FBT001  (reads like an assertion)
    if not is_right:
        raise _WrongError(what)


def _check_artifact(values: Mapping[str, Any], blocks: Mapping[str, bytes]) -> Artifact:
    for name in _BLOCKS:
        _demand(name in blocks, f"no {name}")
    labels = tuple(values["labels"])
    _demand(
        2 <= len(labels) <= _MAX_LABELS
        and all(_is_name(label) for label in labels)
        and len(set(labels)) == len(labels)
        and UNSURE not in labels,
        "its labels",
    )
    for key in ("name", "version"):
        _demand(isinstance(values[key], str) and len(values[key]) <= 200, f"its {key}")
    _check_told(values)
    lines = _check_lines(values["sections"], blocks)
    kinds = _check_kinds(values.get("kinds"), labels, blocks.get(_KINDS, b""), lines)
    card = Card(
        name=values["name"],
        version=values["version"],
        labels=labels,
        temperatures={g: _read_number(values["temperatures"][g], 1e-3, 1e3, "a temperature") for g in GROUNDS},
        thresholds={
            g: {label: _read_number(values["thresholds"][g][label], 0.0, 1.0, "a threshold") for label in labels}
            for g in GROUNDS
        },
        data=values["data"],
        training=values["training"],
        figures=values["figures"],
        **_check_kind_decisions(values, kinds),
    )
    intercepts = [_read_number(value, -1e6, 1e6, "an intercept") for value in values["intercepts"]]
    _demand(len(intercepts) == len(labels), "its intercepts")
    scales = {
        str(name): (
            _read_number(pair[0], 0.0, _MAX_SCALE, "a scale"),
            _read_number(pair[1], 0.0, _MAX_SCALE, "a scale"),
        )
        for name, pair in values["scales"].items()
    }
    weights = blocks[_WEIGHTS]
    n_features = sum(lines.sections[group.name].n_lines for group in GROUPS)
    _demand(len(weights) == n_features * count_row_bytes(len(labels)), "the size of its weights")
    taxonomy = _check_taxonomy(json.loads(blocks[_TAXONOMY]), labels)
    rows = blocks.get(_ROWS, b"")
    _demand(len(rows) % ROW_BYTES == 0, "the size of its rows")
    return Artifact(card, taxonomy, Arrays(intercepts, scales, lines, weights, kinds), rows)


def _check_told(values: Mapping[str, Any]) -> None:
    """Check what a card tells people: the numbers and words that `socialcls model` shows."""
    data, training = values["data"], values["training"]
    _demand(isinstance(data["sha256"], str), "its data")
    for count in (data["n_rows"], *data["labels"].values(), *data["languages"].values()):
        _demand(_is_count(count), "its data")
    _demand(_is_count(training["seed"]) and _is_count(training["n_folds"]), "its training")
    _read_number(training["strength"], 0.0, _MAX_FIGURE, "its training")
    _demand(all(isinstance(version, str) for version in training["versions"].values()), "its training")
    for measured in (*values["figures"].values(), *values.get("kind_figures", {}).values()):
        for name in ("macro_f1", "accuracy", "coverage", "accuracy_answered", "calibration_error"):
            _read_number(measured[name], 0.0, 1.0, "its figures")
        _demand("intervals" not in measured, "its figures")  # those of an evaluation have them
        for of_label in measured["labels"].values():
            for name in ("precision", "recall", "f1"):
                _read_number(of_label[name], 0.0, 1.0, "its figures")
            _demand(_is_count(of_label["support"]), "its figures")


def _check_kinds(values: Any, labels: tuple[Label, ...], block: bytes, lines: Lines) -> KindArrays:  # noqa: ANN401
    """Check the numbers of kinds; a model need not have any."""
    if values is None:
        return NO_KINDS
    names: dict[Label, tuple[str, ...]] = {}
    for label, kinds in values["names"].items():
        _demand(label in labels and isinstance(kinds, list) and 2 <= len(kinds) <= _MAX_LABELS, "its kinds")
        _demand(all(_is_name(kind) for kind in kinds) and len(set(kinds)) == len(kinds), "its kinds")
        names[label] = tuple(kinds)
    intercepts = {
        label: [_read_number(value, -1e6, 1e6, "an intercept") for value in values["intercepts"][label]]
        for label in names
    }
    _demand(all(len(intercepts[label]) == len(kinds) for label, kinds in names.items()), "the intercepts of its kinds")
    scales = {str(name): _read_number(value, 0.0, _MAX_SCALE, "a scale") for name, value in values["scales"].items()}
    n_columns = sum(len(kinds) - 1 for kinds in names.values())
    n_features, rest = divmod(len(block), LINE_BYTES + NUMBER_BYTES * n_columns)
    _demand(not rest and n_features <= sum(section.n_lines for section in lines.sections.values()), "its kinds")
    return KindArrays(names, intercepts, scales, block[: n_features * LINE_BYTES], block[n_features * LINE_BYTES :])


def _check_kind_decisions(values: Mapping[str, Any], kinds: KindArrays) -> dict[str, Any]:
    figures = values.get("kind_figures", {})
    if not kinds.names:
        return {"kind_figures": figures}
    return {
        "kind_figures": figures,
        "kind_temperatures": {
            label: _read_number(values["kind_temperatures"][label], 1e-3, 1e3, "a temperature") for label in kinds.names
        },
        "kind_thresholds": {
            label: {kind: _read_number(values["kind_thresholds"][label][kind], 0.0, 1.0, "a threshold") for kind in of}
            for label, of in kinds.names.items()
        },
    }


def _is_count(value: Any) -> bool:  # noqa: ANN401  (any JSON value)
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_name(value: Any) -> bool:  # noqa: ANN401  (any JSON value)
    return isinstance(value, str) and value.isprintable() and 0 < len(value) <= 100


def _read_number(value: Any, low: float, high: float, what: str) -> float:  # noqa: ANN401  (any JSON value)
    _demand(isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value), what)
    number = float(value)
    _demand(low <= number <= high, what)
    return number


def _check_lines(sections: Mapping[str, Any], blocks: Mapping[str, bytes]) -> Lines:
    """Check that each section has its buckets; where a bucket begins is checked when it is opened."""
    read = {}
    n_buckets = n_lines = 0
    directory = blocks[_BUCKETS]
    absent = [group.name for group in GROUPS if group.name not in sections]
    _demand(not absent or absent == ["page.marks"], "its sections")
    for name in (*(group.name for group in GROUPS if group.name not in absent), *KNOWLEDGE):
        first, of_section, lines = sections[name]
        for number in (first, of_section, lines):
            _demand(isinstance(number, int) and not isinstance(number, bool) and number >= 0, "its sections")
        _demand(first == n_buckets and of_section >= 1, "its sections")
        read[name] = Section(first, of_section, lines)
        n_buckets += of_section
        n_lines += lines
    _demand(len(directory) == 8 * (n_buckets + 1), "the size of its buckets")
    _demand(n_lines <= len(blocks[_VOCABULARY]), "its vocabulary")
    for name in absent:  # made before there were pages: an empty bucket at the end
        read[name] = Section(n_buckets, 1, 0)
        directory += directory[-8:]
    return Lines(blocks[_VOCABULARY], directory, read)


def _check_taxonomy(values: Mapping[str, Any], labels: tuple[Label, ...]) -> Taxonomy:
    answers = [*labels, UNSURE]
    _demand("en" in values["categories"], "its taxonomy")
    categories = {}
    for language, named in values["categories"].items():
        _demand(list(named) == answers, "its taxonomy")
        categories[language] = {
            answer: Category(_read_text(said[0]), _read_text(said[1]), _read_text(said[2]), said[3] is True)
            for answer, said in named.items()
        }
    criteria = {
        language: {str(criterion): _read_text(name) for criterion, name in named.items()}
        for language, named in values["criteria"].items()
    }
    _demand(set(criteria) == set(categories), "its criteria")
    signals = []
    for name, signal in values["signals"].items():
        names = {str(language): _read_text(said) for language, said in signal["names"].items()}
        _demand("en" in names and all(signal["criterion"] in of for of in criteria.values()), "its signals")
        signals.append(Signal(name, _read_text(signal["label"]), signal["criterion"], names))
    kinds = {
        str(language): {
            str(label): {str(kind): _read_text(name) for kind, name in of_label.items()}
            for label, of_label in named.items()
        }
        for language, named in values.get("kinds", {}).items()
    }
    return Taxonomy(categories, criteria, tuple(signals), kinds)


def _read_text(value: Any) -> str:  # noqa: ANN401  (any JSON value)
    _demand(isinstance(value, str) and len(value) <= _MAX_TEXT_CHARS, "its taxonomy")
    return cast("str", value)
