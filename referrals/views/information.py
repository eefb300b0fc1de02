"""Gathering information, as the coordinators of a case see it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Perm
from accounts.roles import ShareKind
from prevent_cms.components.text import counted
from referrals import access, information, requests
from referrals.actions import release
from referrals.actions import requests as asking
from referrals.forms.information import AskForm, BeginForm, ReleaseForm
from referrals.models import Case, Disclosure
from referrals.pages import render_case


@require_http_methods(["GET", "POST"])
def case_release(request: SignedInRequest, reference: str) -> HttpResponse:
    case = information.get_coordinated(request.user, reference, Perm.CASE_RELEASE)
    release.require_releasable(case)
    form = ReleaseForm(request.POST if request.method == "POST" else None, case=case)
    if form.is_valid() and "confirmed" in request.POST:
        release.release(case, **form.answers(), by=request.user)
        messages.success(request, "Case released")
        return redirect("case_requests", case.reference)
    council = ", ".join(agency.name for agency in release.councils(case))
    words = {"title": "Release this case", "council": council, "go": "Release the case"}
    return _draw_asking(request, case, form, tab="case_release", **words)


@require_http_methods(["GET", "POST"])
def case_request_more(request: SignedInRequest, reference: str) -> HttpResponse:
    case = information.get_coordinated(request.user, reference, Perm.INFORMATION_REQUEST)
    asking.require_askable(case, by=request.user)
    form = AskForm(request.POST if request.method == "POST" else None, case=case)
    if form.is_valid() and "confirmed" in request.POST:
        asked = asking.request_more(case, **form.answers(), by=request.user)
        messages.success(request, f"{counted(len(asked), 'agency,agencies')} asked")
        return redirect("case_requests", case.reference)
    words = {"title": "Ask another agency", "go": "Ask for information"}
    return _draw_asking(request, case, form, tab="case_request_more", **words)


def _draw_asking(
    request: SignedInRequest, case: Case, form: AskForm, *, tab: str, **words: str
) -> HttpResponse:
    """The form, or once it is right the page that says what each agency will see."""
    page: dict[str, Any] = {"form": form, **words, "kept": []}
    page["identity"] = information.identity(request.user, case)
    if form.is_valid() and "change" not in request.POST:
        page |= {"answers": form.answers(), "standard": asking.STANDARD_QUESTION}
        page["kept"] = [
            (name, value)
            for name, values in request.POST.lists()
            if name not in ("csrfmiddlewaretoken", "confirmed")
            for value in values
        ]
        return render_case(request, case, "information/check.html", page, tab=tab)
    return render_case(request, case, "information/ask.html", page, tab=tab)


@require_safe
def case_requests(request: SignedInRequest, reference: str) -> HttpResponse:
    case = information.get_coordinated(request.user, reference)
    return _draw_requests(request, case, BeginForm(outstanding=asking.outstanding(case)))


def _draw_requests(request: SignedInRequest, case: Case, form: BeginForm) -> HttpResponse:
    lines = requests.requests_of(request.user, case)
    head, rest = requests.summary(lines)
    may_ask = information.may_ask(request.user, case)
    shares = Disclosure.objects.visible_to(request.user).filter(case=case, kind=ShareKind.RESPOND)
    page = {
        "lines": lines,
        "states": [line.state for line in lines],
        "head": head,
        "rest": rest,
        "form": form,
        "to_chase": len(requests.to_chase(case)) if may_ask and case.is_open else 0,
        "may_ask": may_ask and case.stage in asking.ASKING_STAGES,
        "may_release": access.may_move(request.user, "release", case) and release.is_clear(case),
        "may_begin": access.may_move(request.user, "begin_assessment", case),
        "shares": shares.select_related("agency"),
    }
    return render_case(request, case, "information/requests.html", page, tab="case_requests")


@require_POST
def case_chase(request: SignedInRequest, reference: str) -> HttpResponse:
    case = information.get_coordinated(request.user, reference, Perm.INFORMATION_REQUEST)
    chased = asking.send_chasers(case, by=request.user)
    messages.success(request, f"Chaser sent to {counted(chased, 'agency,agencies')}")
    return redirect("case_requests", case.reference)


@require_POST
def case_begin_assessment(request: SignedInRequest, reference: str) -> HttpResponse:
    case = information.get_coordinated(request.user, reference, Perm.ASSESSMENT_WRITE)
    form = BeginForm(request.POST, outstanding=asking.outstanding(case))
    if not form.is_valid():
        return _draw_requests(request, case, form)
    asking.begin_assessment(case, **form.cleaned_data, by=request.user)
    messages.success(request, "Assessment begun")
    return redirect("case_assessments", case.reference)


@require_safe
def case_return(request: SignedInRequest, reference: str, number: int) -> HttpResponse:
    case = information.get_coordinated(request.user, reference)
    lines = [line for line in requests.requests_of(request.user, case) if line.request.pk == number]
    if not lines:
        raise Http404
    back = reverse("case_requests", args=[case.reference])
    page = {"line": lines[0], "back_url": back}
    return render_case(request, case, "information/return.html", page, tab="case_requests")
