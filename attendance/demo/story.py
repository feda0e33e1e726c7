"""What an organiser does in the demo, with the pages and files a person would use; nothing reaches past HTTP."""

import io
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from python_calamine import CalamineWorkbook

from attendance.demo import files
from attendance.demo.platform import Platform
from attendance.demo.visitor import Form, Stuck, Visitor

ZONE = "Asia/Shanghai"
# Seconds; nothing in the demo takes longer.
PATIENCE = 150
POLL = 0.3
FINISHED = 286
LIST_NAME = "应到名单"


@dataclass(frozen=True)
class Scene:
    """One meeting of the demo: which scenario, how many people, what the organiser sets up."""

    scenario: int
    people: int
    enrolment: bool = False
    webinar: bool = False
    workbook: bool = False
    imports: bool = False
    links: bool = False


SCENES = (
    Scene(1, 40),
    Scene(2, 3000, enrolment=True, webinar=True),
    Scene(3, 120, enrolment=True, imports=True, workbook=True),
    Scene(4, 100, enrolment=True, imports=True, workbook=True),
    Scene(5, 60, links=True),
)
TITLES = {
    1: "三季度绩效回顾",
    2: "理财公开课",
    3: "保险产品说明会",
    4: "秋季策略路演",
    5: "医学学术会议",
}


@dataclass
class Played:
    """A meeting of the demo as far as it has come."""

    scene: Scene
    address: str
    meeting_id: str = ""
    key_of_line: dict[int, str] = field(default_factory=dict)
    phone_of: dict[str, str] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """What the meeting is called."""
        return TITLES[self.scene.scenario]


class Organiser:
    """Lives through the demo with a browser; the platform's desk only plays the other people."""

    def __init__(self, portal: str, platform: Platform, seed: int) -> None:
        self.visitor = Visitor(portal)
        self.visitor.session.headers["Accept-Language"] = "en"
        self.portal = portal
        self.platform = platform
        self.seed = seed

    def install(self, person: dict) -> None:
        """Sign in for the first time: one button here, one on the platform's consent page."""
        welcome = self.visitor.open("/sign-in/")
        consent = self.visitor.submit(welcome.form("/install/"))
        home = self.visitor.submit(consent.form("authorize"), {"as": person["open_id"], "decision": "approve"})
        if not home.url.startswith(self.portal):
            raise Stuck(f"signing in ended at {home.url}")

    def enter_credential(self, company: dict, person: dict) -> str:
        """Enter the keys of the enterprise's own app; gives the address for its events."""
        page = wait_for(lambda: self.visitor.open("/account/credential/"))
        names = ("app_id", "sdk_id", "secret_id", "secret_key")
        values = {name: str(company[name]) for name in names} | {"operator_userid": person["userid"]}
        values |= {"webhook_token": company["webhook"]["token"], "webhook_aes_key": company["webhook"]["aes_key"]}
        self.visitor.submit(form_with(page.forms, "secret_key"), values)
        shown = self.visitor.open("/account/credential/").text
        found = re.search(r"https?://[^\s<\"]+/hooks/tencent/[^\s<\"/]+/", shown)
        if not found:
            raise Stuck("the account page shows no address for the enterprise's events")
        return found[0]

    def book(self, scene: Scene) -> Played:
        """Create the meeting; it is booked to have begun already."""
        page = self.visitor.open("/meetings/create/", **({"kind": "webinar"} if scene.webinar else {}))
        start = datetime.now(ZoneInfo(ZONE)).replace(second=0, microsecond=0) - timedelta(minutes=75)
        values = {"subject": TITLES[scene.scenario], "zone": ZONE, "start": f"{start:%Y-%m-%dT%H:%M}",
                  "end": f"{start + timedelta(minutes=60):%Y-%m-%dT%H:%M}"}  # fmt: skip
        if scene.enrolment:
            values |= {"enrolment": "on", "approval": "1"}
        made = self.visitor.submit(form_with(page.forms, "subject"), values)
        found = re.search(r"/meetings/(\d+)/$", made.url)
        if not found:
            raise Stuck(f"creating a meeting ended at {made.url}: {complaints(made.text)}")
        return Played(scene, found[0])

    def upload(self, played: Played) -> None:
        """Upload the list of the expected people, look at the dry run, confirm."""
        scene = played.scene
        people = self.platform.get(f"scenarios/{scene.scenario}", people=scene.people, seed=self.seed)["expected"]
        if not people:
            return
        body = files.as_workbook(people) if scene.workbook else files.as_gb18030_csv(people)
        name = "名单.xlsx" if scene.workbook else "名单.csv"
        batch = self.bring(played.address, name, body)
        self.visitor.submit(self.visitor.open(batch).form("/confirm/"))
        self.finished(f"{batch}progress/")
        played.phone_of = {person["key"]: person.get("phone") or "" for person in people}
        played.key_of_line = {line: person["key"] for line, person in enumerate(people, start=files.FIRST_LINE)}

    def bring(self, meeting: str, name: str, body: bytes) -> str:
        """Send a list file and wait until it has been read; gives the address of its dry run."""
        page = self.visitor.open(f"{meeting}upload/")
        onto = {"list_name": LIST_NAME}
        sent = self.visitor.submit(form_with(page.forms, "into", "upload"), onto, files={"file": (name, body)})
        batch = sent.url.removeprefix(self.portal)
        if not re.search(r"/upload/\d+/$", batch):
            raise Stuck(f"uploading {name} ended at {sent.url}: {complaints(sent.text)}")
        self.finished(f"{batch}progress/")
        return batch

    def prepare(self, played: Played) -> dict[str, str]:
        """Give people their way in: import, links; gives each person's link by their key."""
        if played.scene.imports:
            page = self.visitor.open(f"{played.address}people/")
            self.visitor.submit(page.form("/people/import/"))
            self.finished(f"{played.address}people/import/progress/")
        if not played.scene.links:
            return {}
        page = self.visitor.open(f"{played.address}links/")
        self.visitor.submit(page.form("/links/issue/"), {"action": "all"})
        self.finished(f"{played.address}links/progress/")
        return self._links(played)

    def _links(self, played: Played) -> dict[str, str]:
        """Read the mailing file, as the organiser's mail merge would."""
        scene = played.scene
        people = self.platform.get(f"scenarios/{scene.scenario}", people=scene.people, seed=self.seed)["expected"]
        key_of_code = {person["code"]: person["key"] for person in people}
        heading, *rows = first_sheet(self.visitor.download(f"{played.address}links/export/"))
        code, link = heading.index("External code"), heading.index("Exclusive link")
        return {key_of_code[row[code]]: row[link] for row in rows}

    def finished(self, progress: str) -> None:
        """Wait until a progress bar of the portal says it is done."""
        wait_for(lambda: self._at_end(progress))

    def _at_end(self, progress: str) -> bool:
        answer = self.visitor.session.get(self.portal + progress, timeout=30)
        if answer.status_code != FINISHED:
            raise Stuck(f"{progress} is not finished")
        return True

    def results(self, played: Played) -> CalamineWorkbook:
        """Download the results as a workbook."""
        body = self.visitor.download(f"{played.address}attendance/export.xlsx")
        return CalamineWorkbook.from_filelike(io.BytesIO(body))


def form_with(forms: list[Form], name: str, part_of_action: str = "") -> Form:
    """Find the form that has a field.

    Raises: Stuck.
    """
    for form in forms:
        if name in form.fields and part_of_action in form.action:
            return form
    raise Stuck(f"no form has the field {name!r}")


def complaints(text: str) -> list[str]:
    """Give what a page complains of, for the person who looks why the demo stopped."""
    return re.findall(r'class="rc-error">.*?<span>([^<]+)', text)


def first_sheet(body: bytes) -> list[list]:
    """Read the rows of a workbook's first sheet."""
    return CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()


def wait_for(step: Callable[[], object], patience: float = PATIENCE) -> object:
    """Repeat a step until it no longer gets stuck."""
    end = time.monotonic() + patience
    while True:
        try:
            return step()
        except Stuck:
            if time.monotonic() > end:
                raise
            time.sleep(POLL)
