"""The installed command, in a process of its own."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from socialcls import __version__
from tests.conftest import ROOT

_COMMAND = str(Path(sys.executable).with_name("socialcls"))
_FORUM = "Forum dyskusyjne miłośników kaktusów. Zarejestruj się, zadaj pytanie, odpowiedz w wątku."


def _run(*arguments, stdin=None, **variables):
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG"))}
    return subprocess.run(
        [_COMMAND, *arguments],
        input=stdin,
        capture_output=True,
        env={**environment, "LANG": "C.UTF-8", "COLUMNS": "80", **variables},
        timeout=120,
        check=False,
    )


def _fails(result, message, code=1):
    """One line that names the thing, the exit code of the contract, and no traceback."""
    said = result.stderr.decode()
    assert result.returncode == code
    assert message in said
    assert "Traceback" not in said
    assert len([line for line in said.splitlines() if line.startswith("error: ")]) == 1
    assert result.stdout == b""


def test_classify_shows_the_answer_and_why():
    """Category, definition, probabilities, the text and a sentence, on standard output alone."""
    result = _run("classify", _FORUM)
    shown = result.stdout.decode()
    assert (result.returncode, result.stderr) == (0, b"")
    assert "community or forum" in shown
    assert "not social media" in shown
    assert "Most likely a community or forum: " in " ".join(shown.split())
    assert "\x1b" not in shown


def test_classify_speaks_polish():
    """When asked, and when the locale is Polish."""
    asked, by_locale = _run("classify", _FORUM, "--lang", "pl"), _run("classify", _FORUM, LANG="pl_PL.UTF-8")
    assert "społeczność lub forum" in asked.stdout.decode()
    assert asked.stdout == by_locale.stdout


def test_json_of_a_prediction():
    """The contract: names, types, positions, and a sum that is exact."""
    result = _run("classify", _FORUM, "--url", "https://forum.kaktusy.pl", "--name", "Kaktusy", "--json")
    (line,) = result.stdout.decode().splitlines()
    answer = json.loads(line)
    assert list(answer) == [
        "category", "confidence", "best_guess", "p_community", "p_blog", "p_platform", "p_other",
        "reason", "error", "kind", "p_kind", "runner_up", "margin", "bias", "evidence",
    ]  # fmt: skip
    assert answer["category"] == answer["best_guess"] == "community"
    assert answer["kind"] == "interest"
    assert 0.5 < answer["p_kind"] <= 1
    assert answer["bias"] + sum(part["contribution"] for part in answer["evidence"]) == pytest.approx(
        answer["margin"], abs=1e-6
    )
    fields = {"text": _FORUM, "url": "https://forum.kaktusy.pl", "name": "Kaktusy"}
    for part in answer["evidence"]:
        assert list(part) == ["field", "text", "start", "end", "signal", "contribution"]
        assert fields[part["field"]][part["start"] : part["end"]] == part["text"]


def test_standard_input_is_a_dash():
    """The same answer as from the argument, a byte order mark or not."""
    expected = _run("classify", _FORUM, "--json").stdout
    assert _run("classify", "-", "--json", stdin=_FORUM.encode()).stdout == expected
    assert _run("classify", "-", "--json", stdin=_FORUM.encode("utf-8-sig")).stdout == expected


def test_a_bare_url_needs_no_flag():
    """A host is classified from its parts."""
    answer = json.loads(_run("classify", "https://forum.gardening.example/viewtopic.php?t=4", "--json").stdout)
    assert answer["best_guess"] == "community"
    assert {part["field"] for part in answer["evidence"]} == {"url"}


def test_unsure_is_a_success():
    """It says so, and what would help."""
    result = _run("classify", "xqzjw.com")
    assert result.returncode == 0
    assert "unsure" in result.stdout.decode()
    assert "A description of the service would help." in result.stdout.decode()


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        (["classify", "  "], None, "Nothing to read: text, URL and name are empty."),
        (["classify", "-"], b"", "Nothing to read"),
        (["classify", "-"], b"\xb3\xf3d\xbc", "standard input: not UTF-8 (byte 0xb3). Convert it"),
        (["classify", b"\xb3\xf3d\xbc"], None, "The argument is not UTF-8"),
        (["classify", "-"], b"x" * 10_000_000, "The text has 10,000,000 characters; at most 1,000,000 are read."),
        (["classify", "x", "--model", "/nowhere"], None, "/nowhere: not a model (no such directory)"),
        (["model", "/nowhere"], None, "/nowhere: not a model (no such directory)"),
        (["batch", "/nowhere.csv"], None, "/nowhere.csv: no such file."),
        (["batch", "-"], b"", "standard input: empty."),
        (["batch", "-"], b"a,b\n1,2\n", "standard input: no column to read among: a, b."),
        (["batch", "-", "--encoding", "punycode"], b"opis\nx\n", "punycode: no such encoding."),
        (["batch", "-"], b"%PDF-1.7", "standard input: a PDF document, and not a table."),
        (["batch", "-", "--columns", "nope"], b"opis\nx\n", "No new column 'nope' to choose."),
        (["batch", "-"], b"opis,id\n,1\n,2\n", "none of its 2 rows could be classified. Line 2: Nothing to read"),
        (["batch", "-"], b"opis,category\na,b\n", "there is a column 'category' already"),
        (["evaluate", "/nowhere.csv"], None, "/nowhere.csv: no such file."),
        (["evaluate", "-"], b"opis,category\nx,Blgo\n", 'line 2: unknown category "Blgo". Did you mean "blog"?'),
        (["evaluate", "-"], b"opis,category\n", "a header and no rows"),
        (
            ["evaluate", "-"],
            b"opis,category\nforum,community\n" + b"x" * 1_000_001 + b",blog\n",
            "standard input, line 3: The text has 1,000,001 characters; at most 1,000,000 are read.",
        ),
        (
            ["train", "-", "-o", "/tmp/never", "--base", "none", "--labels", "community,blog"],
            b"opis,category\nx,blog\n",
            'No rows are labelled "community".',
        ),
    ],
    ids=lambda value: repr(value)[:60],  # an older pytest has the whole name of a test in the environment
)
def test_bad_input_is_one_clear_line(arguments, stdin, message):
    """It names the thing and the way out; exit code 1."""
    result = _run(*arguments, stdin=stdin)
    said = result.stderr.decode()
    assert result.returncode == 1
    assert message in said
    assert "Traceback" not in said
    assert next(line for line in said.splitlines() if message in line).startswith("error: ")


def test_wrong_usage_is_exit_code_two():
    """An unknown option, a missing argument, an unknown command, two options that contradict each other."""
    for arguments, message in (
        (["classify", "--nope"], b"--nope"),
        (["classify"], b"TEXT_OR_URL"),
        (["nope"], b"Commands are: classify"),
        (["clasify", "x"], b"Did you mean classify?"),
        (["classify", "x", "--json", "--changes"], b"leave out --json"),
        (["classify", "x", "--lang", "de"], b'No language "de". Languages are: en, pl.'),
        (["classify", "x", "--save", "x.docx"], b"x.docx"),
        (["batch", "x.csv", "--delimiter", ";;"], b"--delimiter is one character"),
        (["batch", "x.csv", "--rename", "forum=x"], b"No label 'forum' to rename"),
        (["batch", "x.csv", "--best-guess", "--min-confidence", "1"], b"leave out one"),
        (["batch", "x.csv", "--summary", "x.pdf"], b"writes .html or .json"),
    ):
        result = _run(*arguments)
        assert result.returncode == 2
        assert message in result.stderr
        assert b"Traceback" not in result.stderr


def test_help_of_every_command_has_an_example():
    """And the version is what it is."""
    for command in ("classify", "batch", "train", "evaluate", "model", "categories"):
        result = _run(command, "--help")
        assert result.returncode == 0
        assert f"socialcls {command}" in result.stdout.decode()
        assert "Example" in result.stdout.decode()
    assert _run("--version").stdout.decode() == f"socialcls {__version__}\n"


def test_batch_agrees_with_classify(tmp_path):
    """A row's answer is that of `classify` on the same fields."""
    answer = json.loads(_run("classify", _FORUM, "--url", "forum.x.pl", "--json").stdout)
    result = _run("batch", "-", stdin=f'opis,url\n"{_FORUM}",forum.x.pl\n'.encode())
    (row,) = csv.DictReader(result.stdout.decode().splitlines())
    assert row["category"] == answer["category"]
    assert row["reason"] == answer["reason"]
    assert float(row["confidence"]) == pytest.approx(answer["confidence"], abs=1e-4)


def test_evaluate_is_confirmed_by_counting_the_batch(tmp_path):
    """The figures of `evaluate` are those that anybody can count in the output of `batch`."""
    source, target = ROOT / "data" / "pl-feeds-and-directories.csv", tmp_path / "out.csv"
    assert _run("batch", str(source), "--prefix", "predicted_", "-o", str(target)).returncode == 0
    figures = json.loads(_run("evaluate", str(source), "--json").stdout)
    with target.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    right = sum(row["category"] == row["predicted_best_guess"] for row in rows)
    answered = [row for row in rows if row["predicted_category"] != "unsure"]
    assert figures["n_examples"] == len(rows)
    assert figures["accuracy"] == pytest.approx(right / len(rows))
    assert figures["coverage"] == pytest.approx(len(answered) / len(rows))
    assert figures["accuracy_answered"] == pytest.approx(
        sum(row["category"] == row["predicted_category"] for row in answered) / len(answered)
    )


def test_evaluate_by_column():
    """The figures of each value, and an error that lists the columns."""
    source = str(ROOT / "data" / "pl-feeds-and-directories.csv")
    by_style = json.loads(_run("evaluate", source, "--by", "style", "--json").stdout)["by"]["style"]
    assert sum(part["n_examples"] for part in by_style.values()) == 320
    assert b"tagline" in _run("evaluate", source, "--by", "style").stdout
    _fails(_run("evaluate", source, "--by", "nope"), "No column 'nope' to break the figures down by, or several.")


def test_evaluate_by_a_name_of_two_columns(tmp_path):
    """Nobody can say which is meant; unless it is asked for, it does not matter."""
    source = tmp_path / "in.csv"
    source.write_text("category,description,part,part\nblog,Blog about cats,a,b\n")
    assert _run("evaluate", source).returncode == 0
    _fails(_run("evaluate", source, "--by", "part"), "No column 'part' to break the figures down by, or several.")


def test_labelled_rows_of_an_older_spreadsheet(tmp_path):
    """Another encoding and other names of columns, as in `batch`."""
    source = tmp_path / "old.csv"
    source.write_text("tresc wpisu;kategoria\nForum o żółwiach;community\n", encoding="cp1250")
    result = _run("evaluate", str(source), "--encoding", "cp1250", "--text-column", "tresc wpisu", "--json")
    assert json.loads(result.stdout)["accuracy"] == 1


def test_social_only_has_no_other():
    """In classify, batch and evaluate."""
    answer = json.loads(_run("classify", "Sklep z butami", "--social-only", "--json").stdout)
    assert answer["p_other"] == 0
    assert "other" not in (answer["best_guess"], answer["runner_up"])
    result = _run("batch", "-", "--social-only", stdin=b"opis\nSklep z butami\n")
    assert ",0.0000," in result.stdout.decode()
    source = str(ROOT / "data" / "pl-feeds-and-directories.csv")
    assert json.loads(_run("evaluate", source, "--social-only", "--json").stdout)["labels"]["other"]["support"] == 0


def test_train_then_classify(tmp_path):
    """A model of one's own, made and used; its card says what it was made of."""
    source = str(ROOT / "data" / "pl-feeds-and-directories.csv")
    result = _run("train", source, "--base", "none", "-o", str(tmp_path / "mine"))
    assert result.returncode == 0
    assert "held-out hosts" in result.stdout.decode()
    assert "Fitting on all 320 rows" in result.stderr.decode()
    answer = json.loads(_run("classify", _FORUM, "--model", str(tmp_path / "mine"), "--json").stdout)
    assert answer["best_guess"] == "community"
    card = json.loads(_run("model", str(tmp_path / "mine"), "--json").stdout)
    assert card["data"]["n_rows"] == 320
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine"]


def test_model_shows_the_card():
    """Of the built-in model when none is named."""
    shown = _run("model").stdout.decode()
    assert "trained on" in shown
    assert "held-out hosts, all fields" in shown


def test_model_shows_what_pulls_to_a_label():
    """To each, or to the one that is named; in the language that is asked for; as one object too."""
    shown = _run("model", "--words", "--label", "blog", "--lang", "pl").stdout.decode()
    assert "Słowa opisu" in shown
    assert "datowane wpisy" in shown
    assert "platforma społecznościowa" not in shown
    (line,) = _run("model", "--words", "--json").stdout.decode().splitlines()
    assert list(json.loads(line)["labels"]) == ["community", "blog", "platform", "other"]
    assert json.loads(line)["labels"]["community"]["text.words"][0]["feature"] == "forum"
    _fails(_run("model", "--label", "Blog"), 'No label "Blog". Labels are: community, blog, platform, other.')


def test_categories_are_explained():
    """In the language that is asked for; as one object too."""
    assert "Gdzie przebiega granica" in _run("categories", "--lang", "pl").stdout.decode()
    (line,) = _run("categories", "--json").stdout.decode().splitlines()
    guide = json.loads(line)
    assert list(guide) == ["categories", "criteria", "boundaries"]
    assert guide["categories"]["blog"]["hangs_on"] == "dated entries"
    assert guide["categories"]["other"]["kinds"][0]["kind"] == "shop"
    assert b'No language "xx"' in _run("categories", "--lang", "xx").stderr


def test_a_closed_pipe_is_a_success(tmp_path):
    """`… | head -1` ends quietly."""
    source = tmp_path / "in.csv"
    source.write_text("opis\n" + "forum\n" * 50_000)
    command = f"'{_COMMAND}' batch '{source}' | head -1; echo ${{PIPESTATUS[0]}}"
    result = subprocess.run(["bash", "-c", command], capture_output=True, check=False, timeout=120)
    assert result.stdout.decode().splitlines()[-1] == "0"
    assert b"Traceback" not in result.stderr
    assert b"BrokenPipe" not in result.stderr


def test_a_file_is_for_batch(tmp_path):
    """The name of one is no text to classify."""
    (tmp_path / "urls.txt").write_text("onet.pl\n")
    _fails(_run("classify", str(tmp_path / "urls.txt")), "a file. `batch` reads files: socialcls batch ")


@pytest.mark.parametrize("encoding", ["cp1252", "cp1250", "ascii"])
def test_what_is_redirected_is_utf8(encoding):
    """On every locale, and never a traceback."""
    result = _run("classify", "Forum o żółwiach 日本", "--lang", "pl", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert result.returncode == 0
    assert "żółwiach 日本" in result.stdout.decode()


def test_utf16_on_standard_input():
    """With its byte order mark, as PowerShell sends it."""
    data = (ROOT / "tests" / "cases" / "files" / "classify-stdin-utf16.txt").read_bytes()
    expected = _run("classify", data.decode("utf-16"), "--json").stdout
    assert _run("classify", "-", "--json", stdin=data).stdout == expected


def test_an_output_without_room():
    """A full disk and a closed stream are errors that say so."""
    command = f"'{_COMMAND}' classify onet.pl > /dev/full; echo $?; '{_COMMAND}' classify onet.pl >&-; echo $?"
    result = subprocess.run(["bash", "-c", command], capture_output=True, check=False, timeout=120)
    assert result.stdout.split() == [b"1", b"1"]
    assert result.stderr.decode().count("error: standard output: cannot be written") == 2
    assert b"Traceback" not in result.stderr


def test_hostile_text_is_shown_and_not_obeyed():
    """Escapes, markup and direction marks, in the panel and in JSON."""
    text = "forum \x1b]0;title\x07 [bold]x[/bold] \u202eabc \x9b31m"
    for arguments in (["classify", text], ["classify", text, "--json"]):
        shown = _run(*arguments).stdout.decode()
        assert not set(shown) & set("\x1b\x07\x9b\u202e")
    assert "[bold]" in _run("classify", text).stdout.decode()


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["classify", "A forum for cats"]])
def test_starting_imports_nothing_heavy(arguments):
    """Neither numpy nor scikit-learn, scipy, joblib, pandas or pydantic are needed to answer."""
    program = (
        "import sys; sys.argv = ['socialcls', *sys.argv[1:]]\n"
        "from socialcls.commands.app import main\n"
        "try: main()\n"
        "finally: print(sorted(set('numpy scipy sklearn joblib pandas pydantic tomllib'.split()) & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, check=False)
    assert result.stdout.decode().splitlines()[-1] == "[]"
