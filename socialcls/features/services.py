"""Look up known services: what a host, a place on a shared host, or a well-known name is.

The table lists hosts and, on shared hosts, first path segments (`reddit.com/r`, `medium.com/@`); `*.` before a host or
`/*` behind it stands for everybody's place on it (`*.tumblr.com`, `republika.pl/*`). The most particular entry counts.
A host below a known one is its own place, about which the table says little: that is another feature. Of places below a
public suffix (`*.github.io`, `*.krakow.pl`) and on hosts of home pages it says nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from socialcls.features.heads import Values
from socialcls.text.urls import Url

MAX_NAME_WORDS = 5
"""Words of the longest name that is looked up at the beginning of a text."""


_NO_CODES: Mapping[str, str] = {}  # never changed; no proxy, for what holds it may be pickled


class ServiceTable(NamedTuple):
    """Known services, as they are looked up."""

    hosts: Values
    """Host, host and segment, `*.` and host or host and `/*` with "LABEL.KIND", or with nothing."""
    names: Values
    """Folded name with "LABEL.KIND", and a question mark behind where it is also a word."""
    senses: Mapping[str, str] = _NO_CODES
    """What short codes stand for in a model; any other value is itself."""

    def spell_out(self, value: str) -> str:
        """Spell out what is known: "LABEL.KIND"."""
        return self.senses.get(value, value)


def find_service(url: Url, table: ServiceTable) -> tuple[str, int, int] | None:
    """Find what is known of a URL.

    Returns:
        The key (`known=` the host itself, `place=` one of the many places on a shared host, `above=` a host above it)
        and its place in the URL; None when nothing is.
    """
    if url.site is None or url.suffix is None:
        return None
    end = url.suffix.end
    labels = [*url.subdomains, url.site]
    for i, part in enumerate(labels):
        host = ".".join([label.text for label in labels[i:]] + [url.suffix.text])
        for name, relation, place_end in _list_candidates(url, host, i, end):
            if found := table.hosts.get(name):
                service = table.spell_out(found[0])
                return (f"{relation}={service}", part.start, place_end) if service else None
    return None


def _list_candidates(url: Url, host: str, n_below: int, end: int) -> Iterator[tuple[str, str, int]]:
    if n_below:
        yield f"*.{host}", "place", end
        yield host, "above", end
        return
    if url.segments:
        segment = url.segments[0]
        yield f"{host}/{segment.text}", "known", segment.end
        if segment.text[0] in "@~":
            yield f"{host}/{segment.text[0]}", "known", segment.end
        yield f"{host}/*", "place", end
    yield host, "known", end


def find_name(words: Sequence[str], table: ServiceTable) -> str | None:
    """Find what a name is known for.

    Args:
        words: Folded, those up to where the first phrase ends.
        table: Of the known services.

    Returns:
        The key: `named=` a name, `maybe=` one that is also a word; None when nothing is known.
    """
    if not words or len(words) > MAX_NAME_WORDS:
        return None
    if found := table.names.get(" ".join(words)):
        service = table.spell_out(found[0].removesuffix("?"))
        return f"maybe={service}" if found[0].endswith("?") else f"named={service}"
    return None
