"""A portal with life in it, for looking at its pages: a roadshow of a hundred people that is over, and two meetings to come."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from attendance.demo import files
from attendance.demo.platform import Platform
from attendance.demo.story import ZONE, Organiser, Played, Scene, form_with, wait_for
from attendance.demo.visitor import Stuck
from tests.rounds import find
from tests.stack import Stack

SEED, PEOPLE, WAITING = 7, 100, 48
ROADSHOW = Scene(4, PEOPLE, imports=True, workbook=True)
HOUR, LENGTH = 14, timedelta(minutes=60)
SWITCHES = {"rate_per_minute": 0, "enterprise_hears_oauth_meetings": False}
TO_COME = (("医学学术会议", 1), ("三季度绩效回顾", 3))
ANOTHER = SEED + 1
PERSON = r"/meetings/\d+/attendance/people/\d+/"
PARTICIPANT = r"/meetings/\d+/attendance/participants/\d+/"
CASE = r"/meetings/\d+/review/\d+/(?=decide/)"
FAULTY = [
    {"name": "高远", "phone": "1380000123", "company": "中信证券", "title": "分析师"},
    {"name": "", "phone": "13800009001", "company": "华泰证券", "title": "经理"},
    {"name": "罗文静", "phone": "138****9002", "company": "招商证券", "title": "总监"},
]


@dataclass(frozen=True)
class Hall:
    """What was seeded: a signed-in session, and where the pages are."""

    url: str
    session: str
    places: dict[str, str]

    def at(self, page: str) -> str:
        """Give the address of a page by its name."""
        return self.url + self.places[page]


def fill(stack: Stack) -> Hall:
    """Let an administrator live through a roadshow and prepare two more meetings."""
    platform = Platform(stack.sandbox.url)
    platform.post("switches", **SWITCHES)
    organiser = _settled_in(stack, platform)
    roadshow = _roadshow(organiser, platform)
    first, second = [_booked(organiser, subject, _at(days)) for subject, days in TO_COME]
    wait_for(lambda: _counted(organiser, roadshow))
    _decide_two(organiser, roadshow.address)
    session = organiser.visitor.session.cookies["sessionid"]
    return Hall(stack.url, session, dict(_places(organiser, roadshow.address, first, second)))


def _settled_in(stack: Stack, platform: Platform) -> Organiser:
    organiser = Organiser(stack.url, platform, SEED)
    person, company = find(stack.sandbox.world, "administrator"), stack.sandbox.world["enterprises"][0]
    organiser.install(person)
    events = organiser.enter_credential(company, person)
    platform.post("portal", enterprise_urls={company["app_id"]: events})
    return organiser


def _roadshow(organiser: Organiser, platform: Platform) -> Played:
    """Hold the roadshow at two in the afternoon, or yesterday at four until that is over: nobody may book a day back."""
    held = _at(0) if _at(0) + LENGTH < datetime.now(ZoneInfo(ZONE)) else _at(-1) + timedelta(hours=2)
    played = Played(ROADSHOW, _booked(organiser, "秋季策略路演", held, enrolment="on", approval="1"))
    played.meeting_id = platform.newest_meeting(played.subject)
    organiser.upload(played)
    told = {"meeting_id": played.meeting_id, "people": PEOPLE, "seed": SEED}
    platform.post("scenarios/4/register", **told)
    organiser.prepare(played)
    links = organiser.visitor.open(f"{played.address}links/")
    organiser.visitor.submit(links.form("/links/issue/"), {"action": "all"})
    organiser.finished(f"{played.address}links/progress/")
    platform.post("scenarios/4/play", **told, end=True)
    return played


def _at(days: int) -> datetime:
    return datetime.now(ZoneInfo(ZONE)).replace(hour=HOUR, minute=0, second=0, microsecond=0) + timedelta(days=days)


def _booked(organiser: Organiser, subject: str, start: datetime, **more: str) -> str:
    """Book a meeting of an hour; gives its address."""
    page = organiser.visitor.open("/meetings/create/")
    times = {"start": f"{start:%Y-%m-%dT%H:%M}", "end": f"{start + LENGTH:%Y-%m-%dT%H:%M}"}
    values = {"subject": subject, "zone": ZONE} | times | more
    made = organiser.visitor.submit(form_with(page.forms, "subject"), values)
    return made.url.removeprefix(organiser.portal)


def _upload(organiser: Organiser, address: str) -> str:
    """Upload a list with three faulty rows and leave it waiting; gives the address of its dry run."""
    people = organiser.platform.get("scenarios/4", people=WAITING, seed=ANOTHER)["expected"]
    body = files.as_gb18030_csv([*people[:6], *FAULTY, *people[6:]])
    return organiser.bring(address, "医学会议 参会名单.csv", body)


def _counted(organiser: Organiser, played: Played) -> None:
    organiser.finished(f"{played.address}progress/")
    _first(organiser, f"{played.address}attendance/", PERSON)


def _decide_two(organiser: Organiser, meeting: str) -> None:
    """Confirm who the first two cases most likely are, in one sitting: a second version of the results, and a record under it."""
    # Until the portal has heard that the meeting is over its run is a live one, whose place the next one takes.
    wait_for(lambda: _first(organiser, f"{meeting}attendance/versions/", "Settling"))
    for _ in range(2):
        page = organiser.visitor.open(_first(organiser, f"{meeting}review/", CASE))
        confirmed = re.search(r"confirm:\d+", page.text)[0]
        organiser.visitor.submit(page.form("/decide/"), {"choice": confirmed})
    wait_for(lambda: _first(organiser, f"{meeting}attendance/versions/", "<summary>1 computation before it"))


def _first(organiser: Organiser, address: str, pattern: str) -> str:
    """Find the first address of a kind on a page; gets stuck while there is none."""
    found = re.search(pattern, organiser.visitor.open(address).text)
    if not found:
        raise Stuck(f"{address} leads nowhere yet")
    return found[0]


def _places(organiser: Organiser, meeting: str, first: str, second: str) -> Iterator[tuple[str, str]]:
    """Name the pages; the person is the one with the most entries."""
    yield from {"sign-in": "/sign-in/", "help": "/help/", "privacy": "/privacy/", "account": "/account/"}.items()
    yield from {"credential": "/account/credential/", "members": "/account/members/"}.items()
    yield from {"dashboard": "/", "meetings": "/meetings/", "create": "/meetings/create/"}.items()
    yield from {"meeting": meeting, "coming": first, "people": f"{meeting}people/", "links": f"{meeting}links/"}.items()
    yield from {"upload": f"{second}upload/", "upload-preview": _upload(organiser, first)}.items()
    yield from {"attendance": f"{meeting}attendance/", "participants": f"{meeting}attendance/participants/"}.items()
    yield "person", _first(organiser, f"{meeting}attendance/?sort=-entries", PERSON)
    yield "participant", _first(organiser, f"{meeting}attendance/participants/", PARTICIPANT)
    yield from {"companies": f"{meeting}attendance/companies/", "exports": f"{meeting}attendance/exports/"}.items()
    yield from {"rule": f"{meeting}attendance/rule/?source=own&min_percent=80&min_minutes=40"}.items()
    yield from {"windows": f"{meeting}attendance/windows/", "default-rule": "/attendance-rule/"}.items()
    yield from {"versions": f"{meeting}attendance/versions/", "difference": f"{meeting}attendance/versions/2/"}.items()
    yield "replaced", f"{meeting}attendance/versions/2/replaced/"
    yield from {"several": f"{meeting}review/several/", "remembered": "/remembered/"}.items()
    yield from {"review": f"{meeting}review/", "case": _first(organiser, f"{meeting}review/", CASE)}.items()
