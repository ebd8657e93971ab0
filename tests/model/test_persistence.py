"""Model directories: saved whole, loaded only when whole."""

import json
import shutil

import pytest

from socialcls.classifier import Classifier
from socialcls.errors import ModelError, OutputError
from socialcls.model.persistence import DEFAULT_MODEL_DIR, load_artifact, save_artifact
from tests.conftest import make_arrays

FILES = ("card.json", "arrays-*.bin")
"""As patterns: the arrays carry the checksum of what they hold in their name."""


def _find(model_dir, pattern):
    (path,) = model_dir.glob(pattern)
    return path


def _read_files(model_dir):
    return {path.name: path.read_bytes() for path in model_dir.iterdir()}


@pytest.fixture
def model_dir(tiny_artifact, tmp_path):
    """A saved model."""
    save_artifact(tiny_artifact, tmp_path / "model")
    return tmp_path / "model"


def test_a_saved_model_comes_back_as_it_was(tiny_artifact, model_dir):
    """Card, numbers and taxonomy survive; the words of the signals are in the vocabulary."""
    loaded = load_artifact(model_dir)
    assert (loaded.card, loaded.arrays) == (tiny_artifact.card, tiny_artifact.arrays)
    assert loaded.taxonomy.categories == tiny_artifact.taxonomy.categories
    assert [signal.names for signal in loaded.taxonomy.signals] == [s.names for s in tiny_artifact.taxonomy.signals]
    text = "A forum: post a reply"
    assert Classifier(loaded).classify(text) == Classifier(tiny_artifact).classify(text)


def test_saving_twice_gives_the_same_bytes(tiny_artifact, model_dir, tmp_path):
    """Nothing in the directory depends on when or where it was written."""
    save_artifact(tiny_artifact, tmp_path / "again")
    assert _read_files(model_dir) == _read_files(tmp_path / "again")
    assert len(_read_files(model_dir)) == len(FILES)


@pytest.mark.parametrize(
    ("name", "message"), [("card.json", r"card\.json is missing"), ("arrays-*.bin", "arrays are missing")]
)
def test_a_missing_file_is_named(model_dir, name, message):
    """The message says which file is not there."""
    _find(model_dir, name).unlink()
    with pytest.raises(ModelError, match=message):
        load_artifact(model_dir)


@pytest.mark.parametrize("name", FILES)
def test_a_truncated_file_is_refused(model_dir, name):
    """Half a file is not a model."""
    path = _find(model_dir, name)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelError, match=r"truncated or edited|not a model card"):
        load_artifact(model_dir)


@pytest.mark.parametrize("name", FILES)
def test_an_edited_file_is_refused(model_dir, name):
    """One changed character is enough: of the numbers, the words, or the card."""
    path = _find(model_dir, name)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(ModelError):
        load_artifact(model_dir)


def test_another_format_is_named(model_dir):
    """A model of the future says so."""
    card = json.loads((model_dir / "card.json").read_text())
    (model_dir / "card.json").write_text(json.dumps({**card, "format": 99}))
    with pytest.raises(ModelError, match="format 99"):
        load_artifact(model_dir)


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.write_text("x"), lambda path: path.mkdir()])
def test_what_is_not_a_model_is_refused(tmp_path, make):
    """Nothing there, a file, an empty directory."""
    make(tmp_path / "model")
    with pytest.raises(ModelError, match="not a model"):
        load_artifact(tmp_path / "model")


@pytest.mark.parametrize("content", ["[]", "7", "{}", "\ud83d"])
def test_a_strange_card_is_refused(model_dir, content):
    """JSON of another shape, or none."""
    (model_dir / "card.json").write_text(content, errors="surrogatepass")
    with pytest.raises(ModelError):
        load_artifact(model_dir)


_MEASURED = {
    "labels": {"blog": {"precision": 0.9, "recall": 0.8, "f1": 0.85, "support": 7}},
    **dict.fromkeys(("macro_f1", "accuracy", "coverage", "accuracy_answered", "calibration_error"), 0.5),
}


def test_figures_for_people_are_loaded(tiny_artifact, model_dir):
    """As they were written; a label need not be one of the model's."""
    told = tiny_artifact._replace(card=tiny_artifact.card._replace(figures={"all": _MEASURED}))
    save_artifact(told, model_dir)
    assert load_artifact(model_dir).card.figures == {"all": _MEASURED}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("data", {}),
        ("data", {"n_rows": "7", "labels": {}, "languages": {}, "sha256": ""}),
        ("data", {"n_rows": 7, "labels": {"blog": 1.5}, "languages": {}, "sha256": ""}),
        ("data", {"n_rows": 7, "labels": {}, "languages": [], "sha256": ""}),
        ("training", {"seed": 0, "n_folds": True, "strength": 1.0, "versions": {}}),
        ("training", {"seed": 0, "n_folds": 2, "strength": "C", "versions": {}}),
        ("training", {"seed": 0, "n_folds": 2, "strength": 1.0, "versions": {"numpy": 2}}),
        ("figures", []),
        ("figures", {"all": _MEASURED | {"accuracy": None}}),
        ("figures", {"all": _MEASURED | {"accuracy": 12.0}}),
        ("figures", {"all": _MEASURED | {"labels": {"blog": {}}}}),
        ("kind_figures", {"blog": _MEASURED | {"intervals": 3}}),
        ("kind_figures", {"blog": 3}),
    ],
)
def test_figures_that_cannot_be_shown_are_refused(tiny_artifact, model_dir, field, value):
    """When the model is loaded, so that nothing can fail when they are shown."""
    save_artifact(tiny_artifact._replace(card=tiny_artifact.card._replace(**{field: value})), model_dir)
    with pytest.raises(ModelError, match="not a usable model"):
        load_artifact(model_dir)


def test_a_directory_of_something_else_is_left_alone(tiny_artifact, tmp_path):
    """Saving never deletes what is not a model."""
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match="left alone"):
        save_artifact(tiny_artifact, tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_new_model_takes_the_place_of_the_old(tiny_artifact, model_dir):
    """Notes that somebody put beside the model stay; nothing half-written stays."""
    (model_dir / "NOTES.md").write_text("ours")
    save_artifact(tiny_artifact, model_dir)
    assert _find(model_dir, "arrays-*.bin").name in (model_dir / "card.json").read_text()
    assert len(_read_files(model_dir)) == len([*FILES, "NOTES.md"])
    assert [path.name for path in model_dir.parent.iterdir()] == ["model"]


def test_a_model_that_is_open_answers_as_before_when_it_is_replaced(tiny_artifact, model_dir):
    """What is in the directory by then, or whether it is there at all, matters to those who load it later."""
    opened = Classifier.load(model_dir)
    arrays = make_arrays({"text.words": {"forum": (0.0, 9.0, 0.0, 1.0)}}, [0.0, 0.0, 9.0, 0.0])
    save_artifact(tiny_artifact._replace(arrays=arrays), model_dir)
    text = "A forum: post a reply, viewtopic"  # read only now: nothing is remembered of the model that was replaced
    assert opened.classify(text) == Classifier(tiny_artifact).classify(text)
    assert Classifier.load(model_dir).classify(text).best_guess == "platform"
    shutil.rmtree(model_dir)
    assert opened.classify("A shop forum") == Classifier(tiny_artifact).classify("A shop forum")


def test_a_model_that_was_loaded_can_be_saved_where_it_is(model_dir):
    """The files that it is read from are those that are replaced."""
    before = _read_files(model_dir)
    save_artifact(load_artifact(model_dir), model_dir)
    assert _read_files(model_dir) == before


def test_a_model_that_knows_no_feature_is_loaded(tiny_artifact, model_dir):
    """A block of it is empty, which is still a block; it answers by its intercepts."""
    save_artifact(tiny_artifact._replace(arrays=make_arrays({}, [0.0, 0.0, 9.0, 0.0])), model_dir)
    loaded = load_artifact(model_dir)
    assert (loaded.arrays.weights, loaded.n_features) == (b"", 0)
    assert Classifier(loaded).classify("a forum").best_guess == "platform"


def test_where_nothing_can_be_written(tiny_artifact, tmp_path):
    """A file where a directory should be: an error that names the target."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot be written"):
        save_artifact(tiny_artifact, tmp_path / "file" / "model")


def test_a_copied_model_answers_the_same(default, tmp_path):
    """The shipped directory is all there is to the model."""
    shutil.copytree(DEFAULT_MODEL_DIR, tmp_path / "copy")
    text = "Forum dyskusyjne miłośników rowerów"
    assert Classifier.load(tmp_path / "copy").classify(text) == default.classify(text)
