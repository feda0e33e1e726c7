"""The demo: the whole product with invented people, on this machine alone."""

import sys
import time
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management.base import BaseCommand, CommandError

from attendance.demo.platform import Platform
from attendance.demo.story import SCENES, Organiser, Played, Scene, wait_for
from attendance.demo.verdict import Verdict, judge
from attendance.demo.visitor import Stuck
from portal import processes

SEED = 5
# Scaled minutes: under the real quota of 300 calls a minute the webinar's 3,000 people alone would take a minute.
# The enterprise's own app need not tell again what the app of the portal tells.
SWITCHES = {"rate_minute_seconds": 6.0, "retry_minute_seconds": 1.0, "enterprise_hears_oauth_meetings": False}
ENV = {"PULL_AGAIN_SECONDS": "5", "SWEEP_SECONDS": "1", "LOG_LEVEL": "WARNING",
       "TENCENT_RATE_PER_MINUTE": "300", "TENCENT_RATE_MINUTE_SECONDS": "6"}  # fmt: skip


class Command(BaseCommand):
    """Starts everything, lives through the five scenarios, prints what came of it."""

    help = "Run the whole product with a sandbox platform: five meetings from installing to attendance."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--serve", action="store_true", help="stay up after the story, also without a terminal")
        parser.add_argument("--port", type=int, default=0, help="port of the portal (default: 8000 or any free one)")
        parser.add_argument("--keep", metavar="DIRECTORY", help="keep database and logs in this directory")

    def handle(self, *args: object, **options: object) -> None:
        stay = bool(options["serve"]) or sys.stdout.isatty()
        with TemporaryDirectory(prefix="rollcall-demo-") as scratch:
            place = Path(str(options["keep"] or scratch)).resolve()
            keys = {} if options["keep"] else processes.invented_keys()
            env = ENV | keys | {"DATABASE_URL": f"sqlite:///{place / 'rollcall.sqlite3'}"}
            with processes.house(place, **env) as house:
                self._run(house, int(str(options["port"])), stay)

    def _run(self, house: processes.House, port: int, stay: bool) -> None:
        begun = time.monotonic()
        try:
            portal, world = self._start(house, port)
            self._say(f"Portal {portal}   sandbox platform {house.env['TENCENT_API_URL']}/_sandbox/")
            verdicts = self._play(house, portal, world)
        except (processes.ProcessDied, Stuck) as error:
            raise CommandError(str(error)) from error
        self._table(verdicts, time.monotonic() - begun)
        if stay:
            self._stay(house, portal)
        if not all(verdict.holds for verdict in verdicts):
            raise CommandError("The results do not agree with what happened.")

    def _start(self, house: processes.House, port: int) -> tuple[str, dict]:
        processes.start_broker(house)
        self._say("Preparing the database ...")
        processes.migrate(house)
        world = processes.start_sandbox(house)
        portal = processes.start_web(house, port)
        processes.start_worker(house)
        processes.start_beat(house)
        return portal, world

    def _play(self, house: processes.House, portal: str, world: dict) -> list[Verdict]:
        platform = Platform(house.env["TENCENT_API_URL"])
        platform.post("switches", **SWITCHES)
        company = world["enterprises"][0]
        person = next(user for user in company["users"] if user["role_type"] == 2)
        organiser = Organiser(portal, platform, SEED)
        platform.post("portal", url=f"{portal}/hooks/tencent/")
        self._say(f"{person['name']} of {company['name']} installs the app and enters the enterprise credential ...")
        organiser.install(person)
        address = organiser.enter_credential(company, person)
        platform.post("portal", enterprise_urls={company["app_id"]: address})
        return [self._scene(organiser, platform, scene, company["secret_id"]) for scene in SCENES]

    def _scene(self, organiser: Organiser, platform: Platform, scene: Scene, secret_id: str) -> Verdict:
        self._say(f"Scenario {scene.scenario}: {scene.people} people ...")
        played = organiser.book(scene)
        played.meeting_id = platform.newest_meeting(played.subject)
        organiser.upload(played)
        told = {"meeting_id": played.meeting_id, "people": scene.people, "seed": SEED}
        if scene.enrolment:
            platform.post(f"scenarios/{scene.scenario}/register", **told)
        links = organiser.prepare(played)
        platform.post(f"scenarios/{scene.scenario}/play", **told, links=links, end=True)
        return wait_for(lambda: self._settled(organiser, platform, played, secret_id))

    def _settled(self, organiser: Organiser, platform: Platform, played: Played, secret_id: str) -> Verdict:
        """Judge the results once they hold everybody who came; until then the pull is still under way."""
        organiser.finished(f"{played.address}progress/")
        verdict = judge(played, platform, organiser.results(played), secret_id)
        if not verdict.complete:
            raise Stuck(f"the results of {played.subject} do not hold everybody yet")
        return verdict

    def _table(self, verdicts: list[Verdict], seconds: float) -> None:
        self._say("")
        heads = ("expected", "attended", "partly", "absent", "open", "walk-in", "review", "decided", "wrong")
        self._say("".join(f"{head:>10}" for head in heads) + "   meeting")
        for verdict in verdicts:
            figures = [*verdict.figures, f"{verdict.decided}/{verdict.provable}", len(verdict.wrong)]
            self._say("".join(f"{figure:>10}" for figure in figures) + f"   {verdict.subject}  {verdict.address}")
        self._say(
            f"\n{seconds:.0f} s. decided = by a key of their own / who came alone with one; wrong = against the sandbox's truth."
        )

    def _stay(self, house: processes.House, portal: str) -> None:
        self._say(
            f"\nOpen {portal}/ and sign in: choose a person on the sandbox's consent page. Ctrl-C ends everything."
        )
        with suppress(KeyboardInterrupt):
            while True:
                house.watch()
                time.sleep(1)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
