"""Where the platform's events arrive while no web server runs: kept as they came, handed to the portal when asked."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.test import Client
from django.urls import reverse

from portal.accounts.models import EnterpriseCredential
from portal.tencent.webhooks import ACKNOWLEDGEMENT
from tests.desk import Sandbox

PROOF = ("timestamp", "nonce", "signature")


class Postbox(ThreadingHTTPServer):
    """Takes deliveries as a portal would and keeps them."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.letters: list[tuple[str, dict[str, str], bytes]] = []

    def subscribe(self, sandbox: Sandbox) -> None:
        """Let the platform send events here: those of our app, and those of each enterprise's own app."""
        here = f"http://127.0.0.1:{self.server_port}"
        credentials = EnterpriseCredential.objects.all()
        addresses = {keys.app_id: here + reverse("webhooks:enterprise", args=[keys.slug]) for keys in credentials}
        sandbox.post("portal", url=here + reverse("webhooks:app"), enterprise_urls=addresses)

    def empty(self, sandbox: Sandbox) -> None:
        """Wait until everything that was sent has arrived, and hand it to the portal's own addresses."""
        end = time.monotonic() + 10
        while sandbox.get("ledger")["events_pending"]:
            assert time.monotonic() < end, "the platform does not come to an end with its events"
            time.sleep(0.005)
        letters, self.letters = self.letters, []
        browser = Client()
        for address, proof, body in letters:
            answer = browser.post(address, body, content_type="application/json", headers=proof)
            assert answer.content.decode() == ACKNOWLEDGEMENT


class _Handler(BaseHTTPRequestHandler):
    server: Postbox

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.letters.append((self.path, {name: self.headers[name] for name in PROOF}, body))
        self.send_response(200)
        self.send_header("Content-Length", str(len(ACKNOWLEDGEMENT)))
        self.end_headers()
        self.wfile.write(ACKNOWLEDGEMENT.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def postbox() -> Iterator[Postbox]:
    """Run a postbox while the block runs."""
    with Postbox() as box:
        thread = threading.Thread(target=box.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield box
        box.shutdown()
        thread.join()
