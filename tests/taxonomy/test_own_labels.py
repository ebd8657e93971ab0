"""Labels of somebody's own: from a list, from a file, and what cannot be one."""

import pytest

from socialcls.errors import DatasetError, InputError
from socialcls.taxonomy.own_labels import make_taxonomy, read_own_labels
from socialcls.taxonomy.taxonomy import load_taxonomy
from tests.conftest import ROOT


def test_a_file_names_and_defines_labels():
    """In each language; what it does not say stays; a text without a language holds in all."""
    own = read_own_labels(str(ROOT / "examples" / "labels.toml"))
    taxonomy = make_taxonomy(load_taxonomy(), ["blog", "classifieds"], own)
    assert taxonomy.categories["pl"]["classifieds"].name == "ogłoszenia"
    assert taxonomy.categories["en"]["classifieds"].phrase == "a site of classifieds or prices"
    assert not taxonomy.is_social("classifieds")
    assert taxonomy.categories["en"]["blog"] == load_taxonomy().categories["en"]["blog"]
    assert taxonomy.labels == ("blog", "classifieds")
    assert set(taxonomy.kinds["en"]) == {"blog"}
    everywhere = make_taxonomy(taxonomy, ["a", "b"], {"a": {"name": "An A", "kinds": {"x": "an x"}}})
    assert [everywhere.categories[language]["a"].phrase for language in ("en", "pl")] == ["An A", "An A"]
    assert everywhere.name_kind("a", "x", "pl") == "an x"


@pytest.mark.parametrize("given", ["unsure", "kind", "a\nb", "x" * 101, "a,\x1b[31m"])
def test_words_that_cannot_be_labels(given):
    """The word for no answer, one that would make two columns of one name, one that no column or terminal can bear."""
    with pytest.raises(InputError, match="cannot be a label"):
        read_own_labels(given)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[a", "not readable as TOML"),
        ("a = 1", "may hold"),
        ("[a]\nnam = 'x'", "may hold"),
        ("[a]\nname = 3", "a text"),
    ],
)
def test_files_that_are_not_of_labels(tmp_path, content, message):
    """Each says what is wrong, with the name of the file."""
    path = tmp_path / "mine.toml"
    path.write_text(content)
    with pytest.raises(DatasetError, match=rf"mine\.toml: .*{message}"):
        read_own_labels(str(path))
    with pytest.raises(InputError, match="no such file"):
        read_own_labels(str(tmp_path / "nowhere.toml"))
