"""What goes into the matching core and what comes out: columns in, decisions with their evidence out."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

Param = str | int | float
Id = str | int


class Tier(StrEnum):
    """How sure a decision is, and so what the product does with it."""

    CERTAIN = "certain"
    LIKELY = "likely"
    CONFLICT = "conflict"
    NONE = "none"
    IGNORED = "ignored"


class Key(StrEnum):
    """What can join a participant to a person, strongest first; NAME and HUMAN are no platform keys."""

    TAG = "tag"
    ENROLL_ID = "enroll_id"
    USERID = "userid"
    OPEN_ID = "open_id"
    MS_OPEN_ID = "ms_open_id"
    PSTN = "pstn"
    APP_PHONE = "app_phone"
    PHONE_HASH = "phone_hash"
    REMEMBERED = "remembered"
    NAME = "name"
    HUMAN = "human"


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The expected persons of one meeting as columns of equal length.

    Shape: `id` and `name` are required; any other column may be left out, which means blank in every
    row. `tag` is the text of the exclusive link, raw or decoded; `phone_hashes` holds every acceptable
    upper-case hash of the person's phone (one for each former SecretId); `phone_head` and `phone_tail` are
    the first three digits of a mobile number and the last four; `phone_key` is an opaque keyed
    hash of the phone; `ms_open_ids` were looked up beforehand or for a telephone number.
    """

    id: Sequence[Id]
    name: Sequence[str]
    company: Sequence[str] = ()
    title: Sequence[str] = ()
    place: Sequence[str] = ()
    phone_head: Sequence[str] = ()
    phone_tail: Sequence[str] = ()
    tag: Sequence[str] = ()
    enroll_id: Sequence[str] = ()
    userid: Sequence[str] = ()
    open_id: Sequence[str] = ()
    phone_hashes: Sequence[Sequence[str]] = ()
    phone_key: Sequence[str] = ()
    ms_open_ids: Sequence[Sequence[str]] = ()

    def __len__(self) -> int:
        """Count the expected persons."""
        return len(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """The participants of one occurrence, grouped by platform identity, as columns of equal length.

    Shape: `id` and `names` are required; any other column may be left out, which means blank in every
    row. `names` holds the distinct displayed names in the order they were seen; `tags` the raw
    `customer_data` values; `app_phone_key` the keyed hash of the phone given in the in-meeting app;
    `pstn_person_ids` the expected persons whose telephone number the platform tied to this caller.
    `is_staff` and `is_host` mark whom nobody need look for. `void_hashes` are values that stand for "no
    number" and never identify anybody.
    """

    id: Sequence[Id]
    names: Sequence[Sequence[str]]
    tags: Sequence[Sequence[str]] = ()
    enroll_id: Sequence[str] = ()
    userid: Sequence[str] = ()
    open_id: Sequence[str] = ()
    ms_open_id: Sequence[str] = ()
    phone_hash: Sequence[str] = ()
    app_phone_key: Sequence[str] = ()
    pstn_person_ids: Sequence[Sequence[Id]] = ()
    is_staff: Sequence[bool] = ()
    is_host: Sequence[bool] = ()
    void_hashes: Set[str] = frozenset()

    def __len__(self) -> int:
        """Count the participants."""
        return len(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What humans decided before, told by arrival id.

    Meaning: `confirmed`, `rejected` (arrival, person), `ignored` and `unlisted` ("nobody of the list")
    were said about this meeting and win over everything; `remembered` was confirmed in a former meeting
    for the same identity and is the last of the strong keys.
    """

    confirmed: Mapping[Id, Id] = field(default_factory=dict)
    rejected: Set[tuple[Id, Id]] = frozenset()
    ignored: Set[Id] = frozenset()
    unlisted: Set[Id] = frozenset()
    remembered: Mapping[Id, Id] = field(default_factory=dict)


class Reason(NamedTuple):
    """One piece of evidence: a code of `words.SENTENCES`, the parameters its sentence needs, and what it weighs.

    Units: `weight` is the natural logarithm of a likelihood ratio; above 0 it speaks for the person, 0 only explains.
    """

    code: str
    params: tuple[tuple[str, Param], ...] = ()
    weight: float = 0.0


class Candidate(NamedTuple):
    """A person who could be the participant: how probable (0 to 1), what speaks for it and what against.

    Guarantee: the weights of all its reasons add up to the log odds of `weight`, unless a human decided.
    """

    person_id: Id
    weight: float
    reasons_for: tuple[Reason, ...] = ()
    reasons_against: tuple[Reason, ...] = ()


class Decision(NamedTuple):
    """What the core says of one participant.

    Meaning: `person_id` is set only where `tier` is certain; `key` names what decided; `confidence` is the
    probability that the tier's claim is right; `candidates` come most probable first.
    """

    arrival_id: Id
    tier: Tier
    person_id: Id | None
    key: Key | None
    confidence: float
    candidates: tuple[Candidate, ...] = ()
    evidence: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """All decisions in the order of the arrivals, how many there are of each tier, and under which policy."""

    decisions: tuple[Decision, ...]
    counts: Mapping[Tier, int]
    policy_version: str
