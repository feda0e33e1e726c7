"""What an earlier version of a list said, beside the list as it is now; phones are compared by their index and masked."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.db.models import Q

from meetings.lists import people, versions, words
from meetings.lists.checking import BACK, CHANGED, MISSING, SAME, Checked, Known, Outcome, check
from meetings.lists.mapping import KEEP
from meetings.lists.rows import Reader
from meetings.models import ListVersion
from portal import phones

ALL = "all"
# A longer version is compared page by page; as a whole by the dry run of restoring it.
MOST_AT_ONCE = 3_000


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
    known = list(people.known_of(version.expected_list))
    checked = _checked(table, known)
    later = _known(known, checked.missing)
    return Compared([_row(each) for each in checked.outcomes], [_then(0, MISSING, each.values, "", ()) for each in later])


def compare_some(version: ListVersion, begin: int, count: int) -> list[Then]:
    """Say of some rows of a large version what each would do, without reading everybody."""
    table = versions.some_as_table(version, begin, count)
    table = table._replace(rows=list(table.rows))
    reader = Reader(table.columns, table.mapping, whole=True)
    rows = [reader.read(line, 0, cells) for line, cells in table.rows]
    keys = [key for row in rows for key in row.keys]
    some = {kind: {value for held, value in keys if held == kind} for kind in ("phone", "code", "userid")}
    which = Q(phone_index__in=some["phone"]) | Q(code__in=some["code"]) | Q(userid__in=some["userid"])
    known = people.known_of(version.expected_list, which | Q(name__in={row.name for row in rows}))
    told = [_row(each) for each in _checked(table, list(known)).outcomes[: table.count]]
    return [replace(row, line=begin + row.line) for row in told]


def _checked(table: versions.Table, known: list[Known]) -> Checked:
    reader = Reader(table.columns, table.mapping, whole=True)
    return check(reader, ((line, at, cells) for at, (line, cells) in enumerate(table.rows)), known)


def _row(each: Outcome) -> Then:
    return _then(each.row.line, each.effect, each.row.values, each.row.values.get("phone", ""), each.changes)


def _then(line: int, effect: str, told: Mapping[str, str], phone: str, changes: tuple[str, ...]) -> Then:
    plain = {name: told.get(name, "") for name in ("name", "company", "title")}
    return Then(line, effect, phone=phones.mask(phone) if phone else "", changes=changes, **plain)


def _known(known: list[Known], pks: list[int]) -> list[Known]:
    wanted = set(pks)
    return [each for each in known if each.pk in wanted]
