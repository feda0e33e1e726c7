"""The offline door: reads the files, matches, writes the result, and says what it cost."""

import gc
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from attendance import hashes
from attendance.matching import Decision, Policy, Tier, decide
from attendance.offline import expected, results, visits
from attendance.offline.files import BadFile


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks of the door: files, SecretIds (present and former), policy, language of the reasons."""

    expected: Path
    participants: Path
    enrolments: Path | None
    out: Path
    recipe: hashes.Recipe
    policy: Policy
    translate: results.Translate


@dataclass(slots=True)
class Account:
    """How many there were, how it ended, and the seconds of each part."""

    people: int = 0
    participants: int = 0
    visits: int = 0
    policy: str = ""
    tiers: Mapping[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Take the time of a part."""
        begun = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - begun

    def __str__(self) -> str:
        """Say it in one line; the tiers count participants."""
        tiers = ", ".join(f"{name} {count}" for name, count in self.tiers.items())
        seconds = " + ".join(f"{name} {spent:.2f}" for name, spent in self.seconds.items())
        return (f"{self.visits} visits, {self.participants} participants, {self.people} expected: {tiers}; "
                f"policy {self.policy}; {sum(self.seconds.values()):.2f} s ({seconds})")  # fmt: skip


def run(asked: Asked) -> Account:
    """Match a list with a meeting's participant rows.

    Guarantee: RESULT is written whole or not at all; the same files give the same bytes. Raises: BadFile.
    """
    _check(asked)
    with _collector_off():
        return _run(asked)


def _run(asked: Asked) -> Account:
    account = Account()
    with account.part("read"):
        listed, came = expected.read(asked.expected), visits.read(asked.participants)
        enrolled = visits.enrolments(asked.enrolments) if asked.enrolments else {}
    with account.part("match"):
        arrivals = visits.arrivals(came, listed.people, enrolled, listed.numbers)
        people, arrivals = hashes.compared(listed.people, arrivals, listed.numbers, asked.recipe)
        result = decide(people, arrivals, policy=asked.policy)
    with account.part("write"):
        places = {label: place for place, label in enumerate(came.identities)}
        results.write(asked.out, result.decisions, [places[label] for label in came.of_visit], asked.translate)
    account.people, account.participants, account.visits = len(people), len(arrivals), len(came.of_visit)
    account.policy, account.tiers = result.policy_version, _tiers(result.decisions)
    return account


@contextmanager
def _collector_off() -> Iterator[None]:
    """Keep the garbage collector out: nothing here makes cycles, and it takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _check(asked: Asked) -> None:
    """Refuse to write over what is read."""
    read = [path for path in (asked.expected, asked.participants, asked.enrolments) if path]
    if asked.out.resolve() in {path.resolve() for path in read}:
        raise BadFile(asked.out, "is read, so it cannot be written")
    if not asked.out.resolve().parent.is_dir():
        raise BadFile(asked.out, "its folder does not exist")


def _tiers(decisions: Sequence[Decision]) -> dict[str, int]:
    """Count participants by the tier that is written."""
    counts = Counter(results.tier_of(each) for each in decisions)
    return {tier.value: counts[tier] for tier in (Tier.CERTAIN, Tier.LIKELY, Tier.CONFLICT, Tier.NONE)}
