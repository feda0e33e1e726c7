"""How events travel, by meeting, kind and address: lost, doubled, late, out of turn, badly signed, incomplete."""

from dataclasses import dataclass, field, fields
from random import Random
from typing import Any

# What captures of real events leave out now and then.
OPTIONAL = (
    "open_id", "uuid", "pstn_number", "userid", "nick_name", "extend_info", "meeting_create_from", "meeting_create_mode",
    "action_scene_type", "meeting_id_type", "sub_meeting_start_time", "sub_meeting_end_time",
)


class BadMood(ValueError):
    """A mood that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Mood:
    """One rule; empty names fit all, shares lie between 0 and 1, times are seconds."""

    meeting_id: str = ""
    event: str = ""
    to: str = ""
    lose: float = 0.0
    duplicate: float = 0.0
    copies: int = 1
    delay: float = 0.0
    jitter: float = 0.0
    bad_signature: float = 0.0
    fresh_headers: bool | None = None
    plain: bool = False
    together: int = 1
    missing: tuple[str, ...] = ()

    def fits(self, meeting_id: str, event: str, to: str) -> bool:
        """Tell whether the rule speaks of this event; `event` may end in a star."""
        named = event.startswith(self.event[:-1]) if self.event.endswith("*") else self.event in ("", event)
        return named and self.meeting_id in ("", meeting_id) and self.to in ("", to)


CALM = Mood()
SHARES = ("lose", "duplicate", "bad_signature")


@dataclass(slots=True)
class Moods:
    """All rules; of several that fit, the one given last counts."""

    rules: list[Mood] = field(default_factory=list)
    rng: Random = field(default_factory=lambda: Random(11))

    def add(self, wanted: dict[str, Any]) -> Mood:
        """Add a rule; raises BadMood."""
        known = {each.name: each.type for each in fields(Mood)}
        odd = sorted(name for name, value in wanted.items() if name not in known or not _fits(name, value))
        if odd:
            raise BadMood(f"odd keys or values: {odd}; known: {', '.join(known)}")
        missing = OPTIONAL if wanted.get("missing") is True else tuple(wanted.get("missing") or ())
        mood = Mood(**{**wanted, "missing": missing})
        self.rules.append(mood)
        return mood

    def of(self, meeting_id: str, event: str, to: str) -> Mood:
        """Return the mood of one event."""
        return next((rule for rule in reversed(self.rules) if rule.fits(meeting_id, event, to)), CALM)

    def chance(self, share: float) -> bool:
        """Throw the dice for a share."""
        return bool(share) and self.rng.random() < share

    def wait(self, mood: Mood) -> float:
        """Return after how many seconds an event sets out."""
        return mood.delay + (self.rng.uniform(0, mood.jitter) if mood.jitter else 0.0)


def without(value: Any, missing: tuple[str, ...]) -> Any:
    """Return a body without the named fields, wherever they lie."""
    if not missing:
        return value
    if isinstance(value, list):
        return [without(each, missing) for each in value]
    if isinstance(value, dict):
        return {name: without(each, missing) for name, each in value.items() if name not in missing}
    return value


def _fits(name: str, value: object) -> bool:
    if name in ("meeting_id", "event", "to"):
        return isinstance(value, str)
    if name in ("fresh_headers", "plain"):
        return isinstance(value, bool)
    if name == "missing":
        return value is True or (isinstance(value, list) and all(isinstance(each, str) for each in value))
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        return False
    if name in ("copies", "together"):
        return isinstance(value, int) and value >= 1
    return value <= 1 or name not in SHARES
