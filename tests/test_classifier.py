"""Decisions and their exact explanations."""

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import socialcls.model.weights
import socialcls.text.lexicon
from socialcls.classifier import MAX_CHARS, PAGE_WORDS, Classifier, make_document
from socialcls.dataset.reader import read_examples
from socialcls.errors import InputError
from socialcls.explain.sentence import ReasonWriter
from socialcls.types import Document, Label
from tests.conftest import LABELS, ROOT

_DEFAULT = Classifier.load()
_WORDS = st.sampled_from(
    [
        "forum",
        "Blog",
        "sklep,",
        "о",
        "чём",
        "🙂",
        "ß",
        "İ",
        "é",
        "#help",
        "r/python",
        "2011",
        "shop",
        "my",
        "threads",
        "zł",
        "?",
        "\u202e",
    ]
)
_TEXTS = st.one_of(st.text(), st.lists(_WORDS).map(" ".join))
_URLS = st.one_of(st.just(""), st.text(), st.from_regex(r"https?://(forum|blog|www)\.[a-z]{3,8}\.(pl|com|social)/\w*"))


def _check_sum(document, prediction):
    total = prediction.bias + sum(part.contribution for part in prediction.evidence)
    assert total == pytest.approx(prediction.margin, abs=1e-6)
    for part in prediction.evidence:
        assert getattr(document, part.field)[part.start : part.end] == part.text


@settings(max_examples=300)
@given(text=_TEXTS, url=_URLS, name=_TEXTS, social_only=st.booleans())
def test_bias_and_evidence_sum_to_the_margin(text, url, name, social_only):
    """Whatever the input, the explanation is the computation, and each part is where it says."""
    document = Document(text=text, url=url, name=name)
    if document.is_blank:
        return
    prediction = _DEFAULT.classify(document, social_only=social_only)
    _check_sum(document, prediction)
    features = prediction.bias + sum(feature.contribution for feature in prediction.explanation.features)
    reasons = prediction.bias + sum(reason.contribution for reason in prediction.reasons)
    assert features == pytest.approx(prediction.margin, abs=1e-6)
    assert reasons == pytest.approx(prediction.margin, abs=1e-6)
    assert sum(prediction.probabilities.values()) == pytest.approx(1)
    assert prediction.confidence == max(prediction.probabilities.values())
    assert prediction.margin >= 0


def test_explanations_of_real_rows_are_exact():
    """The same over rows of the corpus."""
    for example in read_examples([str(ROOT / "data")])[::25]:
        _check_sum(example.document, _DEFAULT.classify(example.document))


def test_a_long_page_is_explained_in_time_that_grows_with_its_length(tiny):
    """Words are found once and not for each place anew: that would be minutes for these 24,000 words."""
    document = Document("shop forum x " * 8_000)
    prediction = tiny.classify(document)
    assert len(prediction.evidence) == 3 * 8_000
    _check_sum(document, prediction)


def test_evidence_comes_largest_first(default):
    """By size, whichever way it speaks."""
    prediction = default.classify("A forum where members buy books, with a blog and a shop", url="forum.x.pl")
    sizes = [abs(part.contribution) for part in prediction.evidence]
    assert sizes == sorted(sizes, reverse=True)


def test_the_hand_made_model_by_eye(tiny):
    """The margin's parts are those of the formula."""
    prediction = tiny.classify("FORUM x")
    assert prediction.best_guess == "community"
    assert prediction.runner_up == "other"
    assert prediction.bias == pytest.approx(0.25)
    assert [(part.text, part.start, part.end, part.signal) for part in prediction.evidence] == [("FORUM", 0, 5, None)]
    assert prediction.evidence[0].contribution == pytest.approx(2)
    assert prediction.margin == pytest.approx(2.25)


def test_a_signal_is_its_own_evidence(tiny):
    """A phrase that shows a signal is evidence with the signal's id."""
    shown = [(part.text, part.signal) for part in tiny.classify("post a reply").evidence]
    assert shown == [("post a reply", "threads")]


def test_too_little_is_unsure(tiny):
    """Below the threshold the answer is withheld and the guess kept."""
    prediction = tiny.classify("nothing known here")
    assert (prediction.category, prediction.best_guess) == ("unsure", "community")
    assert prediction.is_unsure
    assert prediction.evidence == ()
    assert prediction.known_share == 0


def test_one_word_is_no_description(default, tiny):
    """However telling: a single word is `unsure`, a word and a URL or two words may be answered."""
    assert default.classify("forum").category == "unsure"
    assert default.classify("forum").confidence > 0.8
    assert default.classify("Discussion forum").category == "community"
    assert default.classify(Document(name="Forum", url="forum.example.org")).category == "community"


def test_a_url_alone_has_its_own_threshold(tiny_artifact):
    """What a URL needs to be answered is not what a description needs."""
    sure: dict[Label, float] = dict.fromkeys(LABELS, 0.9)
    bold: dict[Label, float] = dict.fromkeys(LABELS, 0.1)
    card = tiny_artifact.card._replace(thresholds={"description": sure, "page": sure, "url": bold})
    classifier = Classifier(tiny_artifact._replace(card=card))
    assert classifier.classify("blog.example.org").category == "blog"
    assert classifier.classify("nothing known", url="blog.example.org").category == "unsure"


def test_social_only_leaves_other_out(tiny):
    """The rest is scaled to one, and `other` is neither guess nor runner-up."""
    everything, social = tiny.classify("forum shop"), tiny.classify("forum shop", social_only=True)
    assert social.probabilities["other"] == 0
    rest = 1 - everything.probabilities["other"]
    for label in LABELS[:3]:
        assert social.probabilities[label] == pytest.approx(everything.probabilities[label] / rest)
    assert "other" not in (social.best_guess, social.runner_up)


def test_a_bare_url_is_read_as_one():
    """A text that is a URL counts as the URL; with a URL beside it, it stays a text."""
    assert make_document(" forum.x.pl ") == Document(url="forum.x.pl")
    assert make_document("forum.x.pl", url="y.pl") == Document(text="forum.x.pl", url="y.pl")


def test_a_url_or_a_name_needs_no_text(tiny):
    """Each by itself, given by its keyword; a Document has its own."""
    assert tiny.classify(url="blog.x.pl") == tiny.classify(Document(url="blog.x.pl"))
    assert tiny.classify(name="forum threads") == tiny.classify(Document(name="forum threads"))
    with pytest.raises(TypeError, match="of its own"):
        tiny.classify(Document("forum"), url="x.pl")
    with pytest.raises(InputError, match="Nothing to read"):
        tiny.classify()


def test_many_are_answered_in_order_as_they_come(tiny):
    """A stream is read no further than it is asked; what cannot be classified is its error, in its place."""
    read = []

    def stream():
        for text in ("forum", "", Document(url="blog.x.pl"), "x" * 2_000_000, "shop"):
            read.append(text)
            yield text

    answers = tiny.classify_many(stream(), social_only=True)
    assert next(answers) == tiny.classify("forum", social_only=True)
    assert len(read) == 1
    empty, of_url, too_long, last = answers
    assert (of_url, last) == (tiny.classify(url="blog.x.pl", social_only=True), tiny.classify("shop", social_only=True))
    assert [type(error) for error in (empty, too_long)] == [InputError, InputError]
    assert "at most" in str(too_long)


@pytest.mark.parametrize("language", ["en", "pl"])
def test_a_prediction_says_why_by_itself(tiny, language):
    """As the command does, in any language of the interface."""
    prediction = tiny.classify("forum with threads")
    assert prediction.reason(language) == ReasonWriter(tiny.taxonomy, language).write(prediction)
    with pytest.raises(InputError, match='No language "xx"'):
        prediction.reason("xx")


@pytest.mark.parametrize("text", ["", "   \n\t", Document(), Document(text=" ", url=" ", name="\n")])
def test_nothing_to_read_is_an_error(tiny, text):
    """Blank input has no answer, not even `unsure`."""
    with pytest.raises(InputError, match="Nothing to read"):
        tiny.classify(text)


def test_a_text_of_ten_megabytes_is_refused(tiny):
    """Quickly, with its size and what to do."""
    with pytest.raises(InputError, match=r"10,000,000 characters; at most 1,000,000"):
        tiny.classify("x" * 10_000_000)
    assert tiny.classify("forum " * (MAX_CHARS // 6)).best_guess == "community"


def test_long_streams_do_not_change_answers(default, monkeypatch):
    """What is remembered may be forgotten at any time: answers are the same."""
    with (ROOT / "data" / "en-feeds-and-taglines.csv").open(encoding="utf-8", newline="") as stream:
        texts = [row["description"] for row in csv.DictReader(stream)][:60]
    expected = [default.classify(text) for text in texts]
    monkeypatch.setattr(socialcls.text.lexicon, "MAX_PIECES", 3)
    monkeypatch.setattr(socialcls.model.weights, "MAX_KEYS", 3)
    monkeypatch.setattr(socialcls.model.weights, "LOOKUPS_BEFORE_DICTIONARY", 100)
    assert [Classifier.load().classify(text) for text in texts] == expected


def test_a_page_is_calibrated_by_itself(tiny_artifact):
    """Logits, contributions and bias of a long text are divided by a temperature of its own."""
    temperatures = {**tiny_artifact.card.temperatures, "page": 2.0}
    card = tiny_artifact.card._replace(temperatures=temperatures)
    classifier = Classifier(tiny_artifact._replace(card=card))
    short, long = (classifier.classify("forum" + " x" * n) for n in (PAGE_WORDS - 1, PAGE_WORDS))
    assert long.margin == pytest.approx(short.margin / 2)
    assert long.bias == pytest.approx(short.bias / 2)
    assert long.evidence[0].contribution == pytest.approx(short.evidence[0].contribution / 2)
