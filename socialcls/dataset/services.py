"""The table of known services: `data/services.csv`."""

import csv
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from socialcls.dataset.reader import DEFAULT_DATA_DIR, SERVICES_FILE
from socialcls.errors import DatasetError
from socialcls.text.tokenizer import find_words, fold
from socialcls.types import Label

COLUMNS = ("host", "names", "aliases", "category", "kind", "place", "source")


class Service(NamedTuple):
    """A service that is known."""

    host: str
    """Without "www"; with its first path segment on a shared host, with `*.` or `/*` for everybody's place on it: one
    without a category says that nothing is known of them."""
    names: tuple[str, ...]
    """What people call it."""
    aliases: tuple[str, ...]
    """Other hosts of the same service."""
    category: Label
    kind: str
    place: str = ""
    """Country code, or "int"."""
    source: str = ""
    """Where the fact comes from: see the datasheet."""


@cache
def read_services(path: Path = DEFAULT_DATA_DIR / SERVICES_FILE) -> tuple[Service, ...]:
    """Read the table of services; nothing when there is none.

    Raises:
        DatasetError: a row is wrong; names file and line.
    """
    if not path.is_file():
        return ()
    services = []
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if None in row or None in row.values() or not row["host"]:
                raise DatasetError(f"{path}: {row}: not a row of {', '.join(COLUMNS)}.")
            services.append(
                Service(
                    row["host"],
                    tuple(filter(None, row["names"].split("|"))),
                    tuple(row["aliases"].split()),
                    row["category"],
                    row["kind"],
                    row["place"],
                    row["source"],
                )
            )
    return tuple(services)


def index_services(services: Iterable[Service]) -> tuple[dict[str, Sequence[str]], dict[str, Sequence[str]]]:
    """File services by host and by folded name; of two that share one the first counts.

    >>> hosts, names = index_services([Service("nk.pl", ("Nasza Klasa", "Peach?"), (), "platform", "networking")])
    >>> hosts, names
    ({'nk.pl': ['platform.networking']}, {'nasza klasa': ['platform.networking'], 'peach': ['platform.networking?']})
    """
    hosts: dict[str, Sequence[str]] = {}
    names: dict[str, Sequence[str]] = {}
    for service in services:
        what = f"{service.category}.{service.kind}" if service.kind else service.category
        for host in (service.host, *service.aliases):
            hosts.setdefault(host, [what])
        for name in service.names:
            folded = " ".join(fold(word) for word in find_words(name.removesuffix("?")))
            if folded:
                names.setdefault(folded, [what + ("?" if name.endswith("?") else "")])
    return hosts, names
