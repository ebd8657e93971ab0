"""Where models are: by path, or by the name under which they live side by side in `models/`."""

from pathlib import Path

from socialcls.model.persistence import DEFAULT_MODEL_DIR

MODELS_DIR = Path("models")
"""Models by name, below the folder in which one works."""


def find_model_dir(given: str) -> Path:
    """Find the directory of a model: as a path, else by its name in `models/`; "default" is the built-in one.

    What is not found is taken for a path, so that whoever loads it says what is missing.

    >>> find_model_dir("default") == DEFAULT_MODEL_DIR
    True
    """
    path = Path(given)
    if path.exists():
        return path
    if given == "default":
        return DEFAULT_MODEL_DIR
    named = MODELS_DIR / given
    return named if len(path.parts) == 1 and named.is_dir() else path
