"""Says what an online service is: a forum or community, a blog, a social platform, or not social media at all.

>>> from socialcls import Classifier
>>> Classifier.load().classify("Personal blog of a beekeeper").category
'blog'
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from socialcls.classifier import Classifier as Classifier
    from socialcls.types import Document as Document
    from socialcls.types import Evidence as Evidence
    from socialcls.types import Prediction as Prediction

__version__ = "0.1.0"
__all__ = ["Classifier", "Document", "Evidence", "Prediction"]

_HOMES = {
    "Classifier": "socialcls.classifier",
    "Document": "socialcls.types",
    "Evidence": "socialcls.types",
    "Prediction": "socialcls.types",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401  (whatever stands under that name)
    """Import a public name when it is first asked for, so that `--help` does not pay for the classifier."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib  # noqa: PLC0415  (the point of it)

    return getattr(importlib.import_module(_HOMES[name]), name)
