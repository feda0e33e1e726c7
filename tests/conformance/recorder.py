"""A bare HTTP server that keeps each request as its bytes came, and answers {} to all."""

import contextlib
import json
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


@dataclass(frozen=True)
class Sent:
    """One request: target and header names exactly as they came over the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The path as sent."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> list[str]:
        """The parts of the query as sent, in their order."""
        return [part for part in self.target.partition("?")[2].split("&") if part]


class Recorder(socketserver.ThreadingTCPServer):
    """The server and what it has kept."""

    daemon_threads = True
    sent: list[Sent]

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def only(self) -> Sent:
        """Return the one request since the last time, and forget it."""
        (sent,) = self.sent
        self.sent.clear()
        return sent


class _Handler(socketserver.StreamRequestHandler):
    server: Recorder

    def handle(self) -> None:
        method, target, _ = self.rfile.readline().decode("latin-1").split(" ", 2)
        headers = dict(self._header_lines())
        body = self.rfile.read(int(headers.get("Content-Length", 0)))
        self.server.sent.append(Sent(method, target, headers, body))
        self.wfile.write(ANSWER)

    def _header_lines(self) -> Iterator[tuple[str, str]]:
        while line := self.rfile.readline().decode("latin-1").rstrip("\r\n"):
            name, _, value = line.partition(":")
            yield name, value.strip()


@contextlib.contextmanager
def recording() -> Iterator[Recorder]:
    """Give a running recorder."""
    with Recorder(("127.0.0.1", 0), _Handler) as server:
        server.sent = []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def differences(ours: Sent, theirs: Sent) -> Iterator[str]:
    """Yield in words what our request has otherwise than the SDK's; "+" is only ours, "-" only the SDK's."""
    for part in ("method", "path"):
        mine, other = getattr(ours, part), getattr(theirs, part)
        if mine != other:
            yield f"{part}: {mine} / {other}"
    yield from _unlike("query", _named(ours.query), _named(theirs.query))
    if ours.query != theirs.query and sorted(ours.query) == sorted(theirs.query):
        yield "query: order"
    mine, other = dict(_leaves(ours.body)), dict(_leaves(theirs.body))
    yield from _unlike("body", mine, other)
    if mine == other and ours.body != theirs.body:
        yield "body: order of keys"
    same = (ours.method, ours.target, ours.body) == (theirs.method, theirs.target, theirs.body)
    # Another text is signed otherwise; that the signature is right is shown apart.
    left_out = {"Host", "Content-Length"} | (set() if same else {"X-TC-Signature"})
    yield from _unlike("header", _without(ours.headers, left_out), _without(theirs.headers, left_out))


def _unlike(what: str, ours: dict[str, Any], theirs: dict[str, Any]) -> Iterator[str]:
    yield from (f"{what}: +{name}" for name in ours if name not in theirs)
    yield from (f"{what}: -{name}" for name in theirs if name not in ours)
    both = (name for name in ours if name in theirs and ours[name] != theirs[name])
    yield from (f"{what}: {name} {ours[name]} / {theirs[name]}" for name in both)


def _named(query: list[str]) -> dict[str, str]:
    return dict(part.split("=", 1) for part in query)


def _without(headers: dict[str, str], names: set[str]) -> dict[str, str]:
    # A library's version is no difference worth a line at each renewal.
    agent = {"User-Agent": headers["User-Agent"].partition("/")[0]} if "User-Agent" in headers else {}
    return {name: value for name, value in (headers | agent).items() if name not in names}


def _leaves(body: bytes) -> Iterator[tuple[str, Any]]:
    if body:
        yield from _walk(json.loads(body), "")


def _walk(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    named = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not named:
        # The text of the value tells 1 from true and from "1", and an empty list from none.
        yield path.lstrip("."), json.dumps(value, ensure_ascii=False)
    for name, inner in named:
        yield from _walk(inner, f"{path}.{name}")
