"""The same call through our client and through the SDK, byte beside byte: what differs is written down."""

import contextlib
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from wemeet_openapi.core.authenticator import JWTAuthenticator

from portal.tencent.auth import KeyCredential, OAuthCredential
from portal.tencent.capabilities import CAPABILITIES
from portal.tencent.client import Client
from portal.tencent.errors import PlatformError
from portal.tencent.transport import new_session
from tests.conformance.both_ways import CASES, Case
from tests.conformance.deviations import table
from tests.conformance.recorder import Recorder, Sent, differences, recording
from tests.conformance.witness import Kind, Witness, keys_witness, token_witness

NOON = 1_800_000_000
# Characters that queries and paths must encode.
OPERATOR = "li.ming+a@x"
TOKEN, OPEN_ID = "token+/of=alice", "openidofalice00000000000000a"
ENTERPRISE = {"app_id": "200001", "sdk_id": "1700001", "secret_id": "AKIDEXAMPLE0001", "secret_key": "SecretKeyExample0001"}
SHOWN: dict[Kind, str] = {"keys": "AK/SK", "token": "OAuth"}
TRIED = [(case, kind) for case in CASES for kind in case.kinds]


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    with recording() as server:
        yield server


def ours(recorder: Recorder, case: Case, kind: Kind) -> Sent:
    credential = OAuthCredential(TOKEN, OPEN_ID) if kind == "token" else KeyCredential(**ENTERPRISE, operator=OPERATOR)
    with new_session() as session, contextlib.suppress(PlatformError):
        case.ours(Client(credential, api_url=recorder.url, session=session, clock=lambda: NOON, tries=1))
    return recorder.only()


def witness(recorder: Recorder, kind: Kind) -> Witness:
    return token_witness(recorder.url, OPEN_ID, TOKEN) if kind == "token" else keys_witness(recorder.url, ENTERPRISE, OPERATOR)


def theirs(recorder: Recorder, case: Case, kind: Kind, like: Sent) -> Sent:
    """Send through the SDK with the nonce and the time that our client took."""
    who = witness(recorder, kind)
    fixed = {"nonce": int(like.headers["X-TC-Nonce"]), "timestamp": like.headers["X-TC-Timestamp"]}
    who.at(**fixed).send(case.sdk, **case.given(who))
    who.close()
    return recorder.only()


def test_every_difference_from_the_sdk_is_listed_and_every_listed_one_is_there(recorder: Recorder) -> None:
    found = set()
    for case, kind in TRIED:
        sent = ours(recorder, case, kind)
        assert sent.headers["X-TC-Timestamp"] == str(NOON)
        found |= {(case.call, SHOWN[kind], each) for each in differences(sent, theirs(recorder, case, kind, sent))}
    listed = {row for row in table("Requests") if row[0] != "some calls"}
    anywhere = {difference for calls, _, difference, _ in set(table("Requests")) - listed}
    certain = set(written_out(listed))
    assert {each for each in found - certain if each[2] not in anywhere} == set()
    assert certain - found == set()
    assert anywhere - {difference for _, _, difference in found} == set()


def written_out(rows: set[tuple[str, ...]]) -> Iterator[tuple[str, str, str]]:
    """Yield (call, credential, difference) of each row, with "every call" and "both" written out."""
    for calls, credential, difference, _ in rows:
        for case, kind in TRIED:
            meant = calls == "every call" or case.call in calls.split(", ")
            if meant and credential in ("both", SHOWN[kind]):
                yield case.call, SHOWN[kind], difference


@pytest.mark.parametrize("case", [case for case in CASES if "keys" in case.kinds], ids=lambda case: case.call)
def test_the_sdk_signs_our_bytes_as_we_do(recorder: Recorder, case: Case) -> None:
    sent = ours(recorder, case, "keys")
    signer = JWTAuthenticator(nonce=int(sent.headers["X-TC-Nonce"]), timestamp=sent.headers["X-TC-Timestamp"])
    who = witness(recorder, "keys")
    signer.options_build()(who.config)
    request = SimpleNamespace(method=sent.method, path_url=sent.target, body=sent.body or None)
    assert signer.__signature__(request) == sent.headers["X-TC-Signature"]
    who.close()


def test_each_call_of_ours_is_held_against_the_sdk_or_said_to_be_alone() -> None:
    alone = {call for calls, _ in table("Calls the SDK does not have") for call in calls.split(", ")}
    compared = {(case.call, kind) for case, kind in TRIED}
    expected = {
        (row.call, kind)
        for row in CAPABILITIES.values()
        for kind, may in (("keys", row.key), ("token", row.oauth))
        if may and row.call not in alone
    }
    assert compared == expected
    assert alone - CAPABILITIES.keys() == set()
