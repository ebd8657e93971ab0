"""What it takes from the return key to the answer."""

from collections.abc import Iterator
from functools import partial
from statistics import median

from benchmarks.bench import MB, SENTENCE, Bench
from benchmarks.clock import compare_rounds, run_command, take_turns
from benchmarks.installed import EMPTY, HEAVY, PIPELINE
from benchmarks.page import Figure, Section

TERMINAL = {"FORCE_COLOR": "1", "TERM": "xterm-256color"}
"""Makes typer and rich draw in colour, as they do on a terminal."""


def measure_start(bench: Bench) -> Iterator[Section]:
    """What it takes from the return key to the answer."""
    installed = bench.installed
    classify = installed.name_command("classify", SENTENCE)
    empty = installed.name_script("empty.py", EMPTY, SENTENCE)
    pipeline = installed.name_script("pipeline.py", PIPELINE, str(bench.tfidf_path), SENTENCE)
    commands = {
        "typer and rich, empty": empty,
        "socialcls classify": classify,
        "socialcls --help": installed.name_command("--help"),
        "socialcls --version": installed.name_command("--version"),
    }
    for command in (*commands.values(), pipeline):
        run_command(command, TERMINAL)  # the first reads from the disk
    quick = take_turns({name: partial(run_command, c, TERMINAL) for name, c in commands.items()}, 4 * bench.n_rounds)
    both = {"scikit-learn": pipeline, "classify": classify}
    slow = take_turns({name: partial(run_command, c, TERMINAL) for name, c in both.items()}, bench.n_rounds)
    taken = {name: [run.seconds for run in runs] for name, runs in (quick | slow).items()}
    base = taken["typer and rich, empty"]
    figures = [
        Figure(f"`{name}` : an empty command", compare_rounds(taken[name], base), at_most=most, unit="×")
        for name, most in (("socialcls classify", 1.25), ("socialcls --help", 1), ("socialcls --version", 1))
    ]
    times = compare_rounds(taken["scikit-learn"], taken["classify"])
    figures.append(Figure("scikit-learn's pipeline, loaded for one label : `classify`", times, at_least=10, unit="×"))
    loaded = [installed.load_model() for _ in range(bench.n_rounds)]
    shown = {
        **{name: taken[name] for name in commands},
        "scikit-learn, one label": taken["scikit-learn"],
        "of `classify`: loading the model": [seconds for seconds, _ in loaded],
    }
    rows = [[name, f"{1000 * median(s):.1f} ms", f"{1000 * min(s):.1f} ms"] for name, s in shown.items()]
    note = _NOTE.format(
        heavy=", ".join(HEAVY),
        imported=", ".join(installed.list_heavy("classify", SENTENCE)) or "none",
        held=median(held for _, held in loaded) / MB,
    )
    yield Section("Starting", note, figures, (["", "median", "best"], rows))


_NOTE = """\
Each command is a process of its own, installed from the wheel, drawing in colour: `classify` its whole panel, the empty
command one panel and one table. The peer is the pipeline of the other sections, dumped with joblib. Of {heavy},
`classify` imports {imported}. With the model loaded the process holds {held:.1f} MB more than before."""
