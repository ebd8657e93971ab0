"""How fast are we, how much memory do we need, beside others, on the same texts, in one run?

    python -m benchmarks.speed

Measures what starting, one text, a file and training take, against what others would use, and writes docs/speed.md
with the verdict on every target. `--only` measures some sections, prints them and leaves the page as it is.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.bench import ROOT, Bench, describe_machine
from benchmarks.page import Section, format_section
from benchmarks.sections.files import measure_files
from benchmarks.sections.one_text import measure_one_text
from benchmarks.sections.profile import profile_batch
from benchmarks.sections.start import measure_start
from benchmarks.sections.training import measure_training

PAGE = ROOT / "docs" / "speed.md"
FULL_ROWS = 1_000_000

SECTIONS: dict[str, Callable[[Bench], Iterator[Section]]] = {
    "start": measure_start,
    "text": measure_one_text,
    "file": measure_files,
    "train": measure_training,
}


def main() -> None:
    """Measure what was asked for; write the page when that was everything."""
    options = _parse_options()
    with tempfile.TemporaryDirectory() as scratch:
        cache = options.cache or Path(scratch)
        cache.mkdir(parents=True, exist_ok=True)
        bench = Bench(cache, Path(scratch), options)
        machine = describe_machine()
        measures = [SECTIONS[name] for name in options.only or SECTIONS]
        if options.profile:
            measures.append(profile_batch)
        sections = []
        for section in (section for measure in measures for section in measure(bench)):
            sections.append(section)
            print(format_section(section), flush=True)
    if not options.only:
        PAGE.write_text(_format_page(sections, machine, bench.n_rows), encoding="utf-8")


def _parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.speed", description="Measure speed and memory beside others.")
    parser.add_argument("--rows", type=int, default=FULL_ROWS, help="of the file that batch classifies")
    parser.add_argument("--long", action="store_true", help="also a file ten times as long")
    parser.add_argument("--rounds", type=int, default=5, help="of the long measurements; short ones have more")
    parser.add_argument("--profile", action="store_true", help="also where the time of batch goes")
    parser.add_argument("--cache", type=Path, help="a folder where trained peers and files of rows are found again")
    parser.add_argument("--only", nargs="+", choices=list(SECTIONS), help="some sections; the page stays as it is")
    return parser.parse_args()


def _format_page(sections: Sequence[Section], machine: str, n_rows: int) -> str:
    figures = [figure for section in sections for figure in section.figures]
    missed = [figure.name for figure in figures if not figure.is_met]
    verdict = f"Falls short: {'; '.join(missed)}." if missed else f"All {len(figures)} targets are met."
    short = f" A short run of {n_rows:,} rows: the targets are for {FULL_ROWS:,}." if n_rows < FULL_ROWS else ""
    head = f"# Speed and memory\n\nMade by `just benchmark-speed`: {machine}.{short}\n\n{verdict}\n\n{_HOW_TO_READ}"
    return "\n".join([head, *map(format_section, sections)])


_HOW_TO_READ = """\
`a : b` is how many times a is b. The contenders of a table take turns, round after round, every second round backwards,
and a ratio is taken within its round, so that both sides of it had the same machine and the same texts. What counts is
the median of the rounds: the best would be the luckiest pair of a disturbed and an undisturbed one. `rounds` shows the
least and the most.

The peers are trained on the same `data/`: fastText with vectors of its default size, n-grams of 3 to 5 characters and
pairs of words; scikit-learn with TF-IDF of words, pairs and n-grams of 2 to 5 characters under logistic regression.
"""


if __name__ == "__main__":
    main()
