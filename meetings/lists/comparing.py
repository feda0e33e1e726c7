"""What an earlier version of a list said, beside the list as it is now; phones are compared by their index and masked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from meetings.lists import people, versions, words
from meetings.lists.checking import BACK, CHANGED, MISSING, SAME, Known, check
from meetings.lists.mapping import KEEP
from meetings.lists.rows import Reader
from meetings.models import ListVersion
from portal import phones

ALL = "all"


@dataclass(frozen=True, slots=True)
class Then:
    """One row of a version: its line, what it would do now, and what stood there, the phone masked."""

    line: int
    effect: str
    name: str
    phone: str = ""
    company: str = ""
    title: str = ""
    changes: tuple[str, ...] = ()

    @property
    def changed_fields(self) -> str:
        """The fields that say something else now, in words."""
        return ", ".join(str(words.FIELDS.get(name, words.FIELDS[KEEP])) for name in self.changes)


@dataclass
class Compared:
    """A version beside the list as it is now."""

    rows: list[Then]
    missing: list[Then] = field(default_factory=list)

    @cached_property
    def by_effect(self) -> Mapping[str, list[Then]]:
        """The rows by what they would do: come back, change, stay; and those who came onto the list later."""
        back = [row for row in self.rows if row.effect not in (CHANGED, SAME)]
        plain = {effect: [row for row in self.rows if row.effect == effect] for effect in (CHANGED, SAME)}
        return {ALL: self.rows, BACK: back, MISSING: self.missing, **plain}

    @property
    def counts(self) -> dict[str, int]:
        """How many rows each of them has."""
        return {effect: len(rows) for effect, rows in self.by_effect.items()}


def compare(version: ListVersion) -> Compared:
    """Read a version and say what each row would do to the list as it is now."""
    table = versions.as_table(version)
    reader = Reader(table.columns, table.mapping, whole=True)
    known = list(people.known_of(version.expected_list))
    checked = check(reader, ((line, at, cells) for at, (line, cells) in enumerate(table.rows)), known)
    rows = [
        _then(each.row.line, each.effect, each.row.values, each.row.values.get("phone", ""), each.changes)
        for each in checked.outcomes
    ]
    later = _known(known, checked.missing)
    return Compared(rows, [_then(0, MISSING, each.values, "", ()) for each in later])


def _then(line: int, effect: str, told: Mapping[str, str], phone: str, changes: tuple[str, ...]) -> Then:
    plain = {name: told.get(name, "") for name in ("name", "company", "title")}
    return Then(line, effect, phone=phones.mask(phone) if phone else "", changes=changes, **plain)


def _known(known: list[Known], pks: list[int]) -> list[Known]:
    wanted = set(pks)
    return [each for each in known if each.pk in wanted]
