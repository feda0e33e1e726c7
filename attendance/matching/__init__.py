"""Who is who: the pure core that matches participants with expected persons and says why."""

from attendance.matching.engine import decide
from attendance.matching.keys import decode_tag
from attendance.matching.model import (
    Arrivals,
    Candidate,
    Decision,
    Earlier,
    Id,
    Key,
    People,
    Reason,
    Result,
    Tier,
)
from attendance.matching.policy import BALANCED, STRICT, Clues, How, Mode, Policy

__all__ = [
    "BALANCED",
    "STRICT",
    "Arrivals",
    "Candidate",
    "Clues",
    "Decision",
    "Earlier",
    "How",
    "Id",
    "Key",
    "Mode",
    "People",
    "Policy",
    "Reason",
    "Result",
    "Tier",
    "decide",
    "decode_tag",
]
