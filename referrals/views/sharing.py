"""Who has a case, who looked at it, and why: the Sharing tab, the access log, a partner's view."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from prevent_cms.history import EventType
from prevent_cms.history.record import record_view
from referrals import access, consequences, holders, information, looks, previews, why
from referrals.access import Reader
from referrals.actions import sharing
from referrals.actions.requests import ASKING_STAGES
from referrals.forms.sharing import ShareForm, StopForm
from referrals.pages import render_case
from referrals.views import checking


@require_safe
def case_sharing(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_coordinated(request.user, reference)
    page = {"reader": reader, "sharing": holders.sharing(reader)}
    return render_case(request, reader.case, "sharing/sharing.html", page, tab="case_sharing")


@require_http_methods(["GET", "HEAD", "POST"])
@checking.for_coordinators(Perm.CASE_SHARE)
def case_share(request: SignedInRequest, reader: Reader) -> HttpResponse:
    case = reader.case
    sharing.require_released(case)
    form = ShareForm(posted(request), case=case, by=request.user)
    if checking.is_confirmed(request, form):
        sharing.let_in(case, form.share(), by=request.user)
        messages.success(request, f"Shared with {form.share().agency.name}")
        return redirect("case_sharing", case.reference)
    page: dict[str, Any] = {"identity": information.identity(request.user, case)}
    page["may_ask"] = information.may_ask(reader) and reader.stage in ASKING_STAGES
    page |= {"sees": consequences.SEES, "never": consequences.NEVER_SEES}
    if form.is_valid():
        agency, kind = form.share().agency, form.share().kind
        page["heading"] = f"What {agency.name} will see"
        page["preview_url"] = previews.Preview(reader, agency, previews.FIRST, kind).url()
    return checking.draw(request, reader, form, template="sharing/share.html", **page)


@require_http_methods(["GET", "HEAD", "POST"])
@checking.for_coordinators(Perm.CASE_SHARE)
def case_unshare(request: SignedInRequest, reader: Reader, number: int) -> HttpResponse:
    agency, kind = holders.get_stoppable(reader.case, number)
    form = StopForm(posted(request), agency=agency, kind=kind)
    if checking.is_confirmed(request, form):
        reason = form.cleaned_data["reason"]
        sharing.unshare_case(reader.case, agency=agency, kind=kind, reason=reason, by=request.user)
        messages.success(request, f"No longer shared with {agency.name}")
        return redirect("case_sharing", reader.case.reference)
    return checking.draw(request, reader, form)


@require_safe
def case_access(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_coordinated(request.user, reference)
    case, found = reader.case, looks.looks(reader, request.GET.get("before", ""))
    here = reverse("case_access", args=[case.reference])
    page = {"reader": reader, "found": found, "first": "" if found.is_first else here}
    page["older"] = f"{here}?before={found.older}" if found.older else ""
    return render_case(request, case, "sharing/access.html", page, tab="case_access")


@require_safe
def case_why(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_reader(request.user, reference)
    page = {"reader": reader, "why": why.why(reader)}
    return render_case(request, reader.case, "sharing/why.html", page, tab="case_why")


@require_safe
def case_preview(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_reader(request.user, reference, Perm.CASE_PREVIEW)
    preview = previews.asked_for(reader, request.GET.dict())
    page = {"preview": preview, "drawn": previews.draw(request, preview), "case": reader.case}
    response = render(request, "sharing/preview.html", page)
    told = {"page": preview.page, "agency": preview.agency.name}
    record_view(EventType.CASE_PREVIEWED, by=request.user, case=reader.case, **told)
    return response
