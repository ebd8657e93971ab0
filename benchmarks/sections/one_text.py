"""What one text takes when everything is loaded."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from statistics import median

from benchmarks.bench import Bench
from benchmarks.clock import compare_rounds, take_turns, time_calls
from benchmarks.page import Figure, Section
from benchmarks.texts import Texts
from socialcls.text.tokenizer import find_words, fold

N_WARMING = 20_000  # texts read before one text at a time is measured
N_FRESH = 2_000  # texts of each round
N_SLOW = 50  # of them for scikit-learn, which takes milliseconds for each


def measure_one_text(bench: Bench) -> Iterator[Section]:
    """What one text takes when everything is loaded."""
    n_rounds = 2 * bench.n_rounds
    stream = iter(Texts(bench.examples, seed=1))
    warming = list(islice(stream, N_WARMING))
    blocks = [list(islice(stream, N_FRESH)) for _ in range(n_rounds)]
    lowered = [[text.lower() for text in block] for block in blocks]
    short = [block[:N_SLOW] for block in blocks]
    model, pipeline = bench.fasttext, bench.tfidf
    readers = bench.installed.start_readers()
    for reader in ("fresh", "explained", "remembered"):
        readers.read(reader, warming)

    def read_again(block: Sequence[str]) -> float:
        readers.read("remembered", block)
        return readers.read("remembered", block)

    taken = take_turns(
        {
            "socialcls": _each(blocks, lambda block: readers.read("fresh", block)),
            "socialcls, all words remembered": _each(blocks, read_again),
            "socialcls, with its evidence": _each(
                blocks, lambda block: readers.read("explained", block, with_evidence=True)
            ),
            "fastText": _each(lowered, lambda block: time_calls(model.predict, block)),
            "scikit-learn": _each(short, lambda block: time_calls(lambda text: pipeline.predict([text]), block)),
        },
        n_rounds,
    )
    figures = [
        Figure(f"{peer}, one text : {ours}", compare_rounds(taken[peer], taken[ours]), at_least=least, unit="×")
        for peer, least in (("fastText", 2), ("scikit-learn", 30))
        for ours in ("socialcls", "socialcls, all words remembered")
    ]
    rows = [[name, f"{1e6 * median(s):,.1f} µs", f"{1 / median(s):,.0f}"] for name, s in taken.items()]
    seen = set(_list_words(warming))
    coming = [word for block in blocks for word in _list_words(block)]
    new = sum(word not in seen for word in coming) / len(coming)
    note = _NOTE.format(n_fresh=N_FRESH, n_warming=N_WARMING, n_slow=N_SLOW, new=new)
    yield Section("One text", note, figures, (["", "a text", "texts a second"], rows))


_NOTE = """\
One text at a time in one process, everything loaded; socialcls is the installed wheel, with compiled modules where the
machine has a C compiler. Each round has {n_fresh:,} texts of the stream in
`benchmarks/texts.py` that nobody has read, after {n_warming:,} others; of their words {new:.1%} did not occur in those.
scikit-learn reads the first {n_slow} of each round. A word that was met before costs one look-up, so a text all of
whose words are remembered is read sooner: that is the same round read again, and a benchmark that went round a few
texts would show nothing else. The sentences are put together from `data/`, some words replaced by rare ones, so that
all contenders know most of the words and none knows all. `classify` decides; its evidence is worked out when it is
asked for. fastText is given lower case, as it was trained."""


def _list_words(block: Sequence[str]) -> list[str]:
    return [fold(word) for text in block for word in find_words(text)]


def _each(blocks: Sequence[list[str]], measure: Callable[[list[str]], float]) -> Callable[[], float]:
    """Measures the next block whenever it is called."""
    coming = iter(blocks)
    return lambda: measure(next(coming))
