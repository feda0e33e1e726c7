"""The departments of an enterprise: one head office, and two below it."""

from dataclasses import dataclass
from typing import Any

from portal.sandbox.world import User

HEAD = "1"


@dataclass(frozen=True, slots=True)
class Department:
    """One department; `parent` is empty for a main department."""

    department_id: str
    name: str
    parent: str

    @property
    def full_name(self) -> str:
        """Return the name with those above it."""
        above = BY_ID.get(self.parent)
        return f"{above.full_name}/{self.name}" if above else self.name

    def employs(self, user: User) -> bool:
        """Tell whether somebody belongs here; everybody belongs to the head office."""
        return self in departments_of(user)


DEPARTMENTS = (Department(HEAD, "总部", ""), Department("2", "会务部", HEAD), Department("3", "业务部", HEAD))
BY_ID = {each.department_id: each for each in DEPARTMENTS}


def departments_of(user: User) -> tuple[Department, ...]:
    """Return where somebody belongs, the main department first."""
    return BY_ID[HEAD], BY_ID["2" if user.organises else "3"]


def below(department_id: str | None) -> list[Department]:
    """Return all departments, or those right below one ("0" is the top)."""
    if department_id is None:
        return list(DEPARTMENTS)
    return [each for each in DEPARTMENTS if each.parent == ("" if department_id == "0" else department_id)]


def listed(user: User, *, detailed: bool) -> list[dict[str, Any]]:
    """Return somebody's departments as the user lists spell them."""
    short = [{"department_id": each.department_id, "department_name": each.name} for each in departments_of(user)]
    if not detailed:
        return short
    more = [
        {"department_full_name": each.full_name, "is_main": not each.parent} for each in departments_of(user)
    ]
    return [one | other for one, other in zip(short, more, strict=True)]
