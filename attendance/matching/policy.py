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
    PINYIN = "name_pinyin"
    FRAGMENT = "name_fragment"
    INITIALS = "name_initials"
    HOMOPHONE = "name_homophone"
    TYPO = "name_typo"
    GIVEN = "name_given"
    SURNAME = "name_surname"
    PHONE = "name_phone"
    NONE = "name_none"


# How often a listed person is shown in this way, for each time a stranger is who could be shown so.
_SHOWS = {
    How.EXACT: 1.0,
    How.TITLED: 1.0,
    How.PART: 1.0,
    How.PINYIN: 1.0,
    How.FRAGMENT: 0.05,
    How.INITIALS: 0.5,
    How.HOMOPHONE: 0.004,
    How.TYPO: 0.00004,
    How.GIVEN: 0.5,
    How.SURNAME: 0.7,
    How.PHONE: 0.3,
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

    company_most: float = 200.0
    company_miss: float = 0.03
    unknown_miss: float = 0.3
    place_hit: float = 5.0
    place_miss: float = 0.4
    title_hit: float = 3.0
    number_most: float = 1_000_000.0
    phone_hit: float = 5_000.0
    phone_miss: float = 0.02
    digits_hit: float = 2_000.0
    digits_miss: float = 0.5
    shared_key: float = 1_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A matching policy.

    Meaning: in balanced mode names decide, the most probable first, from `decide` on and as long as those of
    the meeting are expected to be `right` so often together; each must be found in one of the `deciding` ways
    or have a clue of at least `support` beside it (`strong_support` for one written wrongly). A name is
    proposed from `propose` on. `walk_ins` is the share of unlisted participants assumed before the meeting's
    own data speak, with the weight of `walk_in_weight` participants. `clumping` is how much oftener whole names
    repeat than their characters suggest, before the list speaks with more than `clumping_weight` repeated
    names. `transferable` keys do not stand against the name of somebody else, be it one of the list, one
    that at least the share `namely` of people carries (`namely_short` for two characters) or one made of the
    characters given names are made of; nor against a word that says that somebody stands in.
    Keys shared by more than `crowd` rows or participants, and names that fit more rows, propose nobody; `few`
    is the same for names that are not whole.
    `second_device` is how many further participants somebody brings who is there already; so much likelier (`alike`,
    `unlike`) where they show the same, and where they do not.
    """

    version: str
    mode: Mode
    decide: float = 0.9
    right: float = 0.9955
    propose: float = 0.15
    deciding: frozenset[How] = frozenset({How.EXACT, How.TITLED, How.PART, How.PINYIN})
    support: float = 4.0
    strong_support: float = 1_000.0
    namely: float = 1e-8
    namely_short: float = 1e-6
    transferable: frozenset[Key] = frozenset({Key.TAG, Key.ENROLL_ID, Key.PSTN, Key.APP_PHONE, Key.PHONE_HASH})
    shows: Mapping[How, float] = field(default_factory=lambda: dict(_SHOWS))
    sure: Mapping[Key, float] = field(default_factory=lambda: dict(_SURE))
    clues: Clues = Clues()
    walk_ins: float = 0.3
    walk_in_weight: float = 5.0
    rounds: int = 8
    clumping: float = 1.5
    clumping_weight: float = 10.0
    most_candidates: int = 12
    crowd: int = 60
    few: int = 12
    second_device: float = 0.08
    alike: float = 3.0
    unlike: float = 0.3
    sweeps: int = 4


STRICT = Policy(version="strict-4", mode=Mode.STRICT)
BALANCED = Policy(version="balanced-4", mode=Mode.BALANCED)
