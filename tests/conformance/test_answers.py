"""What the sandbox answers beyond the SDK's models: the document's table holds it all, and nothing that is gone."""

from tests.conformance.booking import DAY, book, read
from tests.conformance.deviations import answers
from tests.conformance.witness import Witness
from tests.sandbox.wire import Platform


def test_every_listed_answer_still_differs_from_the_sdk(keys: Witness, platform: Platform, now: int) -> None:
    people = {"invitees": [{"userid": platform.staff()[0]["userid"]}], "location": "上海"}
    rule = {"recurring_type": 0, "until_type": 1, "until_count": 3}
    series = book(keys, now + DAY, meeting_type=1, recurring_rule=rule, **people)
    read(keys, series.meeting_id)
    keys.call("v1_meetings_get", userid=keys.user, instanceid="1", meeting_code=series.meeting_code)
    body = {"userid": keys.user, "instanceid": 1, "meeting_type": 1, "recurring_rule": rule, "subject": "改期"}
    keys.call("v1_meetings_meeting_id_put", meeting_id=series.meeting_id, body=body)
    assert answers().keys() - keys.disagreed == set()
