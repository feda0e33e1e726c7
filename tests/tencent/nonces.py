"""Eight forked processes sign at once: run by test_tencent_nonces.py.

`python -m tests.tencent.nonces HEADERS CALLS` makes so many headers and so many calls over HTTP in all, shared out
among the processes, and prints what a recorder on loopback saw: requests, and pairs of nonce and timestamp seen twice. With
`--inherited-dice` every process throws the dice of its parent: the negative control.
"""

import json
import multiprocessing
import random
import socket
import sys
import threading
import time
from multiprocessing.connection import Connection

from portal.tencent import auth
from portal.tencent.auth import Credential, KeyCredential, OAuthCredential
from portal.tencent.client import Client

PROCESSES = 8
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"ok\":true}"
CREDENTIALS: tuple[Credential, ...] = (
    KeyCredential("200001", "1700001", "AKIDEXAMPLE0001", "SecretKeyExample0001", "operator1"),
    OAuthCredential("token", "open-1"),
)


class Recorder:
    """Answers every request on loopback and keeps its nonce and timestamp."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self.server.getsockname()[1]}"
        self.seen: list[tuple[bytes, bytes]] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            caller, _ = self.server.accept()
            threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        with caller, caller.makefile("rb") as lines:
            found = {}
            for line in lines:
                name, _, value = line.rstrip().partition(b": ")
                found[name.lower()] = value
                if not name:
                    self.seen.append((found[b"x-tc-nonce"], found[b"x-tc-timestamp"]))
                    found = {}
                    caller.sendall(ANSWER)


def work(url: str, headers: int, calls: int, told: Connection) -> None:
    """Sign and call in a process of its own; sends back the pairs it signed without calling."""
    client = Client(CREDENTIALS[0], api_url=url)
    for number in range(calls):
        client.credential = CREDENTIALS[number % 2]
        client.get("/v1/meetings", call="test")
    pairs = []
    for number in range(headers):
        made = CREDENTIALS[number % 2].headers("GET", "/v1/meetings", b"", now=int(time.time()))
        pairs.append((made["X-TC-Nonce"], made["X-TC-Timestamp"]))
    told.send(pairs)


def main(headers: int, calls: int) -> None:
    """Share the work out and count what came twice."""
    recorder, fork = Recorder(), multiprocessing.get_context("fork")
    pipes, children = [], []
    for _ in range(PROCESSES):
        here, there = fork.Pipe(duplex=False)
        pipes.append(here)
        children.append(fork.Process(target=work, args=(recorder.url, headers // PROCESSES, calls // PROCESSES, there)))
        children[-1].start()
    signed = [pair for pipe in pipes for pair in pipe.recv()]
    for child in children:
        child.join()
    everything = [*signed, *((nonce.decode(), stamp.decode()) for nonce, stamp in recorder.seen)]
    reused = len(everything) - len(set(everything))
    print(json.dumps({"signed": len(signed), "received": len(recorder.seen), "reused": reused}))


if __name__ == "__main__":
    if "--inherited-dice" in sys.argv:
        dice = random.Random(7)
        auth.fresh_nonce = lambda: str(dice.getrandbits(auth.NONCE_BITS))
    main(int(sys.argv[1]), int(sys.argv[2]))
