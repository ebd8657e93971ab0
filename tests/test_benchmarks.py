"""The benchmarks measure what they say: everything about them but the time itself."""

import sys
from hashlib import blake2b
from itertools import count, islice

import pytest

from benchmarks.accuracy import find_entry
from benchmarks.clock import run_command, take_turns
from benchmarks.guesses import TEXT_ALONE, Memory, add_views
from benchmarks.hosts import measure as measure_hosts
from benchmarks.intervals import estimate_macro_f1
from benchmarks.loops import CHUNK_ROWS, copy_rows, label_rows
from benchmarks.page import Figure, Section, format_section
from benchmarks.pages import list_views, read_pages, tabulate_marks
from benchmarks.peers import fit_keywords, fit_majority, fit_socialcls
from benchmarks.texts import Texts, write_rows
from socialcls.dataset.metrics import Outcome, measure
from socialcls.dataset.reader import read_examples
from socialcls.dataset.services import Service
from socialcls.features.extractor import Reader
from socialcls.taxonomy.taxonomy import load_taxonomy
from socialcls.text.tokenizer import find_words
from socialcls.training.knowledge import KnowledgeBase
from socialcls.types import Document, Example
from tests.conftest import NO_HEADS, ROOT

MB = 1_000_000


@pytest.fixture(scope="module")
def examples():
    """A few hundred rows with descriptions."""
    return read_examples([str(ROOT / "data" / "en-kinds.csv")])


@pytest.fixture
def rows_path(examples, tmp_path):
    """A file with more rows than are handed to a peer at once."""
    path = tmp_path / "rows.csv"
    write_rows(path, examples, CHUNK_ROWS + 5)
    return path


def test_texts_are_the_same_for_a_seed_and_others_for_another(examples):
    """What is measured today can be measured again tomorrow."""
    first, again, other = (list(islice(Texts(examples, seed=seed), 50)) for seed in (1, 1, 2))
    assert first == again != other


def test_new_words_never_cease_to_come(examples):
    """Long after the last word of the corpus has been met, one word in two hundred is still new."""
    stream = iter(Texts(examples))
    met = {word for text in islice(stream, 4_000) for word in find_words(text)}
    coming = [word for text in islice(stream, 1_000) for word in find_words(text)]
    assert sum(word not in met for word in coming) / len(coming) > 0.005


def test_a_longer_file_begins_with_the_rows_of_a_shorter_one(examples, rows_path, tmp_path):
    """So that files of many lengths hold the same texts."""
    short = tmp_path / "short.csv"
    write_rows(short, examples, 20)
    assert rows_path.read_bytes().startswith(short.read_bytes())
    assert short.read_text(encoding="utf-8").startswith("id,description\n1,")


def test_a_copy_is_the_same_bytes(rows_path, tmp_path):
    """Reading and writing through the csv module loses nothing."""
    copy_rows(rows_path, tmp_path / "copy.csv")
    assert (tmp_path / "copy.csv").read_bytes() == rows_path.read_bytes()


def test_a_peer_labels_each_row_in_order(rows_path, tmp_path):
    """In chunks, the last one shorter; each text is the row's own."""
    labelled = tmp_path / "labelled.csv"
    label_rows(rows_path, labelled, lambda texts: [str(len(text)) for text in texts], CHUNK_ROWS + 3)
    lines = labelled.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "id,description,category"
    assert [line.split(",")[0] for line in lines[1:]] == [str(i) for i in range(1, CHUNK_ROWS + 4)]
    assert all(line.count(",") >= 2 and line.rsplit(",", 1)[1].isdigit() for line in lines[1:])


def test_contenders_take_turns_every_second_round_backwards():
    """None is always the first."""
    clock = count(1)
    measured = take_turns({"a": lambda: next(clock), "b": lambda: next(clock)}, 3)
    assert measured == {"a": [1, 4, 5], "b": [2, 3, 6]}


def test_the_memory_of_a_command_is_its_own():
    """Neither what its parent holds counts, nor is what it held for a moment forgotten."""
    held = bytearray(b"\1" * (200 * MB))
    idle, busy = (run_command([sys.executable, "-S", "-c", program]) for program in ("", "len(b'1' * 90_000_000)"))
    assert len(held) > 150 * MB > busy.peak_bytes > 90 * MB > 50 * MB > idle.peak_bytes
    assert idle.seconds > 0


@pytest.mark.parametrize(
    ("figure", "cells"),
    [
        (Figure("a : b", [1.0, 3.0, 2.5], at_least=2, unit="×"), "| a : b | 2.50× | 1.00 – 3.00 | ≥ 2× | met |"),
        (Figure("a : b", [1.254], at_most=1.25, unit="×"), "| a : b | 1.25× |  | ≤ 1.25× | **missed** |"),
        (Figure("memory", [1234.5], at_most=150, unit=" MB"), "| memory | 1,234 MB |  | ≤ 150 MB | **missed** |"),
        (Figure("train", [61.28], at_most=120, unit=" s"), "| train | 61.3 s |  | ≤ 120 s | met |"),
    ],
)
def test_a_figure_stands_beside_its_target_with_the_verdict(figure, cells):
    """The median of its rounds is judged, as measured and not as rounded."""
    section = Section("Title", "How to read it.", [figure], (["", "all"], [["a|b", "7"]]))
    shown = format_section(section).splitlines()
    assert cells in shown
    assert shown[0] == "## Title"
    assert shown[-1] == "| a/b | 7 |"


def test_an_interval_holds_the_figure_and_narrows_with_more_rows():
    """Twenty-five times the rows, a fifth of the width."""
    few = [Outcome("blog", "blog", 1, "blog")] * 12 + [Outcome("other", "blog", 1, "blog")] * 4
    few += [Outcome("other", "other", 1, "other")] * 24
    few_interval, many_interval = estimate_macro_f1(few), estimate_macro_f1(few * 25)
    assert few_interval.low < many_interval.low < measure(few).macro_f1 < many_interval.high < few_interval.high
    narrowed = (few_interval.high - few_interval.low) / (many_interval.high - many_interval.low)
    assert narrowed == pytest.approx(5, rel=0.2)


def test_a_set_is_measured_once_more_by_its_texts_alone_where_there_are_any():
    """Rows without a text drop out there; a set of URLs stands alone."""
    described = Example(Document("Forum of cactus growers", "https://a.example", "A"), "community")
    bare = Example(Document(url="https://b.example"), "other")
    views = add_views({"dev/en": [described, bare], "dev/urls": [bare]})
    assert {name: len(examples) for name, examples in views.items()} == {
        "dev/en": 2,
        "dev/en" + TEXT_ALONE: 1,
        "dev/urls": 1,
    }
    assert views["dev/en" + TEXT_ALONE][0].document == Document("Forum of cactus growers")


def test_guesses_are_remembered_for_the_same_rows_alone(examples, tmp_path):
    """The second contender of a name is not asked, unless the rows are others."""
    sets, others = {"dev/en": examples[:5]}, {"dev/en": examples[5:10]}
    first = Memory(tmp_path, sets).guess_all("peer", fit_keywords, examples)
    assert Memory(tmp_path, sets).guess_all("peer", fit_majority, examples) == first
    assert Memory(tmp_path, others).guess_all("peer", fit_majority, examples) == {"dev/en": ["community"] * 5}


def test_our_model_is_fitted_with_what_is_known_or_without():
    """Hosts that training never met are right with the table of services; without it nothing tells."""
    hosts = [f"{blake2b(bytes([i]), digest_size=6).hexdigest()}.example" for i in range(100)]
    services = [Service(host, (), (), "platform", "networking") for host in hosts[:60]]
    rows = read_examples([str(ROOT / "data" / "voice-app-store.csv")])
    rows += [Example(Document(url=host), "platform") for host in hosts[20:60]]
    rows += [Example(Document(url=host), "other") for host in hosts[60:]]
    known = KnowledgeBase.gather(load_taxonomy(), NO_HEADS, services)
    asked = [Document(url=host) for host in hosts[:20]]
    assert fit_socialcls(rows, known)(asked) == ["platform"] * 20
    assert "other" in fit_socialcls(rows, known.without_services())(asked)


@pytest.mark.parametrize(
    ("document", "entry"),
    [
        (Document(url="https://www.vinthub.example/about"), "platform"),
        (Document(name="Vinthub", text="Old things"), "platform"),
        (Document(url="https://shop.vinthub.example"), None),
        (Document(text="Vinthub is a place for old things"), None),
    ],
)
def test_a_document_is_known_by_its_host_or_name(document, entry):
    """Neither a host below a known one nor a text makes it known."""
    service = Service("vinthub.example", ("Vinthub",), (), "platform", "networking")
    reader = Reader(KnowledgeBase.gather(load_taxonomy(), NO_HEADS, [service]).open())
    assert find_entry(reader, Example(document, "platform")) == entry


@pytest.mark.slow
def test_many_hosts_are_fetched_in_order_and_resumed_after_a_kill():
    """Some of them drip, flood, stay silent, hang up, …: nothing is lost, mixed up, or asked for twice."""
    result = measure_hosts(300, 32)
    assert result.faults == []
    assert result.n_rows == 300
    assert result.n_kept < 300
    assert result.most_bytes < 150 * MB


def test_saved_pages_are_read_with_and_without_their_url(tmp_path):
    """Each view has a document for each page, and a mark is right where its label is."""
    (tmp_path / "a.html").write_text("<title>Figs</title><meta name=generator content=phpBB><p>x", encoding="utf-8")
    (tmp_path / "pages.csv").write_text(
        "file,url,category\na.html,https://figs.example/forum/,community\na.html,,other\n", encoding="utf-8"
    )
    pages = read_pages(tmp_path)
    views = dict(list_views(pages))
    assert [document.url for document in views["page and URL"]] == ["https://figs.example/forum/", ""]
    assert not any(document.url for document in views["page without any address"])
    assert not any(document.marks for document in views["page and URL, without marks"])
    assert all(not any(document.fields) and document.marks for document in views["marks alone"])
    assert ["`engine.phpbb`", "community 5", "2", "0.50"] in tabulate_marks(pages)[1]
