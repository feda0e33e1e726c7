"""What may decide and how much each clue weighs, as data, frozen with its version."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from attendance.matching.model import Key


class Mode(StrEnum):
    """Whether a displayed name may only propose, or may decide."""

    STRICT = "strict"
    BALANCED = "balanced"


class How(StrEnum):
    """How a displayed name leads to a listed one; the value is the code of the reason."""

    EXACT = "name_exact"
    TITLED = "name_titled"
    PART = "name_part"
    FRAGMENT = "name_fragment"
    PINYIN = "name_pinyin"
    INITIALS = "name_initials"
    HOMOPHONE = "name_homophone"
    TYPO = "name_typo"
    GIVEN = "name_given"
    SURNAME = "name_surname"
    NONE = "name_none"


# How much likelier the listed person is to be shown in this way than a stranger who is shown in the same way.
_SHOWS = {
    How.EXACT: 1.0,
    How.TITLED: 1.0,
    How.PART: 1.0,
    How.FRAGMENT: 0.05,
    How.PINYIN: 1.0,
    How.INITIALS: 0.5,
    How.HOMOPHONE: 0.02,
    How.TYPO: 0.01,
    How.GIVEN: 0.5,
    How.SURNAME: 0.7,
    How.NONE: 1.0,
}

# How often a key that agrees unshared names the right person; a link can be handed on, a login hardly.
_SURE = {
    Key.TAG: 0.996,
    Key.ENROLL_ID: 0.999,
    Key.USERID: 0.9999,
    Key.OPEN_ID: 0.9999,
    Key.MS_OPEN_ID: 0.9995,
    Key.PSTN: 0.998,
    Key.APP_PHONE: 0.999,
    Key.PHONE_HASH: 0.998,
    Key.REMEMBERED: 0.997,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """Likelihood ratios of what a displayed name carries beside the name."""

    company_miss: float = 0.03
    place_hit: float = 5.0
    place_miss: float = 0.4
    title_hit: float = 3.0
    phone_hit: float = 5_000.0
    phone_miss: float = 0.02
    digits_hit: float = 1_000.0
    digits_miss: float = 0.5
    shared_key: float = 1_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A matching policy.

    Meaning: a name decides in balanced mode from `decide` on, if it was found in one of the `deciding`
    ways; it is proposed from `propose` on. `walk_ins` is the share of unlisted participants assumed
    before the meeting's own data speak, with the weight of `walk_in_weight` participants. `clumping` is
    how much oftener whole names repeat than their characters suggest. `transferable` keys do not stand
    against the name of somebody else on the list. Keys shared by more than `crowd` rows or
    participants, and names that fit more rows, propose nobody. `second_device` is the share of further
    participants fitting a person already found who are that person's second device.
    """

    version: str
    mode: Mode
    decide: float = 0.99
    propose: float = 0.05
    deciding: frozenset[How] = frozenset({How.EXACT, How.TITLED, How.PART, How.PINYIN})
    transferable: frozenset[Key] = frozenset({Key.TAG})
    shows: Mapping[How, float] = field(default_factory=lambda: dict(_SHOWS))
    sure: Mapping[Key, float] = field(default_factory=lambda: dict(_SURE))
    clues: Clues = Clues()
    walk_ins: float = 0.3
    walk_in_weight: float = 5.0
    rounds: int = 5
    clumping: float = 1.5
    most_candidates: int = 12
    crowd: int = 60
    second_device: float = 0.25


STRICT = Policy(version="strict-1", mode=Mode.STRICT)
BALANCED = Policy(version="balanced-1", mode=Mode.BALANCED)
