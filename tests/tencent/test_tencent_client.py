"""The client over real HTTP: signing anew, repeating, giving up, and never doubling a write."""

import contextlib
import pickle
import socket
import threading
import time
from typing import Any

import pytest

from portal.tencent.auth import OAuthCredential, signature
from portal.tencent.budget import Slot, Unlimited
from portal.tencent.client import Client
from portal.tencent.errors import (
    AnswerLost,
    GrantGone,
    NotAllowed,
    NotThere,
    OverBudget,
    PlatformError,
    Refused,
    TryAgain,
)
from portal.tencent.transport import new_session

NOON = 1_800_000_000.0


def call_every_way(client: Client) -> dict[str, Any]:
    return {
        "GET": lambda: client.get("/v1/x", call="test"),
        "POST": lambda: client.post("/v1/x", body={"a": 1}, call="test"),
        "PUT": lambda: client.put("/v1/x", body={"a": 1}, call="test"),
        "DELETE": lambda: client.delete("/v1/x", body={"a": 1}, call="test"),
    }


def closed_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return unused.getsockname()[1]


def test_headers_arrive_in_their_documented_spelling(platform: Any, oauth_client: Client) -> None:
    oauth_client.get("/v1/x", call="test")
    documented = {"AccessToken", "OpenId", "X-TC-Timestamp", "X-TC-Nonce", "X-TC-Registered", "Content-Type"}
    assert documented - set(platform.last.headers) == set()
    assert "Authorization" not in platform.last.headers


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_what_is_signed_is_what_arrives(platform: Any, key_client: Client, method: str) -> None:
    query = {"name": "张 三+&=/~", "none": None, "n": 1}
    body = None if method == "GET" else {"subject": "测试会议", "list": []}
    key_client._call(method, "/v1/a%2Fb", query, body, repeatable=True, call="test")
    seen = platform.last
    expected = signature(
        "AKIDEXAMPLE0001",
        "SecretKeyExample0001",
        method,
        seen.target,
        seen.body,
        nonce=seen.headers["X-TC-Nonce"],
        timestamp=seen.headers["X-TC-Timestamp"],
    )
    assert seen.headers["X-TC-Signature"] == expected
    assert seen.query == {"name": "张 三+&=/~", "n": "1"}
    assert seen.body == (b"" if body is None else '{"subject":"测试会议","list":[]}'.encode())


@pytest.mark.parametrize("body", [b"", b"  ", b"{}"])
def test_an_empty_answer_is_a_success(platform: Any, oauth_client: Client, body: bytes) -> None:
    platform.does(body=body)
    assert oauth_client.put("/v1/x", call="test") == {}


@pytest.mark.parametrize("body", [b"", b" \n"])
def test_a_reading_is_never_answered_with_nothing(platform: Any, oauth_client: Client, body: bytes) -> None:
    platform.does(body=body)
    platform.answers({"ok": 1})
    assert oauth_client.get("/v1/x", call="test") == {"ok": 1}
    assert len(platform.seen) == 2


@pytest.mark.parametrize("nothing", [None, {}, ""])
def test_an_empty_envelope_is_no_failure(platform: Any, oauth_client: Client, nothing: object) -> None:
    platform.answers({"error_info": nothing, "ok": 1})
    assert oauth_client.get("/v1/x", call="test")["ok"] == 1


ODD_HEADERS = [
    {"Location": "http://[x"},
    {"Location": "\xff\xfe"},
    {"Location": "http://x:99999999/"},
    {"Content_Encoding": "gzip"},
    {"Content_Type": "text/html; charset=\xff"},
    {"Set_Cookie": "a=b; expires=99"},
    {"Retry_After": "9" * 400},
    {"Date": "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"},
    {"Date": "soon"},
]


@pytest.mark.parametrize("headers", ODD_HEADERS)
def test_no_header_is_too_odd(platform: Any, oauth_client: Client, headers: dict[str, str]) -> None:
    body = b'{"error_info": {"error_code": 190300}}'
    platform.does(status=302 if "Location" in headers else 400, body=body, headers=headers)
    with pytest.raises(PlatformError):
        oauth_client.get("/v1/x", call="test")


def test_every_try_has_its_own_nonce_and_signature(platform: Any, key_client: Client) -> None:
    platform.refuses(960000)
    platform.refuses(190301, status=400)
    platform.refuses(41)
    platform.answers({"ok": 1})
    assert key_client.get("/v1/x", call="test") == {"ok": 1}
    assert len({seen.headers["X-TC-Nonce"] for seen in platform.seen}) == 4
    assert len({seen.headers["X-TC-Signature"] for seen in platform.seen}) == 4


FAULTS = {
    "no answer": {"drop": True},
    "truncated": {"body": b'{"meeting_id": "1', "cut": True},
    "broken JSON": {"body": b'{"meeting_id": '},
    "not an object": {"body": b"[1]"},
    "bad gateway": {"status": 502, "body": b"<html>"},
    "too deep": {"body": b"[" * 200_000},
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_repeatable_call_survives_a_fault(
    platform: Any, oauth_client: Client, method: str, fault: dict[str, Any]
) -> None:
    platform.does(**fault)
    platform.answers({"ok": 1})
    assert call_every_way(oauth_client)[method]() == {"ok": 1}
    assert len(platform.seen) == 2


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_write_without_a_key_is_sent_once_and_its_answer_is_lost(
    platform: Any, oauth_client: Client, fault: dict[str, Any]
) -> None:
    platform.does(**fault)
    with pytest.raises(AnswerLost):
        call_every_way(oauth_client)["POST"]()
    assert len(platform.seen) == 1


@pytest.mark.parametrize("code", [41, 10000, 960000])
def test_a_fault_inside_the_platform_loses_the_answer_of_a_write(
    platform: Any, oauth_client: Client, code: int
) -> None:
    platform.refuses(code)
    with pytest.raises(AnswerLost) as caught:
        call_every_way(oauth_client)["POST"]()
    assert caught.value.error_code == code
    assert len(platform.seen) == 1


def test_a_write_refused_at_the_gate_may_be_sent_again(platform: Any, oauth_client: Client) -> None:
    platform.refuses(190301, status=400)
    platform.answers({"ok": 1})
    assert call_every_way(oauth_client)["POST"]() == {"ok": 1}


def test_a_write_that_never_left_is_no_lost_answer(make: Any, waits: list[float]) -> None:
    client = make(OAuthCredential("t", "o"), api_url=f"http://127.0.0.1:{closed_port()}", tries=2)
    with pytest.raises(TryAgain) as caught:
        call_every_way(client)["POST"]()
    assert type(caught.value) is TryAgain
    assert len(waits) == 1


def test_a_time_out_of_a_write_is_a_lost_answer(make: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        client = make(OAuthCredential("t", "o"), api_url=url, timeout=(1, 0.05))
        with pytest.raises(AnswerLost):
            call_every_way(client)["POST"]()


class Slow:
    """A platform that answers one request by bits, with pauses of a moment between them, until it is left."""

    def __init__(self, *bits: bytes) -> None:
        self.bits = bits
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.server.getsockname()[1]}"
        self.left = threading.Event()
        self.thread = threading.Thread(target=self._serve)

    def __enter__(self) -> "Slow":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.left.set()
        self.thread.join()
        self.server.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError), self.server.accept()[0] as caller:
            caller.recv(65536)
            for bit in self.bits:
                caller.sendall(bit)
                if self.left.wait(0.05):
                    break
            self.left.wait()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n"
DRIPS = {
    "nothing": [],
    "headers": [HEAD[:20], *[b"X"] * 1000],
    "body": [HEAD + b"\r\n", *[b" "] * 1000],
    "chunks": [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *[b"1\r\n \r\n"] * 1000],
}


@pytest.mark.parametrize("drips", DRIPS.values(), ids=DRIPS.keys())
def test_an_answer_that_drips_is_given_up_in_time(make: Any, drips: list[bytes]) -> None:
    with Slow(*drips) as slow:
        client = make(OAuthCredential("t", "o"), api_url=slow.url, timeout=(1, 0.3), tries=1)
        begun = time.monotonic()
        with pytest.raises(AnswerLost):
            client.post("/v1/x", call="test")
        assert 0.25 < time.monotonic() - begun < 2


def test_a_request_nobody_reads_is_given_up_in_time(make: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        client = make(OAuthCredential("t", "o"), api_url=url, timeout=(0.3, 5), tries=1)
        begun = time.monotonic()
        with pytest.raises(AnswerLost):
            client.post("/v1/x", body="x" * 20_000_000, call="test")
        assert time.monotonic() - begun < 4


def test_answers_in_time_share_a_connection_whatever_time_was_left(platform: Any, make: Any) -> None:
    platform.answers({"text": "x" * 300_000})
    client = make(OAuthCredential("t", "o"), timeout=(1, 0.5))
    assert [len(client.get("/v1/x", call="test")["text"]) for _ in range(20)] == [300_000] * 20


def test_tries_and_pauses_are_bounded(platform: Any, oauth_client: Client, waits: list[float]) -> None:
    platform.refuses(41)
    with pytest.raises(TryAgain):
        oauth_client.get("/v1/x", call="test")
    assert len(platform.seen) == 4
    assert [0.5 * 2**n >= pause >= 0.25 * 2**n for n, pause in enumerate(waits)] == [True] * 3


def test_a_rate_limit_goes_to_the_caller_with_the_rest_of_the_minute(
    platform: Any, make: Any, waits: list[float]
) -> None:
    platform.refuses(190310)
    client = make(OAuthCredential("t", "o"), clock=lambda: NOON + 17)
    with pytest.raises(TryAgain) as caught:
        call_every_way(client)["POST"]()
    assert (type(caught.value), caught.value.retry_after) == (TryAgain, 43)
    assert (len(platform.seen), waits) == (1, [])


def test_a_rate_limit_near_the_end_of_its_minute_is_waited_out(
    platform: Any, make: Any, waits: list[float]
) -> None:
    platform.refuses(190310)
    platform.answers({"ok": 1})
    assert make(OAuthCredential("t", "o"), clock=lambda: NOON + 56).get("/v1/x", call="test") == {"ok": 1}
    assert waits == [4]


def test_a_refused_clock_is_set_by_the_platform_and_tried_again(platform: Any, oauth_client: Client) -> None:
    platform.refuses(190300, status=400, Date="Fri, 15 Jan 2027 09:00:00 GMT")
    platform.answers({"ok": 1})
    assert oauth_client.get("/v1/x", call="test") == {"ok": 1}
    stamps = [int(seen.headers["X-TC-Timestamp"]) for seen in platform.seen]
    assert stamps == [1_800_000_000, 1_800_003_600]
    assert oauth_client.clock_skew == 3600


@pytest.mark.parametrize("date", ["", "yesterday", "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 18 Jan 2027 09:00:00 GMT"])
def test_a_refused_clock_without_a_date_to_believe_ends_in_try_again(
    platform: Any, oauth_client: Client, date: str
) -> None:
    platform.refuses(190300, status=400, Date=date)
    with pytest.raises(TryAgain):
        oauth_client.get("/v1/x", call="test")
    assert len(platform.seen) == 4


@pytest.mark.parametrize("code", [9003, 9042, 190004, 500014])
def test_final_codes_are_never_tried_again(platform: Any, oauth_client: Client, code: int) -> None:
    platform.refuses(code)
    with pytest.raises(PlatformError):
        oauth_client.get("/v1/x", call="test")
    assert len(platform.seen) == 1


def test_a_dead_token_is_a_refreshable_grant_but_a_wrong_key_is_not_allowed(
    platform: Any, oauth_client: Client, key_client: Client
) -> None:
    platform.refuses(190303, status=400)
    with pytest.raises(GrantGone) as gone:
        oauth_client.get("/v1/x", call="test")
    with pytest.raises(NotAllowed) as wrong:
        key_client.get("/v1/x", call="test")
    assert (gone.value.refreshable, wrong.value.reason) == (True, "credential")


def test_an_error_in_a_200_is_still_an_error(platform: Any, oauth_client: Client) -> None:
    platform.refuses(9003, status=200)
    with pytest.raises(NotThere):
        oauth_client.get("/v1/x", call="test")


def test_an_error_names_call_code_and_trace(platform: Any, oauth_client: Client) -> None:
    platform.refuses(190004, "bad meeting_id", status=400, X_Tc_Trace="abc123")
    with pytest.raises(Refused) as caught:
        oauth_client.get("/v1/x", call="meetings.read")
    error = caught.value
    assert (error.call, error.error_code, error.trace, error.field, error.reason) == (
        "meetings.read",
        190004,
        "abc123",
        "meeting_id",
        "bad_parameter",
    )
    assert str(error) == "Refused at meetings.read: 190004 bad meeting_id"


def test_an_error_survives_a_trip_to_another_process(platform: Any, oauth_client: Client) -> None:
    platform.refuses(190310)
    with pytest.raises(TryAgain) as caught:
        oauth_client.get("/v1/x", call="meetings.read")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (type(copy), vars(copy)) == (TryAgain, vars(caught.value))


def test_redirects_are_refused_and_not_followed(platform: Any, oauth_client: Client) -> None:
    platform.does(status=302, headers={"Location": "/elsewhere"})
    with pytest.raises(Refused):
        oauth_client.get("/v1/x", call="test")
    assert [seen.path for seen in platform.seen] == ["/v1/x"]


def test_cookies_are_neither_kept_nor_sent(platform: Any, make: Any) -> None:
    platform.does(headers={"Set-Cookie": "a=1; Path=/"})
    session = new_session()
    client = make(OAuthCredential("t", "o"))
    client.get("/v1/x", call="test")
    client.get("/v1/x", call="test")
    assert "Cookie" not in platform.last.headers
    assert (len(session.cookies), len(client._session.cookies)) == (0, 0)
    session.close()


def test_a_netrc_never_adds_a_password(
    platform: Any, make: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(netrc))
    make(OAuthCredential("t", "o")).get("/v1/x", call="test")
    assert "Authorization" not in platform.last.headers


class Purse(Unlimited):
    """A budget that tells what it was asked and told, and has room only after some waits."""

    def __init__(self, *waits: float, patience: float = 0.0, skew: float | None = None) -> None:
        self.waits, self.patience, self.skew = list(waits), patience, skew
        self.told: list[str] = []

    def take(self, call: str) -> Slot:
        self.told.append(call)
        if self.waits:
            raise OverBudget("no room", retry_after=self.waits.pop(0), call=call)
        return Told(self)


class Told(Slot):
    def __init__(self, purse: Purse) -> None:
        self.purse, self.skew = purse, purse.skew

    def unused(self) -> None:
        self.purse.told.append("unused")

    def answered(self) -> None:
        self.purse.told.append("answered")

    def refused(self, error: PlatformError) -> PlatformError:
        self.purse.told.append("refused")
        return error

    def corrected(self, skew: float) -> None:
        self.purse.skew = skew


def test_a_slot_is_taken_for_each_try_and_told_how_it_went(platform: Any, make: Any) -> None:
    purse = Purse()
    platform.refuses(41)
    platform.does(drop=True)
    platform.answers({"ok": 1})
    make(OAuthCredential("t", "o"), budget=purse).get("/v1/x", call="a")
    assert purse.told == ["a", "answered", "refused", "a", "a", "answered"]


def test_a_slot_is_given_back_where_the_request_never_left(make: Any) -> None:
    purse = Purse()
    client = make(OAuthCredential("t", "o"), api_url=f"http://127.0.0.1:{closed_port()}", tries=1, budget=purse)
    with pytest.raises(TryAgain):
        client.get("/v1/x", call="a")
    assert purse.told == ["a", "unused"]


def test_short_waits_for_a_slot_are_slept_and_are_no_tries(platform: Any, make: Any, waits: list[float]) -> None:
    purse = Purse(0.2, 0.3, 0.1, 0.4, 0.5, patience=2)
    assert make(OAuthCredential("t", "o"), budget=purse, tries=1).get("/v1/x", call="a") == {}
    assert (waits, len(platform.seen)) == ([0.2, 0.3, 0.1, 0.4, 0.5], 1)


def test_waits_for_slots_end_with_the_patience_for_all_of_them(platform: Any, make: Any, waits: list[float]) -> None:
    client = make(OAuthCredential("t", "o"), budget=Purse(0.6, 0.6, patience=1))
    with pytest.raises(OverBudget) as caught:
        client.post("/v1/x", call="a")
    assert (type(caught.value), caught.value.retry_after, waits, platform.seen) == (OverBudget, 0.6, [0.6], [])


def test_a_clock_found_wrong_is_told_and_the_next_client_begins_right(platform: Any, make: Any) -> None:
    purse = Purse()
    platform.refuses(190300, status=400, Date="Fri, 15 Jan 2027 09:00:00 GMT")
    platform.answers({"ok": 1})
    for _ in range(2):
        make(OAuthCredential("t", "o"), budget=purse).get("/v1/x", call="a")
    stamps = [int(seen.headers["X-TC-Timestamp"]) for seen in platform.seen]
    assert stamps == [1_800_000_000, 1_800_003_600, 1_800_003_600]
