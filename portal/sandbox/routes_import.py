"""Import into the enrolment of meetings and webinars: by open_id, by userid, by phone."""

import re
from typing import Any

from portal.sandbox.calls import Call
from portal.sandbox.enrolling import APPROVED, IMPORTED, new_enrolment
from portal.sandbox.errors import Refusal
from portal.sandbox.events import tell_enrolment
from portal.sandbox.meeting import Enrolment, Meeting
from portal.sandbox.routes_enrolment import both

MOST_IMPORTED = 1_000
QUOTAS = {"business": 1_000, "enterprise": 4_000}
MAINLAND = re.compile(r"1[3-9]\d{9}")
ABROAD = re.compile(r"\d{5,15}")


@both("POST", "import")
def import_rows(call: Call, meeting: Meeting) -> dict[str, Any]:
    """Import up to 1,000 rows; some may vanish without a word.

    Source: document 67898, 67920.
    """
    call.client()
    rows = call.body.get("enroll_list")
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_IMPORTED:
        raise Refusal(190004, f"enroll_list takes 1 to {MOST_IMPORTED} rows")
    quota = QUOTAS[meeting.creator.enterprise.edition if meeting.creator.enterprise else "business"]
    imported = sum(each.source == IMPORTED for each in meeting.enrolments.values())
    if imported + len(rows) > quota:
        raise Refusal(190004, f"导入人数超过上限 {quota}")
    unknown: list[str] = []
    former = {_key(each): each for each in meeting.enrolments.values() if each.source == IMPORTED}
    before = set(meeting.enrolments)
    made = [one for row in rows if (one := _import(call, meeting, row, unknown, former)) is not None]
    if call.state.switches["import_tells_events"]:
        for each in made:
            if each.enroll_id not in before:
                tell_enrolment(call.state, meeting, each)
    return {
        "total_count": len(made), "enroll_list": [_imported(each) for each in made],
        "user_non_registered": unknown,
    }


def _import(
    call: Call, meeting: Meeting, row: dict[str, Any], unknown: list[str], former: dict[str, Enrolment]
) -> Enrolment | None:
    """Import one row; returns nothing where the platform drops it."""
    meeting.imported_rows += 1
    switches = call.state.switches
    known = _known(call, meeting, row, unknown)
    every = int(switches["import_drop_every"])
    if known is None or (every and meeting.imported_rows % every == 0):
        return None
    key = "|".join(known.get(name, "") for name in ("open_id", "userid", "area", "phone"))
    if key in former and switches["repeated_import"] == "same":
        return former[key]
    nick_name = str(row.get("nick_name") or "") or known.get("phone", "") or known["name"]
    known.pop("name", None)
    made = new_enrolment(
        meeting, status=APPROVED, made_at=call.now, source=IMPORTED, nick_name=nick_name, **known
    )
    former[key] = made
    return made


def _known(call: Call, meeting: Meeting, row: dict[str, Any], unknown: list[str]) -> dict[str, str] | None:
    """Return by which key a row is imported: open_id before userid before phone."""
    users = meeting.creator.enterprise.users if meeting.creator.enterprise else {}
    if row.get("open_id"):
        if not call.caller.oauth:
            raise Refusal(190004, "open_id is for OAuth only")
        user = call.state.world.by_open_id(str(row["open_id"]))
        authorised = call.state.tokens.authorised(user)
        return {"open_id": user.open_id, "name": user.name} if user and authorised else None
    if row.get("userid"):
        user = users.get(str(row["userid"]))
        if user is None:
            unknown.append(str(row["userid"]))
            return None
        return {"userid": user.userid, "name": user.name}
    area, phone = str(row.get("area", "")), str(row.get("phone_number", ""))
    if not area or not phone:
        raise Refusal(190004, "a row needs open_id, userid, or area and phone_number")
    shape = MAINLAND if area == "86" else ABROAD
    bad = call.state.switches["import_checks_phones"] and not shape.fullmatch(phone)
    return None if bad else {"area": area, "phone": phone}


def _key(enrolment: Enrolment) -> str:
    return "|".join((enrolment.open_id, enrolment.userid, enrolment.area, enrolment.phone))


def _imported(enrolment: Enrolment) -> dict[str, Any]:
    return {
        "enroll_id": enrolment.enroll_id, "userid": enrolment.userid, "open_id": enrolment.open_id,
        "area": enrolment.area, "phone_number": enrolment.phone, "nick_name": enrolment.nick_name,
        "enroll_code": enrolment.code,
    }
