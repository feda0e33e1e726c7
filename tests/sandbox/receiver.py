"""A portal's webhook as the platform file describes it, over real HTTP, that keeps what came."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

ANSWER = b"successfully received callback"


def decode(data: str, aes_key: str) -> str:
    raw = base64.b64decode(data + "=" * (-len(data) % 4))
    if not aes_key:
        return raw.decode()
    key = base64.b64decode(aes_key + "=")
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    plain = decryptor.update(raw) + decryptor.finalize()
    return plain[: -plain[-1]].decode()


class Receiver(ThreadingHTTPServer):
    """Checks the signature, decrypts, keeps, and answers as told."""

    daemon_threads = True

    def __init__(self, token: str, aes_key: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.token, self.aes_key = token, aes_key
        self.events: list[dict[str, Any]] = []
        self.headers_seen: list[dict[str, str]] = []
        self.arrivals: list[float] = []
        self.data_seen: list[str] = []
        self.hang = 0.0
        self.rejected = 0
        self.failures = 0
        self.answer = ANSWER

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hooks/"

    def good(self, headers: Any, data: str) -> bool:
        parts = sorted([self.token, headers["timestamp"], headers["nonce"], data])
        return hashlib.sha1("".join(parts).encode()).hexdigest() == headers["signature"]

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        until = time.monotonic() + 10
        while len(self.events) < count and time.monotonic() < until:
            time.sleep(0.01)
        assert len(self.events) == count, [event["event"] for event in self.events]
        return self.events


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_GET(self) -> None:
        check = parse_qs(urlsplit(self.path).query)["check_str"][0]
        good = self.server.good(self.headers, check)
        self._answer(200 if good else 403, decode(check, self.server.aes_key).encode() if good else b"no")

    def do_POST(self) -> None:
        data = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["data"]
        self.server.arrivals.append(time.monotonic())
        self.server.data_seen.append(data)
        time.sleep(self.server.hang)
        self.server.headers_seen.append(
            {name: self.headers[name] for name in ("timestamp", "nonce", "signature")}
        )
        if not self.server.good(self.headers, data):
            self.server.rejected += 1
            return self._answer(403, b"bad signature")
        if self.server.failures:
            self.server.failures -= 1
            return self._answer(500, b"later")
        self.server.events.append(json.loads(decode(data, self.server.aes_key)))
        return self._answer(200, self.server.answer)

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def receiving(token: str, aes_key: str) -> Iterator[Receiver]:
    server = Receiver(token, aes_key)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
