"""Events on their way: queued by due time, sent from background threads, repeated as the platform does."""

import heapq
import itertools
import threading
import time
import uuid
from collections import deque
from datetime import UTC, datetime, timedelta
from typing import Any

from portal.sandbox.courier import Courier, Delivery, Hook
from portal.sandbox.moods import Mood, Moods, without
from portal.sandbox.switches import Switches

# Minutes between the attempts.
GAPS = (1, 3, 6)
SENDERS = 32
KEPT = 60_000
# How long an envelope stays open for more entries, where events travel together.
GATHERING = 0.3
FULL_PAUSE = 0.05
BEIJING = timedelta(hours=8)


class Outbox:
    """A queue ordered by due time; threads start with the first event."""

    def __init__(self, switches: Switches, lock: threading.RLock) -> None:
        self._switches = switches
        self._lock = lock
        self._ready = threading.Condition()
        self._queue: list[tuple[float, int, Delivery, Hook]] = []
        self._open: dict[tuple[str, str, str], Delivery] = {}
        self._numbers = itertools.count(1)
        self._threads: list[threading.Thread] = []
        self._busy = 0
        self.moods = Moods()
        self.log: deque[Delivery] = deque(maxlen=KEPT)

    def send(
        self, hook: Hook, to: str, event: str, entries: list[dict[str, Any]], meeting_id: str = "",
        trace_id: str = "", bad_signature: bool = False, lost: bool = False,
    ) -> Delivery | None:
        """Queue an event for one address, in its mood; an address without URL gets nothing."""
        if not hook.webhook_url:
            return None
        mood = self.moods.of(meeting_id, event, to)
        entries = without([self._timed(entry) for entry in entries], mood.missing)
        if mood.together > 1 and self._joined((to, event, meeting_id), mood, entries):
            return None
        made = self._made(hook, to, event, entries, meeting_id, trace_id or str(uuid.uuid4()))
        made.mood, made.bad_signature = mood, bad_signature or self.moods.chance(mood.bad_signature)
        if lost or self.moods.chance(mood.lose):
            made.state = "never sent"
            return made
        self._set_out(made, hook)
        if self.moods.chance(mood.duplicate):
            for _ in range(self.moods.rng.randint(1, mood.copies)):
                copy = self._made(hook, to, event, entries, meeting_id, made.trace_id)
                copy.mood = mood
                self._set_out(copy, hook)
        return made

    def repeat(self, delivery: Delivery, hook: Hook) -> None:
        """Queue a delivery once more as it is, as after an answer that got lost."""
        self._push(time.monotonic(), delivery, hook)

    def pending(self) -> int:
        """Return how many deliveries wait for their time or for an answer."""
        with self._ready:
            return len(self._queue) + self._busy

    def check(self, hook: Hook) -> dict[str, Any]:
        """Perform the URL check on an address and report the outcome."""
        return Courier(self._switches).check(hook)

    def _made(
        self, hook: Hook, to: str, event: str, entries: list[dict[str, Any]], meeting_id: str, trace_id: str
    ) -> Delivery:
        body = {"event": event, str(self._switches["event_id_name"]): trace_id, "payload": entries}
        delivery = Delivery(next(self._numbers), to, event, trace_id, meeting_id, body)
        self.log.append(delivery)
        return delivery

    def _timed(self, entry: Any) -> Any:
        """Return an entry with its time as older events and other kinds spell it, where the switch says so."""
        shape = self._switches["operate_time_shape"]
        if shape == "milliseconds" or not isinstance(entry, dict) or not isinstance(entry.get("operate_time"), int):
            return entry
        seconds = entry["operate_time"] // 1000
        if shape == "text":
            local = datetime.fromtimestamp(seconds, UTC) + BEIJING
            return entry | {"operate_time": local.strftime("%Y-%m-%d %H:%M:%S")}
        return entry | {"operate_time": seconds}

    def _joined(self, kind: tuple[str, str, str], mood: Mood, entries: list[dict[str, Any]]) -> bool:
        """Put the entries into an envelope of the same kind that has not left; tell whether there was one."""
        with self._ready:
            waiting = self._open.get(kind)
            if waiting is None or len(waiting.body["payload"]) + len(entries) > mood.together:
                return False
            waiting.body["payload"] += entries
            return True

    def _set_out(self, delivery: Delivery, hook: Hook) -> None:
        wait = self.moods.wait(delivery.mood)
        if delivery.mood.together > 1:
            with self._ready:
                self._open[delivery.to, delivery.event, delivery.meeting_id] = delivery
            wait = max(wait, GATHERING)
        self._push(time.monotonic() + wait, delivery, hook)

    def _push(self, due: float, delivery: Delivery, hook: Hook) -> None:
        with self._ready:
            heapq.heappush(self._queue, (due, next(self._numbers), delivery, hook))
            if len(self._threads) < min(SENDERS, int(self._switches["event_senders"])):
                self._start()
            self._ready.notify()

    def _start(self) -> None:
        thread = threading.Thread(target=self._run, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _run(self) -> None:
        courier = Courier(self._switches)
        while True:
            delivery, hook = self._take()
            try:
                delivery.first = delivery.first or time.monotonic()
                entry = courier.deliver(delivery, hook)
                with self._lock:
                    delivery.attempts.append(entry)
                    self._settle(delivery, hook, entry)
            finally:
                with self._ready:
                    self._busy -= 1
                    self._ready.notify()

    def _take(self) -> tuple[Delivery, Hook]:
        with self._ready:
            while not self._free():
                self._ready.wait(self._pause())
            _, _, delivery, hook = heapq.heappop(self._queue)
            kind = (delivery.to, delivery.event, delivery.meeting_id)
            if self._open.get(kind) is delivery:
                del self._open[kind]
            self._busy += 1
            return delivery, hook

    def _free(self) -> bool:
        """Tell whether something is due and one more may be under way."""
        due = bool(self._queue) and self._queue[0][0] <= time.monotonic()
        return due and self._busy < int(self._switches["event_senders"])

    def _pause(self) -> float | None:
        """Return how long nothing can be due; a full house is looked at again soon."""
        if not self._queue:
            return None
        wait = self._queue[0][0] - time.monotonic()
        return wait if wait > 0 else FULL_PAUSE

    def _settle(self, delivery: Delivery, hook: Hook, entry: dict[str, Any]) -> None:
        tried = len(delivery.attempts)
        answered_badly = entry["status"] and self._switches["retry_on"] == "silence"
        if entry["ok"]:
            delivery.state = "answered"
        elif delivery.state != "answered" and tried <= len(GAPS) and not answered_badly:
            delivery.state = "retrying"
            self._push(self._next(delivery, tried), delivery, hook)
        elif delivery.state != "answered":
            delivery.state = "lost"

    def _next(self, delivery: Delivery, tried: int) -> float:
        """Return when the next attempt is due: after the one before, or counted from the first."""
        minute = float(self._switches["retry_minute_seconds"])
        if self._switches["retry_gaps_from"] == "first":
            return delivery.first + GAPS[tried - 1] * minute
        return time.monotonic() + GAPS[tried - 1] * minute
