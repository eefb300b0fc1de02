"""Gathering information, as the coordinators of a case see it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from prevent_cms.components.text import counted
from referrals import access, forecast, information, requests, routing, threshold
from referrals.access import Reader
from referrals.actions import chasing, release, returns
from referrals.actions import requests as asking
from referrals.forms.grounds import told
from referrals.forms.information import AskForm, BeginForm
from referrals.forms.information_dates import is_changeable
from referrals.forms.release import ReleaseForm
from referrals.models import Conversation, OneTimeRequest
from referrals.pages import render_case
from referrals.views import checking


@require_http_methods(["GET", "HEAD", "POST"])
@checking.for_coordinators(Perm.CASE_RELEASE)
def case_release(request: SignedInRequest, reader: Reader) -> HttpResponse:
    case = reader.case
    standing = release.require_releasable(case)
    threshold.require(request.user, case, "release")
    form = ReleaseForm(
        posted(request),
        case=case,
        by=request.user,
        is_urgent=standing.is_urgent,
        proposal=routing.propose(case),
        is_asker=information.asks_in(request.user, case.area),
    )
    if form.is_valid() and "confirmed" in request.POST:
        release.release(case, **form.answers(), by=request.user)
        messages.success(request, "Case released")
        return redirect("case_requests", case.reference)
    council = form.proposal.council
    words: dict[str, Any] = {"title": "Release this case", "go": "Release the case"}
    words["hubs"] = routing.checkers(case, council) if council else []
    return _draw_asking(request, reader, form, tab="case_release", is_release=True, **words)


@require_http_methods(["GET", "HEAD", "POST"])
def case_request_more(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_coordinated(request.user, reference, Perm.INFORMATION_REQUEST)
    case = reader.case
    asking.require_askable(reader)
    asker, is_police = request.user, reader.is_police
    form = AskForm(posted(request), case=case, by=asker, is_police=is_police)
    if form.is_valid() and "confirmed" in request.POST:
        asked = asking.request_more(case, **form.answers(), by=request.user)
        messages.success(request, f"{counted(len(asked), 'agency,agencies')} asked")
        return redirect("case_requests", case.reference)
    words = {"title": "Ask another agency", "go": "Ask for information"}
    return _draw_asking(request, reader, form, tab="case_request_more", **words)


def _draw_asking(
    request: SignedInRequest, reader: Reader, form: AskForm, *, tab: str, **words: Any
) -> HttpResponse:
    """The form, or once it is right the page that says what each agency will see."""
    page: dict[str, Any] = {"reader": reader, "form": form, **words}
    page["identity"] = information.identity(request.user, reader.case)
    if not form.is_valid() or "change" in request.POST:
        return render_case(request, reader.case, "information/ask.html", page, tab=tab)
    given = form.answers()
    page |= {"answers": given, "standard": asking.STANDARD_QUESTION, "told": told(given["grounds"])}
    page["asked"] = [(agency, given["own"].get(agency.pk)) for agency in given.get("agencies", ())]
    if route := given.get("route"):
        page["coordinators"] = routing.let_in_by(reader.case, route)
        page["lead"] = routing.Lead(route.lead).label
    page["kept"] = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in ("csrfmiddlewaretoken", "confirmed")
        for value in values
    ]
    return render_case(request, reader.case, "information/check.html", page, tab=tab)


@require_safe
def case_requests(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_coordinated(request.user, reference)
    lines = requests.requests_of(request.user, reader.case, with_changes=True)
    form = BeginForm(outstanding=requests.outstanding(lines))
    return _draw_requests(request, reader, lines, form)


def _draw_requests(
    request: SignedInRequest, reader: Reader, lines: list[requests.Line], form: BeginForm
) -> HttpResponse:
    case, may_ask = reader.case, information.may_ask(reader)
    head, rest = requests.summary(lines)
    page = _beside(reader) | {
        "reader": reader,
        "lines": lines,
        "states": sorted((line.state for line in lines), key=requests.METER.index),
        "head": head,
        "rest": rest,
        "form": form,
        "forecast": forecast.forecast(request.user, case, lines),
        "may_record": reader.may(Perm.CONVERSATION_RECORD),
        "to_chase": len(requests.to_chase(case, lines)) if may_ask else 0,
        "may_change": may_ask and case.is_open,
        "may_ask": may_ask and reader.stage in asking.ASKING_STAGES,
        "may_release": reader.may(Perm.CASE_RELEASE) and release.is_releasable(case),
        "may_begin": reader.may(Perm.ASSESSMENT_WRITE) and asking.is_gathering(case),
    }
    return render_case(request, case, "information/requests.html", page, tab="case_requests")


def _beside(reader: Reader) -> dict[str, Any]:
    """What was learned otherwise: by one-time links, on the telephone, at a meeting."""
    said = Conversation.objects.visible_to(reader.user).filter(case=reader.case)
    links = OneTimeRequest.objects.visible_to(reader.user).filter(case=reader.case)
    return {"links": links, "said": said.select_related("agency", "by")}


@require_POST
def case_chase(request: SignedInRequest, reference: str) -> HttpResponse:
    case = access.get_coordinated(request.user, reference, Perm.INFORMATION_REQUEST).case
    chased = chasing.send_chasers(case, by=request.user)
    messages.success(request, f"Chaser sent to {counted(chased, 'agency,agencies')}")
    return redirect("case_requests", case.reference)


@require_POST
def case_begin_assessment(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_coordinated(request.user, reference, Perm.ASSESSMENT_WRITE)
    lines = requests.requests_of(request.user, reader.case)
    form = BeginForm(request.POST, outstanding=requests.outstanding(lines))
    if not form.is_valid():
        return _draw_requests(request, reader, lines, form)
    case = asking.begin_assessment(reader.case, **form.cleaned_data, by=request.user)
    messages.success(request, "Assessment begun")
    return redirect("case_assessments", case.reference)


@require_safe
def case_return(request: SignedInRequest, reference: str, number: int) -> HttpResponse:
    reader = access.get_coordinated(request.user, reference)
    lines = requests.requests_of(request.user, reader.case, with_changes=True)
    line = requests.get_line(lines, number)
    back = reverse("case_requests", args=[reader.case.reference])
    page = {"reader": reader, "line": line, "back_url": back}
    page["may_change"] = information.may_ask(reader) and is_changeable(line.request)
    page["may_read"] = line.has_news and reader.may(Perm.INFORMATION_REQUEST)
    return render_case(request, reader.case, "information/return.html", page, tab="case_requests")


@require_POST
def case_changes_read(request: SignedInRequest, reference: str, number: int) -> HttpResponse:
    reader = access.get_coordinated(request.user, reference, Perm.INFORMATION_REQUEST)
    line = requests.get_line(requests.requests_of(request.user, reader.case), number)
    returns.read_changes(line.request, by=request.user)
    messages.success(request, "Marked as read")
    return redirect("case_return", reader.case.reference, number)
