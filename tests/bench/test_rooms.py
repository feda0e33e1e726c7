"""Rooms are the same for everybody who makes them, and their truth is true."""

import os
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from attendance.bench import rooms, scenes
from attendance.bench.rooms import END, START, Room, make, phone_hash
from attendance.bench.scenes import SCENES

ROOT = Path(__file__).resolve().parents[2]
VISITS = 400


@pytest.fixture(scope="module", params=SCENES)
def room(request: pytest.FixtureRequest) -> Room:
    return make(request.param, VISITS, seed=7)


@pytest.fixture(scope="module")
def names() -> Room:
    return make("names", 4_000, seed=1)


def listed(room: Room) -> dict[str, tuple[int, ...]]:
    return {who: one.rows for who, one in room.truth.items() if one.rows}


def test_the_same_seed_gives_the_same_room_in_every_process() -> None:
    program = "from attendance.bench.rooms import make; import hashlib\n" \
              "print(hashlib.sha256(repr(make('mixed', 300, 3)).encode()).hexdigest())"  # fmt: skip
    told = {
        subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": seed},
                       capture_output=True, text=True, check=True).stdout
        for seed in ("0", "1", "12345")
    }  # fmt: skip
    assert len(told) == 1
    assert make("mixed", 300, 3) == make("mixed", 300, 3) != make("mixed", 300, 4)


def test_every_participant_has_a_truth_and_every_truth_a_participant(room: Room) -> None:
    assert {visit.ms_open_id for visit in room.visits} == set(room.truth)
    assert all(0 <= row < len(room.rows) for rows in listed(room).values() for row in rows)
    assert VISITS <= len(room.visits) <= VISITS + 8


def test_nobody_who_came_is_two_people_and_no_person_comes_as_another(room: Room) -> None:
    came = Counter(rows for rows in listed(room).values())
    assert max(came.values()) <= 2
    persons = {row for rows in came for row in rows}
    assert len(persons) == sum(len(rows) for rows in came)


def test_own_userids_and_calls_point_to_the_true_row(room: Room) -> None:
    by_userid = {row.userid: at for at, row in enumerate(room.rows) if row.userid}
    for visit in room.visits:
        if visit.userid in by_userid:
            assert by_userid[visit.userid] in room.truth[visit.ms_open_id].rows
    assert all(row in room.truth[who].rows for who, row in room.callers.items())


def test_seconds_are_those_of_the_devices_together_inside_the_meeting(room: Room) -> None:
    there: dict[int, set[int]] = defaultdict(set)
    for visit in room.visits:
        truth = room.truth[visit.ms_open_id]
        if truth.rows:
            there[truth.rows[0]] |= set(range(max(visit.join_time, START), min(visit.left_time, END)))
    assert room.seconds
    assert {row: len(there[row]) for row in room.seconds} == room.seconds


@pytest.mark.parametrize("share", [0.1, 0.7])
def test_as_many_come_unlisted_as_was_asked_for(share: float) -> None:
    room = make("names", 2_000, 1, share)
    strangers = sum(not one.rows for one in room.truth.values()) / len(room.truth)
    assert strangers == pytest.approx(share, abs=0.04)


def test_a_list_has_the_namesakes_of_a_real_one(names: Room) -> None:
    counts = Counter("".join(row.name.split()) for row in make("names", 10_000, 2).rows)
    assert 0.025 < sum(count for count in counts.values() if count > 1) / 10_000 < 0.07
    assert counts.most_common(1)[0][1] < 20
    by_surname = Counter(row.name[0] for row in names.rows)
    assert {each for each, _ in by_surname.most_common(3)} == {"王", "李", "张"}


def test_every_way_of_showing_oneself_occurs(names: Room) -> None:
    styles = {one.style for one in names.truth.values() if one.style}
    ways = {style.__name__ for style in (*rooms.shown.OUTSIDE, rooms.shown.two_people)}
    assert styles == ways


def test_strangers_may_be_called_like_somebody_on_the_list() -> None:
    room = make("names", 10_000, 1)
    names = {row.name for row in room.rows}
    shown = {visit.user_name for visit in room.visits if not room.truth[visit.ms_open_id].rows}
    assert names & shown


def test_links_end_at_three_hundred_and_some_are_forwarded() -> None:
    room = make("mixed", 10_000, 1)
    by_tag = {row.tag: at for at, row in enumerate(room.rows) if row.tag}
    # A row that stands on the list a second time has lost its link.
    assert scenes.MOST_LINKS - 10 < len(by_tag) <= scenes.MOST_LINKS
    links = make("links", 2_000, 1)
    by_tag = {row.tag: at for at, row in enumerate(links.rows) if row.tag}
    strangers = [visit for visit in links.visits if visit.customer_data
                 and by_tag[visit.customer_data] not in links.truth[visit.ms_open_id].rows]  # fmt: skip
    assert strangers


def test_one_hash_stands_for_many_and_some_phones_have_changed() -> None:
    room = make("mixed", 4_000, 1)
    participants: dict[str, set[str]] = defaultdict(set)
    for visit in room.visits:
        participants[visit.phone].add(visit.ms_open_id)
    void = phone_hash("", room.secret_id)
    assert len(participants[void]) > 100
    desks = [who for value, who in participants.items() if value not in ("", void)]
    assert any(len({room.truth[one].rows for one in who}) > 1 for who in desks)
    mine = {phone_hash(row.phone, room.secret_id): at for at, row in enumerate(room.rows) if row.phone}
    proved = [who for value, some in participants.items() if value in mine for who in some]
    assert proved
    assert all(mine[value] in room.truth[who].rows for value, some in participants.items() if value in mine for who in some)


def test_people_come_again_on_other_devices_under_other_names(room: Room) -> None:
    visits: dict[str, list[rooms.Visit]] = defaultdict(list)
    for visit in room.visits:
        visits[visit.ms_open_id].append(visit)
    assert any(len({visit.instanceid for visit in every}) > 1 for every in visits.values())
    assert any(len({visit.user_name for visit in every}) > 1 for every in visits.values())
    assert {visit.join_type for visit in room.visits} & {2, 4, 5}
    assert sum(visit.user_role == 3 for visit in room.visits) == 1


def test_two_before_one_device_are_both_listed_and_neither_alone_is_right() -> None:
    room = make("names", 10_000, 1)
    shared = [(who, one) for who, one in room.truth.items() if one.shared]
    assert shared
    assert all(len(one.rows) >= 2 for _, one in shared)
    assert all(one.rows[0] not in room.seconds for _, one in shared)
