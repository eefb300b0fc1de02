from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from channel.support import access, pages, queries
from channel.support.actions import consents, plans
from channel.support.forms.consent import BackToPanelForm, WithoutConsentForm
from channel.support.forms.plan import PlanForm
from prevent_cms.errors import ActionInvalid
from prevent_cms.workflow import NOT_NOW
from referrals.access import may_move
from referrals.consent import Standing
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
    items = [item for item in queries.items_of(request.user, old) if item.is_open] if old else []
    form = PlanForm(
        posted(request),
        items=items,
        gaps=pages.plan_gaps(reader, items) if old else [],
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
    case, position = reader.case, Standing.of(reader.case).ended
    if position is None or not access.is_supported(case):
        raise ActionInvalid(NOT_NOW)
    back = BackToPanelForm(_chosen(request, BackToPanelForm.NEXT))
    close = None
    if may_move(request.user, "close", case):
        close = WithoutConsentForm(_chosen(request, WithoutConsentForm.NEXT))
    done = _end_support(request, case, back, close)
    if done:
        messages.success(request, done)
        return redirect("case_plan", case.reference)
    page = {"reader": reader, "back": back, "close": close, "position": position}
    return render_case(request, case, "support/without_consent.html", page, tab=TAB)


def _chosen(request: SignedInRequest, next_step: str) -> QueryDict | None:
    """What was sent, for the form that was sent."""
    data = posted(request)
    return data if data is not None and data.get("next", "panel") == next_step else None


def _end_support(
    request: SignedInRequest, case: Case, back: BackToPanelForm, close: WithoutConsentForm | None
) -> str:
    """Do what was chosen, and say what was done; nothing while an answer is missing."""
    if back.is_valid():
        consents.return_to_panel(case, **back.cleaned_data, by=request.user)
        return "The case is with the panel again"
    if close and close.is_valid():
        reason, leaving = close.cleaned_data["reason"], close.leaving()
        consents.close_without_consent(case, reason=reason, leaving=leaving, by=request.user)
        return "The case is closed"
    return ""
