#!/usr/bin/env python3
"""The one command of Rollcall: makes its own environment when none is active, then runs the word given."""

import os
import sys

from portal import bootstrap


def main() -> None:
    """Enter the environment the word needs and hand the word to pytest or Django."""
    word = sys.argv[1] if len(sys.argv) > 1 else "help"
    bootstrap.enter(word)
    if word == "test":
        os.execv(sys.executable, [sys.executable, "-m", "pytest", *sys.argv[2:]])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.management import execute_from_command_line  # only importable inside the environment

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
