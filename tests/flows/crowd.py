"""Five organisations with more to ask than the platform takes: run by test_budget.py in a process of its own.

`python -m tests.flows.crowd CALLS` installs them over the sandbox, puts two jobs of so many calls each into the queue
for every organisation, waits until the workers have done them, and prints how long each organisation took. Workers
load this module for its task.
"""

import json
import sys
import time
from collections.abc import Iterator

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.core.management import call_command
from django.db import transaction

from portal.accounts import credentials
from portal.accounts.models import Installation, Membership, Organisation
from portal.jobs import queue
from portal.jobs.models import Job
from portal.jobs.work import work
from portal.tencent import meetings
from tests import rounds

TASK = "tests.ask_often"
JOBS_EACH = 2
PATIENCE = 150


@work(TASK)
def ask_often(job: Job, *, organisation_id: int, number: int, calls: int) -> None:
    """Ask for the meetings again and again, and write down how often."""
    organisation = Organisation.objects.get(pk=organisation_id)
    keys = credentials.keys_of(organisation)
    client = credentials.key_client(keys) if keys else credentials.grant_client(organisation.installations.get())
    made = job.made
    try:
        while made < calls:
            list(meetings.list_upcoming(client))
            made += 1
    finally:
        queue.progress(job, made=made, wanted=calls)


def organisations(world: dict) -> Iterator[Organisation]:
    """Install five organisations with a limit of their own: two enterprises' apps, three people's grants."""
    for company in world["enterprises"]:
        boss, *others = company["users"]
        yield rounds.install(world, boss["open_id"], credential=True).organisation
    for person in others[:2]:
        yield alone(rounds.install(world, person["open_id"]))
    yield rounds.install(world, "personal").organisation


def alone(member: Membership) -> Organisation:
    """Give somebody an organisation of their own, as if they were of another corp."""
    own = Organisation.objects.create(sdk_id=member.user.sdk_id, open_corp_id=f"corp-of-{member.user_id}")
    Installation.objects.filter(user=member.user).update(organisation=own)
    return own


def main(calls: int) -> None:
    """Set the stage, wait for the workers, and tell."""
    call_command("migrate", verbosity=0)
    found = list(organisations(json.load(sys.stdin)))
    Job.objects.exclude(task=TASK).delete()
    with transaction.atomic():
        for number in range(JOBS_EACH):
            for each in found:
                queue.enqueue(TASK, subject=f"meeting:{each.pk}-{number}", organisation=each.pk,
                              organisation_id=each.pk, number=number, calls=calls)  # fmt: skip
    begun = time.monotonic()
    took: dict[str, float] = {}
    asked = Job.objects.filter(task=TASK)
    while len(took) < len(found):
        assert time.monotonic() - begun < PATIENCE, list(asked.values("state", "made", "attempts", "error_code"))
        for each in found:
            if not asked.of_organisation(each.pk).exclude(state=Job.State.DONE).exists():
                took.setdefault(str(each.pk), time.monotonic() - begun)
        time.sleep(0.1)
    print(json.dumps({"took": took, "attempts": max(asked.values_list("attempts", flat=True))}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
