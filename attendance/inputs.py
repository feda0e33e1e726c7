"""Reads list, participants and decisions as the columns the matching core takes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from django.conf import settings
from django.db.models import QuerySet

from attendance import hashes
from attendance.matching import BALANCED, STRICT, Arrivals, Earlier, People, Policy, Result, decide
from attendance.memory import Memory, recall
from attendance.models import Decision
from attendance.parted import Parts, needed, parted
from attendance.together import Beyond, folded, heads, known, spread
from meetings.models import AWAITED, ExpectedPerson, Kind, Occurrence, Registrant
from portal.accounts.enterprise import secret_ids
from portal.accounts.models import Organisation
from portal.phones import BadPhone, Phone, parse

POLICIES = {Organisation.Policy.STRICT: STRICT, Organisation.Policy.BALANCED: BALANCED}
Verb = Decision.Verb
AT_ONCE, HEAD = 5000, 3
# Of what is read of the list: name, company, title and end of the phone.
REPEATED = (1, 2, 3, 4)
_SHOWN = re.compile(r"1[3-9]\d[\d*]{4}(\d{4})", re.ASCII)
_MOBILE = re.compile(r"\+861[3-9]\d{9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything a match run depends on, apart from the visits; ids are those of our rows.

    `beside` holds the kind of everybody who is recognised, but not expected: own staff and the barred.
    """

    people: People
    arrivals: Arrivals
    earlier: Earlier
    policy: Policy
    beside: Mapping[int, str] = field(default_factory=dict)
    beyond: Beyond = field(default_factory=Beyond)
    parts: Parts = field(default_factory=Parts)

    def decide(self) -> Result:
        """Let the matching core decide; a part of an identity is told as one, a further device follows its owner."""
        result = decide(self.people, self.arrivals, self.earlier, self.policy)
        if self.parts.wholes:
            keys = decide(self.people, self.parts.wholes, policy=self.policy)
            result = self.parts.explained(result, keys, self.earlier.rejected)
        return spread(self.beyond.set_aside(result), self.beyond.same)


def read(occurrence: Occurrence, policy: Policy) -> Inputs:
    """Read what the matching core needs for an occurrence."""
    registrations = _registrations(occurrence)
    people, beside = _people(occurrence, registrations), _beside(occurrence)
    arrivals = _arrivals(occurrence, people, registrations, has_staff=Kind.STAFF in beside.values())
    people = _with_heads(people, arrivals)
    people, arrivals = _compare_hashes(occurrence, people, arrivals)
    arrivals, parts = parted(occurrence, arrivals)
    earlier, beyond = _earlier(occurrence, set(people.id), arrivals)
    return Inputs(people, folded(arrivals, beyond.same), earlier, policy, beside, beyond, parts)


def _beside(occurrence: Occurrence) -> dict[int, str]:
    """Read the kinds of those whose coming is not counted."""
    known = ExpectedPerson.objects.present().filter(meeting=occurrence.meeting_id).exclude(kind__in=AWAITED)
    return dict(known.values_list("pk", "kind"))


def _registrations(occurrence: Occurrence) -> list[dict]:
    """Read the registrations of listed people, the earliest first."""
    rows = Registrant.objects.filter(meeting=occurrence.meeting_id).exclude(person=None).order_by("pk")
    return list(rows.values("person_id", "enroll_id", "userid", "open_id", "ms_open_id"))


def _people(occurrence: Occurrence, registrations: list[dict]) -> People:
    """Read the list; what a person's registrations say completes what the list says.

    Without `phone_key`: until an in-meeting app asks for phones, that key would be said to be missing from everybody.
    """
    listed = ExpectedPerson.objects.present().filter(meeting=occurrence.meeting_id).order_by("pk")
    rows = listed.values_list("pk", "name", "company", "title", "phone_tail", "tag", "enroll_id", "userid",
                              "ms_open_id")  # fmt: skip
    ids, names, companies, titles, tails, tags, enrolled, userids, told = _columns(rows, 9, REPEATED)
    said = _first_said(registrations)
    more = [said.get(pk, {}) for pk in ids]
    return People(
        id=ids, name=names, company=companies, title=titles, phone_tail=tails, tag=tags,
        enroll_id=[own or row.get("enroll_id", "") for own, row in zip(enrolled, more, strict=True)],
        userid=[own or row.get("userid", "") for own, row in zip(userids, more, strict=True)],
        open_id=[row.get("open_id", "") for row in more],
        ms_open_ids=[
            tuple(sorted({own, row.get("ms_open_id", "")} - {""})) for own, row in zip(told, more, strict=True)
        ],
    )  # fmt: skip


def _first_said(registrations: list[dict]) -> dict[int, dict[str, str]]:
    """Give for each listed person the first value their registrations have of each key."""
    found: dict[int, dict[str, str]] = {}
    for row in registrations:
        said = found.setdefault(row["person_id"], {})
        said.update({name: value for name, value in row.items() if value and name not in said})
    return found


def _arrivals(occurrence: Occurrence, people: People, registrations: list[dict], *, has_staff: bool) -> Arrivals:
    """Read the participants; of several registrations of one person the one the list knows is put in."""
    rows = needed(occurrence).order_by("pk").values_list(
        "pk", "names", "tags", "enroll_id", "userid", "open_id", "ms_open_id", "phone_hash", "is_enterprise_user",
        "is_host",
    )  # fmt: skip
    ids, names, tags, enrolled, userids, open_ids, whos, hashes, own, hosts = _columns(rows, 10)
    called = dict(occurrence.participants.exclude(phone_indexes=[]).values_list("pk", "phone_indexes"))
    known_by = dict(zip(people.id, people.enroll_id, strict=True)) if registrations else {}
    one = {row["enroll_id"]: known_by[row["person_id"]] for row in registrations if row["person_id"] in known_by}
    by_phone = _by_phone(occurrence, {index for indexes in called.values() for index in indexes})
    return Arrivals(
        id=ids, names=names, tags=tags, enroll_id=[one.get(each, each) for each in enrolled], userid=userids,
        open_id=open_ids, ms_open_id=whos, phone_hash=hashes,
        pstn_person_ids=[[by_phone[index] for index in called.get(pk, ()) if index in by_phone] for pk in ids],
        # Own staff need no looking for, unless a list is about staff.
        is_staff=() if has_staff or any(people.userid) else own, is_host=hosts,
    )  # fmt: skip


def _by_phone(occurrence: Occurrence, indexes: set[str]) -> dict[str, int]:
    """Give who of the list has which of some numbers, known by their keyed hashes."""
    listed = ExpectedPerson.objects.present().filter(meeting=occurrence.meeting_id).order_by("pk")
    rows = listed.values_list("phone_index", "pk").iterator(AT_ONCE) if indexes else ()
    return {index: pk for index, pk in rows if index in indexes}


def _columns(rows: QuerySet, width: int, repeated: Sequence[int] = ()) -> list[list]:
    """Read rows as columns, some thousand at a time; in those that repeat themselves equal texts are one."""
    columns: list[list] = [[] for _ in range(width)]
    met: dict[int, dict[str, str]] = {at: {} for at in repeated}
    source = rows.iterator(AT_ONCE)
    while piece := list(islice(source, AT_ONCE)):
        for at, values in enumerate(zip(*piece, strict=True)):
            columns[at] += map(met[at].setdefault, values, values) if at in met else values
    return columns


def _compare_hashes(occurrence: Occurrence, people: People, arrivals: Arrivals) -> tuple[People, Arrivals]:
    """Put in the hashes of the list's phones under present and former SecretIds, if they say anything here."""
    secrets = tuple(secret_ids(occurrence.meeting.organisation)) if any(arrivals.phone_hash) else ()
    numbers = _numbers(occurrence, people.id)
    return hashes.compared(people, arrivals, numbers, hashes.Recipe(secrets, settings.TENCENT_PHONE_HASH_PREFIXES))


def _with_heads(people: People, arrivals: Arrivals) -> People:
    """Put in how the numbers begin that end like one of the numbers shown as names."""
    shown = {tail for names in arrivals.names for name in names for tail in _SHOWN.findall(name)}
    rows = {pk: row for row, (pk, tail) in enumerate(zip(people.id, people.phone_tail, strict=True)) if tail in shown}
    if not rows:
        return people
    heads, asked = [""] * len(people), list(rows)
    for at in range(0, len(asked), AT_ONCE):
        found = ExpectedPerson.objects.filter(pk__in=asked[at : at + AT_ONCE]).values_list("pk", "phone")
        for pk, plain in found:
            phone = number(plain)
            heads[rows[pk]] = phone.national[:HEAD] if phone and phone.mobile and phone.area == hashes.HOME_AREA else ""
    return replace(people, phone_head=heads)


def _numbers(occurrence: Occurrence, ids: Sequence[int]) -> Iterator[tuple[Phone, ...]]:
    """Read the numbers of people; each is opened and forgotten again, for they lie sealed in the database."""
    listed = ExpectedPerson.objects.present().filter(meeting=occurrence.meeting_id).exclude(phone="")
    for start in range(0, len(ids), AT_ONCE):
        piece = ids[start : start + AT_ONCE]
        sealed = dict(listed.filter(pk__range=(piece[0], piece[-1])).values_list("pk", "phone"))
        for pk in piece:
            found = number(sealed.get(pk, ""))
            yield (found,) if found else ()


def number(plain: str) -> Phone | None:
    """Give a stored phone as the platform takes it, None where it is empty or cannot be dialled."""
    # Nearly all are these, and the library takes sixty times as long.
    if _MOBILE.fullmatch(plain):
        return Phone(hashes.HOME_AREA, plain[3:], mobile=True)
    try:
        return parse(plain) if plain else None
    except BadPhone:
        return None


def _earlier(occurrence: Occurrence, people: set[int], arrivals: Arrivals) -> tuple[Earlier, Beyond]:
    """Read what humans said here, the last word counting, and what is remembered from other meetings."""
    memory = recall(occurrence, arrivals)
    words = _Words(dict(zip(arrivals.ms_open_id, arrivals.id, strict=True)), people, set(memory.rejected))
    # A split says nothing of who it is: it was heard when the visits were read.
    said = Decision.objects.standing().filter(occurrence=occurrence).exclude(verb=Verb.SPLIT).order_by("pk")
    rows = list(said.values_list("pk", "verb", "ms_open_id", "person_id", "same_as"))
    several = Decision.also.through.objects.filter(decision__in=[row[0] for row in rows if row[1] == Verb.TOGETHER])
    also = known(several.values_list("decision_id", "expectedperson_id").order_by("pk"), people)
    for pk, verb, who, person, same_as in rows:
        words.take(verb, who, person, also.get(pk, []), same_as)
    return words.earlier(memory), words.beyond(memory)


@dataclass(slots=True)
class _Words:
    """The last word about each arrival, while decisions are read in their order."""

    arrivals: Mapping[str, int]
    people: set[int]
    rejected: set[tuple[int, int]]
    last: dict[int, tuple[str, list[int], int | None]] = field(default_factory=dict)

    def take(self, verb: str, who: str, person: int | None, also: list[int], same_as: str) -> None:
        """Take in a word; one about an arrival, or only about people, who are not there any more says nothing."""
        arrival = self.arrivals.get(who)
        meant = [each for each in (person, *also) if each in self.people]
        if arrival is None or (person is not None and not meant):
            return
        if verb == Verb.REJECT and person is not None:
            self.rejected.add((arrival, person))
            if person in self.last.get(arrival, ("", [], None))[1]:
                del self.last[arrival]
        elif verb != Verb.SAME or same_as in self.arrivals:
            self.last[arrival] = (verb, meant, self.arrivals.get(same_as) if verb == Verb.SAME else None)
            self.rejected -= {(arrival, each) for each in meant}

    def earlier(self, memory: Memory) -> Earlier:
        """Give what the matching core takes."""
        said = self.last.items()
        return Earlier(
            confirmed={arrival: people[0] for arrival, (_verb, people, _same) in said if people},
            rejected=frozenset(self.rejected),
            ignored=frozenset(arrival for arrival, (verb, *_) in said if verb == Verb.IGNORE),
            unlisted=frozenset(arrival for arrival, (verb, *_) in said if verb == Verb.REJECT),
            remembered=memory.remembered,
        )

    def beyond(self, memory: Memory) -> Beyond:
        """Give what goes beyond one person a participant."""
        also = {arrival: tuple(people[1:]) for arrival, (_verb, people, _same) in self.last.items() if len(people) > 1}
        same = {arrival: head for arrival, (*_, head) in self.last.items() if head is not None}
        aside = {arrival: said for arrival, said in memory.ignored.items() if arrival not in self.last}
        return Beyond(also, heads(same), memory.sources | aside, frozenset(aside))
