"""Starts the sandbox on this machine's own address, and only where nobody works for real."""

import argparse
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from portal.sandbox.app import make_app
from portal.sandbox.control import BadControl, loopback
from portal.sandbox.state import new_state

ADDRESS = "127.0.0.1"
LINGER_BYTES = 8
PRODUCTION = "ROLLCALL_PRODUCTION"
FALSE = ("", "0", "false", "no", "off")


class _Handler(WSGIRequestHandler):
    """Quiet, and without the delay of small packets on a kept connection."""

    disable_nagle_algorithm = True
    wbufsize = -1

    def send_header(self, keyword: str, value: str) -> None:
        """Send one header; a Date of our own replaces the server's."""
        if keyword.lower() == "date":
            self._headers_buffer[:] = [each for each in self._headers_buffer if not each.startswith(b"Date:")]
        super().send_header(keyword, value)

    def connection_dropped(self, error: BaseException, environ: dict[str, Any] | None = None) -> None:
        """End the connection where an answer broke off; it would wait for another call."""
        self.close_connection = True

    def finish(self) -> None:
        """Close at once where a fault asked for a reset: ending in order would come first."""
        super().finish()
        linger = self.connection.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_BYTES)
        if linger[0]:
            self.connection.close()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing: the ledger does."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run with the options of a command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="portal.sandbox", description="A stand-in for the platform.")
    add_options(parser)
    options = parser.parse_args(arguments)
    return run(options.port, options.ready_file, options.portal_url, options.seed)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the sandbox's options to a parser."""
    parser.add_argument("--port", type=int, default=0, help="0 picks a free port")
    parser.add_argument("--ready-file", default="", help="gets the address once the sandbox listens")
    parser.add_argument("--portal-url", default="", help="where the OAuth app's events go")
    parser.add_argument("--seed", type=int, default=None, help="makes the secrets repeatable")


def run(port: int, ready_file: str, portal_url: str, seed: int | None) -> int:
    """Serve until SIGTERM unless this is a production machine; returns the exit code."""
    if os.environ.get(PRODUCTION, "").strip().lower() not in FALSE:
        sys.stderr.write(f"The sandbox stands in for the platform: it does not run with {PRODUCTION} set.\n")
        return 2
    try:
        portal_url = loopback(portal_url)
    except BadControl as error:
        sys.stderr.write(f"--portal-url: {error}\n")
        return 2
    serve(port, ready_file, portal_url, seed)
    return 0


def serve(port: int, ready_file: str, portal_url: str, seed: int | None) -> None:
    """Serve until SIGTERM or SIGINT; port 0 picks a free one."""
    state = new_state(seed)
    state.world.app.webhook_url = portal_url
    server = make_server(ADDRESS, port, make_app(state), threaded=True, request_handler=_Handler)
    server.daemon_threads = True
    server.block_on_close = False
    state.address = f"http://{ADDRESS}:{server.server_port}"
    for number in (signal.SIGTERM, signal.SIGINT):
        # Shutting down waits for the loop, which the signal interrupted: another thread has to ask.
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    if ready_file:
        _announce(Path(ready_file), state.address)
    sys.stderr.write(f"Sandbox platform on {state.address}\n")
    server.serve_forever(poll_interval=0.1)
    server.server_close()


def _announce(path: Path, url: str) -> None:
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_text(json.dumps({"url": url}), encoding="utf-8")
    fresh.replace(path)
