"""Deal labelled rows into folds, all of one host into one, whatever the path they were read from."""

from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b

from socialcls.errors import DatasetError
from socialcls.text.urls import host_key
from socialcls.types import Example, Label


def find_voice(example: Example) -> str:
    """Find the voice that a row is in, by its id: "voice-parish-bulletin-0012" is of "voice-parish-bulletin".

    A voice is somebody who lists services of all labels; its rows stay together when data is split, so that what is
    measured is a source that was never seen. Empty for other rows.
    """
    row_id = example.about.get("id", "")
    return row_id.rpartition("-")[0] if row_id.startswith("voice-") else ""


def group_key(example: Example) -> str:
    """Name what keeps rows together when data is split: their voice, else their host, else what they say.

    It does not depend on where the row stands: the same rows make the same folds wherever their files lie.
    """
    if voice := find_voice(example):
        return voice
    document = example.document
    if host := host_key(document.url):
        return host
    said = "\x1f".join(" ".join(field.split()).casefold() for field in document.fields)
    return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def check_trainable(examples: Sequence[Example], labels: Sequence[Label]) -> None:
    """Check that a model can be made of the examples.

    Raises:
        DatasetError: a label has fewer than two hosts to learn from and be measured on.
    """
    hosts = {label: {group_key(e) for e in examples if e.gold == label} for label in labels}
    listed = ", ".join(labels)
    if len(labels) < 2:
        raise DatasetError(f"All rows are labelled {listed or 'nothing'}. A model needs at least two labels.")
    for label in labels:
        if not hosts[label]:
            raise DatasetError(
                f'No rows are labelled "{label}". Each of {listed} needs some. '
                "Add some, or train without the shipped labels: --base none --labels LABEL,LABEL."
            )
        if len(hosts[label]) < 2:
            raise DatasetError(
                f'All rows labelled "{label}" are of one host, or say the same. '
                "At least two are needed: one to learn from and another to measure on."
            )


def split_by_host(examples: Sequence[Example], n_folds: int, seed: int) -> list[int]:
    """Deal out a fold number for each example: all of one host in one fold, labels spread evenly.

    Hosts are dealt out in an order fixed by the seed and their own names, so that adding rows moves few others.

    >>> from socialcls.types import Document
    >>> rows = [Example(Document(url=f"{i}.com"), "blog") for i in range(4)]
    >>> sorted(split_by_host(rows, 2, seed=0))
    [0, 0, 1, 1]
    """
    keys = [group_key(example) for example in examples]
    by_host: dict[str, Counter[Label]] = {}
    for key, example in zip(keys, examples, strict=True):
        by_host.setdefault(key, Counter())[example.gold] += 1
    dealt: dict[str, int] = {}
    filled = [Counter[Label]() for _ in range(n_folds)]
    for host in sorted(by_host, key=lambda host: _shuffle_key(host, seed)):
        labels = by_host[host]
        main = max(sorted(labels), key=lambda label: labels[label])
        fold = min(range(n_folds), key=lambda n: filled[n][main])
        dealt[host] = fold
        filled[fold].update(labels)
    return [dealt[key] for key in keys]


def check_folds(examples: Sequence[Example], folds: Sequence[int], labels: Sequence[Label]) -> None:
    """Check that whichever fold is held out, each label stands in the others.

    Raises:
        DatasetError: all rows of a label are in one fold, because they share hosts with others.
    """
    for label in labels:
        if len({fold for fold, example in zip(folds, examples, strict=True) if example.gold == label}) < 2:
            raise DatasetError(
                f'The rows labelled "{label}" share their hosts with rows of other labels. '
                "Give it rows of at least two hosts of its own."
            )


def _shuffle_key(host: str, seed: int) -> bytes:
    return blake2b(f"{seed} {host}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
