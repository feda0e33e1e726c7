"""What registrants typed into the form that also stands on lists: their code, their staff id, their name."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from meetings.lists import values
from meetings.lists.headings import field_of
from meetings.models import ExpectedPerson, Registrant
from portal import names

Key = tuple[str, str]
Status = Registrant.Status
# Questions are known by their titles, as columns are.
KEYS = ("code", "userid")
ASKED = (*KEYS, "name")
# How a question begins where a heading would not.
_POLITE = re.compile(r"(?:please|enter|type|fill in|what is|your|请|請|填写|填寫|输入|輸入|提供|您的|你的|本人|\s)+", re.I)


class Typed:
    """Finds people of the lists by what registrants typed of themselves.

    Guarantee: somebody is found only by a key that one present person and one standing registration carry, and only
    where nothing else speaks against it: what people type is not proven.
    """

    def __init__(self, people: Iterable[ExpectedPerson], registrants: Iterable[Registrant]) -> None:
        standing = (each for each in registrants if each.status in (Status.PENDING, Status.APPROVED))
        self._told = {each.enroll_id: _answers(each) for each in standing}
        self._times = Counter(key for told in self._told.values() for key in _keys(told))
        carriers = [(key, person) for person in people for key in _keys({name: getattr(person, name) for name in KEYS})]
        self._carried = Counter(key for key, _ in carriers)
        self._people = dict(carriers)

    def person(self, registrant: Registrant) -> ExpectedPerson | None:
        """Give who of the lists somebody is by what they typed."""
        told = self._told.get(registrant.enroll_id, {})
        once = (key for key in _keys(told) if self._times[key] == 1 and self._carried[key] == 1)
        found = {self._people[key].pk: self._people[key] for key in once}
        people = [person for person in found.values() if _agrees(person, registrant, told.get("name", ""))]
        return people[0] if len(found) == len(people) == 1 else None

    def code(self, registrant: Registrant) -> str:
        """Give the code somebody typed, where nobody else carries or typed it."""
        code = self._told.get(registrant.enroll_id, {}).get("code", "")
        key = ("code", code.casefold())
        return code if self._times[key] == 1 and not self._carried[key] else ""


def _answers(registrant: Registrant) -> dict[str, str]:
    """Read the answers whose questions mean a field, as lists are read; what cannot be one is left out."""
    told: dict[str, str] = {}
    for title, content in json.loads(registrant.answers or "[]"):
        field = field_of(_POLITE.sub("", title, count=1) if _POLITE.match(title) else title)
        if field in ASKED and len(content) == 1 and (plain := values.clean(content[0])):
            told.setdefault(field, _value(field, plain))
    return told


def _value(field: str, plain: str) -> str:
    if len(plain) > values.LONGEST[field]:
        return ""
    try:
        return values.tell(field, plain).fields.get(field, "")
    except values.Wrong:
        return ""


def _keys(told: Mapping[str, str]) -> list[Key]:
    return [(name, told[name].casefold()) for name in KEYS if told.get(name)]


def _agrees(person: ExpectedPerson, registrant: Registrant, name: str) -> bool:
    """Say whether nothing speaks against it: no other name or staff id; another phone may do where the names agree."""
    if name and names.fold(name) != names.fold(person.name):
        return False
    if registrant.userid and person.userid and registrant.userid != person.userid:
        return False
    return bool(name) or not (registrant.phone_index and person.phone_index and registrant.phone_index != person.phone_index)
