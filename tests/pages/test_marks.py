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
    ("html", "mark"),
    [
        ('<div id="mastodon" class="app-holder"></div>', "engine.fediverse"),
        ("<noscript>To use the Mastodon web application, please enable JavaScript.</noscript>", "engine.fediverse"),
        ("<meta property='og:site_name' content='Mastodon hosted on figs.example'>", "engine.fediverse"),
        ('<link rel="stylesheet" href="/packs/css/common-1f.css">', "engine.fediverse"),
        ("<noscript>To use Pleroma, please enable JavaScript.</noscript>", "engine.fediverse"),
        ('<meta name="application-name" content="Misskey">', "engine.fediverse"),
        ('<meta property="og:platform" content="PeerTube">', "engine.fediverse"),
        ('<meta name="generator" content="Friendica 2023.12">', "engine.fediverse"),
        ('<link rel="stylesheet" href="/view/theme/redbasic/css/style.css">', "engine.fediverse"),
        ('<link rel="alternate" type="application/activity+json" href="/users/anna">', "feeds.activity"),
        ('<div id="matrixchat"></div>', "engine.network"),
        ('<div id="app" class="lemmy-site">', "engine.link_board"),
        ('<body data-controller="mbin"><div class="kbin-container">', "engine.link_board"),
        ('<link rel="stylesheet" href="//www.redditstatic.com/a.css">', "engine.link_board"),
        ('<meta property="al:ios:url" content="fb://group/1">', "engine.group"),
        ('<meta property="og:url" content="https://discord.com/invite/figs">', "engine.group"),
        ('<div class="tgme_page"><div class="tgme_page_title">Figs</div></div>', "engine.big_network"),
        ('<p>Powered by <a href="http://przemo.org/phpBB2/">phpBB modified by Przemo</a>', "engine.phpbb"),
        ('<div id="ipbwrapper"></div>', "engine.invision"),
        ('<a href="https://www.woltlab.com/">Forensoftware</a>', "engine.forum"),
        ('<!--X-Subject: Figs --><p>x', "engine.mailing_list"),
        ('<ul><li>Previous message: <a href="2">b</a></li><li>Messages sorted by: <a href="d">[ date ]</a></li>'
         '<li>Next message</li><li>[Thread Prev]</li></ul>', "shape.list_archive"),
        ('<body class="home blog">', "engine.wordpress_posts"),
        ('<body class="post-template-default single single-post">', "engine.wordpress_posts"),
        ('<body class="home page page-id-2">', "engine.wordpress_page"),
        ('<link rel="icon" href="https://blogimg.goo.ne.jp/x.png">', "engine.blog_host"),
        ('<a href="https://www.idosell.com/">Sklep internetowy</a>', "engine.shop"),
        ('<script src="/modules/ps_shoppingcart/a.js"></script>', "engine.shop"),
        ('<meta name="GENERATOR" content="Microsoft FrontPage 4.0">', "engine.home_page"),
        ('<frameset cols="20%,80%"><frame src="menu.html">', "engine.home_page"),
        ('<p><a href="ksiega.htm">Wpisz się</a>', "shape.guestbook"),
        ("<ul><li>Polityka<li>Gospodarka<li>Sport<li>Kultura</ul>", "shape.sections"),
        ("<h3>12 marca 2004</h3><h3>9 March 2004</h3><h3>March 1st, 2004</h3>", "shape.dates"),
        ("<p>2004-03-12 18:22</p><p>1.3.2004</p><p>29 de febrero de 2004</p>", "shape.dates"),
        ("<a>Komentarze (4)</a><br><a>12 comments</a><br><a>Kommentare: 0</a>", "shape.comment_counts"),
        (_link(*[f"/blog/{n}" for n in range(6)]), "links.posts_of_a_blog"),
    ],
)  # fmt: skip
def test_engines_and_shapes_known_from_their_documentation(html: str, mark: str):
    """Pages of our own, with the markup that these engines are known to write."""
    assert mark in _name_marks(html)


@pytest.mark.parametrize(
    ("html", "mark"),
    [
        # a blog names its author's account elsewhere, and credits authors of the fediverse
        ('<link rel="me" href="https://bsky.app/profile/anna"><p>x', "engine.big_network"),
        ('<meta name="fediverse:creator" content="@anna@figs.example">', "engine.fediverse"),
        # a newspaper with a forum
        ('<script src="/wp-includes/a.js"></script>' + _link(*[f"/forum/viewtopic.php?t={n}" for n in range(6)]),
         "links.threads"),
        ('<script src="/wp-includes/a.js"></script>' + _link(*[f"/topic/{n}/" for n in range(6)]), "links.topics"),
        # a network that shows a picture of a shop, a shop builder's cart on a blog
        ('<script src="https://abs.twimg.com/a.js"></script><img src="https://cdn.shopify.com/a.png">', "engine.shop"),
        ('<link rel="image_src" href="https://static1.squarespace.com/a"><a href="/cart">x</a>', "links.cart"),
        # words of the body are no classes of other elements
        ('<body><div class="home page">', "engine.wordpress_page"),
        ("<h3>12 marca 2004</h3><h3>12 marca 2004</h3><h3>12 marca 2004</h3>", "shape.dates"),
        ("<p>Version 12.3.20041, 2004-13-40 and 31 figs of 2004, marching 2004 miles</p>", "shape.dates"),
    ],
)  # fmt: skip
def test_what_looks_like_a_mark(html: str, mark: str):
    """And says something else."""
    assert mark not in _name_marks(html)


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
