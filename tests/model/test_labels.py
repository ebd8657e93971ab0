"""Labels are data: models of two, three, five and seventeen read, decide, explain, are saved and are trained alike."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcls.batch.rows import RowClassifier, name_appended
from socialcls.classifier import Classifier
from socialcls.dataset.services import Service
from socialcls.errors import ModelError
from socialcls.explain.counterfactuals import find_counterfactuals
from socialcls.explain.sentence import ReasonWriter
from socialcls.explain.top_features import rank_features
from socialcls.features.extractor import Reader
from socialcls.features.groups import GROUPS
from socialcls.model.linear import LinearModel
from socialcls.model.persistence import load_artifact, save_artifact
from socialcls.reports.json import describe_prediction
from socialcls.taxonomy.taxonomy import HeadFacts, HeadTerm, load_taxonomy
from socialcls.training.export import export
from socialcls.training.fit import fit, score_keys
from socialcls.training.knowledge import KnowledgeBase
from socialcls.training.pipeline import train
from socialcls.training.settings import Settings
from socialcls.training.views import show_examples
from socialcls.types import UNSURE, Document, Example
from tests.conftest import make_artifact

_LABEL_SETS = (
    ("tak", "nie"),
    ("recipe", "other", "répair manual"),
    ("a", "b", "c", "d", "e"),
    tuple(f"label {n}" for n in range(17)),
)
_BY_LABELS = pytest.mark.parametrize("labels", _LABEL_SETS, ids=len)
_FEATURES = (
    *(("text.words", word, 100) for word in ("forum", "shop", "?")),
    ("text.pairs", "shop\tforum", 104),
    ("text.chars", "foru", 36),
    ("text.signals", "threads", 1),
    ("text.heads", "is=other.shop", 1),
    ("text.heads", "also=community", 1),
    ("text.heads", "not=community", 1),
    ("text.services", "named=platform.media", 1),
    ("name.words", "shop", 64),
    ("name.heads", "is=other.shop", 1),
    ("name.services", "maybe=blog", 1),
    ("url.parts", "sub=blog", 25),
    ("url.parts", "domain=tube.pl", 25),
    ("url.chars", "blog", 16),
    ("url.signals", "threads", 1),
    ("url.services", "known=platform.media", 1),
    ("url.services", "above=platform.media", 1),
)
_HEADS = HeadFacts(
    (HeadTerm("en", "shop", ("other.shop",)), HeadTerm("en", "forum", ("community",))),
    (("en", "a", "filler"), ("en", "is", "copula"), ("en", "not", "negation"), ("en", "for", "closer")),
    {"en": "last"},
)
_SERVICES = (Service("tube.pl", ("Tube",), (), "platform", "media"), Service("x.pl", ("Leaf?",), (), "blog", ""))


def _make(labels):
    """A model of some labels: every feature weighs something else for each, some nothing, and none is alike for all."""
    known: dict[str, dict[str, tuple[float, ...]]] = {}
    for j, (group, feature, square) in enumerate(_FEATURES):
        size = square**0.5 * 5
        row = [((i * 7 + j * 13) % 11 - 5) / 4 * size for i in range(len(labels) - 1)]
        known.setdefault(group, {})[feature] = (*row, float(square))
    intercepts = [(i * 5 % 7 - 3) / 8 for i in range(len(labels) - 1)]
    return make_artifact(labels, known, [*intercepts, 0.0], heads=_HEADS, services=_SERVICES)


_ARTIFACTS = {labels: _make(labels) for labels in _LABEL_SETS}
_CLASSIFIERS = {labels: Classifier(artifact) for labels, artifact in _ARTIFACTS.items()}
_PIECES = st.sampled_from(
    [
        "forum",
        "Forum,",
        "a shop",
        "not a forum",
        "forumowy",
        "Tube",
        "is",
        "for",
        "post a reply",
        "(wątki)",
        "x",
        "–",
        "?",
    ]
)
_TEXTS = st.lists(st.one_of(_PIECES, st.text(max_size=4)), max_size=12).map(" ".join)
_URLS = st.sampled_from(
    ["", "blog.x.pl", "tube.pl", "https://blog.tube.pl/viewtopic.php?viewtopic", "//blog.blog.blog.pl", "?"]
)
_DOCUMENTS = st.builds(Document, _TEXTS, _URLS, st.one_of(_TEXTS, st.just("Leaf"), st.just("shop"))).filter(
    lambda document: not document.is_blank
)


@_BY_LABELS
@given(document=_DOCUMENTS)
def test_contributions_are_the_difference_of_any_two_scores(labels, document):
    """With the intercepts, whichever labels are held against each other; features say the same in more pieces."""
    classifier = _CLASSIFIERS[labels]
    reading = classifier.read(document)
    assert len(reading.scores) == len(labels)
    assert reading.scores[-1] == 0
    intercepts = classifier.model.intercepts
    for i, j in list(permutations(range(len(labels)), 2))[:20]:
        margin, bias = reading.scores[i] - reading.scores[j], intercepts[i] - intercepts[j]
        contributions = reading.contribute(i, j)
        assert bias + sum(c.value for c in contributions) == pytest.approx(margin, abs=1e-9)
        assert bias + sum(value for _, _, value in reading.list_features(i, j)) == pytest.approx(margin, abs=1e-9)


@_BY_LABELS
@given(document=_DOCUMENTS)
def test_bias_and_evidence_are_the_margin(labels, document):
    """Every part is where it says and says what stands there; answers are of the labels, their chances sum to one."""
    prediction = _CLASSIFIERS[labels].classify(document)
    assert prediction.bias + sum(part.contribution for part in prediction.evidence) == pytest.approx(
        prediction.margin, abs=1e-9
    )
    assert prediction.bias + sum(reason.contribution for reason in prediction.reasons) == pytest.approx(
        prediction.margin, abs=1e-9
    )
    for part in prediction.evidence:
        assert 0 <= part.start < part.end
        assert getattr(document, part.field)[part.start : part.end] == part.text
    for contribution in _CLASSIFIERS[labels].read(document).contribute(0, 1):
        assert contribution.find_spans()
        assert all(contribution.quote())
    assert tuple(prediction.probabilities) == labels
    assert sum(prediction.probabilities.values()) == pytest.approx(1)
    assert prediction.confidence == max(prediction.probabilities.values())
    assert {prediction.best_guess, prediction.runner_up} <= set(labels)
    assert prediction.best_guess != prediction.runner_up
    assert prediction.category in {prediction.best_guess, UNSURE}


@_BY_LABELS
@given(document=_DOCUMENTS)
def test_prediction_reads_the_keys_that_training_counts(labels, document):
    """What is known of words, signals, heads and services of text, name and URL is what the reader lists."""
    artifact = _ARTIFACTS[labels]
    knowledge = KnowledgeBase.gather(artifact.taxonomy, heads=_HEADS, services=_SERVICES)
    keys = Reader(knowledge.open()).read(document)
    by_group = dict(zip([group.name for group in GROUPS], keys.by_group, strict=True))
    expected = {(group, key) for group, key, _ in _FEATURES if not group.endswith(".chars") and key in by_group[group]}
    found = {(group, name) for group, name, _ in _CLASSIFIERS[labels].read(document).list_features(0, 1)}
    assert {(group, name) for group, name in found if not group.endswith(".chars")} == expected


@_BY_LABELS
def test_heads_and_services_are_signals_of_the_explanation(labels):
    """Quoted from where they stand, in each field."""
    classifier = _CLASSIFIERS[labels]
    document = Document("Tube is a shop, not a forum", "blog.tube.pl", "Leaf")
    shown = {(part.field, part.signal, part.text) for part in classifier.classify(document).evidence if part.signal}
    assert shown == {
        ("text", "known_service", "Tube"),
        ("text", "calls_itself", "shop"),
        ("text", "denies_to_be", "forum"),
        ("name", "known_service", "Leaf"),
        ("url", "known_service", "tube.pl"),
    }


@_BY_LABELS
def test_a_name_of_one_word_is_answered_when_it_is_known(labels):
    """Any other word names a subject and describes no service."""
    thresholds = dict.fromkeys(("description", "page", "url"), dict.fromkeys(labels, 0.0))
    artifact = _ARTIFACTS[labels]
    classifier = Classifier(artifact._replace(card=artifact.card._replace(thresholds=thresholds)))
    assert not classifier.classify("Tube").is_unsure
    assert not classifier.classify(name="Leaf").is_unsure
    assert classifier.classify("forum").is_unsure


@_BY_LABELS
def test_a_saved_model_comes_back(labels, tmp_path):
    """Card, numbers, names; it answers as before."""
    artifact = _ARTIFACTS[labels]
    save_artifact(artifact, tmp_path / "model")
    loaded = load_artifact(tmp_path / "model")
    assert (loaded.card, loaded.arrays) == (artifact.card, artifact.arrays)
    assert loaded.taxonomy.labels == labels
    document = Document("Tube is a shop: post a reply", "blog.x.pl", "shop")
    assert Classifier(loaded).classify(document) == _CLASSIFIERS[labels].classify(document)


@_BY_LABELS
def test_all_that_speaks_of_labels_speaks_of_these(labels, tmp_path):
    """Columns of a batch, JSON, sentences, what pulls to each, and what would change the answer."""
    classifier, document = _CLASSIFIERS[labels], Document("a forum ? post a reply")
    prediction = classifier.classify(document)
    described = describe_prediction(prediction, classifier.taxonomy, "pl")
    assert [name for name in described if name.startswith("p_")] == [*(f"p_{label}" for label in labels), "p_kind"]
    assert prediction.best_guess in ReasonWriter(classifier.taxonomy, "en").write(prediction)
    assert tuple(rank_features(_ARTIFACTS[labels])) == labels
    for found in filter(None, find_counterfactuals(document, classifier)):
        assert found.prediction.category in {*labels, UNSURE}
    save_artifact(_ARTIFACTS[labels], tmp_path / "model")
    columns = RowClassifier(tmp_path / "model").classify_columns({"text": [document.text]})
    assert tuple(columns) == name_appended(labels)
    assert columns["best_guess"] == [prediction.best_guess]


@pytest.mark.parametrize(
    "labels", [("only",), (), ("a", "a"), ("a", UNSURE), ("a", ""), ("a", "b\nc"), ("a", "\x1b[31m"), ("a", "x" * 101)]
)
def test_what_cannot_be_labels_is_refused(labels, tmp_path):
    """One or none, two alike, the word for no answer, a name that no column or terminal can bear."""
    save_artifact(make_artifact(labels, {}, [0.0] * len(labels)), tmp_path / "model")
    with pytest.raises(ModelError, match="not a usable model"):
        load_artifact(tmp_path / "model")


_TOPICS = {
    "recipe": ("bake", "flour", "oven", "dough"),
    "repair manual": ("screw", "engine", "gearbox", "oil"),
    "wiersz": ("zmierzch", "księżyc", "cisza", "sen"),
    "exam": ("question", "grade", "answer", "paper"),
    "map": ("north", "river", "scale", "border"),
}
_SETTINGS = Settings(n_folds=2, n_jobs=1)


def _generate(labels):
    """Rows of each label, with its words in all orders, each on a host of its own."""
    return [
        Example(
            Document(" ".join(words), f"https://{label[:3]}{i}.pl/{words[0]}"), label, {"language": "en"}, f"row {i}"
        )
        for label in labels
        for i, words in enumerate(permutations(_TOPICS[label], 3))
    ]


@pytest.mark.parametrize("n_labels", [2, 3, 5])
def test_a_model_of_these_labels_is_trained(n_labels, tmp_path):
    """It learns what it was shown, in the order of the labels, and can be saved, loaded and asked."""
    labels = tuple(_TOPICS)[:n_labels][::-1]
    artifact = train(_generate(labels), load_taxonomy().with_labels(labels), _SETTINGS).artifact
    assert artifact.card.labels == labels
    assert artifact.card.figures["text alone"]["accuracy"] == 1
    save_artifact(artifact, tmp_path / "mine")
    classifier = Classifier.load(tmp_path / "mine")
    for label in labels:
        document = Document(" ".join(reversed(_TOPICS[label])))
        prediction = classifier.classify(document)
        assert prediction.best_guess == label
        assert prediction.bias + sum(part.contribution for part in prediction.evidence) == pytest.approx(
            prediction.margin, abs=1e-9
        )
        assert label in ReasonWriter(classifier.taxonomy, "pl").write(prediction)


@pytest.mark.parametrize("n_labels", [2, 3, 5])
def test_the_export_of_these_labels_scores_as_scikit_learn_does(n_labels):
    """Against the last label; of two scikit-learn keeps one row of coefficients."""
    labels = tuple(_TOPICS)[:n_labels]
    examples, knowledge = _generate(labels), KnowledgeBase.gather(load_taxonomy())
    reader = Reader(knowledge.open())
    fitted = fit(examples, show_examples(examples, reader), _SETTINGS)
    model = LinearModel(export(fitted, labels, knowledge))
    expected = score_keys(fitted, [reader.read(example.document) for example in examples], labels)
    found = np.array([model.read(example.document).scores for example in examples])
    assert found == pytest.approx(expected - expected[:, -1:], rel=1e-6, abs=1e-6)
