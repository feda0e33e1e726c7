"""Delivery of events from background threads, signed, encrypted and repeated as the platform does."""

import heapq
import itertools
import json
import secrets
import threading
import time
import uuid
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol
from urllib.parse import quote

import requests

from portal.sandbox.signing import encode_event, event_signature
from portal.sandbox.switches import Switches

# The exact text that counts as an answer; anything else is sent again after 1, 3 and 6 minutes.
ANSWER = "successfully received callback"
GAPS = (1, 3, 6)
SENDERS = 4
KEPT = 60_000


class Hook(Protocol):
    """Who receives events: the OAuth app or an enterprise's own app."""

    webhook_url: str
    webhook_token: str
    webhook_aes_key: str


@dataclass(slots=True)
class Delivery:
    """One event on its way to one address."""

    number: int
    to: str
    event: str
    trace_id: str
    meeting_id: str
    body: dict[str, Any]
    bad_signature: bool = False
    state: str = "waiting"
    attempts: list[dict[str, Any]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    def listed(self) -> dict[str, Any]:
        """Return what the log shows."""
        shown = asdict(self)
        for name in ("body", "headers"):
            del shown[name]
        return shown


class Outbox:
    """A queue ordered by due time; threads start with the first event."""

    def __init__(self, switches: Switches, lock: threading.RLock) -> None:
        self._switches = switches
        self._lock = lock
        self._ready = threading.Condition()
        self._queue: list[tuple[float, int, Delivery, Hook]] = []
        self._numbers = itertools.count(1)
        self._threads: list[threading.Thread] = []
        self._busy = 0
        self.log: deque[Delivery] = deque(maxlen=KEPT)

    def send(
        self, hook: Hook, to: str, event: str, entries: list[dict[str, Any]], meeting_id: str = "",
        trace_id: str = "", bad_signature: bool = False, lost: bool = False,
    ) -> Delivery | None:
        """Queue an event for one address; an address without URL gets nothing."""
        if not hook.webhook_url:
            return None
        trace_id = trace_id or str(uuid.uuid4())
        body = {"event": event, "trace_id": trace_id, "payload": entries}
        delivery = Delivery(next(self._numbers), to, event, trace_id, meeting_id, body, bad_signature)
        self.log.append(delivery)
        if lost:
            delivery.state = "never sent"
        else:
            self._push(time.monotonic(), delivery, hook)
        return delivery

    def repeat(self, delivery: Delivery, hook: Hook) -> None:
        """Queue a delivery once more as it is, as after an answer that got lost."""
        self._push(time.monotonic(), delivery, hook)

    def pending(self) -> int:
        """Return how many deliveries wait for their time or for an answer."""
        with self._ready:
            return len(self._queue) + self._busy

    def check(self, hook: Hook) -> dict[str, Any]:
        """Perform the URL check on an address and report the outcome."""
        plain = "check" + secrets.token_hex(8)
        check_str = encode_event(plain, hook.webhook_aes_key)
        try:
            answer = requests.get(
                f"{hook.webhook_url}?check_str={quote(check_str, safe='')}", allow_redirects=False,
                headers=_headers(hook, check_str), timeout=float(self._switches["check_timeout_seconds"]),
            )
        except requests.RequestException as error:
            return {"ok": False, "error": type(error).__name__}
        return {"ok": answer.status_code == 200 and answer.text == plain, "status": answer.status_code}

    def _push(self, due: float, delivery: Delivery, hook: Hook) -> None:
        with self._ready:
            heapq.heappush(self._queue, (due, next(self._numbers), delivery, hook))
            if not self._threads:
                self._start()
            self._ready.notify()

    def _start(self) -> None:
        for _ in range(SENDERS):
            thread = threading.Thread(target=self._run, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _run(self) -> None:
        session = requests.Session()
        session.trust_env = False
        while True:
            delivery, hook = self._take()
            try:
                self._attempt(session, delivery, hook)
            finally:
                with self._ready:
                    self._busy -= 1

    def _take(self) -> tuple[Delivery, Hook]:
        with self._ready:
            while not self._queue or self._queue[0][0] > time.monotonic():
                self._ready.wait(self._queue[0][0] - time.monotonic() if self._queue else None)
            _, _, delivery, hook = heapq.heappop(self._queue)
            self._busy += 1
            return delivery, hook

    def _attempt(self, session: requests.Session, delivery: Delivery, hook: Hook) -> None:
        data = encode_event(json.dumps(delivery.body, ensure_ascii=False), hook.webhook_aes_key)
        if not delivery.headers or self._switches["retry_fresh_headers"]:
            delivery.headers = _headers(hook, data)
        if delivery.bad_signature:
            delivery.headers["signature"] = "0" * 40
        entry = self._post(session, delivery, hook, data)
        with self._lock:
            delivery.attempts.append(entry)
            self._settle(delivery, hook, bool(entry["ok"]))

    def _post(self, session: requests.Session, delivery: Delivery, hook: Hook, data: str) -> dict[str, Any]:
        began = time.monotonic()
        entry: dict[str, Any] = {"at": int(time.time()), "status": 0, "ok": False}
        try:
            answer = session.post(
                hook.webhook_url, data=json.dumps({"data": data}), allow_redirects=False,
                headers={"Content-Type": "application/json", **delivery.headers},
                timeout=float(self._switches["event_timeout_seconds"]),
            )
            entry.update(status=answer.status_code, ok=answer.status_code == 200 and answer.text == ANSWER)
        except requests.RequestException as error:
            entry["error"] = type(error).__name__
        entry["seconds"] = round(time.monotonic() - began, 4)
        return entry

    def _settle(self, delivery: Delivery, hook: Hook, answered: bool) -> None:
        if answered:
            delivery.state = "answered"
        elif delivery.state != "answered" and len(delivery.attempts) <= len(GAPS):
            gap = GAPS[len(delivery.attempts) - 1] * float(self._switches["retry_minute_seconds"])
            delivery.state = "retrying"
            self._push(time.monotonic() + gap, delivery, hook)
        elif delivery.state != "answered":
            delivery.state = "lost"


def _headers(hook: Hook, data: str) -> dict[str, str]:
    timestamp, nonce = str(int(time.time() * 1000)), str(secrets.randbelow(10**8))
    signature = event_signature(hook.webhook_token, timestamp, nonce, data)
    return {"timestamp": timestamp, "nonce": nonce, "signature": signature}
