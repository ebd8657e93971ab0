"""Fetch web pages politely and safely, and read them as documents.

Politely: robots.txt is honoured, a host gets one request at a time and a pause after each, nobody is asked twice for
what the cache still has. Safely: what is refused is decided by the address that is *connected to*. A host name is
resolved once, each of its addresses must be public, and the connection goes to one of those that were checked, so that
no later answer of a name server counts. The same holds for each redirect. All that is read is bounded in size and time.
"""

import hashlib
import ipaddress
import json
import socket
import threading
import time
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal, NamedTuple

from socialcls.errors import InputError, MissingExtraError
from socialcls.messages import Problem
from socialcls.pages.html import Page, read_page
from socialcls.text.urls import host_key, read_url
from socialcls.types import Document

try:
    import protego
    import urllib3
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError, SSLError
    from urllib3.util import Url, parse_url
except ImportError as error:
    raise MissingExtraError(
        'Fetching pages needs urllib3 and Protego. Install them with: pip install "socialcls[pages]".'
    ) from error

USER_AGENT = "socialcls (+https://pypi.org/project/socialcls/)"
MAX_BYTES = 2_000_000
"""Of a page, as sent and as unpacked."""

MAX_REDIRECTS = 5
_MAX_ROBOTS_BYTES = 500_000
_MAX_DELAY_S = 30.0  # of what a robots.txt may ask for
_MAX_HOSTS = 10_000  # whose robots.txt is kept in memory
_PORTS = frozenset({80, 443})
_CHUNK_BYTES = 1 << 16
_CACHE_S = 7 * 24 * 3600.0
_READ_TYPES = frozenset({"text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain"})
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SPECIAL = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "64:ff9b:1::/48")))
"""Addresses of special use that `ipaddress` took for global ones until Python 3.13."""


Depth = Literal["page", "front"]


class FetchSettings(NamedTuple):
    """How pages are fetched."""

    depth: Depth = "page"
    """Whether the front page of a deep address's host is looked at too."""
    delay_s: float = 1.0
    """Between two requests to one host; longer where its robots.txt asks for it."""
    connect_s: float = 10.0
    read_s: float = 15.0
    """Without a byte."""
    whole_s: float = 30.0
    """Of one request, from the look-up of its host to its last byte."""
    n_workers: int = 16
    """Hosts that are asked at the same time."""
    allow_private: bool = False
    """Whether addresses that are not public, and any port, may be connected to: for intranets and tests."""
    cache_dir: Path | None = None
    """Where pages are kept for a week; None keeps none."""


class FetchedDocument(NamedTuple):
    """A page as a document, or why it could not be had."""

    url: str
    """As it was asked for."""
    document: Document
    """Of the page; of the URL by itself when there is a problem."""
    problem: Problem | None = None
    """Why the page could not be had; None when it could."""
    is_shell: bool = False
    """Whether the page has hardly any text because scripts would make it."""

    @property
    def error(self) -> str:
        """Why the page could not be had, in one English sentence; empty when it could."""
        return "" if self.problem is None else self.problem.say()


class _Response(NamedTuple):
    url: str
    """The last one, behind all redirects."""
    charset: str
    body: bytes


class _FetchError(InputError):
    """A page cannot be had."""

    def __init__(self, problem: Problem, *, is_final: bool = True) -> None:
        super().__init__(problem.say())
        self.problem = problem
        self.is_final = is_final
        """Whether asking again soon would be of no use."""


def find_cache_dir() -> Path:
    """Find the folder in which fetched pages are kept.

    Raises:
        MissingExtraError: platformdirs is absent.
    """
    try:
        import platformdirs  # noqa: PLC0415  (of the extra)
    except ImportError as error:
        raise MissingExtraError(
            'Keeping pages needs platformdirs. Install it with: pip install "socialcls[pages]".'
        ) from error
    return Path(platformdirs.user_cache_dir("socialcls")) / "pages"


def fetch_document(url: str, settings: FetchSettings | None = None) -> FetchedDocument:
    """Fetch one page and read it as a document. What goes wrong is said in `error`."""
    return Fetcher(settings or FetchSettings()).fetch(url)


class Fetcher:
    """Fetches pages; knows whom it asked, when, and what their robots.txt says. May be shared by threads."""

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        self._gates = _Gates(settings.delay_s)
        self._robots: OrderedDict[str, protego.Protego | None] = OrderedDict()
        self._lock = threading.Lock()

    def find_free_time(self, host: str) -> float:
        """Find when a host may be asked again, by the monotonic clock; 0 when it was not asked yet."""
        return self._gates.find_free_time(host)

    def fetch(self, url: str) -> FetchedDocument:
        """Fetch a page and read it as a document; never raises for what a server does."""
        url = url.strip()
        try:
            response = self._fetch_either(url)
            page = read_page(response.body, response.url, response.charset)
            front = self._fetch_front(response.url) if self._settings.depth == "front" else None
        except _FetchError as error:
            return FetchedDocument(url, Document(url=url), error.problem)
        document = page.make_document(response.url)
        if front is not None:
            document = _pool(front, page, response.url)
        return FetchedDocument(url, document, is_shell=page.is_shell and (front is None or front.is_shell))

    def _fetch_either(self, url: str) -> _Response:
        """Fetch an address; without a scheme over TLS, and plainly where there is none."""
        if "://" in url:
            return self._fetch_cached(url)
        try:
            return self._fetch_cached(f"https://{url.removeprefix('//')}")
        except _FetchError as error:
            if not isinstance(error.__cause__, HTTPError | OSError):
                raise
            return self._fetch_cached(f"http://{url.removeprefix('//')}")

    def _fetch_front(self, url: str) -> Page | None:
        """Fetch the front page of a deep address's host; None where it is the same or somebody else's, or fails."""
        if not read_url(url).segments or "/" in host_key(url):
            return None
        parts = parse_url(url)
        front = Url(scheme=parts.scheme, host=parts.host, port=parts.port, path="/").url
        try:
            response = self._fetch_cached(front)
        except _FetchError:
            return None
        return read_page(response.body, response.url, response.charset)

    def _fetch_cached(self, url: str) -> _Response:
        cache_dir = self._settings.cache_dir
        if cache_dir is None:
            return self._follow(url)
        cached = _load(cache_dir, url)
        if cached is not None:
            return cached
        try:
            response = self._follow(url)
        except _FetchError as error:
            if error.is_final:
                _save(cache_dir, url, {"problem": error.problem}, b"")
            raise
        _save(cache_dir, url, {"url": response.url, "charset": response.charset}, response.body)
        return response

    def _follow(self, url: str) -> _Response:
        """Fetch an address and what it redirects to; each is checked anew."""
        for _ in range(MAX_REDIRECTS + 1):
            parts = _check_url(url, self._settings)
            robots = self._read_robots(parts)
            if robots is not None and not robots.can_fetch(url, USER_AGENT):
                raise _FetchError(Problem("fetch_robots", (_name_host(parts),)))
            asked = robots.crawl_delay(USER_AGENT) if robots is not None else None
            with self._gates.enter(parts.host or "", min(float(asked or 0), _MAX_DELAY_S)):
                answer = _request(parts, self._settings, MAX_BYTES, _check_html)
            if isinstance(answer, _Response):
                return answer
            url = _join(url, answer)
        raise _FetchError(Problem("fetch_redirects", (_name_host(parse_url(url)), str(MAX_REDIRECTS))))

    def _read_robots(self, parts: Url) -> protego.Protego | None:
        """Read the robots.txt of a host, once; None where there is none."""
        origin = f"{parts.scheme}://{parts.netloc}"
        with self._lock:
            if origin in self._robots:
                self._robots.move_to_end(origin)
                return self._robots[origin]
        robots = self._fetch_robots(origin)
        with self._lock:
            self._robots[origin] = robots
            if len(self._robots) > _MAX_HOSTS:
                self._robots.popitem(last=False)
        return robots

    def _fetch_robots(self, origin: str) -> protego.Protego | None:
        """As RFC 9309 says: where there is none all may be fetched, where the server fails nothing."""
        url = f"{origin}/robots.txt"
        for _ in range(MAX_REDIRECTS + 1):
            parts = _check_url(url, self._settings)
            with self._gates.enter(parts.host or "", 0.0, pause=False):
                try:
                    answer = _request(parts, self._settings, _MAX_ROBOTS_BYTES, _check_robots)
                except _NoRobotsError:
                    return None
            if isinstance(answer, _Response):
                return protego.Protego.parse(answer.body.decode("utf-8", "replace"))
            url = _join(url, answer)
        return None


class _NoRobotsError(_FetchError):
    """There is no robots.txt."""


class _Gates:
    """Let one request at a time pass to each host, with a pause between."""

    def __init__(self, delay_s: float) -> None:
        self._delay_s = delay_s
        self._lock = threading.Lock()
        self._gates: OrderedDict[str, _Gate] = OrderedDict()

    @contextmanager
    def enter(self, host: str, asked_s: float, *, pause: bool = True) -> Iterator[None]:
        """Wait until a host may be asked; without a pause (its robots.txt) only until nobody else asks it."""
        with self._lock:
            gate = self._gates.setdefault(host, _Gate())
            gate.n_users += 1
            self._gates.move_to_end(host)
        try:
            with gate.lock:
                if pause:
                    time.sleep(max(0.0, gate.free_at - time.monotonic()))
                try:
                    yield
                finally:
                    if pause:
                        gate.free_at = time.monotonic() + max(self._delay_s, asked_s)
        finally:
            with self._lock:
                gate.n_users -= 1
                self._forget()

    def find_free_time(self, host: str) -> float:
        """Find when a host may be asked; 0 when it is not known."""
        with self._lock:
            gate = self._gates.get(host)
        return gate.free_at if gate is not None else 0.0

    def _forget(self) -> None:
        """Drop the gates longest unused, of those that are open."""
        now = time.monotonic()
        while len(self._gates) > _MAX_HOSTS:
            host, gate = next(iter(self._gates.items()))
            if gate.n_users or gate.free_at > now:
                break
            del self._gates[host]


class _Gate:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.free_at = 0.0
        self.n_users = 0


def _check_url(url: str, settings: FetchSettings) -> Url:
    """Check that an address may be asked at all.

    Raises:
        _FetchError: it is no web address, or one of another port than the web's.
    """
    try:
        parts = parse_url(url)
    except HTTPError as error:
        raise _FetchError(Problem("fetch_no_address", (url[:200],))) from error
    if parts.scheme not in {"http", "https"}:
        raise _FetchError(Problem("fetch_scheme", (url[:200],)))
    if not parts.host:
        raise _FetchError(Problem("fetch_no_host", (url[:200],)))
    if parts.port is not None and parts.port not in _PORTS and not settings.allow_private:
        raise _FetchError(Problem("fetch_port", (_name_host(parts), str(parts.port))))
    return parts._replace(auth=None, fragment=None, path=parts.path or "/")


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, and what it embeds does too.

    >>> is_public("93.184.216.34"), is_public("169.254.169.254"), is_public("::ffff:10.0.0.1")
    (True, False, False)
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        embedded = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if ip in _NAT64:
            embedded.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        if any(inner is not None and not is_public(str(inner)) for inner in embedded):
            return False
        if ip.ipv4_mapped is not None:
            return True
    is_special = ip.is_multicast or ip.is_unspecified or any(ip in network for network in _SPECIAL)
    return ip.is_global and not is_special


def _connect(host: str, port: int, settings: FetchSettings, keep: Callable[[socket.socket], None]) -> socket.socket:
    """Connect to a host at one of its addresses, all of which must be public.

    Raises:
        _FetchError: one is not, or the host is not known.
        OSError: no address answers.
    """
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _FetchError(Problem("fetch_unknown_host", (host,)), is_final=False) from error
    if not settings.allow_private:
        for *_, address in found:
            if not is_public(str(address[0])):
                raise _FetchError(Problem("fetch_private", (host, str(address[0]))))
    failure: OSError = OSError("no address")
    for family, kind, protocol, _, address in found[:4]:
        sock = socket.socket(family, kind, protocol)
        keep(sock)
        sock.settimeout(settings.connect_s)
        try:
            sock.connect(address)
        except OSError as error:
            sock.close()
            failure = error
        else:
            sock.settimeout(settings.read_s)
            return sock
    raise failure


def _request(
    parts: Url, settings: FetchSettings, max_bytes: int, check: Callable[[Url, int, str], None]
) -> _Response | str:
    """Make one request.

    Args:
        parts: What for.
        settings: Time limits, and whether private addresses are allowed.
        max_bytes: Of the body, as sent and as unpacked.
        check: Refuses an answer by its status and content type.

    Returns:
        The answer, or where it redirects to.
    """
    sockets: list[socket.socket] = []
    is_late = threading.Event()

    def connect(connection: HTTPConnection) -> socket.socket:
        sock = _connect(connection.host, connection.port or 80, settings, sockets.append)
        if is_late.is_set():
            sock.close()
        return sock

    def abort() -> None:
        is_late.set()
        for sock in sockets:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    pool = _make_pool(parts, settings, connect)
    watch = threading.Timer(settings.whole_s, abort)  # timeouts of the socket begin anew with each byte
    watch.daemon = True
    watch.start()
    try:
        headers = {"User-Agent": USER_AGENT, "Accept": "text/html,application/xhtml+xml;q=0.9,text/plain;q=0.5",
                   "Accept-Encoding": "gzip, deflate", "Accept-Language": "en;q=0.5,*;q=0.3"}  # fmt: skip
        response = pool.urlopen(
            "GET", parts.request_uri, headers=headers, redirect=False, retries=False, preload_content=False,
            decode_content=False, assert_same_host=False,
        )  # fmt: skip
        location = response.headers.get("Location")
        if response.status in {301, 302, 303, 307, 308} and location:
            return str(location)
        content_type = response.headers.get("Content-Type", "")
        check(parts, response.status, content_type.partition(";")[0].strip().lower())
        body = _read_body(response, parts, max_bytes, is_late)
        charset = content_type.partition("charset=")[2].partition(";")[0].strip(" \"'")
        return _Response(parts.url, charset, body)
    except _FetchError:
        raise
    except Exception as error:  # urllib3 lets errors of http.client and ssl through
        raise _explain(error, parts, is_late=is_late.is_set(), settings=settings) from error
    finally:
        watch.cancel()
        pool.close()
        for sock in sockets:
            with suppress(OSError):
                sock.close()


def _make_pool(
    parts: Url, settings: FetchSettings, connect: Callable[[HTTPConnection], socket.socket]
) -> urllib3.HTTPConnectionPool:
    """Make a pool of one connection that is opened by a function of ours."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self)

    class Encrypted(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self)

    timeout = urllib3.Timeout(connect=settings.connect_s, read=settings.read_s)
    host = parts.host or ""
    if parts.scheme == "https":
        pool: urllib3.HTTPConnectionPool = urllib3.HTTPSConnectionPool(host, parts.port or 443, timeout=timeout)
        pool.ConnectionCls = Encrypted
    else:
        pool = urllib3.HTTPConnectionPool(host, parts.port or 80, timeout=timeout)
        pool.ConnectionCls = Plain
    return pool


def _read_body(response: urllib3.BaseHTTPResponse, parts: Url, max_bytes: int, is_late: threading.Event) -> bytes:
    """Read and unpack a body, no more than is allowed of either."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
        raise _FetchError(Problem("fetch_packed", (_name_host(parts), encoding[:20])))
    unpacker = zlib.decompressobj(47) if encoding in {"gzip", "x-gzip", "deflate"} else None
    body = bytearray()
    n_sent = 0
    while True:
        chunk = response.read1(_CHUNK_BYTES, decode_content=False)
        if is_late.is_set():
            raise TimeoutError
        if not chunk:
            return bytes(body)
        n_sent += len(chunk)
        if unpacker is None:
            body += chunk
        else:
            try:
                body += unpacker.decompress(chunk, max_bytes + 1 - len(body))
            except zlib.error:
                if n_sent > len(chunk) or encoding != "deflate":
                    raise
                unpacker = zlib.decompressobj(-15)  # some servers send it without its frame
                body += unpacker.decompress(chunk, max_bytes + 1)
        if len(body) > max_bytes or n_sent > max_bytes:
            raise _FetchError(Problem("fetch_too_large", (_name_host(parts), f"{max_bytes / 1e6:.1f}")))


def _check_html(parts: Url, status: int, content_type: str) -> None:
    if status != 200:
        problem = Problem(_STATUSES.get(status, "fetch_status"), (_name_host(parts), str(status)))
        raise _FetchError(problem, is_final=status < 500 and status != 429)
    if content_type and content_type not in _READ_TYPES:
        raise _FetchError(Problem("fetch_not_html", (_name_host(parts), content_type[:50])))


_STATUSES = {
    401: "fetch_password",
    403: "fetch_forbidden",
    404: "fetch_not_found",
    410: "fetch_gone",
    429: "fetch_too_many_requests",
    503: "fetch_not_available",
}


def _check_robots(parts: Url, status: int, content_type: str) -> None:
    del content_type
    if 400 <= status < 500:
        raise _NoRobotsError(Problem("fetch_status", (_name_host(parts), str(status))))
    if status != 200:
        raise _FetchError(Problem("fetch_robots_failed", (_name_host(parts), str(status))), is_final=False)


def _explain(error: Exception, parts: Url, *, is_late: bool, settings: FetchSettings) -> _FetchError:
    """Say in one sentence what went wrong with a request."""
    host = _name_host(parts)
    if is_late:
        return _FetchError(Problem("fetch_timeout", (host, f"{settings.whole_s:g}")), is_final=False)
    if isinstance(error, ReadTimeoutError | ConnectTimeoutError | TimeoutError):
        return _FetchError(Problem("fetch_no_answer", (host,)), is_final=False)
    if isinstance(error, SSLError) or "SSL" in type(error).__name__ or "CERTIFICATE" in str(error):
        return _FetchError(Problem("fetch_tls", (host,)), is_final=False)
    causes = (error, error.__cause__, *error.args)  # a ProtocolError carries what happened among its arguments
    if any(isinstance(cause, NewConnectionError | OSError) for cause in causes):
        return _FetchError(Problem("fetch_no_connection", (host,)), is_final=False)
    return _FetchError(Problem("fetch_unreadable", (host, type(error).__name__)), is_final=False)


def _join(url: str, location: str) -> str:
    from urllib.parse import urljoin  # noqa: PLC0415  (only redirects need it)

    try:
        return urljoin(url, location)
    except ValueError as error:
        raise _FetchError(Problem("fetch_bad_redirect", (url[:200],))) from error


def _name_host(parts: Url) -> str:
    return (parts.host or "")[:200]


def _pool(front: Page, page: Page, url: str) -> Document:
    """Make one document of a deep page and the front page of its host: the front says first what the service is."""
    deep, first = page.make_document(url), front.make_document(url)
    marks = {mark.id: mark for mark in (*deep.marks, *first.marks)}
    return Document(f"{first.text} {deep.text}", url, first.name or deep.name, tuple(marks.values()))


def _find_cached(cache_dir: Path, url: str) -> Path:
    return cache_dir / f"{hashlib.sha256(url.encode('utf-8', 'surrogatepass')).hexdigest()}.page"


def _load(cache_dir: Path, url: str) -> _Response | None:
    """Load what the cache has of an address; None when it has nothing, or only something old or damaged.

    Raises:
        _FetchError: it has that the page cannot be had.
    """
    path = _find_cached(cache_dir, url)
    try:
        if time.time() - path.stat().st_mtime > _CACHE_S:
            return None
        head, _, body = path.read_bytes().partition(b"\n")
        said = json.loads(head)
        if said["for"] != url:
            return None
        if "problem" in said:
            key, values = said["problem"]
            raise _FetchError(Problem(str(key), tuple(map(str, values))))
        return _Response(str(said["url"]), str(said["charset"]), zlib.decompress(body))
    except (OSError, ValueError, LookupError, TypeError, zlib.error):
        return None


def _save(cache_dir: Path, url: str, said: dict[str, Any], body: bytes) -> None:
    """Keep an answer; a cache that cannot be written is none."""
    path = _find_cached(cache_dir, url)
    part = path.with_suffix(f".{threading.get_ident()}.part")
    with suppress(OSError):
        cache_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        part.write_bytes(json.dumps({"for": url, **said}).encode() + b"\n" + zlib.compress(body))
        part.replace(path)
