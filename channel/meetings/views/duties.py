"""The duties of a panel, with what the service knows of each and the chair's confirmation."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from channel.meetings import access, duties
from channel.meetings.actions import duties as confirming
from channel.meetings.forms.duties import DutyForm
from prevent_cms.history import EventType
from prevent_cms.history.record import record_view


@require_safe
def panel_duties(request: SignedInRequest, pk: int) -> HttpResponse:
    panel = access.get_panel(request.user, pk)
    context = {
        "panel": panel,
        "lines": duties.lines(request.user, panel),
        "may_confirm": access.may_at(request.user, Perm.DECISION_RECORD, panel),
    }
    response = render(request, "meetings/duties.html", context)
    seen = {"area_code": panel.area.code, "target": panel, "page": "panel_duties"}
    record_view(EventType.LIST_VIEWED, by=request.user, **seen)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def panel_duty(request: SignedInRequest, pk: int, duty: str) -> HttpResponse:
    panel = access.get_panel(request.user, pk)
    access.require_at(request.user, Perm.DECISION_RECORD, panel)
    if duty not in duties.Duty.values:
        raise Http404
    form = DutyForm(posted(request))
    if form.is_valid():
        confirming.confirm(panel, duty=duty, **form.cleaned_data, by=request.user)
        messages.success(request, "Duty confirmed")
        return redirect("panel_duties", pk)
    found = duties.Duty(duty)
    back = reverse("panel_duties", args=[pk])
    context = {"form": form, "title": found.label, "caption": panel.name, "back_url": back}
    context |= {"lead": duties.LAW[found], "cancel_url": back, "submit_text": "Confirm this duty"}
    return render(request, "form_page.html", context)
