"""Find what is probably wrong in labelled rows, each with its reason.

| check | what it finds |
|---|---|
| `label` | a label that is none, with the likely one |
| `kind` | a kind that its label does not have |
| `duplicate` | the same description or address with different labels |
| `near-duplicate` | descriptions of different hosts that hardly differ: one template, or one row copied |
| `service` | a label that contradicts a known service |
| `text` | no description, one of a word or two, or one in another script than its language has |
| `disputed` | a label that a model which never saw the host strongly disputes (confident learning) |
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple
from zlib import crc32

from socialcls.dataset.labels import LabelReader
from socialcls.dataset.services import Service, index_services, read_services
from socialcls.dataset.splits import group_key
from socialcls.features.services import ServiceTable, find_service
from socialcls.taxonomy.taxonomy import list_kinds
from socialcls.text.tokenizer import find_words, fold
from socialcls.text.urls import read_url
from socialcls.types import Example, Label

CHECKS = ("label", "duplicate", "service", "disputed", "kind", "near-duplicate", "text")
"""In the order of how often they are right."""

_FEW_WORDS = 3
_SHINGLE_WORDS = 3
_N_HASHES, _N_BANDS = 24, 8
_LEAST_LIKENESS = 0.7
_LEAST_OTHER, _MOST_GIVEN = 0.5, 0.25
_MOST_ALIKE = 200  # rows in one bucket: more are a template, and comparing them all takes for ever

_SCRIPTS = {
    "latin": re.compile("[a-zà-ɏ]", re.IGNORECASE),
    "cyrillic": re.compile("[а-яёіїєґўћђљњџ]", re.IGNORECASE),
}
_LATIN = "en pl de fr es it pt nl sv cs sk tr ro hu fi da no nb hr sl lt lv et"
_SCRIPT_OF = {**dict.fromkeys("ru uk be bg sr mk".split(), "cyrillic"), **dict.fromkeys(_LATIN.split(), "latin")}  # noqa: SIM905


class Suspicion(NamedTuple):
    """A row that is probably wrong."""

    row: int
    """Of the example."""
    place: str
    check: str
    """One of CHECKS."""
    reason: str
    """A sentence."""
    suggestion: str = ""
    """The label that is likelier; empty where there is none."""
    weight: float = 0.0
    """How probably it is wrong, 0 to 1, where that is known."""


def check_rows(examples: Sequence[Example], labels: Sequence[Label]) -> list[Suspicion]:
    """Find all that needs no model, by check and then by place."""
    found = [
        *find_unknown_labels(examples, labels),
        *find_duplicates(examples),
        *find_contradictions(examples),
        *find_unknown_kinds(examples),
        *find_near_duplicates(examples),
        *find_odd_texts(examples),
    ]
    return sort_suspicions(found)


def sort_suspicions(found: Iterable[Suspicion]) -> list[Suspicion]:
    """Sort by check, the surest first, then by place."""
    return sorted(found, key=lambda s: (CHECKS.index(s.check), -s.weight, s.row))


def find_unknown_labels(examples: Sequence[Example], labels: Sequence[Label]) -> list[Suspicion]:
    """Find rows whose label is none of these."""
    reader = LabelReader(tuple(labels))
    found = []
    for i, example in enumerate(examples):
        if reader.read(example.gold) is None:
            meant = reader.suggest(example.gold) or ""
            likely = f' "{meant}" may be meant.' if meant else ""
            found.append(Suspicion(i, example.place, "label", f'"{example.gold}" is no label.{likely}', meant))
    return found


def find_unknown_kinds(examples: Sequence[Example]) -> list[Suspicion]:
    """Find rows whose kind their label does not have, where it is a label of this version."""
    found = []
    kinds = list_kinds()
    for i, example in enumerate(examples):
        kind = example.about.get("kind", "")
        known = kinds.get(example.gold, ())
        if kind and known and kind not in known:
            close = get_close_matches(kind, known, n=1)
            likely = f' "{close[0]}" may be meant.' if close else ""
            reason = f'{example.gold} has no kind "{kind}", but {", ".join(known)}.{likely}'
            found.append(Suspicion(i, example.place, "kind", reason))
    return found


def find_duplicates(examples: Sequence[Example]) -> list[Suspicion]:
    """Find descriptions and addresses that stand there with different labels."""
    by_said: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, example in enumerate(examples):
        text = " ".join(fold(word) for word in find_words(example.document.text) if word[0].isalnum())
        if len(text.split()) >= _FEW_WORDS:
            by_said["description", text].append(i)
        if address := _normalise_url(example.document.url):
            by_said["address", address].append(i)
    found: dict[int, Suspicion] = {}
    for (field, _), indices in by_said.items():
        counted = Counter(examples[i].gold for i in indices)
        if len(counted) < 2:
            continue
        commonest = max(counted, key=lambda label: counted[label])
        for i in indices:
            gold = examples[i].gold
            others = [j for j in indices if examples[j].gold != gold]
            other = examples[others[0]]
            suggestion = commonest if commonest != gold and counted[commonest] > counted[gold] else ""
            reason = f"The same {field} is {other.gold} in {other.place}."
            share = 1 - counted[gold] / len(indices)
            found.setdefault(i, Suspicion(i, examples[i].place, "duplicate", reason, suggestion, share))
    return list(found.values())


def find_contradictions(examples: Sequence[Example], services: Sequence[Service] | None = None) -> list[Suspicion]:
    """Find rows whose address is that of a known service that is something else."""
    hosts, names = index_services(read_services() if services is None else services)
    table = ServiceTable(hosts, names)
    found = []
    for i, example in enumerate(examples):
        if not example.document.url.strip():
            continue
        url = read_url(example.document.url)
        service = find_service(url, table)
        if service and url.segments and url.suffix and service[2] == url.suffix.end:
            continue  # what is known of a host says nothing of a place inside it
        relation, _, what = (service[0] if service else "").partition("=")
        label = what.partition(".")[0]
        if relation == "known" and label != example.gold and example.gold in _SERVICE_LABELS:
            reason = f"{example.document.url} is known as {what.replace('.', ', ')}."
            found.append(Suspicion(i, example.place, "service", reason, label, 0.8))
    return found


_SERVICE_LABELS = frozenset(("community", "blog", "platform", "other"))


def find_near_duplicates(examples: Sequence[Example]) -> list[Suspicion]:
    """Find descriptions of different hosts that hardly differ.

    Three words in a row are a shingle; sets of them are compared where a band of their least hashes agrees (MinHash,
    Broder 1997).
    """
    shingles: list[frozenset[str]] = []
    buckets: dict[tuple[int, tuple[int, ...]], list[int]] = defaultdict(list)
    rows = _N_HASHES // _N_BANDS
    for i, example in enumerate(examples):
        words = [fold(word) for word in find_words(example.document.text)]
        of_text = frozenset(
            " ".join(words[j : j + _SHINGLE_WORDS]) for j in range(max(0, len(words) - _SHINGLE_WORDS + 1))
        )
        shingles.append(of_text)
        if len(of_text) < _SHINGLE_WORDS:
            continue
        hashes = [crc32(shingle.encode("utf-8", "surrogatepass")) for shingle in of_text]
        signature = [min((value * a + b) & 0xFFFFFFFF for value in hashes) for a, b in _HASHES]
        for band in range(_N_BANDS):
            buckets[band, tuple(signature[band * rows : (band + 1) * rows])].append(i)
    found: dict[int, Suspicion] = {}
    for indices in buckets.values():
        if not 1 < len(indices) <= _MOST_ALIKE:
            continue
        for n, i in enumerate(indices):
            for j in indices[n + 1 :]:
                if j in found or group_key(examples[i]) == group_key(examples[j]):
                    continue
                likeness = len(shingles[i] & shingles[j]) / len(shingles[i] | shingles[j])
                if likeness >= _LEAST_LIKENESS:
                    differs = "" if examples[i].gold == examples[j].gold else f", which is {examples[i].gold}"
                    reason = f"{likeness:.0%} of its phrases stand in {examples[i].place}{differs}."
                    found[j] = Suspicion(j, examples[j].place, "near-duplicate", reason, "", likeness if differs else 0)
    return list(found.values())


_HASHES = [(2 * crc32(f"a{n}".encode()) + 1, crc32(f"b{n}".encode())) for n in range(_N_HASHES)]


def find_odd_texts(examples: Sequence[Example]) -> list[Suspicion]:
    """Find descriptions that say next to nothing, or are written in another script than their language is."""
    found = []
    for i, example in enumerate(examples):
        text = example.document.text
        n_words = len(find_words(text))
        if not text.strip():
            if not example.document.url.strip():
                found.append(Suspicion(i, example.place, "text", "It has no description and no address."))
            continue
        if n_words < _FEW_WORDS and not example.document.url.strip() and not example.document.name.strip():
            found.append(Suspicion(i, example.place, "text", f"Its description has {n_words} words."))
        wanted = _SCRIPT_OF.get(example.about.get("language", "").lower()[:2])
        letters = {script: len(pattern.findall(text)) for script, pattern in _SCRIPTS.items()}
        if wanted and sum(letters.values()) and letters[wanted] < 0.3 * sum(letters.values()):
            reason = f'Its language is "{example.about["language"]}", but it is written in another script.'
            found.append(Suspicion(i, example.place, "text", reason))
    return found


def find_disputed(
    examples: Sequence[Example], probabilities: Mapping[int, Sequence[float]], labels: Sequence[Label]
) -> list[Suspicion]:
    """Find rows whose label a model strongly disputes that never saw their host.

    As in confident learning (Northcutt et al. 2021), a probability is compared with what rows of that label have on
    average: labels that are hard to tell have low ones throughout. A row is disputed when its label has less than a
    quarter of that, and another is likelier than all others together.

    Args:
        examples: All of them.
        probabilities: Of each label, calibrated and from held-out models, by the index of the example.
        labels: In the order of the probabilities.
    """
    place = {label: i for i, label in enumerate(labels)}
    own: dict[Label, list[float]] = defaultdict(list)
    for i, of_row in probabilities.items():
        if examples[i].gold in place:
            own[examples[i].gold].append(of_row[place[examples[i].gold]])
    usual = {label: sum(values) / len(values) for label, values in own.items()}
    found = []
    for i, of_row in probabilities.items():
        gold = examples[i].gold
        if gold not in place:
            continue
        best = max(range(len(labels)), key=lambda n: of_row[n])
        other, share, given = labels[best], of_row[best], of_row[place[gold]]
        if share > _LEAST_OTHER and given < _MOST_GIVEN * usual[gold]:
            weight = 1 - given / usual[gold]
            reason = f"Held out, it reads as {other} ({share:.0%}) rather than {gold} ({given:.0%})."
            found.append(Suspicion(i, examples[i].place, "disputed", reason, other, weight))
    return found


def _normalise_url(url: str) -> str:
    return url.strip().lower().removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
