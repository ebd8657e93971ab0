"""What a model has learnt, on the hand-made model by eye and on the real one."""

import pytest

from socialcls.explain.top_features import Pull, rank_features
from socialcls.features.groups import GROUPS_BY_NAME
from socialcls.model.persistence import DEFAULT_MODEL_DIR, load_artifact
from tests.conftest import LABELS


def test_weights_are_centred_over_the_labels(tiny_artifact):
    """100 for one label of four is 75 for it; -75 for three of four is 56.25 for the fourth; groups stay apart."""
    assert rank_features(tiny_artifact) == {
        "community": {"text.words": (Pull(75.0, "forum"),), "text.signals": (Pull(2.0, "threads"),)},
        "blog": {"url.parts": (Pull(22.5, "sub=blog"),)},
        "platform": {"text.pairs": (Pull(39.0, "shop\tforum"),)},
        "other": {"text.words": (Pull(56.25, "shop"),)},
    }


def test_only_what_is_asked_for(tiny_artifact):
    """One label is what it is among all; as many features as are wanted."""
    assert rank_features(tiny_artifact, ["blog"]) == {"blog": rank_features(tiny_artifact)["blog"]}
    assert rank_features(tiny_artifact, n_features=0) == {label: {} for label in LABELS}


@pytest.mark.parametrize("label", LABELS)
def test_the_strongest_come_first(label):
    """In every group of the real model, and all of them pull to the label."""
    by_group = rank_features(load_artifact(DEFAULT_MODEL_DIR), [label], n_features=50)[label]
    assert set(by_group) <= set(GROUPS_BY_NAME)
    for pulls in by_group.values():
        weights = [pull.weight for pull in pulls]
        assert weights == sorted(weights, reverse=True)
        assert 0 < len(weights) <= 50
        assert weights[-1] > 0


def test_the_real_model_has_learnt_the_obvious():
    """The word forum makes a community, the word blog a blog."""
    ranked = rank_features(load_artifact(DEFAULT_MODEL_DIR))
    assert ranked["community"]["text.words"][0].feature == "forum"
    assert ranked["blog"]["text.words"][0].feature == "blog"
    assert "profiles" in [pull.feature for pull in ranked["platform"]["text.signals"]]
    assert "tld=gov" in [pull.feature for pull in ranked["other"]["url.parts"]]
