"""Sentences that say why."""

import json

import pytest

from socialcls.classifier import make_document
from socialcls.errors import InputError
from socialcls.explain.sentence import ReasonWriter, list_hints, show_share
from socialcls.messages import find_language, list_languages, load_messages
from tests.conftest import LABELS, ROOT


@pytest.mark.parametrize(
    ("language", "fields", "sentence"),
    [
        (
            "en",
            {"text": "forum with threads " * 30},
            "Most likely a community: threads and replies (“threads”) and the word “forum”.",
        ),
        (
            "pl",
            {"text": "forum with threads " * 30},
            "Najpewniej a community. Przemawiają za tym: wątki i odpowiedzi („threads”) i słowo „forum”.",
        ),
        ("en", {"text": "forum " * 30}, "Most likely a community: the word “forum”."),
        ("pl", {"text": "forum " * 30}, "Najpewniej a community. Przemawia za tym: słowo „forum”."),
        ("en", {"text": "hm"}, "Unsure: nothing that was given is known to the model."),
        ("en", {"text": "", "url": "blog.x.pl"}, "Most likely a blog: “blog” in the address."),
        ("en", {"text": "shop"}, "Unsure: one word names a subject and describes no service. Perhaps a other (61%)."),
    ],
)  # fmt: skip
def test_sentences_of_the_hand_made_model(tiny, language, fields, sentence):
    """Signals by name with their words, then words; nothing that is not in the evidence."""
    assert ReasonWriter(tiny.taxonomy, language).write(tiny.classify(**fields)) == sentence


@pytest.mark.parametrize(
    ("shares", "text", "message"),
    [
        ((0.4, 0.35, 0.2, 0.05), "a forum", "Unsure: a community (40%) and a blog (35%) are about as likely."),
        ((0.4, 0.2, 0.2, 0.2), "x y", "Unsure: nothing that was given is known to the model."),
        ((0.6, 0.2, 0.1, 0.1), "a forum", "Unsure: not enough for an answer. Perhaps a community (60%)"),
    ],
)
def test_doubt_says_what_is_wrong(tiny, shares, text, message):
    """Two level, nothing known, too little."""
    prediction = tiny.classify(text)._replace(
        category="unsure",
        runner_up="blog",
        confidence=shares[0],
        probabilities=dict(zip(LABELS, shares, strict=True)),
    )
    assert ReasonWriter(tiny.taxonomy, "en").write(prediction).startswith(message)


@pytest.mark.parametrize(
    ("fields", "hints"),
    [
        ({"text": "", "url": "x.pl"}, ["Only an address was read.", "A description of the service would help."]),
        ({"text": "shop"}, ["A sentence or two about the service would help."]),
        ({"text": "forum a b c", "url": "x.pl"}, ["The model knows 25% of the words."]),
    ],
)
def test_hints_say_what_would_help(tiny, fields, hints):
    """What was not known, and what to add to be answered."""
    document = make_document(**fields)
    assert list_hints(document, tiny.classify(document), load_messages("en")) == hints


def test_function_words_are_no_reason(default):
    """They count, and are shown as evidence; the sentence names what a person would."""
    prediction = default.classify("I keep a light on the coast and write about it for my aunt and for you")
    sentence = ReasonWriter(default.taxonomy, "en").write(prediction)
    assert not any(f"“{word}”" in sentence for word in ("on", "for", "it", "and", "a"))


def test_what_speaks_against_is_no_reason(tiny):
    """A word that pulls to the runner-up is not named."""
    assert "shop" not in ReasonWriter(tiny.taxonomy, "en").write(tiny.classify("forum, threads, shop"))


@pytest.mark.parametrize(
    ("share", "shown"), [(0, "0%"), (0.001, "<1%"), (0.5, "50%"), (0.994, "99%"), (0.9999, ">99%"), (1, "100%")]
)
def test_shares_never_round_to_certainty(share, shown):
    """A hundred is said of one, and nothing of nothing."""
    assert show_share(share) == shown


def test_languages_say_the_same_things():
    """Every language has every sentence, with the same gaps to fill."""
    folder = ROOT / "socialcls" / "messages"
    messages = {lang: json.loads((folder / f"{lang}.json").read_text("utf-8")) for lang in list_languages()}
    assert {"en", "pl"} <= set(messages)
    gaps = {
        lang: {key: sorted(part.split("}")[0] for part in text.split("{")[1:]) for key, text in said.items()}
        for lang, said in messages.items()
    }
    assert all(found == gaps["en"] for found in gaps.values())


def test_a_language_we_do_not_speak():
    """The error lists those we do."""
    with pytest.raises(InputError, match=r'No language "xx"\. Languages are: en, pl'):
        load_messages("xx")


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"LANG": "pl_PL.UTF-8"}, "pl"),
        ({"LANG": "pl_PL.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_MESSAGES": "pl_PL", "LANG": "en_US.UTF-8"}, "pl"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_is_that_of_the_locale(monkeypatch, variables, language):
    """LC_ALL wins over LC_MESSAGES wins over LANG."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert find_language() == language
