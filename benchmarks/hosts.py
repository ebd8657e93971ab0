"""Fetch many hosts, some of them bad, kill the run when half of them were asked, resume it, and check what came of it.

All hosts are addresses of loopback (127/8) that one server answers for: good ones, slow ones, such as drip, flood, stay
silent, hang up, redirect in circles, send bombs, forbid or break robots.txt. Nothing leaves the machine.

    python -m benchmarks.hosts [--hosts 10000] [--concurrency 64]
"""

import argparse
import asyncio
import contextlib
import csv
import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

_N_KINDS = 100
_KINDS = {
    0: "drips", 1: "is silent", 2: "is slow", 3: "is slow", 4: "404", 5: "404", 6: "404", 7: "503", 8: "redirects",
    9: "redirects", 10: "redirects", 11: "redirects", 12: "redirects to another", 13: "redirects in circles",
    14: "floods", 15: "hangs up", 16: "sends a PDF", 17: "forbids", 18: "breaks robots.txt", 19: "sends a bomb",
    20: "is a shell",
}  # fmt: skip
_GOOD = frozenset({"is good", "is slow", "redirects", "redirects to another", "is a shell"})
_PAGE = (
    "<!DOCTYPE html><html><head><title>{title}</title><meta name=generator content='{engine}'></head><body>"
    "<nav><a href=/login>Log in</a> <a href=/members>Members</a></nav><p>{text}</p>{rest}</body></html>"
)
_SITES = (
    ("phpBB", "Forum {n}", "Ask a question and answer in the threads of forum {n}."),
    ("PrestaShop", "Shop {n}", "Add shoes to your basket, free delivery from shop {n}."),
    ("Blogger", "My blog {n}", "I write about my garden and my cats since {n}."),
)
_REST = "<p>Some more words of a page as long as pages are, number {}.</p>"
_SHELL = b"<title>App</title><script src=app.js></script><div id=root></div>"
_BOMB = gzip.compress(b"<p>" * 5_000_000, 9)


def find_kind(n: int) -> str:
    """Find how host n behaves.

    >>> find_kind(4), find_kind(199)
    ('404', 'is good')
    """
    return _KINDS.get(n % _N_KINDS, "is good")


def name_host(n: int) -> str:
    """Name host n: an address of loopback."""
    return f"127.{1 + n // 62_500}.{1 + n // 250 % 250}.{1 + n % 250}"


class _Hosts:
    """The server that answers for all hosts."""

    def __init__(self, numbers: dict[str, int], port: int) -> None:
        self._numbers, self._port = numbers, port
        self._asked: Counter[str] = Counter()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, ValueError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split(" ", 2)[1]
            host = head.partition("\r\nHost: ")[2].partition("\r\n")[0].partition(":")[0]
            if path == "/counts":
                self._send(writer, json.dumps(self._asked).encode())
            else:
                await self._behave(host, path, writer)
            await writer.drain()
        writer.close()

    async def _behave(self, host: str, path: str, writer: asyncio.StreamWriter) -> None:
        n = self._numbers[host]
        kind = find_kind(n)
        if kind == "is silent":
            await asyncio.sleep(60)
            return
        if path == "/robots.txt":
            rules = b"User-agent: *\nDisallow: /" if kind == "forbids" else b""
            self._send(writer, rules, "text/plain", {"forbids": 200, "breaks robots.txt": 500}.get(kind, 404))
            return
        self._asked[f"{host}{path}"] += 1
        if kind in {"drips", "floods"}:
            await _send_without_end(writer, b" " if kind == "drips" else b"<p>word " * 4_096)
        if kind == "is slow":
            await asyncio.sleep(0.5 + n % 7 / 4)
        to = {
            "redirects": "/home" if path == "/" else "",
            "redirects to another": f"http://{name_host(n + 50)}:{self._port}/",
            "redirects in circles": f"/{len(path)}",
        }.get(kind)
        if to:
            self._send(writer, b"", status=302, more=f"Location: {to}\r\n")
            return
        match kind:
            case "404" | "503":
                self._send(writer, b"", status=int(kind))
            case "hangs up":
                pass
            case "sends a PDF":
                self._send(writer, b"%PDF-1.7", "application/pdf")
            case "sends a bomb":
                self._send(writer, _BOMB, more="Content-Encoding: gzip\r\n")
            case _:
                self._send(writer, _SHELL if kind == "is a shell" else _write_page(n))

    @staticmethod
    def _send(
        writer: asyncio.StreamWriter, body: bytes, content_type: str = "text/html", status: int = 200, more: str = ""
    ) -> None:
        head = f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{more}"
        writer.write(f"{head}Connection: close\r\n\r\n".encode() + body)


async def _send_without_end(writer: asyncio.StreamWriter, chunk: bytes) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        writer.write(chunk)
        await writer.drain()
        await asyncio.sleep(0.5 if len(chunk) == 1 else 0)


def _write_page(n: int) -> bytes:
    engine, title, text = _SITES[n % len(_SITES)]
    rest = "".join(map(_REST.format, range(200)))
    return _PAGE.format(title=title.format(n=n), engine=engine, text=text.format(n=n), rest=rest).encode()


async def _serve(n_hosts: int, port: int) -> None:
    hosts = _Hosts({name_host(n): n for n in range(n_hosts + _N_KINDS)}, port)
    server = await asyncio.start_server(hosts.answer, "0.0.0.0", port, backlog=1_024)  # noqa: S104  (all of 127/8)
    async with server:
        await server.serve_forever()


class Result(NamedTuple):
    """What came of a run."""

    seconds: float
    most_bytes: int
    """Of memory that any of its processes held."""
    n_rows: int
    n_kept: int
    """Rows that were whole when it was killed."""
    faults: list[str]
    """What is not as it should be."""
    said: str
    """Its last lines on standard error."""


def measure(n_hosts: int, concurrency: int) -> Result:
    """Fetch hosts, kill the run half-way, resume it, and check order, errors, and who was asked twice."""
    with tempfile.TemporaryDirectory() as directory, _serve_hosts(n_hosts) as port:
        source, target = Path(directory) / "hosts.csv", Path(directory) / "out.csv"
        with source.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["n", "url"])
            writer.writerows([n, f"http://{name_host(n)}:{port}/"] for n in range(n_hosts))
        environment = {**os.environ, "XDG_CACHE_HOME": str(Path(directory) / "cache"), "LC_ALL": "C.UTF-8"}
        command = [
            sys.executable, "-m", "socialcls", "batch", str(source), "-o", str(target), "--fetch", "--allow-private",
            "--concurrency", str(concurrency),
        ]  # fmt: skip
        started = time.monotonic()
        _, first_bytes, _ = _watch(command, environment, lambda: len(_read_counts(port)) >= n_hosts // 2)
        n_kept = _count_kept(target)
        code, second_bytes, said = _watch([*command, "--resume"], environment, lambda: False)
        seconds = time.monotonic() - started
        asked = _read_counts(port)
        with target.open(encoding="utf-8", newline="") as made:
            rows = list(csv.DictReader(made))
        faults = [f"exit code {code}, not 1"] if code != 1 else []
        faults += _find_faults(rows, n_hosts, asked, concurrency)
        return Result(seconds, max(first_bytes, second_bytes), len(rows), n_kept, faults, said)


def _find_faults(rows: Sequence[dict[str, str]], n_hosts: int, asked: dict[str, int], concurrency: int) -> list[str]:
    faults = []
    if [row["n"] for row in rows] != [str(n) for n in range(n_hosts)]:
        faults.append(f"{len(rows)} rows, or not in order")
    for row in rows:
        kind = find_kind(int(row["n"]))
        if bool(row["error"]) == (kind in _GOOD):
            faults.append(f"host {row['n']} {kind}: {row['error']!r}")
        if not row["category"]:
            faults.append(f"host {row['n']} {kind}: not classified")
        expected = ("community", "other", "blog")[int(row["n"]) % 3]
        if kind == "is good" and row["best_guess"] != expected:
            faults.append(f"host {row['n']}: {row['best_guess']}, not {expected}: a page of another row?")
    # a good page that was answered and not yet kept when the run was killed; what failed for a while is asked again
    kept_kinds = {name_host(n) + "/" for n in range(n_hosts) if find_kind(n) == "is good"}
    twice = [page for page, n in asked.items() if n > 1 and page in kept_kinds and not _is_target(page, n_hosts)]
    if len(twice) > concurrency:
        faults.append(f"{len(twice)} good pages were asked for twice")
    return faults


def _is_target(page: str, n_hosts: int) -> bool:
    """Whether another host redirects there."""
    return page in {f"{name_host(n + 50)}/" for n in range(n_hosts) if find_kind(n) == "redirects to another"}


def _watch(command: Sequence[str], environment: dict[str, str], is_due: Callable[[], bool]) -> tuple[int, int, str]:
    """Run a command, killed when that is due; return its exit code, the most memory that it held, and what it said."""
    most = 0
    with tempfile.TemporaryFile("w+") as said:
        running = subprocess.Popen(command, env=environment, stderr=said)
        while running.poll() is None:
            most = max(most, _read_peak(running.pid))
            if is_due():
                running.send_signal(signal.SIGKILL)
            time.sleep(0.5)
        said.seek(0)
        return running.returncode, most, "\n".join(said.read().splitlines()[-4:])


def _read_peak(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def _count_kept(target: Path) -> int:
    try:
        note = json.loads(target.with_name(f".{target.name}.checkpoint").read_text())
    except (OSError, ValueError):
        return 0
    return sum(note["tally"]["counts"].values())


def _read_counts(port: int) -> dict[str, int]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/counts") as answer:
        counts: dict[str, int] = json.load(answer)
        return counts


@contextmanager
def _serve_hosts(n_hosts: int) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    program = f"import asyncio; from benchmarks.hosts import _serve; asyncio.run(_serve({n_hosts}, {port}))"
    server = subprocess.Popen([sys.executable, "-c", program])
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield port
    finally:
        server.kill()
        server.wait()


def main() -> None:
    """Print what came of a run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", type=int, default=2_000)
    parser.add_argument("--concurrency", type=int, default=64)
    options = parser.parse_args()
    result = measure(options.hosts, options.concurrency)
    print(f"{result.n_rows:,} hosts in {result.seconds:.0f} s, killed behind row {result.n_kept:,} and resumed")
    print(f"most memory: {result.most_bytes / 1e6:.0f} MB")
    print(result.said)
    print("\n".join(result.faults[:20]) or "order, errors and pages as they should be")
    sys.exit(bool(result.faults))


if __name__ == "__main__":
    main()
