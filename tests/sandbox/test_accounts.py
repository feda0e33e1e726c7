"""Lists of a whole account, its departments, and guests by a meeting's code."""

import pytest

from tests.sandbox.room import HOUR, open_meeting, person, stay
from tests.sandbox.wire import Json, Keys, Platform, Token


def admin(platform: Platform) -> Json:
    return {"operator_id": platform.organiser(0, 0)["userid"], "operator_id_type": 1}


def walk(platform: Platform, keys: Keys, **query: object) -> list[Json]:
    """Feed the cursor back until nothing remains, as a caller should."""
    found: list[Json] = []
    pos: Json = {}
    while True:
        page = platform.call(keys, "GET", "/v1/corp/users", page_size=50, **admin(platform), **query, **pos)
        found += page["users"]
        if not page["has_remaining"]:
            assert "next_pos" not in page
            return found
        pos = {"pos": page["next_pos"]}


def test_the_account_lists_every_member_by_cursor_and_by_page(platform: Platform, keys: Keys) -> None:
    everybody = keys.enterprise["users"]
    found = walk(platform, keys)
    assert [user["userid"] for user in found] == [user["userid"] for user in everybody]
    page = platform.call(keys, "GET", "/v1/corp/users", page_size=50, page=2, **admin(platform))
    assert page["users"] == found[50:100]
    assert (page["total_count"], page["current_size"]) == (len(everybody), 50)
    first = found[0]
    assert (first["user_name"], first["status"], type(first["status"])) == (everybody[0]["name"], 1, int)
    assert first["departments"] == [
        {"id": "1", "name": "总部", "full_name": "总部", "is_main": True},
        {"id": "2", "name": "会务部", "full_name": "总部/会务部", "is_main": False},
    ]


def test_the_account_list_filters(platform: Platform, keys: Keys) -> None:
    one = keys.enterprise["users"][7]
    assert [user["userid"] for user in walk(platform, keys, userid=one["userid"])] == [one["userid"]]
    assert one["userid"] in [user["userid"] for user in walk(platform, keys, user_name=one["name"])]
    assert [user["role_code"] for user in walk(platform, keys, role_code="ADMIN_ROLE")] == ["ADMIN_ROLE"]
    assert walk(platform, keys, status=0) == []


def test_account_lists_are_for_administrators_and_not_for_oauth(platform: Platform, keys: Keys, token: Token) -> None:
    for path, query in (
        ("/v1/corp/users", {"page_size": 5}), ("/v1/corp/user-roles", {}),
        ("/v1/corp/meetings", {"page": 1, "page_size": 5, "meeting_state": 1}),
    ):
        assert platform.refused(token, "GET", path, **platform.actor(token), **query) == (400, 190325), path
        assert platform.refused(keys, "GET", path, **platform.actor(keys), **query) == (400, 500014), path
        platform.call(keys, "GET", path, **admin(platform), **query)


@pytest.mark.parametrize("bad", [
    {"pos": "p_0"}, {"pos": "x"}, {"pos": "p_١"}, {"status": 3}, {"page": 0}, {"page_size": 101}, {"page_size": "x"},
])
def test_an_odd_query_of_the_account_is_refused(platform: Platform, keys: Keys, bad: Json) -> None:
    query = {"page_size": 5} | bad
    assert platform.refused(keys, "GET", "/v1/corp/users", **admin(platform), **query) == (400, 190004)


def test_roles_are_counted(platform: Platform, keys: Keys) -> None:
    roles = platform.call(keys, "GET", "/v1/corp/user-roles", page=1, page_size=20, **admin(platform))["user_role_list"]
    counted = {role["role_code"]: role["role_member_nu"] for role in roles}
    assert (counted["ADMIN_ROLE"], counted["MANAGER_ROLE"]) == (1, 1)
    assert sum(counted.values()) == len(keys.enterprise["users"])


def test_the_account_lists_meetings_by_state(platform: Platform, keys: Keys, token: Token, now: int) -> None:
    live = open_meeting(platform, token, now, [person("a")])
    coming = platform.book(keys, now + HOUR, now + 2 * HOUR)["meeting_id"]
    over = platform.book(keys, now - 2 * HOUR, now - HOUR)["meeting_id"]
    people = [person("a", stay(0, 600)), person("b", stay(60, 120))]
    platform.post("play", meeting_id=over, people=people)
    query = {"page": 1, "page_size": 100, **admin(platform)}
    found = {
        state: {
            row["meeting_id"]: row
            for row in platform.call(keys, "GET", "/v1/corp/meetings", meeting_state=state, **query)["meeting_info_list"]
        }
        for state in (1, 2, 3)
    }
    assert [[made in found[state] for state in (1, 2, 3)] for made in (over, live, coming)] == [
        [True, False, False], [False, True, False], [False, False, True],
    ]
    assert (found[2][live]["online_member_num"], found[2][live]["start_time"]) == (2, now - 900)
    row = found[1][over]
    start = (now - 2 * HOUR) * 1000
    assert (row["start_time"], row["participants_num"]) == (start, 2)
    assert (row["meeting_duration"], row["user_meeting_duration"]) == (600_000, 660_000)
    only = platform.call(keys, "GET", "/v1/corp/meetings", meeting_state=3, userid="nobody", **query)
    assert only["meeting_info_list"] == []


def test_departments_are_walked_as_a_tree(platform: Platform, keys: Keys, token: Token) -> None:
    asks = {"userid": platform.organiser(0, 0)["userid"]}
    top = platform.call(keys, "GET", "/v1/departments", department_id=0, **asks)
    assert top["department_list"] == [{
        "department_id": "1", "department_name": "总部", "department_full_name": "总部", "is_main_department": True,
    }]
    below = platform.call(keys, "GET", "/v1/departments", department_id=1, **asks)["department_list"]
    assert [each["department_full_name"] for each in below] == ["总部/会务部", "总部/业务部"]
    assert platform.call(keys, "GET", "/v1/departments", **asks)["total_count"] == 3
    first = platform.call(keys, "GET", "/v1/departments/2/users", **asks)
    assert [user["userid"] for user in first["users"]] == [
        user["userid"] for user in keys.enterprise["users"] if user["organises"]
    ]
    assert (first["users"][0]["status"], first["users"][0]["department_name"]) == (1, "会务部")
    member = {"userid": platform.organiser()["userid"]}
    assert platform.refused(keys, "GET", "/v1/departments", **member) == (500, 190443)
    assert platform.refused(keys, "GET", "/v1/departments/2/users", **member) == (500, 190444)
    assert platform.refused(keys, "GET", "/v1/departments/77/users", **asks) == (500, 20000)
    assert platform.refused(keys, "GET", "/v1/departments", page_size=21, **asks) == (400, 190004)
    assert platform.refused(token, "GET", "/v1/departments", **asks) == (400, 190325)


def test_the_advanced_list_filters(platform: Platform, keys: Keys) -> None:
    path, actor = "/v1/users/advance/list", {**platform.actor(keys), "size": 100}
    del actor["instanceid"]
    found = platform.call(keys, "GET", path, department_id="2", **actor)["users"]
    assert [user["userid"] for user in found] == [
        user["userid"] for user in keys.enterprise["users"] if user["organises"]
    ]
    for empty in ({"status": 4}, {"user_account_type": 2}, {"enable_ai_account": "true"}, {"department_id": "77"}):
        assert platform.call(keys, "GET", path, **actor, **empty)["users"] == [], empty
    for bad in ({"status": 2}, {"user_account_type": 3}, {"enable_ai_account": "x"}, {"pos": "x"}):
        assert platform.refused(keys, "GET", path, **actor, **bad) == (400, 190004), bad


def test_guests_are_read_and_replaced_by_the_code_too(platform: Platform, token: Token, now: int) -> None:
    made = platform.book(token, now, now + HOUR)
    who = {"userid": token.open_id, "instanceid": 1}
    guest = {"area": "86", "phone_number": "13800000001", "guest_name": "贵宾"}
    body = who | {"meeting_code": made["meeting_code"], "guests": [guest]}
    assert platform.call(token, "PUT", "/v1/guests", body) == {}
    read = platform.call(token, "GET", "/v1/guests", meeting_code=made["meeting_code"], **who)
    assert (read["meeting_id"], read["guests"]) == (made["meeting_id"], [guest])
    assert platform.call(token, "GET", f"/v1/guests/{made['meeting_id']}", **who)["guests"] == [guest]
    assert platform.refused(token, "GET", "/v1/guests", meeting_code="000", **who) == (500, 9003)
    assert platform.refused(token, "PUT", "/v1/guests", body | {"guests": "x"}) == (400, 190004)
    assert platform.refused(token, "PUT", "/v1/guests", who) == (400, 190004)
