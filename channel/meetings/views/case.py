"""The panel's tab of a case, and how an action from it stands."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from channel.meetings import access, case_reading
from channel.meetings.actions import panel_actions
from channel.meetings.forms.action_rows import ActionUpdateForm
from prevent_cms.errors import ActionDenied
from prevent_cms.history.versions import Record
from referrals import threshold
from referrals.access import get_reader
from referrals.pages import render_case

TAB = "case_panel"


@require_safe
def case_panel(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = get_reader(request.user, reference)
    access.require_panel_material(reader)
    case, actions = reader.case, case_reading.actions(reader)
    context = {
        "reader": reader,
        "may_take": request.user.holds(Perm.MINUTES_EXPORT),
        "sittings": case_reading.sittings(request.user, case, actions),
        "actions": actions,
        "next_meeting": case_reading.next_meeting(request.user, case),
        "risk": threshold.risk_to_providers(request.user, case),
    }
    return render_case(request, case, "meetings/case_panel.html", context, tab=TAB)


@require_http_methods(["GET", "HEAD", "POST"])
def panel_action(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    reader = get_reader(request.user, reference)
    case = reader.case
    action = access.get_action(request.user, case, pk)
    if not access.may_update(reader, action):
        raise ActionDenied("This action fell to another agency.")
    initial = {"status": action.status, "note": action.note}
    data = posted(request)
    form = ActionUpdateForm(data, initial=initial, record=Record(action))
    if form.is_valid():
        panel_actions.update_action(
            action, **form.cleaned_data, version=form.version, by=request.user
        )
        messages.success(request, "Action updated")
        return redirect(access.page_after_action(reader))
    context = {"form": form, "title": "Update an action", "action": action, "reader": reader}
    context["cancel_url"] = reverse("case_overview", args=[case.reference])
    return render_case(request, case, "meetings/action.html", context, tab=TAB)
