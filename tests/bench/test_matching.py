"""The bench of the matching core runs, and everybody in it answers about everybody who came."""

import importlib
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from attendance.bench import files, matching, measures, plans, scenes
from attendance.bench.answers import CERTAIN, Participant, participants
from attendance.bench.contest import CONTENDERS, UNASKED
from attendance.bench.rooms import Room, Visit, make

QUICK = ("balanced", "strict", "floor", "exact keys", "exact name", "surname + ratio")


@pytest.fixture(scope="module")
def room() -> Room:
    return make("mixed", 300, 5)


def bench(*words: str) -> str:
    out = io.StringIO()
    call_command("bench", "matching", *words, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("name", CONTENDERS)
def test_each_contender_answers_once_about_each_participant(room: Room, name: str) -> None:
    module, function = CONTENDERS[name].split(":")
    contender = pytest.importorskip(module, exc_type=ImportError)
    made = [contender.columns(room)] if hasattr(contender, "columns") else []
    answers = getattr(contender, function)(room, *made)
    assert len(answers) == len(room.truth)
    assert all(answer.row is None or answer.row in range(len(room.rows)) for answer in answers)
    assert not [answer for answer in answers if answer.tier == CERTAIN and answer.row is None]
    asked = [(room.truth[one.who], answer) for one, answer in zip(participants(room), answers, strict=True)
             if answer.tier != UNASKED]  # fmt: skip
    found = measures.quality([one for one, _ in asked], [answer for _, answer in asked])
    assert found.recall > 0.3


def test_minutes_are_exact_where_everybody_is_known(room: Room) -> None:
    known = {who: one.rows[0] for who, one in room.truth.items() if one.rows and not one.shared}
    assert measures.minutes_off(room.visits, known, room.seconds) == 0.0


def test_the_command_prints_a_table_with_ratios_and_a_verdict() -> None:
    told = bench("--room", "links", "--sizes", "100", "--seeds", "1", "--only", *QUICK)
    lines = told.splitlines()
    assert "links, 100 visits x 100 rows, 12% walk-ins, median of 1." in told
    assert [name for name in QUICK if not any(line.startswith(name) for line in lines)] == []
    floor = next(line for line in lines if line.startswith("floor"))
    assert "1.00" in floor.split()
    assert lines[-2].startswith("Met: ") and lines[-1].startswith("Missed: ")


def test_a_peer_that_is_not_installed_is_named_and_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "duckdb.py").write_text("raise ModuleNotFoundError(\"No module named 'duckdb'\")")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    told = bench("--room", "names", "--sizes", "60", "--seeds", "1", "--only", "floor", "DuckDB")
    assert "Left out because not installed: DuckDB." in told


def test_a_contender_that_fails_is_told_with_its_words(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"floor failed:\n(.|\n)*ROOM.json"):
        matching.compete("floor", tmp_path)


def test_a_room_is_written_for_the_offline_door(tmp_path: Path) -> None:
    told = bench("--room", "both", "--sizes", "120", "--write", str(tmp_path))
    assert "written to" in told and "secret id" in told
    room = make("both", 120, 1)
    read = files.read(tmp_path)
    assert (read.rows, read.visits, read.enrolments) == (room.rows, room.visits, room.enrolments)
    assert (read.callers, read.app_phones, read.truth) == (room.callers, room.app_phones, {})
    assert files.read_truth(tmp_path) == (room.truth, room.seconds)
    assert (tmp_path / "LIST.csv").read_text(encoding="utf-8-sig").startswith("报名ID,姓名,手机号,邮箱,公司,职务,专属链接,userid")
    row = json.loads((tmp_path / "VISITS.json").read_text(encoding="utf-8"))[0]
    assert isinstance(row["join_time"], str) and isinstance(row["instanceid"], int)
    assert not row["user_name"].isascii() or row["user_name"] != room.visits[0].user_name


def test_the_default_run_has_every_scenario_and_the_rooms_of_the_figures() -> None:
    options = {"room": None, "sizes": None, "walk_ins": None, "quick": False, "rows": 0, "seeds": None}
    chosen = plans.chosen(options)
    assert {plan.scene for plan in chosen} == set(scenes.SCENES)
    assert {("mixed", 10_000, 0.12), ("mixed", 50_000, 0.12), ("names", 10_000, 0.12), ("mixed", 10_000, 0.7)} <= {
        (plan.scene, plan.visits, plan.walk_ins) for plan in chosen
    }
    assert {plan.seeds for plan in plans.chosen(options | {"seeds": 7})} == {7}
    assert max(plan.visits for plan in plans.chosen(options | {"quick": True})) == 1_000


def test_a_share_of_walk_ins_is_a_share() -> None:
    with pytest.raises(CommandError, match="between 0 and 1"):
        bench("--walk-ins", "12")


def test_names_of_attached_rows_are_not_the_person_s() -> None:
    one = Participant("x")
    one.add(Visit("x", "张丽", 1, 2))
    one.add(Visit("x", "投屏", 1, 2, join_type=2))
    assert one.names == ["张丽"]


def test_contenders_exist_by_the_names_they_are_called() -> None:
    for spec in (CONTENDERS[name] for name in QUICK):
        module, function = spec.split(":")
        assert callable(getattr(importlib.import_module(module), function))
