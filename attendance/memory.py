"""What decisions of other meetings say of this one.

Somebody is known again by what the platform keeps the same from meeting to meeting (identity file 1.4: `userid`,
`open_id`, and the phone hash where one participant alone carries it, 8.4); within a series also by `ms_open_id`. The
person is found on this meeting's list by phone, staff id or e-mail, else by name with company. Never across organisations.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from attendance.matching import Arrivals
from attendance.models import Decision, Participant
from meetings.models import ExpectedPerson, Meeting, Occurrence
from portal.accounts.models import Membership, User
from portal.audit import chain
from portal.names import fold

Verb, Scope = Decision.Verb, Decision.Scope

# What names an identity beyond one meeting, and what names a person beyond one list, strongest first.
CARRIED = ("userid", "open_id", "phone_hash")
NAMED = ("phone_index", "userid", "email")
PERSON = ("pk", *NAMED, "name", "company")

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of the arrivals of an occurrence.

    `sources` gives the decision behind each remembered person, `ignored` the one that set an arrival aside.
    """

    remembered: dict[int, int] = field(default_factory=dict)
    rejected: set[tuple[int, int]] = field(default_factory=set)
    sources: dict[int, int] = field(default_factory=dict)
    ignored: dict[int, int] = field(default_factory=dict)

    def take(self, arrival: int, person: int | None, verb: str, decision: int) -> None:
        """Take in a word; a later one about the same person, or that it is nobody, takes an earlier one back."""
        if person is None:
            self._forget(arrival)
            self.ignored[arrival] = decision
        elif verb == Verb.REJECT:
            self.rejected.add((arrival, person))
            if self.remembered.get(arrival) == person:
                self._forget(arrival)
        else:
            self.rejected.discard((arrival, person))
            self.ignored.pop(arrival, None)
            self.remembered[arrival], self.sources[arrival] = person, decision

    def _forget(self, arrival: int) -> None:
        self.remembered.pop(arrival, None)
        self.sources.pop(arrival, None)


def recall(occurrence: Occurrence, arrivals: Arrivals) -> Memory:
    """Give what decisions of other meetings say of these arrivals; those whose time is over say nothing."""
    said = list(_said(occurrence).order_by("pk"))
    carriers = _carriers(occurrence, arrivals, said)
    memory = Memory()
    if not carriers:
        return memory
    here = _here(occurrence, [row for row in said if row["pk"] in carriers])
    for row in said:
        person = here.get(row["person"])
        if person is not None or row["verb"] == Verb.IGNORE:
            for arrival in carriers.get(row["pk"], ()):
                memory.take(arrival, person, row["verb"], row["pk"])
    return memory


def remembered(member: Membership) -> QuerySet[Decision]:
    """Give the decisions a member may see that later meetings may still use, the newest first."""
    ours = Meeting.objects.visible_to(member)
    lasting = _lasting().filter(meeting__in=ours.order_by().values("pk"), expires_at__gt=timezone.now())
    lasting = lasting.exclude(scope=Scope.HERE).filter(Exists(_traces()))
    lasting = lasting.annotate(shown=Subquery(_meant().values("name")[:1]))
    return lasting.select_related("meeting", "occurrence", "person", "by").order_by("-at", "-pk")


def forget(decision: Decision, by: User) -> bool:
    """Let a decision count in its own meeting only; false where it does already. Later runs elsewhere go without it."""
    remembered = Decision.objects.filter(pk=decision.pk).exclude(scope=Scope.HERE)
    if not remembered.update(scope=Scope.HERE):
        return False
    chain.record("match.forget", actor=by, organisation=decision.meeting.organisation_id, subject=decision.meeting,
                 decision=decision.pk)  # fmt: skip
    return True


def _lasting() -> QuerySet[Decision]:
    """Give the words that outlast their meeting: who it is, who it is not, and whom to set aside."""
    of_person = Q(verb__in=(Verb.CONFIRM, Verb.ASSIGN, Verb.REJECT), person__isnull=False)
    return Decision.objects.standing().filter(of_person | Q(verb=Verb.IGNORE))


def _traces() -> QuerySet[Participant]:
    """Give the participant a decision is about, if the platform named them in a way that lasts."""
    named = ~Q(userid="") | ~Q(open_id="") | ~Q(phone_hash="")
    return _meant().filter(named | Q(occurrence__meeting__recurring=True))


def _meant() -> QuerySet[Participant]:
    """Give the participant a decision is about; what several people used says nothing of any of them elsewhere."""
    same = Participant.objects.filter(occurrence=OuterRef("occurrence"), ms_open_id=OuterRef("ms_open_id"))
    return same.filter(whole=None, retired=False)


def _said(occurrence: Occurrence) -> QuerySet[Decision, Row]:
    """Give the decisions of other meetings that reach as far as this one, with what their participants carried."""
    organisation = Q(
        scope=Scope.ORGANISATION,
        meeting__organisation=occurrence.meeting.organisation_id,
        expires_at__gt=occurrence.start_at,
    )
    series = Q(meeting=occurrence.meeting_id) & (Q(expires_at=None) | Q(expires_at__gt=occurrence.start_at))
    carried = {f"carried_{name}": Subquery(_meant().values(name)[:1]) for name in CARRIED}
    reaching = _lasting().filter(organisation | series).exclude(scope=Scope.HERE).exclude(occurrence=occurrence)
    reaching = reaching.filter(Exists(_meant()))
    person = {f"of_{name}": F(f"person__{name}") for name in PERSON if name != "pk"}
    return reaching.values("pk", "verb", "person", "meeting", "occurrence", "ms_open_id", **carried, **person)


def _carriers(occurrence: Occurrence, arrivals: Arrivals, said: list[Row]) -> dict[int, list[int]]:
    """Give for each decision the arrivals that are the same identity."""
    known = {name: _by_value(arrivals, name) for name in CARRIED}
    whos = dict(zip(arrivals.ms_open_id, arrivals.id, strict=True))
    lone = _lone_hashes(said, known["phone_hash"])
    found: dict[int, list[int]] = {}
    for row in said:
        ours = {whos.get(row["ms_open_id"])} if row["meeting"] == occurrence.meeting_id else set()
        for name in CARRIED:
            if name != "phone_hash" or (row["occurrence"], row["carried_phone_hash"]) in lone:
                ours |= set(known[name].get(row[f"carried_{name}"] or "", ()))
        if ours := sorted(ours - {None}):
            found[row["pk"]] = ours
    return found


def _by_value(arrivals: Arrivals, name: str) -> dict[str, list[int]]:
    """Give the arrivals that carry each value; a phone hash of several is nobody's."""
    found: dict[str, list[int]] = defaultdict(list)
    for arrival, value in zip(arrivals.id, getattr(arrivals, name) or ("",) * len(arrivals), strict=True):
        if value:
            found[value].append(arrival)
    return {value: each for value, each in found.items() if name != "phone_hash" or len(each) == 1}


def _lone_hashes(said: list[Row], here: Mapping[str, list[int]]) -> set[tuple[int, str]]:
    """Give the hashes that one participant alone carried where the decision was made."""
    wanted = {(row["occurrence"], row["carried_phone_hash"]) for row in said if row["carried_phone_hash"] in here}
    if not wanted:
        return set()
    there = Participant.objects.filter(
        occurrence__in={where for where, _ in wanted}, phone_hash__in={value for _, value in wanted}, retired=False
    )
    counted = Counter(there.values_list("occurrence", "phone_hash"))
    return {each for each in wanted if counted[each] == 1}


def _here(occurrence: Occurrence, said: Iterable[Row]) -> dict[int, int]:
    """Find the people of decisions on this meeting's list; whoever is not there exactly once is left out."""
    listed = ExpectedPerson.objects.present().filter(meeting=occurrence.meeting_id)
    people = {row["pk"]: row for row in listed.values(*PERSON)}
    tables = _tables(people.values())
    found = {}
    for row in (each for each in said if each["person"] is not None):
        former = {name: row[f"of_{name}"] for name in PERSON if name != "pk"} | {"pk": row["person"]}
        person = former["pk"] if former["pk"] in people else _find(former, people, tables)
        if person is not None:
            found[former["pk"]] = person
    return found


def _tables(people: Iterable[Row]) -> dict[str, dict[str, list[int]]]:
    found: dict[str, dict[str, list[int]]] = {name: defaultdict(list) for name in (*NAMED, "name")}
    for row in people:
        for name in found:
            if value := _value(row, name):
                found[name][value].append(row["pk"])
    return found


def _value(row: Row, name: str) -> str:
    """Give what a person is compared by; a name says something only with its company."""
    if name != "name":
        return str(row[name]).casefold()
    return fold(f"{row['name']}|{row['company']}").strip() if row["name"] and row["company"] else ""


def _find(former: Row, people: Mapping[int, Row], tables: Mapping[str, Mapping[str, list[int]]]) -> int | None:
    for name in (*NAMED, "name"):
        value = _value(former, name)
        if found := tables[name].get(value, []) if value else []:
            return found[0] if len(found) == 1 and not _contradicts(former, people[found[0]]) else None
    return None


def _contradicts(one: Row, other: Row) -> bool:
    """Tell whether two rows are two people: something that names a person alone is different."""
    return any(_value(one, name) and _value(other, name) and _value(one, name) != _value(other, name) for name in NAMED)
