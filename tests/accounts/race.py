"""Fifty real processes want a new token at once: run by test_tokens.py on one database or the other.

Prints, as JSON, what became of the grant. With `--without-lease` the claim always succeeds: the negative control.
"""

import json
import multiprocessing
import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from portal.accounts import tokens  # noqa: E402
from portal.accounts.models import Installation  # noqa: E402
from portal.tencent.errors import PlatformError  # noqa: E402
from tests import rounds  # noqa: E402

PROCESSES = 50
FORK = multiprocessing.get_context("fork")
CLAIMS, SEVERAL = FORK.Value("i", 0), FORK.Event()


def claim_blindly(current: Installation) -> str:
    """Take the lease without asking whether somebody has it; a busy machine lets the first one wait for a second."""
    with CLAIMS.get_lock():
        CLAIMS.value += 1
        if CLAIMS.value > 1:
            SEVERAL.set()
    SEVERAL.wait(timeout=60)
    Installation.objects.filter(pk=current.pk).update(lease="mine", lease_until=timezone.now())
    return "mine"


def want(found: Installation, start: object, ends: object) -> None:
    """Renew in a process of its own, at the same moment as all the others."""
    connections.close_all()
    start.wait()
    try:
        ends.put(tokens.renew(found).access_token)
    except PlatformError as error:
        ends.put(type(error).__name__)


def main() -> None:
    """Install, race, and tell."""
    if "--without-lease" in sys.argv:
        tokens._claim = claim_blindly
    call_command("migrate", verbosity=0)
    rounds.install(json.load(sys.stdin))
    found = Installation.objects.get()
    connections.close_all()
    start, ends = FORK.Barrier(PROCESSES), FORK.Queue()
    children = [FORK.Process(target=want, args=(found, start, ends)) for _ in range(PROCESSES)]
    for child in children:
        child.start()
    got = [ends.get(timeout=120) for _ in children]
    for child in children:
        child.join()
    after = Installation.objects.get()
    print(json.dumps({
        "state": after.state,
        "pairs": after.version - found.version,
        "same": sum(token == after.access_token for token in got),
        "lease": after.lease,
    }))  # fmt: skip


main()
