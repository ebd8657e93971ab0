"""Say what an online service is: a forum or community, a blog, a social platform, or not social media at all.

>>> from socialcls import Classifier
>>> prediction = Classifier.load().classify("Personal blog of a beekeeper")
>>> prediction.category, prediction.reason("en")[:18]
('blog', 'Most likely a blog')

Every public name can be imported from here. A name is loaded when it is first used, so importing the package is cheap.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from socialcls.batch.frame import classify_frame as classify_frame
    from socialcls.classifier import Classifier as Classifier
    from socialcls.errors import DatasetError as DatasetError
    from socialcls.errors import InputError as InputError
    from socialcls.errors import MissingExtraError as MissingExtraError
    from socialcls.errors import ModelError as ModelError
    from socialcls.errors import OutputError as OutputError
    from socialcls.errors import SocialClsError as SocialClsError
    from socialcls.pages.fetch import fetch_document as fetch_document
    from socialcls.types import Document as Document
    from socialcls.types import Evidence as Evidence
    from socialcls.types import Prediction as Prediction
    from socialcls.types import Reason as Reason

__version__ = "0.1.0"
__all__ = [
    "Classifier",
    "DatasetError",
    "Document",
    "Evidence",
    "InputError",
    "MissingExtraError",
    "ModelError",
    "OutputError",
    "Prediction",
    "Reason",
    "SocialClsError",
    "classify_frame",
    "fetch_document",
]

_MODULES = {
    "socialcls.batch.frame": ["classify_frame"],
    "socialcls.classifier": ["Classifier"],
    "socialcls.errors": [name for name in __all__ if name.endswith("Error")],
    "socialcls.pages.fetch": ["fetch_document"],
    "socialcls.types": ["Document", "Evidence", "Prediction", "Reason"],
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that `socialcls --help` does not pay for the classifier."""
    import importlib  # noqa: PLC0415  (where it is used)

    for module, names in _MODULES.items():
        if name in names:
            value: object = getattr(importlib.import_module(module), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names too that have not been used yet: what Tab completion offers."""
    return sorted({*globals(), *__all__})
