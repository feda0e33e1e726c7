"""Signs, sends and repeats calls of the REST API."""

import json
import secrets
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlencode

import requests

from portal.tencent import transport
from portal.tencent.auth import Credential, CredentialKind
from portal.tencent.budget import Slot, Unlimited
from portal.tencent.errors import OverBudget, PlatformError, TryAgain, sort

FIRST_PAUSE = 0.5
# Longer waits belong to the caller's queue: a worker asleep for a minute serves nobody.
LONGEST_PAUSE = 8.0
CLOCK_REFUSED = 190300
# A clock that is off by more is not what a Date header cures: believed, it would sign nonsense for everybody.
MOST_SKEW = 2 * 86400

_dice = secrets.SystemRandom()


class Client:
    """Calls the REST API with one credential, signing anew on every try.

    GETs and writes marked `repeatable` are tried again after a fault; any other write whose answer got lost
    raises AnswerLost. `budget` is asked for a slot before each try; short waits for one are slept here, up to
    its patience, and are no tries.
    """

    def __init__(
        self,
        credential: Credential,
        *,
        api_url: str,
        session: requests.Session | None = None,
        timeout: transport.Timeout = (3.05, 15),
        tries: int = 4,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        clock_skew: float = 0,
        budget: Unlimited | None = None,
    ) -> None:
        self.credential = credential
        self.clock_skew = clock_skew
        self._api_url = api_url.rstrip("/")
        self._session = session or transport.new_session()
        self._timeout = timeout
        self._tries = tries
        self._clock = clock
        self._sleep = sleep
        self._budget = budget or Unlimited()

    @property
    def kind(self) -> CredentialKind:
        """The kind of credential: `oauth` or `key`."""
        return self.credential.kind

    @property
    def user_id(self) -> str:
        """The id to put in `userid` and `operator_id`."""
        return self.credential.user_id

    @property
    def operator_type(self) -> int:
        """1 for an enterprise userid, 2 for an open id."""
        return self.credential.operator_type

    @property
    def operator(self) -> dict[str, Any]:
        """The operator pair most calls want."""
        return {"operator_id": self.user_id, "operator_id_type": self.operator_type}

    @property
    def caller(self) -> dict[str, Any]:
        """The pair older calls want; device type 1 is always fine for a caller."""
        # Under OAuth `userid` holds the open id (67898), which user_id already is.
        return {"userid": self.user_id, "instanceid": 1}

    def now(self) -> float:
        """Return the platform's time in seconds, as far as its skew is known."""
        return self._clock() + self.clock_skew

    def get(self, path: str, query: Mapping[str, Any] | None = None, *, call: str) -> Mapping[str, Any]:
        """Read; tried again after a fault."""
        return self._call("GET", path, query, None, repeatable=True, call=call)

    def post(
        self,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: object = None,
        *,
        repeatable: bool = False,
        call: str,
    ) -> Mapping[str, Any]:
        """Write; tried again only where `repeatable`."""
        return self._call("POST", path, query, body, repeatable=repeatable, call=call)

    def put(
        self,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: object = None,
        *,
        repeatable: bool = True,
        call: str,
    ) -> Mapping[str, Any]:
        """Replace; tried again after a fault unless told otherwise."""
        return self._call("PUT", path, query, body, repeatable=repeatable, call=call)

    def delete(
        self,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: object = None,
        *,
        repeatable: bool = True,
        call: str,
    ) -> Mapping[str, Any]:
        """Remove; tried again after a fault unless told otherwise. A body is signed too."""
        return self._call("DELETE", path, query, body, repeatable=repeatable, call=call)

    def _call(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None,
        body: object,
        *,
        repeatable: bool,
        call: str,
    ) -> Mapping[str, Any]:
        url = self._api_url + path + _query_string(query)
        payload = (
            b"" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        )
        attempt = 0
        # Our own loop: urllib3's would send the same nonce again and earn 190301.
        while True:
            try:
                return self._try_once(method, url, payload, call)
            except OverBudget as error:
                pause = self._wait(error)
            except TryAgain as error:
                # Creations, imports and links have no idempotency key: a second try could double them.
                if error.maybe_done and not repeatable:
                    raise error.as_lost() from None
                attempt += 1
                pause = self._pause(attempt, error)
            self._sleep(pause)

    def _try_once(self, method: str, url: str, payload: bytes, call: str) -> Mapping[str, Any]:
        slot = self._budget.take(call)
        self.clock_skew = self.clock_skew if slot.skew is None else slot.skew
        response = self._send(slot, method, url, payload, call)
        if response.status_code < 300:
            answer = transport.parse(response, call=call)
            # Status and envelope disagree on some pages (file 1, 4.1): the envelope wins.
            if not answer.get("error_info"):
                return answer
        raise slot.refused(self._failure(slot, response, call))

    def _send(self, slot: Slot, method: str, url: str, payload: bytes, call: str) -> requests.Response:
        request = requests.Request(method, url, data=payload or None).prepare()
        # path_url is what goes on the wire: signing anything else earns 200003.
        request.headers.update(
            self.credential.headers(method, request.path_url, payload, now=int(self.now()))
        )
        try:
            response = transport.send(self._session, request, timeout=self._timeout, call=call)
        except TryAgain as error:
            # What left without an answer may be counted any time now: its slot stays taken.
            if not error.maybe_done:
                slot.unused()
            raise
        slot.answered()
        return response

    def _failure(self, slot: Slot, response: requests.Response, call: str) -> PlatformError:
        error = sort(
            response.status_code,
            transport.parse_leniently(response),
            call=call,
            trace=response.headers.get(transport.TRACE_HEADER, ""),
            credential=self.kind,
            now=self.now(),
            retry_after=response.headers.get("Retry-After", ""),
        )
        # Signing with the platform's own Date cures a host whose clock is off by more than five minutes.
        if error.error_code == CLOCK_REFUSED:
            self._learn_skew(slot, response.headers.get("Date", ""))
        return error

    def _learn_skew(self, slot: Slot, date: str) -> None:
        try:
            skew = parsedate_to_datetime(date).timestamp() - self._clock()
        except (ValueError, OverflowError):
            return
        if abs(skew) <= MOST_SKEW:
            self.clock_skew = skew
            slot.corrected(skew)

    def _wait(self, error: OverBudget) -> float:
        wait = error.retry_after or 0.0
        if wait > self._budget.patience:
            raise error
        self._budget.patience -= wait
        return wait

    def _pause(self, attempt: int, error: TryAgain) -> float:
        wait = error.retry_after
        if attempt >= self._tries or (wait is not None and wait > LONGEST_PAUSE):
            raise error
        growing = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1)) * _dice.uniform(0.5, 1)
        return growing if wait is None else wait


def segment(value: object) -> str:
    """Return an id as one safe part of a path."""
    return quote(str(value), safe="")


def _query_string(query: Mapping[str, Any] | None) -> str:
    given = {key: value for key, value in (query or {}).items() if value is not None}
    # 51253 wants reserved characters encoded, a blank as %20.
    return "?" + urlencode(given, quote_via=quote, safe="") if given else ""
