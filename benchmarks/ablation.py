"""What our own model would be without one thing that was built to make it better: each is fitted anew without it."""

from collections.abc import Callable, Sequence

from benchmarks.peers import Predict, fit_socialcls
from socialcls.features.extractor import Reader
from socialcls.taxonomy.taxonomy import HeadFacts, list_shares, load_taxonomy
from socialcls.training.fit import weigh_rows
from socialcls.training.knowledge import KnowledgeBase
from socialcls.training.views import show_examples
from socialcls.types import Example


def fit_without_services(examples: Sequence[Example]) -> Predict:
    """Without the table of known services."""
    return fit_socialcls(examples, KnowledgeBase.gather(load_taxonomy()).without_services())


def fit_without_heads(examples: Sequence[Example]) -> Predict:
    """Without the lexicon of what services call themselves, and so without what it governs."""
    return fit_socialcls(examples, KnowledgeBase.gather(load_taxonomy(), heads=HeadFacts((), (), {})))


def fit_without_voices(examples: Sequence[Example]) -> Predict:
    """Without the rows in which one voice speaks of all labels."""
    return fit_socialcls(_leave_out(examples, "voice-"))


def fit_without_hosts(examples: Sequence[Example]) -> Predict:
    """Without the rows of popular hosts."""
    return fit_socialcls(_leave_out(examples, "urls-hosts-7-"))


def fit_without_shares(examples: Sequence[Example]) -> Predict:
    """With views that all count alike, whatever the labels' shares of what people ask about.

    Training multiplies the weight of a row by its label's; the weights given here undo that.
    """
    reader = Reader(KnowledgeBase.gather(load_taxonomy()).open())
    gold = [examples[shown.index].gold for shown in show_examples(examples, reader)]
    weights = dict(zip(gold, weigh_rows(gold, list_shares()).tolist(), strict=True))
    return fit_socialcls([e._replace(weight=e.weight / weights[e.gold]) for e in examples])


LEVERS: dict[str, Callable[[Sequence[Example]], Predict]] = {
    "known services": fit_without_services,
    "heads": fit_without_heads,
    "voices": fit_without_voices,
    "popular hosts": fit_without_hosts,
    "label shares": fit_without_shares,
}


def _leave_out(examples: Sequence[Example], prefix: str) -> list[Example]:
    return [example for example in examples if not example.about["id"].startswith(prefix)]
