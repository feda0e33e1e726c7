"""A room as files: LIST.csv, VISITS.json and MAP.json as the offline door reads them, and its truth beside them.

ROOM.json holds what the door does not ask for or takes as an option: scene, secret id, counting window, look-ups.
"""

import base64
import csv
import json
from dataclasses import astuple, fields
from pathlib import Path

from attendance.bench import rooms
from attendance.bench.rooms import Room, Row, Truth, Visit

HEADINGS = ("报名ID", "姓名", "手机号", "邮箱", "公司", "职务", "专属链接", "userid")
_NUMBERS = ("join_time", "left_time")


def write(room: Room, place: Path) -> None:
    """Write a room into a directory."""
    place.mkdir(parents=True, exist_ok=True)
    _write_table(place / "LIST.csv", HEADINGS, [astuple(row) for row in room.rows])
    _write(place / "VISITS.json", [_wire(visit) for visit in room.visits])
    _write(place / "MAP.json", room.enrolments)
    _write(place / "ROOM.json", {"scene": room.scene, "secret_id": room.secret_id, "start": rooms.START, "end": rooms.END,
                                 "callers": room.callers, "app_phones": room.app_phones})  # fmt: skip
    told = [(who, "|".join(map(str, one.rows)), int(one.shared), one.style, int(one.says)) for who, one in room.truth.items()]
    _write_table(place / "TRUTH.csv", ("ms_open_id", "rows", "shared", "style", "says"), told)
    _write_table(place / "PRESENCE.csv", ("row", "seconds"), list(room.seconds.items()))


def read(place: Path) -> Room:
    """Read what a matcher may know of a room: everything but its truth."""
    beside = json.loads((place / "ROOM.json").read_text(encoding="utf-8"))
    # Row by row into visits: a list of dictionaries would be the most anybody holds.
    visits = json.loads((place / "VISITS.json").read_text(encoding="utf-8"), object_hook=_visit)
    return Room(
        beside["scene"], beside["secret_id"], [Row(*row) for row in _read_table(place / "LIST.csv")],
        visits, json.loads((place / "MAP.json").read_text(encoding="utf-8")),
        beside["callers"], beside["app_phones"],
    )  # fmt: skip


def read_truth(place: Path) -> tuple[dict[str, Truth], dict[int, int]]:
    """Read who the participants are, and how long each person was there."""
    truth = {
        who: Truth(tuple(map(int, filter(None, rows.split("|")))), shared == "1", style, says == "1")
        for who, rows, shared, style, says in _read_table(place / "TRUTH.csv")
    }
    return truth, {int(row): int(seconds) for row, seconds in _read_table(place / "PRESENCE.csv")}


def _wire(visit: Visit) -> dict[str, object]:
    """Spell a visit as the platform does: names in Base64, times as text."""
    told = {field.name: getattr(visit, field.name) for field in fields(visit)}
    told |= {name: str(told[name]) for name in _NUMBERS}
    told["user_name"] = base64.b64encode(visit.user_name.encode()).decode()
    return told | {"open_id": "", "webinar_member_role": 0}


def _visit(row: dict) -> Visit:
    return Visit(
        row["ms_open_id"], base64.b64decode(row["user_name"]).decode(errors="replace"), int(row["join_time"]),
        int(row["left_time"]), row["instanceid"], row["join_type"], row["user_role"], row["userid"], row["phone"],
        row["customer_data"], row["is_enterprise_user"],
    )  # fmt: skip


def _write(file: Path, told: object) -> None:
    file.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def _write_table(file: Path, headings: tuple[str, ...], rows: list[tuple]) -> None:
    with file.open("w", encoding="utf-8-sig", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(headings)
        writer.writerows(rows)


def _read_table(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.reader(text))[1:]
