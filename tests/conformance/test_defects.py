"""Defects of the SDK that the witness gets round: while one fails to show, the way round it may go."""

import pytest
from wemeet_openapi import Client
from wemeet_openapi.core.exception import ClientException, ServiceException
from wemeet_openapi.service.meeting_guest.model import V1GuestsMeetingIdPutRequest

from tests.conformance.booking import DAY, book
from tests.conformance.witness import FUNCTIONS, Witness
from tests.sandbox.wire import Platform


def test_an_authenticator_used_twice_is_a_replay(either: Witness, now: int) -> None:
    asked = {"meeting_id": book(either, now + DAY).meeting_id, "instanceid": "1", **either.asked}
    kept = either.authenticator()
    reusing = either.at()
    reusing.authenticator = lambda: kept
    reusing.send("v1_meetings_meeting_id_get", **asked)
    # The nonce stays, and within one second the timestamp does too: 190301. Later it is signed for another body.
    assert reusing.refused("v1_meetings_meeting_id_get", **asked).code == 190301


def test_a_success_without_a_body_is_taken_for_a_failure(either: Witness, platform: Platform, now: int) -> None:
    made = book(either, now + DAY)
    platform.switch(empty_success_body=True)
    body = {"userid": either.user, "instanceid": 1, "reason_code": 0}
    with pytest.raises(ClientException):
        either.send("v1_meetings_meeting_id_cancel_post", meeting_id=made.meeting_id, body=body)
    again = either.refused("v1_meetings_meeting_id_cancel_post", meeting_id=made.meeting_id, body=body)
    assert again.code == 9007


def test_an_empty_list_is_dropped_so_that_nothing_can_be_cleared() -> None:
    assert not hasattr(V1GuestsMeetingIdPutRequest(guests=[], instanceid=1, userid="a"), "guests")


def test_the_client_leaves_the_telephone_out() -> None:
    named = {type(service) for service in vars(Client(app_id="1", secret_id="a", secret_key="b")).values()}
    assert set(FUNCTIONS.values()) - named == {FUNCTIONS["v1_meeting_meeting_id_phone_callout_post"]}


def test_a_refusal_without_the_full_code_cannot_be_read(keys: Witness, platform: Platform) -> None:
    platform.post("faults", call="GET /v1/users/list", kind="status", status=503, times=1)
    with pytest.raises(ServiceException) as caught:
        keys.send("v1_users_list_get", page="1", page_size="20", **keys.asked)
    assert (caught.value.api_resp.status_code, caught.value.error_info) == (503, None)
