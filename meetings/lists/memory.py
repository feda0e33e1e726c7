"""What the columns of a file's shape held the last time: proposed again for the next one."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from meetings.lists.headings import folded
from meetings.lists.mapping import CHOICES, contents_of
from meetings.models import ColumnMemory


def shape(columns: Sequence[str], sample: Sequence[Sequence[str]], *, headed: bool) -> str:
    """Name a shape: by the headings, or by width and kinds of contents where there are none."""
    told = [folded(heading) for heading in columns] if headed else contents_of(columns, sample)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def recall(organisation: int, shape: str) -> list[str]:
    """Give the mapping that was confirmed last for this shape; empty where there is none that still means something."""
    found = ColumnMemory.objects.filter(organisation=organisation, shape=shape).first()
    return found.mapping if found and set(found.mapping) <= set(CHOICES) else []


def keep(organisation: int, shape: str, mapping: Sequence[str], *, now: datetime) -> None:
    """Remember a confirmed mapping. May be repeated."""
    values = {"mapping": list(mapping), "used_at": now}
    ColumnMemory.objects.update_or_create(organisation_id=organisation, shape=shape, defaults=values)
