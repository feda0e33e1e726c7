"""The offline door: matches a list with a meeting's participant rows from files, without a database."""

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext, override

from attendance.bench.measure import cost_of
from attendance.hashes import Recipe
from attendance.matching import BALANCED, STRICT
from attendance.offline.door import Account, Asked, run
from attendance.offline.files import BadFile

POLICIES = {"strict": STRICT, "balanced": BALANCED}


class Command(BaseCommand):
    """Reads LIST, VISITS and MAP, writes RESULT, prints one line; a file that cannot be used ends it with an error."""

    help = "Say who of a list came to a meeting, from files (docs/matching.md, the offline door). No database needed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--expected", required=True, type=Path, metavar="LIST.csv", help="the people expected")
        parser.add_argument("--participants", required=True, type=Path, metavar="VISITS.json",
                            help="the platform's participant rows")  # fmt: skip
        parser.add_argument("--enrolments", type=Path, metavar="MAP.json", help="the 报名ID of each ms_open_id")
        parser.add_argument("--secret-id", action="append", default=[], metavar="ID",
                            help="the SecretId of the phone hashes; again for each former one")  # fmt: skip
        parser.add_argument("--policy", choices=POLICIES, default="balanced", help="whether a name may decide")
        parser.add_argument("--out", required=True, type=Path, metavar="RESULT.csv", help="where to write")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES],
                            default=settings.LANGUAGE_CODE, help="the language of the reasons")  # fmt: skip

    def handle(self, *args: object, **options: object) -> None:
        made: list[Account] = []
        try:
            with override(options["language"]):
                cost = cost_of(lambda: made.append(run(_asked(options))))
        except BadFile as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{made[0]}, peak {cost.megabytes:.0f} MB")


def _asked(options: dict[str, object]) -> Asked:
    secrets = tuple(dict.fromkeys(filter(None, options["secret_id"])))
    recipe = Recipe(secrets, settings.TENCENT_PHONE_HASH_PREFIXES)
    files = {name: options[name] for name in ("expected", "participants", "enrolments", "out")}
    return Asked(**files, recipe=recipe, policy=POLICIES[str(options["policy"])], translate=gettext)
