"""One attempt to hand over an event, and the URL check: over HTTP, signed, encrypted where a key is set."""

import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote

import requests

from portal.sandbox.moods import CALM, Mood
from portal.sandbox.signing import encode_event, event_signature
from portal.sandbox.switches import Switches

# The exact text that counts as an answer; anything else is sent again.
ANSWER = "successfully received callback"
PRIVATE = ("body", "headers", "mood", "first")


class Hook(Protocol):
    """Who receives events: the OAuth app or an enterprise's own app."""

    webhook_url: str
    webhook_token: str
    webhook_aes_key: str


@dataclass(slots=True)
class Delivery:
    """One event on its way to one address; `first` is when it was first tried, by a clock that never jumps."""

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
    mood: Mood = CALM
    first: float = 0.0

    def listed(self) -> dict[str, Any]:
        """Return what the log shows."""
        shown = {name: getattr(self, name) for name in self.__slots__ if name not in PRIVATE}
        return shown | {"attempts": list(self.attempts)}


class Courier:
    """Knows how to knock at an address; keeps one session for the thread that uses it."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._session = requests.Session()
        self._session.trust_env = False

    def check(self, hook: Hook) -> dict[str, Any]:
        """Perform the URL check on an address and report the outcome."""
        plain = "check" + secrets.token_hex(8)
        check_str = encode_event(plain, self._key(hook))
        try:
            answer = self._session.get(
                f"{hook.webhook_url}?check_str={quote(check_str, safe='')}", allow_redirects=False,
                headers=_headers(hook, check_str), timeout=float(self._switches["check_timeout_seconds"]),
            )
        except requests.RequestException as error:
            return {"ok": False, "error": type(error).__name__}
        return {"ok": answer.status_code == 200 and answer.text == plain, "status": answer.status_code}

    def deliver(self, delivery: Delivery, hook: Hook) -> dict[str, Any]:
        """Send an event once and return what came of it."""
        mood = delivery.mood
        data = encode_event(json.dumps(delivery.body, ensure_ascii=False), "" if mood.plain else self._key(hook))
        fresh = self._switches["retry_fresh_headers"] if mood.fresh_headers is None else mood.fresh_headers
        if not delivery.headers or fresh:
            delivery.headers = _headers(hook, data)
        if delivery.bad_signature:
            delivery.headers["signature"] = "0" * 40
        return self._post(delivery, hook, data)

    def _post(self, delivery: Delivery, hook: Hook, data: str) -> dict[str, Any]:
        began = time.monotonic()
        entry: dict[str, Any] = {"at": int(time.time()), "status": 0, "ok": False}
        try:
            answer = self._session.post(
                hook.webhook_url, data=json.dumps({"data": data}), allow_redirects=False,
                headers={"Content-Type": "application/json", **delivery.headers},
                timeout=float(self._switches["event_timeout_seconds"]),
            )
            worded = answer.text == ANSWER or not self._switches["event_answer_strict"]
            entry.update(status=answer.status_code, ok=answer.status_code == 200 and worded)
        except requests.RequestException as error:
            entry["error"] = type(error).__name__
        entry["seconds"] = round(time.monotonic() - began, 4)
        return entry

    def _key(self, hook: Hook) -> str:
        """Return the AES key, none where the console holds none."""
        return "" if self._switches["events_plain"] else hook.webhook_aes_key


def _headers(hook: Hook, data: str) -> dict[str, str]:
    timestamp, nonce = str(int(time.time() * 1000)), str(secrets.randbelow(10**8))
    signature = event_signature(hook.webhook_token, timestamp, nonce, data)
    return {"timestamp": timestamp, "nonce": nonce, "signature": signature}
