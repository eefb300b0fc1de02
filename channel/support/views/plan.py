from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from channel.support import access, pages, queries
from channel.support.actions import consents, plans
from channel.support.forms.plan import PlanForm, WithoutConsentForm
from prevent_cms.errors import ActionInvalid
from prevent_cms.workflow import NOT_NOW
from referrals.access import may_move
from referrals.actions.closing import Leaving
from referrals.models import Case
from referrals.pages import render_case

TAB = "case_plan"


@require_safe
def case_plan(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_plan_reader(request.user, reference)
    page = pages.plan_page(reader)
    return render_case(request, reader.case, "support/plan.html", page, tab=TAB)


@require_safe
def case_plan_version(request: SignedInRequest, reference: str, version: int) -> HttpResponse:
    reader = access.get_plan_reader(request.user, reference)
    page = pages.version_page(reader, version)
    return render_case(request, reader.case, "support/version.html", page, tab=TAB)


@require_http_methods(["GET", "HEAD", "POST"])
def case_plan_new(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_plan_reader(request.user, reference, Perm.PLAN_WRITE)
    case = reader.case
    access.require_supported(case)
    old = queries.plan_of(case)
    form = PlanForm(
        posted(request),
        items=[item for item in queries.items_of(request.user, old) if item.is_open] if old else [],
        old=old,
        initial=pages.plan_initial(old),
    )
    if form.is_valid():
        plans.write_plan(case, **form.given, replaces=form.version, by=request.user)
        messages.success(request, "Support plan saved. Add its items next.")
        return redirect("case_plan", case.reference)
    page = {"reader": reader, "form": form, "old": old}
    return render_case(request, case, "support/plan_new.html", page, tab=TAB)


@require_http_methods(["GET", "HEAD", "POST"])
def case_plan_consent(request: SignedInRequest, reference: str) -> HttpResponse:
    """What becomes of the case when consent to support is refused or withdrawn."""
    reader = access.get_plan_reader(request.user, reference, Perm.CONSENT_RECORD)
    case, position = reader.case, queries.consent_ended(reader.case)
    if position is None or not access.is_supported(case):
        raise ActionInvalid(NOT_NOW)
    form = WithoutConsentForm(
        posted(request),
        may_close=may_move(request.user, "close", case),
    )
    if form.is_valid():
        done = _end_support(request, case, form)
        messages.success(request, done)
        return redirect("case_plan", case.reference)
    page = {"reader": reader, "form": form, "position": position}
    return render_case(request, case, "support/without_consent.html", page, tab=TAB)


def _end_support(request: SignedInRequest, case: Case, form: WithoutConsentForm) -> str:
    given = form.cleaned_data
    if given["next"] == WithoutConsentForm.BACK:
        consents.return_to_panel(case, reassess_on=given["reassess_on"], by=request.user)
        return "The case is with the panel again"
    leaving = Leaving(
        destination=given["destination"],
        health_and_care_considered=given["health_and_care_considered"],
    )
    consents.close_without_consent(case, reason=given["reason"], leaving=leaving, by=request.user)
    return "The case is closed"
