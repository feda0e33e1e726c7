"""Enrolment: configuration, approvals, import with its silent losses, look-up by people seen."""

import base64

import pytest

from tests.sandbox.wire import Json, Keys, Platform, Token

HOUR = 3_600
QUESTIONS = [
    {
        "question_title": "从哪里得知",
        "question_type": 1,
        "is_required": 1,
        "option_list": [{"content": "朋友"}],
    },
    {"special_type": 4, "is_required": 2},
    {"special_type": 2, "is_required": 2},
    {"special_type": 5, "is_required": 1},
]


def path(made: Json, rest: str, kind: str = "meetings") -> str:
    return f"/v1/{kind}/{made['meeting_id']}/enroll/{rest}"


def phones(count: int, first: int = 0) -> list[Json]:
    return [
        {"area": "86", "phone_number": f"1380000{first + number:04d}", "nick_name": f"人{number}"}
        for number in range(count)
    ]


@pytest.fixture
def made(platform: Platform, token: Token, now: int) -> Json:
    return platform.book(token, now - HOUR, now + HOUR, enable_enroll=True)


def test_enrolment_that_is_off_or_somebody_elses_is_refused(
    platform: Platform, token: Token, now: int, made: Json
) -> None:
    off = platform.book(token, now, now + HOUR)
    assert platform.refused(token, "GET", path(off, "config"), **platform.actor(token)) == (500, 101)
    other = platform.token(platform.organiser(0, 4)["open_id"])
    assert platform.refused(other, "GET", path(made, "config"), **platform.actor(other)) == (500, 107)
    keys = platform.keys()
    assert platform.call(keys, "GET", path(made, "config"), **platform.actor(keys))["approve_type"] == 1
    by_userid = {"operator_id": platform.organiser()["userid"], "operator_id_type": 1, "instanceid": 1}
    assert platform.refused(token, "GET", path(made, "config"), **by_userid) == (400, 190004)


def test_the_configuration_keeps_what_is_omitted_and_puts_special_questions_first(
    platform: Platform, token: Token, made: Json
) -> None:
    body = {
        **platform.actor(token),
        "is_collect_question": 2,
        "question_list": QUESTIONS,
        "cover_image": ["https://example.com/a.png"],
    }
    assert platform.call(token, "PUT", path(made, "config"), body)["question_count"] == 4
    platform.call(token, "PUT", path(made, "config"), {**platform.actor(token), "approve_type": 2})
    shown = platform.call(token, "GET", path(made, "config"), **platform.actor(token))
    assert (shown["approve_type"], shown["is_collect_question"]) == (2, 2)
    assert [question["special_type"] for question in shown["question_list"]] == [4, 2, 5, 1]
    assert base64.b64decode(shown["cover_image"][0]) == b"https://example.com/a.png"
    past = {**platform.actor(token), "enroll_deadline": "100"}
    assert platform.refused(token, "PUT", path(made, "config"), past) == (400, 190004)


def test_an_import_loses_some_rows_and_names_unknown_userids(
    platform: Platform, token: Token, made: Json
) -> None:
    staff = platform.staff()[0]["userid"]
    rows = [*phones(120), {"area": "86", "phone_number": "12345"}, {"userid": staff}, {"userid": "nobody"}]
    answer = platform.call(
        token, "POST", path(made, "import"), {**platform.actor(token), "enroll_list": rows}
    )
    imported = {row["phone_number"] or row["userid"] for row in answer["enroll_list"]}
    assert answer["user_non_registered"] == ["nobody"]
    assert answer["total_count"] == len(answer["enroll_list"]) == 120
    lost = {row.get("phone_number") or row["userid"] for row in rows} - imported
    assert lost == {"13800000096", "12345", "nobody"}, "row 97 and the bad phone vanish without a word"
    again = platform.call(
        token, "POST", path(made, "import"), {**platform.actor(token), "enroll_list": rows[:3]}
    )
    assert [row["enroll_id"] for row in again["enroll_list"]] == [
        row["enroll_id"] for row in answer["enroll_list"][:3]
    ]
    page = platform.call(token, "GET", path(made, "approvals"), page=1, page_size=50, **platform.actor(token))
    assert page["total_count"] == 120
    assert {row["enroll_source_type"] for row in page["enroll_list"]} == {2}
    platform.switch(repeated_import="duplicate")
    twice = platform.call(
        token, "POST", path(made, "import"), {**platform.actor(token), "enroll_list": rows[:3]}
    )
    assert twice["enroll_list"][0]["enroll_id"] != answer["enroll_list"][0]["enroll_id"]


def test_an_import_has_limits(platform: Platform, token: Token, made: Json) -> None:
    platform.switch(import_drop_every=0)
    actor = platform.actor(token)
    assert platform.refused(token, "POST", path(made, "import"), {**actor, "enroll_list": phones(1_001)}) == (
        400,
        190004,
    )
    for part in range(4):
        platform.call(
            token, "POST", path(made, "import"), {**actor, "enroll_list": phones(1_000, part * 1_000)}
        )
    over = {**actor, "enroll_list": phones(1, 9_000)}
    assert platform.refused(token, "POST", path(made, "import"), over) == (400, 190004)


def test_only_oauth_imports_by_open_id(platform: Platform, token: Token, made: Json) -> None:
    rows = [{"open_id": token.open_id}, {"open_id": "stranger"}]
    answer = platform.call(
        token, "POST", path(made, "import"), {**platform.actor(token), "enroll_list": rows}
    )
    assert [row["open_id"] for row in answer["enroll_list"]] == [token.open_id]
    keys = platform.keys()
    body = {**platform.actor(keys), "enroll_list": rows}
    assert platform.refused(keys, "POST", path(made, "import"), body) == (400, 190004)


def test_registrants_answer_the_questions_and_wait_for_approval(
    platform: Platform, token: Token, made: Json
) -> None:
    body = {**platform.actor(token), "is_collect_question": 2, "question_list": QUESTIONS, "approve_type": 2}
    platform.call(token, "PUT", path(made, "config"), body)
    actor = platform.actor(token)
    empty = platform.call(token, "GET", path(made, "approvals"), page=1, page_size=50, **actor)
    assert (empty["total_count"], "enroll_list" in empty) == (0, False)
    done = platform.post("scenarios/2/register", meeting_id=made["meeting_id"], people=20, seed=4)
    assert (done["registered"], done["refused"]) == (20, 0)
    page = platform.call(token, "GET", path(made, "approvals"), page=1, page_size=50, status=1, **actor)
    ids = [row["enroll_id"] for row in page["enroll_list"]]
    answers = page["enroll_list"][0]["answer_list"]
    assert [answer["special_type"] for answer in answers] == [4, 2, 5, 1]
    assert answers[1]["answer_content"][0].startswith("1380000")
    assert answers[3]["answer_content"] == ["朋友"]
    decided = {**actor, "action": 3, "enroll_id_list": ids[:5]}
    assert platform.call(token, "PUT", path(made, "approvals"), decided)["handled_count"] == 5
    left = platform.call(token, "GET", path(made, "approvals"), page=1, page_size=50, status=1, **actor)
    assert left["total_count"] == 15
    unknown = {**actor, "action": 3, "enroll_id_list": [1]}
    assert platform.refused(token, "PUT", path(made, "approvals"), unknown) == (500, 112)
    gone = {**actor, "enroll_id_list": [{"enroll_id": ids[0]}]}
    assert platform.call(token, "DELETE", path(made, "unregistration"), gone) == {"total_count": 1}


def test_the_cap_of_registrations_holds(platform: Platform, token: Token, made: Json) -> None:
    platform.call(token, "PUT", path(made, "config"), {**platform.actor(token), "enroll_number": 7})
    done = platform.post("scenarios/2/register", meeting_id=made["meeting_id"], people=10, seed=4)
    assert (done["registered"], done["refused"]) == (7, 3)


def test_people_seen_are_tied_to_their_registration(platform: Platform, token: Token, made: Json) -> None:
    actor, staff = platform.actor(token), platform.staff()[0]
    rows = [*phones(2), {"userid": staff["userid"]}]
    imported = platform.call(token, "POST", path(made, "import"), {**actor, "enroll_list": rows})[
        "enroll_list"
    ]
    platform.post(
        "play",
        meeting_id=made["meeting_id"],
        end=False,
        people=[
            {"key": "a", "name": "甲", "phone": "13800000000", "stays": [{"join": 1, "leave": 5}]},
            {
                "key": "b",
                "name": "乙",
                "phone": "13800000777",
                "enroll_phone": "13800000001",
                "stays": [{"join": 2, "leave": 5}],
            },
            {
                "key": "c",
                "name": staff["name"],
                "userid": staff["userid"],
                "stays": [{"join": 3, "leave": 5}],
            },
            {"key": "d", "name": "丁", "stays": [{"join": 4, "leave": 5}]},
        ],
    )
    seen = [row["ms_open_id"] for row in platform.participants(token, made["meeting_id"])]
    found = platform.call(token, "POST", path(made, "ids"), {**actor, "ms_open_id_list": seen})[
        "enroll_id_list"
    ]
    expected = [{"ms_open_id": seen[place], "enroll_id": imported[place]["enroll_id"]} for place in range(3)]
    assert found == expected
    nobody = platform.call(token, "POST", path(made, "ids"), {**actor, "ms_open_id_list": seen[3:]})
    assert "enroll_id_list" not in nobody
    truth = platform.get(f"truth/{made['meeting_id']}")["people"]
    assert [person["enroll_id"] for person in truth] == [*(row["enroll_id"] for row in imported), None]
    page = platform.call(token, "GET", path(made, "approvals"), page=1, page_size=50, **actor)
    assert page["enroll_list"][0]["ms_open_id"] == seen[0]
    too_many = {**actor, "ms_open_id_list": ["x"] * 501}
    assert platform.refused(token, "POST", path(made, "ids"), too_many) == (400, 190004)


def test_a_webinar_ties_a_caller_to_the_registration_and_a_meeting_does_not(
    platform: Platform, token: Token, now: int
) -> None:
    caller = {
        "key": "c",
        "name": "来电",
        "number": "13800000005",
        "stays": [{"join": 1, "leave": 9, "join_type": 0, "device": 0}],
    }
    found = {}
    for kind, book in (("webinars", platform.webinar), ("meetings", platform.book)):
        made = book(token, now - HOUR, now - 60, **({"enable_enroll": True} if kind == "meetings" else {}))
        actor = platform.actor(token)
        platform.call(token, "POST", path(made, "import", kind), {**actor, "enroll_list": phones(1, 5)})
        platform.post("play", meeting_id=made["meeting_id"], people=[caller])
        seen = platform.participants(token, made["meeting_id"])[0]["ms_open_id"]
        answer = platform.call(token, "POST", path(made, "ids", kind), {**actor, "ms_open_id_list": [seen]})
        found[kind] = "enroll_id_list" in answer
    assert found == {"webinars": True, "meetings": False}


def test_approvals_take_pages_up_to_the_switch(platform: Platform, keys: Keys, made: Json) -> None:
    actor = platform.actor(keys)
    assert (
        platform.call(keys, "GET", path(made, "approvals"), page=1, page_size=300, **actor)["total_count"]
        == 0
    )
    platform.switch(approvals_page_max=50)
    assert platform.refused(keys, "GET", path(made, "approvals"), page=1, page_size=51, **actor) == (
        400,
        190004,
    )
