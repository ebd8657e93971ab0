"""The design matrix: a part of what was counted is what would be counted in that part."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcls.features.groups import GROUPS_BY_NAME
from socialcls.training.matrix import count_group

_KEYS = st.lists(st.sampled_from(["forum", "blog", "shop", "blogs", "ą"]), max_size=4, unique=True)


@pytest.mark.parametrize("name", ["text.words", "text.chars", "url.parts"])
@given(documents=st.lists(_KEYS, min_size=1, max_size=6), data=st.data())
def test_selected_documents_are_as_if_they_alone_had_been_counted(name, documents, data):
    """To the order of the keys, on which the last digits of sums depend; features that none has stay, with no key."""
    rows = data.draw(st.lists(st.sampled_from(range(len(documents))), unique=True).map(sorted))
    group = GROUPS_BY_NAME[name]
    selected = count_group(group, documents).select(np.array(rows, dtype=np.int64))
    alone = count_group(group, [documents[row] for row in rows])
    assert selected.keys.toarray().tolist() == alone.keys.toarray().tolist()
    assert selected.keys.has_sorted_indices
    columns = [selected.features.index(feature) for feature in alone.features]
    assert selected.in_keys[:, columns].toarray().tolist() == alone.in_keys.toarray().tolist()
    assert selected.in_keys.sum() == alone.in_keys.sum()
