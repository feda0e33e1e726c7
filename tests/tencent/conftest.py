"""A scripted platform on loopback: real HTTP, every answer written down beforehand, every request kept."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from portal.tencent.auth import Credential, KeyCredential, OAuthCredential
from portal.tencent.client import Client
from portal.tencent.transport import new_session

NOON = 1_800_000_000.0


@dataclass
class Seen:
    """One request as it came over the wire, header names in their spelling."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    """One answer: `cut` promises more bytes than come, `drop` hangs up without a word."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    drop: bool = False


class Script:
    """The platform of one test: answers in order, the last one for ever."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.replies: list[Reply] = []
        self.seen: list[Seen] = []

    def answers(self, *bodies: object) -> None:
        """Answer 200 with each of the bodies in turn."""
        self.replies += [Reply(body=json.dumps(body).encode()) for body in bodies]

    def refuses(self, code: int, message: str = "NO", *, status: int = 500, **headers: str) -> None:
        """Answer once with the REST failure envelope."""
        info = {"error_code": code, "new_error_code": 200_000_000 + code, "message": message}
        body = json.dumps({"error_info": info}).encode()
        self.replies.append(Reply(status, body, headers))

    def does(self, **reply: Any) -> None:
        """Answer once in any other way."""
        self.replies.append(Reply(**reply))

    def next(self) -> Reply:
        """Return the answer to the request just kept."""
        return self.replies[min(len(self.seen), len(self.replies)) - 1] if self.replies else Reply()

    @property
    def last(self) -> Seen:
        """The request that came last."""
        return self.seen[-1]


class Handler(BaseHTTPRequestHandler):
    """Keeps each request and gives the next answer of the script."""

    protocol_version = "HTTP/1.1"
    # Head and body go out in two writes: without this each answer waits 40 ms for an acknowledgement.
    disable_nagle_algorithm = True
    script: Script

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.script.seen.append(Seen(self.command, self.path, dict(self.headers.items()), body))
        reply = self.script.next()
        if reply.drop:
            self.close_connection = True
            return
        self.send_response_only(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(reply.body) + (10 if reply.cut else 0)))
        self.end_headers()
        self.wfile.write(reply.body)
        self.close_connection = reply.cut

    do_GET = do_POST = do_PUT = do_DELETE = handle_any

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent: requests carry what no log may hold."""


@pytest.fixture
def platform() -> Iterator[Script]:
    """Give a scripted platform of its own to a test."""
    handler = type("Scripted", (Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        handler.script = Script(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield handler.script
        server.shutdown()
        thread.join()


@pytest.fixture
def waits() -> list[float]:
    """Keep what the client would have slept."""
    return []


Make = Callable[..., Client]


@pytest.fixture
def make(platform: Script, waits: list[float]) -> Iterator[Make]:
    """Make clients of the scripted platform, with a clock that stands still and a sleep that only notes."""
    session = new_session()

    def build(credential: Credential, **given: Any) -> Client:
        facts = {"api_url": platform.url, "clock": lambda: NOON, "sleep": waits.append, "timeout": (1, 1)}
        return Client(credential, session=session, **(facts | given))

    yield build
    session.close()


@pytest.fixture
def oauth_client(make: Make) -> Client:
    """A client with an OAuth grant."""
    return make(OAuthCredential("token+/of=alice", "openidofalice00000000000000a"))


@pytest.fixture
def key_client(make: Make) -> Client:
    """A client with an enterprise's own key."""
    return make(KeyCredential("200001", "1700001", "AKIDEXAMPLE0001", "SecretKeyExample0001", "operator1"))
