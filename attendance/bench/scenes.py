"""What kinds of rooms there are: the five scenarios, all of them mixed, and names alone."""

from collections.abc import Mapping
from dataclasses import dataclass

MOST_LINKS = 300


@dataclass(frozen=True, slots=True)
class Scene:
    """Shares of people who have each key. Of the list: staff, links, enrolled, phones; of those who come: the rest."""

    list_per_visit: float = 1.0
    staff: float = 0.0
    links: float = 0.0
    enrolled: float = 0.0
    phones: float = 0.75
    verified: float = 0.0
    callers: float = 0.0
    in_app: float = 0.0
    most_links: int = MOST_LINKS


SCENES: Mapping[str, Scene] = {
    "staff": Scene(staff=1.0),
    "enrolment": Scene(enrolled=1.0, phones=1.0, verified=0.55, in_app=0.1),
    "both": Scene(staff=0.35, enrolled=0.5, verified=0.55, in_app=0.1),
    "callers": Scene(enrolled=0.6, phones=1.0, verified=0.6, callers=0.15),
    # Beyond 300 the mini-program's path carries tags without a link of the platform (108571).
    "links": Scene(links=1.0, phones=0.0, most_links=10**6),
    "mixed": Scene(list_per_visit=2.0, staff=0.12, links=0.05, enrolled=0.3, verified=0.55, callers=0.02, in_app=0.03),
    "names": Scene(),
}
# What goes wrong with keys, as shares of those who could have them. Where everybody on the list has a link (or enrolled),
# so many of those who come without one of their own use another's; where few have, so much fewer.
FORWARDED, UNDER_ANOTHER = 0.05, 0.01
CHANGED_PHONE, SHARED_HASH, LOST_ENROLMENT, LOST_USERID = 0.04, 0.015, 0.08, 0.04
TWICE_LISTED, TWO_BEFORE_ONE, SECOND_IDENTITY, RENAMED = 0.004, 0.004, 0.06, 0.06
