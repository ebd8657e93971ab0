"""Marks: what shows them, and that what they weigh adds up."""

from math import fsum

import pytest

from socialcls.classifier import Classifier
from socialcls.features.extractor import Reader
from socialcls.model.persistence import load_artifact, save_artifact
from socialcls.pages.marks import read_mark_weights, read_marks
from socialcls.reports.json import describe_prediction
from socialcls.taxonomy.taxonomy import load_taxonomy
from socialcls.training.export import export, weigh_marks
from socialcls.training.fit import fit
from socialcls.training.knowledge import KnowledgeBase
from socialcls.training.settings import Settings
from socialcls.training.views import show_examples
from socialcls.types import Document, Example, Mark
from tests.conftest import LABELS, make_tiny_artifact


def _name_marks(html: str, url: str = "https://example.org/") -> set[str]:
    return {mark.id for mark in Document.from_html(html, url).marks}


def _link(*addresses: str) -> str:
    return "".join(f'<a href="{address}">x</a>' for address in addresses)


@pytest.mark.parametrize(
    ("html", "mark"),
    [
        ('<meta name="generator" content="WordPress 6.5">', "engine.wordpress"),
        ("<META NAME='Generator' CONTENT='Discourse 3.2'>", "engine.discourse"),
        ('<p>Powered by <a href="https://www.phpbb.com/">phpBB</a>&reg; Forum Software', "engine.phpbb"),
        ('<script src="https://cdn.shopify.com/s/files/1/x.js"></script>', "engine.shop"),
        ('<html id="XF" class="v2"><body>', "engine.xenforo"),
        ('<div class="post bbp-topic">', "engine.bbpress"),
        ('<script type="application/ld+json">{"@type": "NewsArticle"}</script>', "schema.NewsArticle"),
        ('<script type="application/ld+json">{"@graph":[{"@type":["Thing","QAPage"]}]}</script>', "schema.QAPage"),
        ('<div itemscope itemtype="http://schema.org/BlogPosting">', "schema.BlogPosting"),
        (_link(*[f"/t/{n}" for n in range(6)]), "links.topics"),
        (_link("viewtopic.php?t=1", "viewtopic.php?t=2"), "links.threads"),
        (_link(*[f"https://www.example.org/2019/{n:02}/" for n in range(1, 5)]), "links.months"),
        (_link(*[f"/member.php?u={n}" for n in range(5)]), "links.members"),
        (_link("/koszyk"), "links.cart"),
        (_link("/o-mnie"), "links.about_me"),
        ("<table><tr><td>Replies<td>Views<td>Last post<td>Topics</table>", "shape.topic_table"),
        ('<div id="respond"><form id="commentform">', "shape.comment_form"),
        ('<link rel="alternate" type="application/rss+xml" href="/comments/feed/">', "feeds.comments"),
        ("".join(f"<p>A pot for {n}.50 zł" for n in range(9)), "shape.prices"),
    ],
)  # fmt: skip
def test_what_shows_a_mark(html: str, mark: str):
    """Each kind of rule finds what it is for."""
    assert mark in _name_marks(html)


@pytest.mark.parametrize(
    "html",
    [
        "<p>We compare forum software: phpBB, vBulletin, Discourse and WordPress, all powered by enthusiasm.",
        _link(*[f"https://elsewhere.net/viewtopic.php?t={n}" for n in range(9)]),
        _link(*[f"/viewtopics/{n}" for n in range(9)]),
        _link("/t/1", "/t/1", "/t/1", "/t/1", "/t/1", "/t/1"),
        "",
    ],
)
def test_what_shows_none(html: str):
    """Names in prose, links to other sites, one link many times."""
    assert not _name_marks(html)


def test_a_mark_beside_which_another_says_nothing_new():
    """A shop's plugin says it all; WordPress under it says nothing."""
    html = '<meta name="generator" content="WordPress 6.5"><body class="woocommerce woocommerce-page">'
    assert _name_marks(html) == {"engine.shop_plugin"}


def test_marks_quote_what_shows_them_in_one_line():
    """Shortened, with how many there are."""
    html = '<meta name="generator" content="phpBB\n 3.3">' + _link(*[f"/member.php?u={n}" for n in range(5)])
    marks = {mark.id: mark.quote for mark in Document.from_html(html, "https://example.org/").marks}
    assert marks == {"engine.phpbb": "generator: phpBB 3.3", "links.members": "/member.php?u=0 and 4 more"}


def test_the_data_of_marks_is_whole():
    """Every mark speaks for labels that there are, by weights that are no certainty, and something shows it."""
    marks = read_marks()
    shown = {"generator", "meta", "asset", "site", "class", "html", "powered_by", "link", "schema", "words", "count"}
    signals = {signal.id for signal in load_taxonomy().signals}
    for name, table in marks.items():
        assert set(table) <= shown | {"weight", "least", "unless"}, name
        assert shown & set(table), name
        assert set(table["weight"]) <= set(LABELS), name
        assert all(0 < weight <= 5 for weight in table["weight"].values()), name
        assert all("/" in other or other in marks for other in table.get("unless", ())), name
        assert f"page_{name.partition('.')[0]}" in signals, name
        for kind in shown & set(table) - {"count"}:
            assert all(value == value.lower() or kind == "schema" for value in table[kind]), name


@pytest.fixture(scope="module")
def trained() -> Classifier:
    """A model of a few rows, with the weights of marks that were set by hand."""
    taxonomy = load_taxonomy()
    texts = {
        "community": "Forum of growers",
        "blog": "My own diary",
        "platform": "Follow friends",
        "other": "We sell pots",
    }
    examples = [Example(Document(text=f"{text} {n}"), label) for label, text in texts.items() for n in range(4)]
    knowledge = KnowledgeBase.gather(taxonomy)
    fitted = fit(examples, show_examples(examples, Reader(knowledge.open())), Settings())
    artifact = make_tiny_artifact()
    return Classifier(artifact._replace(taxonomy=taxonomy, arrays=export(fitted, LABELS, knowledge)))


def test_marks_add_their_weights_and_contributions_the_margin(trained: Classifier):
    """A mark adds to the logits just what `marks.toml` says; bias and all evidence are the margin."""
    plain = Document("Forum of growers and My own diary", "https://example.org/forum/", "Pots")
    marks = tuple(Mark(name, f"quote of {name}") for name in ("engine.phpbb", "links.months", "schema.ProfilePage"))
    without, found = trained.read(plain).scores, trained.read(plain._replace(marks=marks)).scores
    added = [b - a - (found[-1] - without[-1]) for a, b in zip(without, found, strict=True)]
    assert added == pytest.approx([5.0, 2.0, 1.0, 0.0], abs=1e-6)
    prediction = trained.classify(plain._replace(marks=marks))
    total = fsum(part.contribution for part in prediction.evidence)
    assert prediction.bias + total == pytest.approx(prediction.margin, abs=1e-6)
    assert fsum(f.contribution for f in prediction.explanation.features) == pytest.approx(total, abs=1e-6)
    of_page = [part for part in prediction.evidence if part.field == "page"]
    assert {(part.text, part.signal) for part in of_page} == {
        ("quote of engine.phpbb", "page_engine"),
        ("quote of links.months", "page_links"),
        ("quote of schema.ProfilePage", "page_schema"),
    }
    assert "the software of the page (“quote of engine.phpbb”)" in describe_prediction(
        prediction, trained.taxonomy, "en"
    )["reason"]  # fmt: skip


def test_evidence_of_a_page_has_no_position_in_json(trained: Classifier):
    """What was found stands in `text`."""
    prediction = trained.classify(Document(marks=(Mark("engine.phpbb", "generator: phpBB"),)))
    (part,) = describe_prediction(prediction, trained.taxonomy, "en")["evidence"]
    assert prediction.category == "community"
    assert (part["field"], part["text"], part["start"], part["end"]) == ("page", "generator: phpBB", None, None)


def test_marks_nobody_weighs_are_ignored(trained: Classifier):
    """A model that was trained before a mark was known reads the page all the same."""
    document = Document("Forum of growers", marks=(Mark("engine.of_tomorrow", "generator: tomorrow"),))
    assert trained.read(document).scores == trained.read(document._replace(marks=())).scores


def test_a_model_from_before_there_were_marks_can_be_loaded(tmp_path):
    """It knows none."""
    artifact = make_tiny_artifact()
    sections = dict(artifact.arrays.lines.sections)
    assert sections.pop("page.marks").n_lines == 0
    save_artifact(artifact, tmp_path / "model")
    reading = Classifier(load_artifact(tmp_path / "model")).read(Document("forum", marks=(Mark("engine.phpbb", "x"),)))
    assert reading.scores == Classifier(artifact).read(Document("forum")).scores


def test_weights_follow_the_labels_of_the_model():
    """Relative to the last label; labels that marks do not speak of get nothing."""
    assert weigh_marks(("other", "blog"))["engine.shop"] == [3.5]
    assert weigh_marks(("blog", "other"))["engine.shop"] == [-3.5]
    assert weigh_marks(("cats", "dogs")) == {}
    assert "engine.phpbb" not in weigh_marks(LABELS, but={"engine.phpbb"})
    assert read_mark_weights()["engine.phpbb"] == {"community": 5.0}
