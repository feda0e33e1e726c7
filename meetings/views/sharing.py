"""Show a meeting to members who would not see it otherwise."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from meetings import sharing
from meetings.forms import ShareForm
from meetings.models import Meeting
from meetings.tabs import tabs
from portal.accounts.access import planner


@planner
def share_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """Share a meeting with a member, or end that."""
    meeting = get_object_or_404(Meeting.objects.changeable_by(request.membership), pk=pk)
    shares = meeting.shares.select_related("user", "shared_by").order_by("id")
    if ending := request.POST.get("remove"):
        share = next((each for each in shares if str(each.pk) == ending), None)
        if share is None:
            raise Http404
        sharing.end(share, by=request.user)
        messages.success(request, _("The meeting is no longer shared with this member."))
        return redirect("meetings:share", pk=pk)
    form = ShareForm(request.POST or None, meeting=meeting)
    if request.method == "POST" and form.is_valid():
        sharing.share(meeting, form.cleaned_data["user"], by=request.user)
        messages.success(
            request, _("The meeting is shared with %(name)s.") % {"name": form.cleaned_data["user"]}
        )
        return redirect("meetings:share", pk=pk)
    context = {"meeting": meeting, "tabs": tabs(meeting), "form": form, "shares": shares}
    return render(request, "meetings/meeting_share.html", context)
