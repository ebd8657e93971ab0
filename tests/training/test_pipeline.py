"""Training: the export is the fit, the same rows give the same bytes."""

import numpy as np
import pytest

from socialcls.classifier import Classifier
from socialcls.dataset.checks import find_disputed
from socialcls.dataset.metrics import Outcome
from socialcls.dataset.reader import read_examples
from socialcls.dataset.services import Service
from socialcls.features.extractor import Reader
from socialcls.model.linear import LinearModel
from socialcls.model.persistence import DEFAULT_MODEL_DIR, load_artifact, save_artifact
from socialcls.taxonomy.taxonomy import load_taxonomy
from socialcls.training.calibration import Scored, choose_thresholds, fit_temperature, mix_addresses
from socialcls.training.export import export
from socialcls.training.fit import fit, score_keys
from socialcls.training.knowledge import KnowledgeBase
from socialcls.training.pipeline import cross_validate, train
from socialcls.training.settings import Settings
from socialcls.training.views import show_examples
from socialcls.types import Document, Example
from tests.conftest import LABELS, ROOT

_SETTINGS = Settings(n_folds=2, n_jobs=1)


@pytest.fixture(scope="module")
def examples():
    """The whole corpus."""
    return read_examples([str(ROOT / "data")])


@pytest.fixture(scope="module")
def few(examples):
    """A small corpus: every twentieth row."""
    return examples[::20]


@pytest.mark.slow
def test_exported_scores_are_those_of_scikit_learn(few, examples):
    """`decision_function` of the fit and the sums of its export agree, on rows seen and unseen."""
    knowledge = KnowledgeBase.gather(load_taxonomy())
    reader = Reader(knowledge.open())
    fitted = fit(few, show_examples(few, reader), _SETTINGS)
    model = LinearModel(export(fitted, LABELS, knowledge))
    documents = [example.document for example in examples[::7]]
    expected = score_keys(fitted, [reader.read(document) for document in documents], LABELS)
    found = np.array([model.read(document).scores for document in documents])
    assert found == pytest.approx(expected - expected[:, -1:], abs=2e-6)


@pytest.mark.slow
def test_the_same_rows_and_seed_give_the_same_bytes(few, tmp_path):
    """Whatever the number of jobs; another seed holds out other hosts."""
    for name, settings in (
        ("a", _SETTINGS),
        ("b", Settings(n_folds=2, n_jobs=2)),
        ("c", Settings(n_folds=2, n_jobs=1, seed=5)),
    ):
        save_artifact(train(few, load_taxonomy(), settings).artifact, tmp_path / name)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name
    card_a, card_c = load_artifact(tmp_path / "a").card, load_artifact(tmp_path / "c").card
    assert card_a.figures != card_c.figures


@pytest.mark.slow
def test_the_committed_model_answers_as_a_fresh_one_does(examples):
    """`models/default` is what `socialcls train data` makes of the committed rows."""
    committed = load_artifact(DEFAULT_MODEL_DIR)
    assert committed.card.data["n_rows"] == len(examples)
    taxonomy = load_taxonomy()
    assert committed.taxonomy.as_dict() == taxonomy.as_dict()
    knowledge = KnowledgeBase.gather(taxonomy)
    shown = show_examples(examples, Reader(knowledge.open()))
    fresh = LinearModel(export(fit(examples, shown, Settings()), LABELS, knowledge))
    shipped = LinearModel(committed.arrays)
    sample = [example.document for example in examples[::3]]
    expected = np.array([fresh.read(document).scores for document in sample])
    found = np.array([shipped.read(document).scores for document in sample])
    assert (found.argmax(axis=1) == expected.argmax(axis=1)).mean() > 0.999
    assert found == pytest.approx(expected, abs=0.02)


def test_a_trained_model_classifies(few, tmp_path):
    """What was saved can be loaded and asked, and its card says what was measured."""
    save_artifact(train(few, load_taxonomy(), _SETTINGS).artifact, tmp_path / "m")
    classifier = Classifier.load(tmp_path / "m")
    assert classifier.classify("Forum dyskusyjne. Zarejestruj się i zadaj pytanie.").best_guess == "community"
    assert set(classifier.card.figures) == {"text alone", "URL alone", "all fields"}
    assert 0.3 < classifier.card.figures["all fields"]["macro_f1"] <= 1


def test_the_temperature_makes_overconfident_scores_modest():
    """Scores that are three times too large are divided by about three."""
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(4_000, 4)) * 2
    chances = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    gold = np.array([rng.choice(4, p=row) for row in chances])
    assert fit_temperature(scores * 3, gold, np.ones(len(gold))) == pytest.approx(3, rel=0.1)


def test_a_threshold_is_where_the_answers_above_are_right_often_enough():
    """Two wrong at the bottom of ten: 8 of 8 and 8 of 9 (0.89) pass 0.85, 8 of 10 does not."""
    outcomes = [Outcome("blog" if i < 8 else "other", "blog", 0.95 - i * 0.04, "blog") for i in range(10)]
    alike = np.ones(10)
    assert choose_thresholds(outcomes, LABELS, 0.85, alike)["blog"] == pytest.approx(0.95 - 8 * 0.04)
    assert choose_thresholds(outcomes, LABELS, 0.95, alike)["blog"] == pytest.approx(0.95 - 7 * 0.04)
    assert choose_thresholds(outcomes, LABELS, 0.85, alike)["other"] == 0.99
    assert choose_thresholds(outcomes, LABELS, 0.85, np.array([0.5] * 8 + [1, 1]))["blog"] == pytest.approx(
        0.95 - 7 * 0.04
    )


def test_addresses_are_mixed_in_their_shares():
    """A quarter known, and of the rest one half with a clue, however many there are of each."""
    known, clue, bare = (
        Scored("blog", "URL alone", "url", [0.0] * 4, has_clue=c, is_of_voice=False) for c in (False, True, False)
    )
    mixed, weights = mix_addresses([clue, *[bare] * 7], [known] * 5)
    shares = [weights[[s is kind for s in mixed]].sum() for kind in (known, clue, bare)]
    assert shares == pytest.approx([0.25, 0.375, 0.375])


def test_held_out_rows_are_asked_with_what_is_known_of_services():
    """Rows that say nothing, every twelfth label wrong: whoever knows the services disputes just those."""
    labels = ("community", "other")
    truth = {f"{consonant}{vowel}.pl": labels[i % 2] for i, consonant in enumerate("bcdfghjklmnp") for vowel in "aeiou"}
    services = [Service(host, (), (), label, "interest") for host, label in truth.items()]
    wrong = set(range(0, len(truth), 12))
    rows = [
        Example(Document("A place with things.", host), labels[(labels.index(label) + (i in wrong)) % 2])
        for i, (host, label) in enumerate(truth.items())
    ]
    taxonomy = load_taxonomy().with_labels(labels)

    def dispute(known):
        return {s.row for s in find_disputed(rows, cross_validate(rows, taxonomy, len(rows), services=known), labels)}

    assert dispute(services) == wrong
    assert not dispute([]) & wrong
