"""RESULT.csv: one line a visit, written whole or not at all."""

import csv
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path

from attendance.matching import Decision, Id, Key, Reason, Tier
from attendance.matching.words import sentence
from attendance.offline.files import BadFile
from meetings.lists.export import neutral
from portal.phones import scrub

HEADINGS = ("visit", "participant", "tier", "row", "key", "confidence", "reason")
KEYS = {key: key.value for key in Key} | {Key.ENROLL_ID: "enrolment"}
WITH_ROW = frozenset({Tier.CERTAIN, Tier.LIKELY, Tier.CONFLICT})
# What only weighs, and says nothing of this participant.
UNSAID = frozenset({"base_rate", "comes_without", "comes_by_name"})

Translate = Callable[[str], str]


class Lines:
    """Puts decisions into lines, each sentence once."""

    def __init__(self, translate: Translate) -> None:
        """Take the language."""
        self.translate = translate
        self.said: dict[tuple[object, ...], str] = {}

    def of(self, decision: Decision, label: int) -> tuple[object, ...]:
        """Give the line of a participant, without the visit."""
        tier = tier_of(decision)
        row = _row(decision) if tier in WITH_ROW else ""
        key = KEYS[decision.key] if decision.key else ""
        return label, tier.value, row, key, f"{decision.confidence:.6f}", self._reason(decision)

    def _reason(self, decision: Decision) -> str:
        """Join what was found and what speaks for and against the first candidate."""
        first = decision.candidates[0] if decision.candidates else None
        told = (*first.reasons_for, *first.reasons_against, *decision.evidence) if first else decision.evidence
        return neutral(" ".join(dict.fromkeys(self._say(reason) for reason in told if reason.code not in UNSAID)))

    def _say(self, reason: Reason) -> str:
        """Give a sentence on one line, without a whole phone in it."""
        known = (reason.code, reason.params)
        if known not in self.said:
            self.said[known] = scrub(" ".join(sentence(reason, self.translate).split()))
        return self.said[known]


def tier_of(decision: Decision) -> Tier:
    """Give the tier that is written: whom nobody need look for is nobody of the list."""
    return Tier.NONE if decision.tier is Tier.IGNORED else decision.tier


def _row(decision: Decision) -> Id:
    """Give whom a decision names: the person, else the first candidate."""
    return decision.candidates[0].person_id if decision.person_id is None else decision.person_id


def write(path: Path, decisions: Sequence[Decision], of_visit: Sequence[int], translate: Translate) -> None:
    """Write the result beside its place and move it there, so that it is never half a file. Raises: BadFile."""
    lines = Lines(translate)
    told = [lines.of(decision, label) for label, decision in enumerate(decisions)]
    rows = ((visit, *told[label]) for visit, label in enumerate(of_visit))
    if path.exists() and not path.is_file():
        raise BadFile(path, "is no file that could be written")
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(chain([HEADINGS], rows))
        part.replace(path)
    except OSError as error:
        raise BadFile(path, f"cannot be written ({error.strerror})") from error
    finally:
        part.unlink(missing_ok=True)
