"""What follows a changed list on the platform, ordered as jobs: links and the enrolment are brought in line."""

from collections.abc import Sequence

from meetings import imports, links
from meetings.lists.checking import BACK, NEW, Checked
from meetings.models import Meeting, Upload
from portal.accounts.models import User
from portal.tencent.wire import chunks

AT_ONCE = 400
IMPORTS, LINKS, WITHDRAW = "imports", "links", "withdraw"


def order(meeting: Meeting, upload: Upload, checked: Checked, *, by: User | None, wishes: Sequence[str]) -> None:
    """Order what a batch needs and the organiser asked for; call it in the transaction of the batch.

    Imports under a former phone are always made again; everything else only where it was wished for.
    """
    if WITHDRAW in wishes:
        imports.withdraw(meeting, checked.going)
    if IMPORTS in wishes:
        imports.ask(meeting, by=by)
    if LINKS in wishes:
        arrived = [each.person for each in checked.outcomes if each.taken and each.effect in (NEW, BACK) and not each.into]
        for some in chunks(arrived, AT_ONCE):
            links.ask(meeting, meeting.people.without_link().filter(pk__in=some), by=by)
    imports.renew(meeting)
