"""Everything that can go wrong and is worth telling a user.

* SocialClsError
  - InputError          a document, row or file cannot be used
  - OutputError         a result cannot be written
  - DatasetError        labelled data is wrong: says file, line, column, value
  - ModelError          the model directory is missing, broken or of another format
  - MissingExtraError   an optional dependency is absent: says the pip command

A message is one or two sentences: what is wrong, with the name of the thing, then what to do about it.
"""


class SocialClsError(Exception):
    """A failure that a user can understand and mend; its text is written for them."""

    def __init__(self, message: str, *details: str) -> None:
        """Say what is wrong.

        Args:
            message: One or two sentences.
            details: What there is beside, such as the rows that are wrong: a line each.
        """
        super().__init__(message, *details)

    @property
    def lines(self) -> tuple[str, ...]:
        """The message, then the details: names in them may hold anything, line breaks too."""
        return tuple(map(str, self.args))

    def __str__(self) -> str:
        return "\n".join(self.lines)


class InputError(SocialClsError):
    """A document, row or file cannot be used."""


class OutputError(SocialClsError):
    """A result cannot be written."""


class DatasetError(SocialClsError):
    """Labelled data is wrong."""


class ModelError(SocialClsError):
    """A model directory is missing, broken or of another format."""


class MissingExtraError(SocialClsError):
    """An optional dependency is absent."""
