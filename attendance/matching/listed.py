"""What displayed names are read against: one list with its names indexed, folded and counted, made when first needed."""

from collections.abc import Iterable
from functools import cached_property

from attendance.matching.clues import Surroundings
from attendance.matching.copies import Copies
from attendance.matching.index import NameIndex
from attendance.matching.model import People
from attendance.matching.policy import Policy
from attendance.matching.rarity import Rarity
from attendance.matching.sounds import Sounds
from portal.names import fold, fold_all


class Listed:
    """One list under one policy."""

    def __init__(self, people: People, policy: Policy, copies: Copies) -> None:
        """Take the list; `copies` tells which of its rows are one person."""
        self.people, self.policy, self.copies = people, policy, copies
        self._folded: dict[str, str] = {}

    @cached_property
    def index(self) -> NameIndex:
        """Index the list's names."""
        return NameIndex(self.people.name, self.names, self.copies)

    @cached_property
    def names(self) -> list[str]:
        """Fold the list's names."""
        return fold_all(self.people.name)

    @cached_property
    def around(self) -> Surroundings:
        """Index what the list says beside the names."""
        return Surroundings(self.people, self.policy.clues)

    @cached_property
    def rarity(self) -> Rarity:
        """Count how rare the list's names are."""
        return Rarity({name: len(rows) for name, rows in self.index.rows.items()}, self.policy)

    def forget(self) -> None:
        """Let go of all that was read: what remembers answers for its own methods would stay until it is collected."""
        held = [self, *vars(self).values()]
        for each in (*held, getattr(vars(self).get("index"), "sounds", None)):
            if isinstance(each, Listed | Rarity | Surroundings | Sounds):
                vars(each).clear()

    def prepare(self, names: Iterable[str]) -> None:
        """Fold the names that are going to be read, all at once."""
        distinct = list(dict.fromkeys(names))
        self._folded = dict(zip(distinct, fold_all(distinct), strict=True))

    def folded(self, name: str) -> str:
        """Give a name folded."""
        known = self._folded.get(name)
        return fold(name) if known is None else known
