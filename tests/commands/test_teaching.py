"""Teaching it: train, evaluate, check, review and model as installed commands, with rows of one's own."""

import csv
import json
import os
import shutil
import subprocess
import sys
import time
from itertools import permutations
from pathlib import Path

import joblib
import pytest

from socialcls.classifier import Classifier, make_document

_COMMAND = str(Path(sys.executable).with_name("socialcls"))
_TOPICS = {
    "Recipe": ("flour", "oven", "dough", "sugar", "bake"),
    "map": ("north", "river", "scale", "border", "grid"),
}


def _run(*arguments, cwd=None, **variables):
    environment = {**os.environ, "LANG": "C.UTF-8", "COLUMNS": "100", **variables}
    result = subprocess.run(
        [_COMMAND, *map(str, arguments)], capture_output=True, env=environment, timeout=300, check=False, cwd=cwd
    )
    return result.returncode, result.stdout.decode(), result.stderr.decode()


def _write_rows(path, topics=None, n=60):
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["description", "url", "category", "kind", "language"])
        for label, words in (topics or _TOPICS).items():
            for i, chosen in enumerate(list(permutations(words, 3))[:n]):
                kind = ("sweet", "salty")[i % 2] if label == "Recipe" else ""
                text = f"{' '.join(chosen)} {'honey syrup' if kind == 'sweet' else 'pepper brine' if kind else ''}"
                writer.writerow([text, f"https://{label.lower()[:3]}{i}.pl/", label, kind, "en"])
    return path


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    """A folder with rows of labels of one's own and a model of them in `models/mine`."""
    folder = tmp_path_factory.mktemp("taught")
    _write_rows(folder / "rows.csv")
    code, out, said = _run("train", "rows.csv", "--base", "none", "-o", "models/mine", "--precision", "0.9", cwd=folder)
    assert code == 0, said
    assert "Labels: Recipe, map." in said
    assert "about a few seconds" in said
    assert "held-out hosts" in out
    return folder


def test_labels_of_ones_own_are_spoken_by_all_commands(taught):
    """classify, batch, evaluate and the card; the model is found by its name and by the environment."""
    code, out, _ = _run("classify", "dough sugar oven honey", "--model", "mine", "--json", cwd=taught)
    answer = json.loads(out)
    assert (code, answer["best_guess"]) == (0, "Recipe")
    assert answer["bias"] + sum(part["contribution"] for part in answer["evidence"]) == pytest.approx(
        answer["margin"], abs=1e-6
    )
    _, by_environment, _ = _run("classify", "dough sugar oven honey", "--json", cwd=taught, SOCIALCLS_MODEL="mine")
    assert by_environment == out
    _, out, _ = _run("batch", "rows.csv", "--model", "mine", "--prefix", "x_", cwd=taught)
    rows = list(csv.DictReader(out.splitlines()))
    assert {row["x_best_guess"] for row in rows} == {"Recipe", "map"}
    assert {"x_kind", "x_p_kind"} <= set(rows[0])
    assert json.loads(_run("model", "mine", "--json", cwd=taught)[1])["labels"] == ["Recipe", "map"]


def test_nothing_is_replaced_unless_asked(taught):
    """It is said before a row is read."""
    code, _, said = _run("train", "rows.csv", "--base", "none", "-o", "models/mine", cwd=taught)
    assert code == 1
    assert "there is a model already" in said
    assert "Reading" not in said
    (taught / "notes").mkdir()
    (taught / "notes" / "a.txt").write_text("x")
    assert "not a model directory" in _run("train", "rows.csv", "-o", "notes", cwd=taught)[2]
    assert "cannot be written" in _run("train", "rows.csv", "-o", "rows.csv/x", cwd=taught)[2]


def test_evaluate_says_when_rows_were_trained_on(taught):
    """A warning; the page is whole and fetches nothing; the wrong rows are a file; a bar that is not reached is 1."""
    code, out, said = _run(
        *("evaluate", "rows.csv", "--model", "mine", "--by", "Language", "--by", "length", "--report", "r.html"),
        *("--errors", "wrong.csv", "--json", "--fail-under", "1"),
        cwd=taught,
    )
    figures = json.loads(out)
    assert "120 of 120 rows are among those that the model was trained on" in said
    assert set(figures["by"]) == {"language", "length"}
    assert figures["intervals"]["accuracy"][0] < figures["accuracy"] <= figures["intervals"]["accuracy"][1] + 1e-9
    assert code == (figures["macro_f1"] < 1)
    page = (taught / "r.html").read_text(encoding="utf-8")
    assert page.count("<svg") >= 4
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "").replace("https://rec", "").replace(
        "https://map", ""
    ).replace("http-equiv", "")
    assert (taught / "wrong.csv").read_text(encoding="utf-8").startswith("place,name,url,description,category")
    assert "exists" in _run("evaluate", "rows.csv", "--model", "mine", "--report", "r.html", cwd=taught)[2]


def test_evaluate_compares_two_models(taught):
    """By McNemar's test on the same rows, with the rows that changed."""
    _, out, _ = _run("evaluate", "rows.csv", "--model", "mine", "--compare", "mine", "--json", cwd=taught)
    compared = json.loads(out)["compare"]
    assert (compared["better"], compared["worse"], compared["p_value"], compared["changed"]) == (0, 0, 1.0, [])


@pytest.mark.slow
def test_check_finds_what_was_planted(tmp_path):
    """Labels that are swapped, misspelt, contradicted; as a table, as CSV and as JSON."""
    path = _write_rows(tmp_path / "rows.csv", {"community": _TOPICS["Recipe"], "other": _TOPICS["map"]})
    lines = path.read_text(encoding="utf-8").splitlines()
    planted = [i for i in range(5, 115, 20) if i not in (60, 61)]
    for i in planted:
        lines[i] = lines[i].replace("community", "#").replace("other", "community").replace("#", "other")
    lines += ["river scale,https://facebook.com/,other,,en", "grid border north,https://x1.pl,otter,,en"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    code, out, said = _run("check", path, "--json", "-o", tmp_path / "found.csv")
    assert code == 0, said
    found = [json.loads(line) for line in out.splitlines()]
    disputed = {int(s["place"].rsplit(" ", 1)[1]) for s in found if s["check"] == "disputed"}
    assert {i + 1 for i in planted} <= disputed
    assert len(disputed) <= 2 * len(planted)
    assert any(s["check"] == "service" and s["suggestion"] == "platform" for s in found)
    assert any(s["check"] == "label" and s["suggestion"] == "other" for s in found)
    assert len((tmp_path / "found.csv").read_text(encoding="utf-8").splitlines()) == len(found) + 1


def test_a_model_is_verified_and_exported(taught):
    """Whole is whole; the pipeline of scikit-learn answers alike."""
    assert "whole" in _run("model", "mine", "--verify", cwd=taught)[1]
    code, _, said = _run("model", "export", "mine", "--sklearn", "pipeline.joblib", cwd=taught)
    assert code == 0
    assert "can run code" in said
    pipeline = joblib.load(taught / "pipeline.joblib")
    classifier = Classifier.load(taught / "models" / "mine")
    texts = ["dough sugar oven honey", "north river", "grid"]
    assert list(pipeline.predict(texts)) == [classifier.classify(text).best_guess for text in texts]
    expected = [classifier.read(classifier_text).scores for classifier_text in map(make_document, texts)]
    temperature = classifier.card.temperatures["description"]
    assert list(pipeline.decision_function(texts)) == pytest.approx(
        [(second - first) / temperature for first, second in expected], abs=1e-9
    )


needs_tmux = pytest.mark.skipif(not shutil.which("tmux"), reason="no tmux")


@needs_tmux
def test_a_review_in_a_real_terminal(taught):
    """Keys decide, skip, note and undo; a kill loses nothing; a second session goes on where the first ended."""
    out, sockets = taught / "decided.csv", [f"socialcls-{os.getpid()}"]

    def tmux(*arguments):
        return subprocess.run(
            ["tmux", "-L", sockets[-1], *arguments], capture_output=True, check=False, text=True
        ).stdout

    def wait_for(text):
        shown = ""
        for _ in range(300):
            shown = tmux("capture-pane", "-p", "-t", "s")
            if text in shown:
                return shown
            time.sleep(0.1)
        raise AssertionError(shown)

    def press(key, text):
        tmux("send-keys", "-t", "s", key)
        return wait_for(text)

    command = f"'{_COMMAND}' review rows.csv -o decided.csv --model mine"
    tmux("new-session", "-d", "-s", "s", "-x", "100", "-y", "40", "-c", str(taught))
    try:
        tmux("send-keys", "-t", "s", command, "Enter")
        shown = wait_for("Row 1 of 120")
        assert all(choice in shown for choice in ("1  Recipe", "2  map", "skip", "undo", "note", "quit"))
        press("1", "1 decided")
        press("2", "2 decided")
        press("u", "1 decided")
        press("s", "Row 3 of 120")
        press("n", "Note:")
        tmux("send-keys", "-t", "s", "odd one", "Enter")
        wait_for("Note: odd one")
        press("2", "2 decided")
        rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
        assert [(row["category"], row["note"]) for row in rows] == [("Recipe", ""), ("map", "odd one")]
        tmux("kill-server")
        sockets.append(f"{sockets[0]}-again")  # the first server may still be dying
        tmux("new-session", "-d", "-s", "s", "-x", "100", "-y", "40", "-c", str(taught))
        tmux("send-keys", "-t", "s", command, "Enter")
        wait_for("Row 1 of 118 · 2 decided")
        press("q", "0 decisions, 2 in all")
    finally:
        tmux("kill-server")
    code, agreed, _ = _run("review", "decided.csv", "--agree", "decided.csv", "--model", "mine", cwd=taught)
    assert (code, agreed) == (0, "2 rows are in both; Cohen's kappa 1.00.\n")


def test_a_review_needs_a_terminal(taught):
    """It says so instead of waiting for keys that cannot come."""
    code, _, said = _run("review", "rows.csv", "--model", "mine", "-o", "x.csv", cwd=taught)
    assert code == 1
    assert "needs a terminal" in said
