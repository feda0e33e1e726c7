"""python manage.py sandbox: run the stand-in for the platform."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from portal.sandbox.runner import add_options, run


class Command(BaseCommand):
    """Hand everything to the sandbox's runner."""

    help = "Run the stand-in for the platform on this machine's own address."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the runner's options."""
        add_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM."""
        code = run(options["port"], options["ready_file"], options["portal_url"], options["seed"])
        if code:
            sys.exit(code)
