"""Ask mutants of a model: whatever loads answers, explains and tells kinds without an exception, in bounded time.

    python -m tests.torture.answers --mutants 100000

Mutants are those of `model_files`, of a small model that has everything a model can have, kinds among it.
"""

import io
import json
import random
import sys
import tempfile
import time
from collections import Counter
from functools import cache
from itertools import permutations
from pathlib import Path

from rich.console import Console

from socialcls.batch.rows import name_appended
from socialcls.classifier import Classifier
from socialcls.dataset.services import Service
from socialcls.explain.sentence import ReasonWriter
from socialcls.features.extractor import Reader
from socialcls.model.persistence import FORMAT, load_artifact, save_artifact
from socialcls.model.store import load_model_files
from socialcls.reports.json import describe_model, describe_prediction
from socialcls.taxonomy.taxonomy import load_heads, load_taxonomy
from socialcls.terminal.metrics import render_model
from socialcls.training.export import export
from socialcls.training.fit import fit
from socialcls.training.kinds import fit_kinds
from socialcls.training.knowledge import KnowledgeBase
from socialcls.training.pipeline import train
from socialcls.training.settings import Settings
from socialcls.training.views import show_examples
from socialcls.types import Document, Example
from tests.torture.command import run_command
from tests.torture.model_files import Blocks, Card, mutate, try_to_load, write_mutant

_REPORTED = 1_000
_CONSOLE = Console(file=io.StringIO(), width=80)

_TOPICS = {
    ("community", "interest"): ("forum", "members", "threads", "replies"),
    ("community", "company"): ("support", "customers", "questions", "answers"),
    ("blog", ""): ("diary", "writing", "posts", "myself"),
    ("other", ""): ("shop", "prices", "delivery", "basket"),
}
_DOCUMENTS = (
    Document("A forum for members: threads, not a shop. Support answers questions.", "forum.x.pl/viewtopic"),
    Document(url="https://blog.example.com/@anna/2012?x=1"),
    Document("żółw – ?! \ud83d", "", "Diary"),
)


@cache
def make_sample() -> tuple[Card, Blocks]:
    """Make the card and the blocks of a small model with kinds."""
    examples = [
        Example(Document(" ".join(words), f"https://{label[:3]}{kind}{i}.pl/{words[0]}"), label, {"kind": kind})
        for (label, kind), topic in _TOPICS.items()
        for i, words in enumerate(permutations(topic, 3))
    ]
    labels = tuple(dict.fromkeys(label for label, _ in _TOPICS))
    taxonomy = load_taxonomy()
    small = taxonomy.with_labels(labels)._replace(signals=taxonomy.signals[:12])
    heads = load_heads()
    few = heads._replace(terms=tuple(t for t in heads.terms if t.term in {"forum", "shop", "diary", "sklep", "blog"}))
    services = [Service("example.com", ("Diary?", "Example"), ("x.pl",), "community", "company")]
    knowledge = KnowledgeBase.gather(small, heads=few, services=services)
    settings = Settings(n_folds=2, n_jobs=1, kind_strength=100.0)
    artifact = train(examples, small, settings).artifact
    shown = show_examples(examples, Reader(knowledge.open()))
    fitted = fit(examples, shown, settings)
    kinds = fit_kinds(fitted, examples, artifact.arrays.kinds.names, settings)
    artifact = artifact._replace(arrays=export(fitted, labels, knowledge, kinds))
    with tempfile.TemporaryDirectory() as name:
        save_artifact(artifact, Path(name) / "m")
        return load_model_files(Path(name) / "m", FORMAT)


def ask_mutants(directory: Path, n_mutants: int, seed: int) -> Counter[str]:
    """Make mutants of a model and ask each; count what came of it."""
    outcomes: Counter[str] = Counter()
    model_dir = directory / "model"
    model_dir.mkdir()
    sample = make_sample()
    for i in range(n_mutants):
        if i and i % _REPORTED == 0:
            sys.stderr.write(f"{i:,} mutants of seed {seed}: {dict(outcomes)}\n")
            sys.stderr.flush()
        write_mutant(model_dir, *mutate(*sample, random.Random(f"{seed} {i}")))  # noqa: S311
        start = time.perf_counter()
        outcome = try_to_load(lambda: _ask(model_dir))
        outcomes[outcome] += 1
        outcomes["longest_ms"] = max(outcomes["longest_ms"], round((time.perf_counter() - start) * 1e3))
        if outcome not in {"loaded", "refused"}:
            sys.stderr.write(f"mutant {i} of seed {seed}: {outcome}\n")
            sys.stderr.flush()
    return outcomes


def _ask(model_dir: Path) -> None:
    """Load a model and do with it what commands do."""
    artifact = load_artifact(model_dir)
    classifier = Classifier(artifact)
    described = describe_model(artifact)
    json.dumps(described)
    _CONSOLE.print(render_model(described, _CONSOLE.width))
    name_appended(classifier.labels)
    writer = ReasonWriter(classifier.taxonomy, "en")
    for document in _DOCUMENTS:
        prediction = classifier.classify(document)
        writer.write(prediction)
        json.dumps(describe_prediction(prediction, classifier.taxonomy, "en"))
        for label in classifier.labels:
            classifier.guess_kind(classifier.read(document), label)
    artifact.count_trained_on(_DOCUMENTS)


def main() -> None:
    """Ask as many mutants as are asked for, print what came of it, end with 1 when anything else was raised."""
    run_command(
        __doc__,
        lambda path, options: ask_mutants(path, options.mutants, options.seed),
        lambda outcome: outcome not in {"loaded", "refused", "longest_ms"},
        {"mutants": 2000},
    )


if __name__ == "__main__":
    main()
