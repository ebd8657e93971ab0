"""Read web pages that browsers saved as one file, MHTML: a message whose first part of HTML is the page."""

from email import message_from_bytes
from email.message import Message

from socialcls.pages.markup import MAX_CHARS
from socialcls.pages.saved import SavedPage

MAX_BYTES = 20_000_000
"""Of a file; pictures stand behind the page."""

_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})


def read_mhtml(data: bytes, file: str = "") -> SavedPage | None:
    """Read the page of an MHTML file; None where there is none in it.

    Args:
        data: Its content, at most `MAX_BYTES` of it.
        file: Where it was saved.
    """
    message = message_from_bytes(data[:MAX_BYTES])
    for part in message.walk():
        if part.get_content_type() in _PAGE_TYPES:
            html = part.get_payload(decode=True)
            url = _read_address(message, "Snapshot-Content-Location") or _read_address(part, "Content-Location")
            charset = part.get_content_charset() or ""
            return SavedPage(url, html[: 2 * MAX_CHARS] if isinstance(html, bytes) else b"", charset, file)
    return None


def _read_address(part: Message, header: str) -> str:
    address = str(part.get(header, "")).strip()
    return address if address.startswith(("http://", "https://")) else ""
