"""Registrations: found for a person, made by import or by somebody filling in the form."""

import secrets
from collections import defaultdict
from typing import Any

from portal.sandbox.meeting import Enrolment, EnrolRules, Identity, Meeting
from portal.sandbox.world import World

Key = tuple[str, str]

PENDING, REJECTED, APPROVED = 1, 2, 3
BY_HAND, IMPORTED = 1, 2
AUTO = 1
COLLECTS = 2
FREE_TEXT = 3
PHONE, EMAIL, NAME, COMPANY, SIZE = 2, 3, 4, 5, 6


class Register:
    """The registrations of a meeting, found for the people seen in it and the other way round."""

    def __init__(self, meeting: Meeting) -> None:
        self._meeting = meeting
        self._enrolments: dict[Key, list[Enrolment]] = defaultdict(list)
        for enrolment in meeting.enrolments.values():
            self._enrolments[_key_of(enrolment)].append(enrolment)

    def of(self, identity: Identity, imported_first: bool = True) -> Enrolment | None:
        """Return the one registration the platform names for a person, by its sorting rule."""
        first = IMPORTED if imported_first else BY_HAND
        keys = _keys_of(self._meeting, identity)
        found = [each for key in keys for each in self._enrolments.get(key, ())]
        ranked = [(each.status != APPROVED, each.source != first, each.enroll_id, each) for each in found]
        return min(ranked, key=lambda rank: rank[:3])[3] if ranked else None


def ms_open_ids(meeting: Meeting, world: World, strangers: bool) -> dict[int, str]:
    """Return the temporary id behind each registration; whether a phone without an account has one is unknown."""
    people: dict[Key, str] = {}
    keys = {_key_of(each) for each in meeting.enrolments.values()}
    enterprise = meeting.creator.enterprise
    for user in world.accounts():
        names = [("open_id", user.open_id), ("phone", user.phone)]
        names += [("userid", user.userid)] if user.enterprise is enterprise else []
        if keys & set(names):
            people |= dict.fromkeys(names, meeting.account(user).ms_open_id)
    if strangers:
        people |= {key: meeting.identify(f"phone:{key[1]}", key[1]).ms_open_id for key in keys - set(people)
                   if key[0] == "phone"}
    for identity in meeting.identities.values():
        if not identity.pstn_number:
            people.update(dict.fromkeys(_keys_of(meeting, identity), identity.ms_open_id))
    return {each.enroll_id: people.get(_key_of(each), "") for each in meeting.enrolments.values()}


def new_enrolment(meeting: Meeting, **known: Any) -> Enrolment:
    """Make and keep a registration."""
    enroll_id = max(meeting.enrolments, default=secrets.randbelow(10**9) + 13_000_000_000) + 1
    made = Enrolment(enroll_id=enroll_id, code=f"{enroll_id % 10**8:08d}", **known)
    meeting.enrolments[enroll_id] = made
    return made


def enrol_by_form(meeting: Meeting, person: str, details: dict[str, str], now: int) -> Enrolment | None:
    """Let somebody fill in the form; nobody gets in beyond the cap or after the deadline."""
    rules = meeting.enrol
    closed = rules.enroll_deadline and now > int(rules.enroll_deadline)
    taken = sum(each.status != REJECTED for each in meeting.enrolments.values())
    if closed or taken >= rules.enroll_number:
        return None
    identity = meeting.identify(person, details["name"])
    identity.registered = person
    return new_enrolment(
        meeting, status=APPROVED if rules.approve_type == AUTO else PENDING, made_at=now, source=BY_HAND,
        nick_name=details["name"], person=person, answers=answers(rules, details),
    )


def answers(rules: EnrolRules, details: dict[str, str]) -> list[dict[str, Any]]:
    """Return the form's answers for a person, in the order of the questions."""
    if rules.is_collect_question != COLLECTS:
        return []
    return [
        {**_asked(question), "question_num": number, "answer_content": [_said(question, details)]}
        for number, question in enumerate(rules.question_list, 1)
    ]


def _asked(question: dict[str, Any]) -> dict[str, Any]:
    names = ("question_title", "question_type", "is_required", "special_type")
    return {name: question[name] for name in names}


def _said(question: dict[str, Any], details: dict[str, str]) -> str:
    special = {PHONE: "phone", EMAIL: "email", NAME: "name", COMPANY: "company"}.get(question["special_type"])
    if special:
        return details.get(special, "")
    options = [option["content"] for option in question.get("option_list") or []]
    return options[0] if options else "无"


def _key_of(enrolment: Enrolment) -> Key:
    for name in ("person", "open_id", "userid"):
        if getattr(enrolment, name):
            return name, getattr(enrolment, name)
    return "phone", enrolment.phone


def _keys_of(meeting: Meeting, identity: Identity) -> list[Key]:
    """Return every key by which a registration may belong to this person."""
    if identity.pstn_number:
        # Only webinars tie a caller to the registration; a meeting needs the telephone look-up.
        return [("phone", identity.pstn_number.removeprefix("0086"))] if meeting.webinar else []
    keys = [("person", identity.registered)]
    if identity.user:
        keys += [("userid", identity.user.userid), ("open_id", identity.user.open_id)]
    phones = {identity.phone, identity.enroll_phone} - {""}
    return keys + [("phone", phone) for phone in sorted(phones)]
