"""The scheduled work of the accounts."""

from django.utils import timezone

from portal.accounts import leaving, plans, tokens
from portal.jobs import queue
from portal.jobs.models import Job
from portal.jobs.work import work


@work("accounts.refresh_tokens")
def refresh_tokens(job: Job, *, period: str) -> None:
    """Renew what would end before the next time but one, so that nobody waits for it; then warn of what still ends."""
    made = refused = 0
    for installation in tokens.to_renew(timezone.now()):
        renewed = tokens.try_renew(installation)
        made, refused = made + renewed, refused + (not renewed)
        queue.progress(job, made=made, refused=refused)
    tokens.warn_of_ending(timezone.now())


@work("accounts.read_plans")
def read_plans(job: Job, *, period: str) -> None:
    """Ask again what plan everybody who is connected has."""
    made = refused = 0
    for installation in plans.to_read():
        read = plans.read(installation)
        made, refused = made + read, refused + (not read)
        queue.progress(job, made=made, refused=refused)


@work("accounts.purge")
def purge(job: Job, *, period: str) -> None:
    """Purge the organisations whose time has come."""
    queue.progress(job, made=leaving.purge_due(timezone.now()))
