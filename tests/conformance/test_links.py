"""Exclusive links through the SDK: what only the enterprise's own app may do."""

from tests.conformance.booking import book
from tests.conformance.witness import Witness
from tests.sandbox.wire import Platform, tag


def test_a_link_is_made_listed_and_carries_its_tag_into_the_rows(
    keys: Witness, platform: Platform, now: int
) -> None:
    made = book(keys, now - 600)
    body = {"meeting_id": made.meeting_id, "customer_data": tag("A001"), **keys.operator}
    link = keys.call("v1_meetings_customer_short_url_post", body=body).meeting_short_url_customer_data
    assert link.customer_data == tag("A001")
    asked = {"meeting_id": made.meeting_id, **keys.asked}
    listed = keys.call("v1_meetings_meeting_id_customer_short_url_get", **asked)
    assert [vars(each) for each in listed.meeting_short_url_customer_data] == [vars(link)]
    people = [{"key": "a", "name": "甲", "link": link.meeting_short_url, "stays": [{"join": 1, "leave": 50}]}]
    platform.post("play", meeting_id=made.meeting_id, people=people, end=False)
    page = keys.call("v1_meetings_meeting_id_participants_get", pos="0", size="10", **asked)
    assert [each.customer_data for each in page.participants] == [tag("A001")]
