"""Reports to hand on: everything from outside is text, everything that counted is there."""

import json
import shutil
import subprocess
from html.parser import HTMLParser
from math import fsum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcls.classifier import Classifier
from socialcls.errors import InputError, OutputError
from socialcls.explain.highlights import cut_passages
from socialcls.reports.files import save_report
from socialcls.reports.html import compose_webpage
from socialcls.reports.json import describe_prediction
from socialcls.types import Document
from tests.conftest import make_artifact

_DEFAULT = Classifier.load()
_WILD = 'A forum <script>alert(1)</script> & "shop" | *bees* \x1b[31m \u202e żółw'


class _Page(HTMLParser):
    """What a browser would make of a page: its tags, and its text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def _answer(*documents):
    return [(document, _DEFAULT.classify(document)) for document in documents]


def _compose(*documents, language="en"):
    return compose_webpage(_answer(*documents), _DEFAULT.card, _DEFAULT.taxonomy, language)


@given(text=st.text(st.characters(exclude_categories=["Cs"])), name=st.text(st.characters(exclude_categories=["Cs"])))
def test_nothing_from_outside_becomes_a_tag(text, name):
    """Whatever is in the fields, the page has the same kinds of tags, no script and no link away."""
    page = _Page(_compose(Document(f"forum {text}<img src=x onerror=y>", f"x.pl/{name}", name)))
    assert not {"script", "img", "link", "iframe", "style "} & {tag for tag, _ in page.tags}
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert all(attributes.get("href", "#").startswith("#") for _, attributes in page.tags)


def test_the_whole_input_is_on_the_page():
    """As given, with what a browser would obey written out; and verdict, sentence and model."""
    document = Document(_WILD, "https://forum.x.pl/a?b=<c>", "Kot & Pies")
    page = _Page(_compose(document, language="pl"))
    for said in ("<script>alert(1)</script>", "\\x1b[31m", "\\u202e", "żółw", "Kot & Pies", "forum.x.pl/a?b=<c>"):
        assert said in page.text
    assert _DEFAULT.card.data["sha256"] in page.text


@given(st.lists(st.sampled_from(["forum", "shop", "post a reply", "x", "ą", "threads"]), min_size=1).map(" ".join))
def test_passages_add_up_to_the_evidence(text):
    """All characters are there once, and what they add is what the parts add."""
    evidence = _DEFAULT.classify(text).evidence
    passages = cut_passages(text, evidence)
    assert "".join(passage.text for passage in passages) == text
    assert fsum(p.contribution for p in passages) == pytest.approx(fsum(e.contribution for e in evidence), abs=1e-9)


@pytest.mark.parametrize("ending", [".html", ".svg", ".md", ".json"])
@pytest.mark.parametrize("language", ["en", "pl"])
def test_every_kind_of_report_names_every_service(tmp_path, ending, language):
    """One or several, in both languages, with nothing that a terminal or a browser would obey."""
    path = tmp_path / f"report{ending}"
    answers = _answer(Document(_WILD), Document(url="reddit.com/r/cats"), Document("Piszę o kotach"))
    for some in (answers, answers[:1]):
        save_report(path, some, _DEFAULT.card, _DEFAULT.taxonomy, language)
        content = path.read_text(encoding="utf-8")
        assert "forum" in content
        assert not set(content) & set("\x1b\u202e")
        assert "url(http" not in content
        assert "<script>" not in content or ending == ".json"
    assert list(tmp_path.iterdir()) == [path]


def test_a_label_that_cannot_be_has_its_name(tmp_path):
    """Its probability is 0 to the last digit, and what speaks for it is on the page none the less."""
    known: dict[str, dict[str, tuple[float, ...]]] = {"text.words": {"forum": (100.0, 100.0), "shop": (-100.0, 100.0)}}
    classifier = Classifier(make_artifact(("blog", "other"), known, [2_000.0, 0.0]))
    document = Document("forum shop")
    prediction = classifier.classify(document)
    assert prediction.probabilities["other"] == 0
    for ending in ("html", "svg", "md"):
        path = tmp_path / f"x.{ending}"
        save_report(path, [(document, prediction)], classifier.card, classifier.taxonomy, "en")
        assert "a other" in path.read_text().replace("&#160;", " ")


def test_a_label_may_be_called_anything():
    """It stays text in attributes and between tags."""
    label = '"><script>alert(1)</script>'
    classifier = Classifier(make_artifact((label, "other"), {"text.words": {"forum": (100.0, 100.0)}}, [1.0, 0.0]))
    document = Document("forum")
    page = compose_webpage([(document, classifier.classify(document))], classifier.card, classifier.taxonomy, "en")
    assert label not in page
    assert "<script" not in page


def test_json_is_that_of_the_command(tmp_path):
    """One object for one service, a list for several."""
    answers = _answer(Document("A forum"), Document("A shop for bees"))
    described = [describe_prediction(prediction, _DEFAULT.taxonomy, "en") for _, prediction in answers]
    save_report(tmp_path / "a.json", answers, _DEFAULT.card, _DEFAULT.taxonomy, "en")
    assert json.loads((tmp_path / "a.json").read_text()) == described
    save_report(tmp_path / "a.json", answers[:1], _DEFAULT.card, _DEFAULT.taxonomy, "en")
    assert json.loads((tmp_path / "a.json").read_text()) == described[0]


def test_another_ending_and_another_place_are_errors(tmp_path):
    """The one lists the endings, the other names the file."""
    answers = _answer(Document("A forum"))
    with pytest.raises(InputError, match=r"ends in \.html, \.svg, \.md, \.json"):
        save_report(tmp_path / "a.docx", answers, _DEFAULT.card, _DEFAULT.taxonomy, "en")
    with pytest.raises(OutputError, match="cannot be written"):
        save_report(tmp_path / "none" / "a.md", answers, _DEFAULT.card, _DEFAULT.taxonomy, "en")


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium (Debian: chromium)")
def test_a_browser_shows_the_page(tmp_path):
    """Headless Chromium reads the page: the text is there, the script is not run."""
    path = tmp_path / "report.html"
    save_report(path, _answer(Document(_WILD)), _DEFAULT.card, _DEFAULT.taxonomy, "en")
    flags = ("headless", "no-sandbox", "disable-gpu", "no-first-run", "disable-background-networking", "disable-sync")
    command = ["chromium", *(f"--{flag}" for flag in flags), f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom"]
    result = subprocess.run([*command, path.as_uri()], capture_output=True, timeout=120, check=False)
    dom = _Page(result.stdout.decode())
    assert "<script>alert(1)</script>" in dom.text
    assert "script" not in {tag for tag, _ in dom.tags}
    assert "mark" in {tag for tag, _ in dom.tags}
