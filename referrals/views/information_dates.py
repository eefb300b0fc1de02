"""The time for an answer, and what was said and not written, as the coordinators of a case keep it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from prevent_cms.errors import ActionInvalid
from prevent_cms.workflow import NOT_NOW
from referrals import access, information, requests
from referrals.actions.conversations import record_conversation
from referrals.actions.sharing import require_released
from referrals.forms.information_dates import DatesForm, SaidForm, is_changeable
from referrals.pages import render_case


@require_http_methods(["GET", "HEAD", "POST"])
def case_request_dates(request: SignedInRequest, reference: str, number: int) -> HttpResponse:
    reader = access.get_coordinated(request.user, reference, Perm.INFORMATION_REQUEST)
    lines = requests.requests_of(request.user, reader.case, with_changes=True)
    line = requests.get_line(lines, number)
    information.require_asker(reader)
    if not is_changeable(line.request):
        raise ActionInvalid(NOT_NOW)
    form = DatesForm(posted(request), asked=line.request)
    if form.is_valid():
        messages.success(request, form.do(by=request.user))
        return redirect("case_requests", reader.case.reference)
    back = reverse("case_requests", args=[reader.case.reference])
    page = {"reader": reader, "line": line, "form": form, "back_url": back}
    return render_case(request, reader.case, "information/dates.html", page, tab="case_requests")


@require_http_methods(["GET", "HEAD", "POST"])
def case_said(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_coordinated(request.user, reference, Perm.CONVERSATION_RECORD)
    case = reader.case
    require_released(case)
    form = SaidForm(posted(request), case=case, agency=request.GET.get("agency", ""))
    back = reverse("case_requests", args=[case.reference])
    if form.is_valid():
        record_conversation(case, form.told(), by=request.user)
        messages.success(request, "Recorded")
        return redirect(back)
    page = {"reader": reader, "form": form, "cancel_url": back, "title": "Record what was said"}
    page["lead"] = "A telephone call, or what somebody brought to a meeting and did not write."
    return render_case(request, case, "form_page.html", page, tab="case_requests")
