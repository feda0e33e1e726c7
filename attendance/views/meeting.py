"""The overview of one meeting, which joins what is planned and what happened."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from attendance import overview, progress, tiles
from attendance.views.frame import open_frame
from meetings.deletion import may_delete
from meetings.models import Occurrence
from portal.accounts.access import member


@member
@require_safe
def show_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a meeting at a glance: when, how to get in, who was expected and came, what is to be done."""
    page = open_frame(request, pk)
    plan = overview.plan_of(page.meeting)
    ahead = page.occurrence is None or page.occurrence.end_at > page.now
    return page.render(
        "attendance/meeting_show.html",
        "overview",
        funnel=overview.funnel(page.meeting, plan, page.run, page.url),
        preparation=overview.preparation(page.meeting, plan) if ahead else [],
        aftermath=overview.aftermath(page.run, page.url) if page.run else [],
        stats=[*tiles.people_tiles(page.run, page.url), *tiles.beside_tiles(page.run, page.url)] if page.run else [],
        origin=overview.ORIGINS[page.meeting.origin],
        work=page.work(progress.WHOLE),
        may_delete=may_delete(page.meeting, page.member),
        may_cancel=page.may_plan and page.meeting.state == page.meeting.State.PLANNED and ahead,
        may_finalise=page.may_plan and page.run and page.occurrence.state == Occurrence.State.SETTLING,
    )
