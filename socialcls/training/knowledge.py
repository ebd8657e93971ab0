"""What is known before anything is learnt, gathered for training and laid out for a model.

Signals and heads are facts of the taxonomy, services are a table (`data/services.csv`); a model carries all of them.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from socialcls.dataset.services import Service, index_services, read_services
from socialcls.features.extractor import Knowledge
from socialcls.features.heads import HeadLexicon, index_heads, index_roles
from socialcls.features.services import ServiceTable
from socialcls.features.signals import Entry, dump_entries, index_entries
from socialcls.model.weights import (
    HEADS,
    LANGUAGES,
    ROLES,
    SENSES,
    SERVICE_NAMES,
    SERVICES,
    SIGNAL_URL_PARTS,
    SIGNAL_WORDS,
)
from socialcls.taxonomy.taxonomy import HeadFacts, Taxonomy, load_heads


class KnowledgeBase(NamedTuple):
    """Signals, heads and services, by where they are looked up."""

    words: Mapping[str, Sequence[Entry]]
    url_parts: Mapping[str, Sequence[Entry]]
    heads: Mapping[str, Sequence[str]]
    roles: Mapping[str, Sequence[str]]
    languages: Mapping[str, str]
    hosts: Mapping[str, Sequence[str]]
    names: Mapping[str, Sequence[str]]

    @classmethod
    def gather(
        cls, taxonomy: Taxonomy, heads: HeadFacts | None = None, services: Sequence[Service] | None = None
    ) -> "KnowledgeBase":
        """Gather all there is: the taxonomy's signals, the lexicon of heads and the table of services of this version.

        Args:
            taxonomy: Whose signals are taken.
            heads: Another lexicon than that of this version.
            services: Other services than those of this version.

        Raises:
            DatasetError: the lexicon or the table is wrong.
        """
        heads = load_heads() if heads is None else heads
        words, url_parts = index_entries(taxonomy.signals)
        hosts, names = index_services(read_services() if services is None else services)
        return cls(
            words,
            url_parts,
            index_heads(heads.terms),
            index_roles(heads.roles),
            heads.languages,
            hosts,
            names,
        )

    def without_services(self) -> "KnowledgeBase":
        """Leave the services out, as if no host were known."""
        return self._replace(hosts={}, names={})

    def open(self) -> Knowledge:
        """Make it ready to be looked up in training."""
        return Knowledge(
            self.words,
            self.url_parts,
            HeadLexicon(self.heads, self.roles, self.languages),
            ServiceTable(self.hosts, self.names),
        )

    def list_lines(self) -> dict[str, list[str]]:
        """List it as the sections of a model's vocabulary."""
        senses = sorted(
            {sense for values in self.heads.values() for value in values for sense in value.split(" ")[-1].split(",")}
            | {
                value.removesuffix("?")
                for table in (self.hosts, self.names)
                for found in table.values()
                for value in found
            }
        )
        codes = {sense: f"{number:x}" for number, sense in enumerate(senses)}
        return {
            SIGNAL_WORDS: dump_entries(self.words),
            SIGNAL_URL_PARTS: dump_entries(self.url_parts),
            HEADS: _dump({word: [_shorten(value, codes) for value in values] for word, values in self.heads.items()}),
            ROLES: _dump(self.roles),
            LANGUAGES: [f"{language}\t{place}" for language, place in sorted(self.languages.items())],
            SENSES: [f"{code}\t{sense}" for sense, code in codes.items()],
            SERVICES: _dump(_code(self.hosts, codes)),
            SERVICE_NAMES: _dump(_code(self.names, codes)),
        }


def _shorten(value: str, codes: Mapping[str, str]) -> str:
    """Shorten a term of the lexicon: its senses to their codes."""
    head, _, senses = value.rpartition(" ")
    return f"{head} {','.join(codes[sense] for sense in senses.split(','))}"


def _code(table: Mapping[str, Sequence[str]], codes: Mapping[str, str]) -> dict[str, list[str]]:
    """Shorten what is known of services to codes, question marks kept."""
    return {
        key: [codes[value.removesuffix("?")] + "?" * value.endswith("?") for value in values]
        for key, values in table.items()
    }


def _dump(values: Mapping[str, Sequence[str]]) -> list[str]:
    return [f"{key}\t{value}" for key in sorted(values) for value in values[key]]
