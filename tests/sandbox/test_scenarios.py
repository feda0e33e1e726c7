"""The five scenarios: the same for the same seed, full of mess, and true to their rows."""

import base64
from collections import Counter, defaultdict

import pytest

from tests.sandbox.wire import Json, Keys, Platform, tag

HOUR = 3_600
PEOPLE = 60


def prepared(platform: Platform, keys: Keys, scenario: int, now: int) -> tuple[str, dict[str, str]]:
    """Book and prepare a meeting as a portal would: import, links, registrations."""
    start = now - 3 * HOUR
    described = platform.get(f"scenarios/{scenario}", people=PEOPLE, seed=9)
    kind = "webinars" if described["webinar"] else "meetings"
    book = platform.webinar if described["webinar"] else platform.book
    made = book(keys, start, start + 2 * HOUR, **({} if described["webinar"] else {"enable_enroll": True}))[
        "meeting_id"
    ]
    rows = [
        {"area": "86", "phone_number": row["phone"]} if row["phone"] else {"userid": row["userid"]}
        for row in described["expected"]
        if row["phone"] or row["userid"]
    ]
    if rows:
        path = f"/v1/{kind}/{made}/enroll/import"
        platform.call(keys, "POST", path, {**platform.actor(keys), "enroll_list": rows})
    if described["self_registrants"]:
        done = platform.post(f"scenarios/{scenario}/register", meeting_id=made, people=PEOPLE, seed=9)
        assert done["registered"] == described["self_registrants"]
    links = {}
    for row in described["expected"]:
        if row["code"]:
            body = {"meeting_id": made, "customer_data": tag(row["code"]), **platform.actor(keys)}
            answer = platform.call(keys, "POST", "/v1/meetings/customer-short-url", body)
            links[row["key"]] = answer["meeting_short_url_customer_data"]["meeting_short_url"]
    return made, links


def seconds(rows: list[Json], window: Json) -> int:
    """Return the union of stays counted second by second, so that nothing is copied from the sandbox."""
    covered: set[int] = set()
    for row in rows:
        covered |= set(
            range(max(int(row["join_time"]), window["started"]), min(int(row["left_time"]), window["ended"]))
        )
    return len(covered)


@pytest.mark.parametrize("scenario", [1, 2, 3, 4, 5])
def test_truth_follows_from_the_rows(platform: Platform, keys: Keys, now: int, scenario: int) -> None:
    made, links = prepared(platform, keys, scenario, now)
    platform.post(f"scenarios/{scenario}/play", meeting_id=made, people=PEOPLE, seed=9, links=links)
    rows, truth = platform.get(f"rows/{made}"), platform.get(f"truth/{made}")
    by_id: dict[str, list[Json]] = defaultdict(list)
    for row in rows:
        by_id[row["ms_open_id"]].append(row)
    owners = Counter(each for person in truth["people"] for each in person["ms_open_ids"])
    assert set(owners) == set(by_id) and set(owners.values()) == {1}
    for person in truth["people"]:
        own = [row for each in person["ms_open_ids"] for row in by_id[each]]
        assert (person["seconds"], person["rows"]) == (seconds(own, truth["window"]), len(own)), person["key"]
    assert truth["window"]["ended"] - truth["window"]["started"] == 2 * HOUR
    kinds = Counter(person["kind"] for person in truth["people"])
    assert (kinds["host"], kinds["expected"] + kinds["registrant"] >= PEOPLE) == (1, True)
    assert any(person["seconds"] == 0 and person["rows"] == 0 for person in truth["people"]), "no-shows"
    assert any(person["seconds"] == 0 and person["rows"] > 0 for person in truth["people"]), (
        "before the start only"
    )


def test_the_same_arguments_give_the_same_people(platform: Platform) -> None:
    for scenario in range(1, 6):
        first = platform.get(f"scenarios/{scenario}", people=30, seed=2)
        assert platform.get(f"scenarios/{scenario}", people=30, seed=2) == first
        if scenario in (4, 5):
            assert platform.get(f"scenarios/{scenario}", people=30, seed=3) != first


def test_each_list_knows_what_its_scenario_knows(platform: Platform) -> None:
    lists = {number: platform.get(f"scenarios/{number}", people=PEOPLE)["expected"] for number in range(1, 6)}
    assert all(row["userid"] and not row["phone"] for row in lists[1])
    assert lists[2] == []
    assert {bool(row["userid"]) for row in lists[3]} == {True, False}
    assert all(row["phone"][:7] in ("1380000", "1990000") for row in lists[4])
    assert all(row["code"] and not row["phone"] and not row["userid"] for row in lists[5])
    assert len({row["key"] for row in lists[4]}) == PEOPLE
    names = Counter(row["name"] for row in lists[4])
    assert 2 in names.values(), "twins by name"


def test_the_roadshow_is_as_messy_as_life(platform: Platform, keys: Keys, now: int) -> None:
    made, _ = prepared(platform, keys, 4, now)
    platform.post("scenarios/4/play", meeting_id=made, people=PEOPLE, seed=9)
    rows, truth = platform.get(f"rows/{made}"), platform.get(f"truth/{made}")
    people = truth["people"]
    assert {row["join_type"] for row in rows} >= {0, 1, 2, 4, 5}
    assert max(Counter(row["phone"] for row in rows).values()) > 5, "a hash shared by many"
    raw = [base64.b64decode(row["user_name"]) for row in rows]
    assert sum(b"\xff\xfe" in name for name in raw) >= 1
    with pytest.raises(UnicodeDecodeError):
        b"".join(raw).decode()
    assert any(row["is_enterprise_user"] and not row["userid"] for row in rows), "a former employee"
    assert any(int(row["join_time"]) < truth["window"]["started"] for row in rows)
    assert any(person["kind"] == "walk_in" and person["seconds"] for person in people)
    expected_names = {person["name"] for person in people if person["kind"] == "expected"}
    assert any(person["kind"] == "walk_in" and person["name"] in expected_names for person in people), (
        "a namesake"
    )
    imported = [person for person in people if person["kind"] == "expected" and person["ms_open_ids"]]
    tied = [person for person in imported if person["enroll_id"]]
    assert len(imported) / 2 < len(tied) < len(imported)
    numbers = [
        {"area": 86, "phone": row["phone"]}
        for row in platform.get("scenarios/4", people=PEOPLE, seed=9)["expected"]
    ]
    found = [
        each
        for first in range(0, len(numbers), 20)
        for each in platform.call(
            keys,
            "POST",
            f"/v1/meetings/{made}/phone/ms-open-id",
            {**platform.actor(keys), "phone_numbers": numbers[first : first + 20]},
        )["ms_open_id_list"]
    ]
    assert max(Counter(each["phone"] for each in found).values()) == 2, "a switchboard"


def test_a_forwarded_link_shows_two_people(platform: Platform, keys: Keys, now: int) -> None:
    made, links = prepared(platform, keys, 5, now)
    platform.post("scenarios/5/play", meeting_id=made, people=PEOPLE, seed=9, links=links)
    people = platform.get(f"truth/{made}")["people"]
    tags = Counter(person["customer_data"] for person in people if person["customer_data"])
    assert Counter(tags.values())[2] == 1
    shared = next(each for each, count in tags.items() if count == 2)
    assert sorted(person["kind"] for person in people if person["customer_data"] == shared) == [
        "expected",
        "walk_in",
    ]


def test_a_scenario_plays_without_any_preparation(platform: Platform, keys: Keys, now: int) -> None:
    for scenario in range(1, 6):
        made = platform.book(keys, now - HOUR, now + HOUR)["meeting_id"]
        done = platform.post(f"scenarios/{scenario}/play", meeting_id=made, people=12)
        assert done["rows"] > 8
        truth = platform.get(f"truth/{made}")
        assert {person["enroll_id"] for person in truth["people"]} == {None}
        assert {person["customer_data"] for person in truth["people"]} == {""}
        assert truth["window"]["ended"] >= now


def test_whoever_waits_for_approval_does_not_come(platform: Platform, keys: Keys, now: int) -> None:
    made = platform.webinar(keys, now - HOUR, now - 60)["meeting_id"]
    path = f"/v1/webinars/{made}/enroll"
    platform.call(keys, "PUT", f"{path}/config", {**platform.actor(keys), "approve_type": 2})
    platform.post("scenarios/2/register", meeting_id=made, people=20)
    page = platform.call(keys, "GET", f"{path}/approvals", page=1, page_size=50, **platform.actor(keys))
    approved = [row["enroll_id"] for row in page["enroll_list"]][:10]
    platform.call(
        keys, "PUT", f"{path}/approvals", {**platform.actor(keys), "action": 3, "enroll_id_list": approved}
    )
    platform.post("scenarios/2/play", meeting_id=made, people=20)
    came = [
        person
        for person in platform.get(f"truth/{made}")["people"]
        if person["kind"] == "registrant" and person["rows"]
    ]
    assert 0 < len(came) <= 10


def test_a_meeting_that_has_not_begun_cannot_be_played(platform: Platform, keys: Keys, now: int) -> None:
    made = platform.book(keys, now + HOUR, now + 2 * HOUR)["meeting_id"]
    answer = platform.session.post(
        f"{platform.url}/_sandbox/scenarios/1/play", json={"meeting_id": made}, timeout=10
    )
    assert (answer.status_code, "earlier start" in answer.json()["error"]) == (400, True)


def test_scenarios_have_bounds(platform: Platform) -> None:
    for path in ("scenarios/1?people=2500", "scenarios/4?people=9999", "scenarios/4?people=0", "scenarios/6"):
        assert platform.session.get(f"{platform.url}/_sandbox/{path}", timeout=10).status_code == 400
