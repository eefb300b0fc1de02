"""What only police do before anybody else may know: referral, screening, comparison, check."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest, kept, posted
from accounts.permissions import Perm
from referrals import access, clearance, consequences, desk, detail, earlier
from referrals.actions import deconfliction, people, screening
from referrals.forms.checks import AgreementForm, DeconflictionForm, OvertForm
from referrals.forms.desk import ScreeningForm
from referrals.forms.leaving import LeavingForm
from referrals.intake import reading
from referrals.joining import JOINABLE
from referrals.models import Case, Deconfliction, HoldDecision, Referral, Screening
from referrals.pages import render_case
from referrals.workflow import CASE_WORKFLOW, Status

# The answers that an officer reads beside the decision; the Referral tab has them all.
IN_SHORT = {
    "danger": "Immediate danger",
    "what": "What happened",
    "last_on": "Most recent time",
    "threats": "Plans or threats",
    "influence_more": "Influences",
    "needs_more": "Needs",
    "strengths": "What protects them",
    "services": "Services",
    "shared_whom": "Told already",
    "person_told": "Person told",
    "parent_told": "Parent told",
    "referrer_name": "Referrer",
    "referrer_role": "Role",
    "referrer_organisation": "Organisation",
    "anonymous": "Wants to be anonymous",
}


@require_safe
def case_referral(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_reader(request.user, reference)
    case = reader.case
    referrals = list(
        Referral.objects.visible_to(request.user).filter(case=case).select_related("came_through")
    )
    if not referrals or not reader.is_coordinator:
        raise Http404
    shown = [(one, reading.answer_cards(one, is_police=reader.is_police)) for one in referrals]
    page = {"referrals": shown, "is_police": reader.is_police, "reader": reader}
    page |= {"details": detail.details_of(reader), "may_ask": detail.may_ask(reader)}
    return render_case(request, case, "desk/referral.html", page, tab="case_referral")


@require_http_methods(["GET", "HEAD", "POST"])
def case_screening(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_reader(request.user, reference, Perm.SCREENING_RECORD)
    case = reader.case
    if request.method == "POST":
        CASE_WORKFLOW.moves["pass_screening"].require_from(case.status)
    form = ScreeningForm(posted(request), area=case.area.name)
    if form.is_valid() and "change" not in request.POST:
        return _check_screening(request, case, form)
    referral = screening.current_referral(case)
    page: dict[str, Any] = {"form": form if case.status == Status.SCREENING else None}
    page |= {"referral": referral, "answers": _in_short(referral, case), "reader": reader}
    page |= _decided(request, case) | {"can": desk.acts(reader)}
    page["earlier"] = earlier.comparison_for(reader)
    page["may_ask"] = detail.may_ask(reader)
    page["may_join"] = case.status in JOINABLE
    return render_case(request, case, "desk/screening.html", page, tab="case_screening")


def _check_screening(request: SignedInRequest, case: Case, form: ScreeningForm) -> HttpResponse:
    """The page that says what follows and asks how the person leaves; then the decision itself."""
    given = form.cleaned_data
    goes_on = given["outcome"] == Screening.Outcome.GO_ON
    confirmed = "confirmed" in request.POST
    leaving = LeavingForm(request.POST if confirmed else None, outcome=given["outcome"])
    if confirmed and (goes_on or leaving.is_valid()):
        how = None if goes_on else leaving.leaving()
        screening.screen(case, **given, leaving=how, by=request.user)
        messages.success(request, "Screening decision saved")
        return redirect("case_deconfliction" if goes_on else "case_overview", case.reference)
    page: dict[str, Any] = {"form": None if goes_on else leaving}
    page |= {"title": "Check your screening decision", "form_title": "How the person leaves"}
    page["given"] = [
        ("Decision", Screening.Outcome(given["outcome"]).label),
        ("Reason", given["reason"]),
    ]
    page["consequences"] = consequences.of_screening(goes_on)
    page["kept"] = kept(request, form.fields)
    return render_case(request, case, "desk/check.html", page, tab="case_screening")


@require_POST
def case_earlier(request: SignedInRequest, reference: str) -> HttpResponse:
    case = access.get_case(request.user, reference, Perm.PERSON_LINK)
    verdicts = {
        access.get_case(request.user, name.removeprefix("same-"), Perm.PERSON_LINK): str(value)
        for name, value in request.POST.items()
        if name.startswith("same-")
    }
    people.compare_all(case, verdicts=verdicts, by=request.user)
    messages.success(request, "What you decided is saved. You can change it at any time.")
    return redirect("case_screening", case.reference)


@require_http_methods(["GET", "HEAD", "POST"])
def case_deconfliction(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_reader(request.user, reference, Perm.DECONFLICTION_RECORD)
    case = reader.case
    deconfliction.require_checkable(case)
    newest = clearance.newest_check(case)
    seen = {"seen": newest.pk if newest else 0}
    form = DeconflictionForm(posted(request), case=case, initial=seen)
    if form.is_valid() and "change" not in request.POST:
        return _check_deconfliction(request, case, form)
    page = {"form": form, "reader": reader, **_decided(request, case)}
    return render_case(request, case, "desk/deconfliction.html", page, tab="case_screening")


def _check_deconfliction(
    request: SignedInRequest, case: Case, form: DeconflictionForm
) -> HttpResponse:
    """The page that says what follows and asks for the conditions of an overt investigation."""
    answers = form.answers()
    is_overt = answers["outcome"] == Deconfliction.Outcome.OVERT
    confirmed = "confirmed" in request.POST
    overt = OvertForm(request.POST if confirmed else None) if is_overt else None
    if confirmed and (overt is None or overt.is_valid()):
        how = overt.conditions() if overt else None
        check = deconfliction.deconflict(case, **answers, overt=how, by=request.user)
        messages.success(request, "Check saved")
        case.refresh_from_db()
        release = check.is_passing and case.status == Status.DECONFLICTION
        return redirect("case_release" if release else "case_screening", case.reference)
    page: dict[str, Any] = {"title": "Check the result before you save it", "form": overt}
    page["form_title"] = "How the conditions are met"
    page["given"] = [
        ("Systems checked", form.names()),
        ("Result", Deconfliction.Outcome(answers["outcome"]).label),
        ("Reason", answers["reason"]),
    ]
    page["consequences"] = consequences.of_check(case, answers["outcome"])
    page["kept"] = kept(request, form.fields)
    return render_case(request, case, "desk/check.html", page, tab="case_screening")


@require_http_methods(["GET", "HEAD", "POST"])
def case_overt(request: SignedInRequest, reference: str) -> HttpResponse:
    """That the panel agreed to a case under an overt investigation."""
    reader = access.get_reader(request.user, reference, Perm.DECONFLICTION_RECORD)
    case = reader.case
    deconfliction.require_agreeable(case)
    form = AgreementForm(posted(request))
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("on", "words")}
        deconfliction.record_agreement(case, **given, by=request.user)
        messages.success(request, "The panel's agreement is recorded")
        return redirect("case_screening", case.reference)
    page = {"form": form, "title": "The panel's agreement", "submit_text": "Record the agreement"}
    page["reader"] = reader
    page["lead"] = (
        "Under an overt investigation the panel can adopt a case only when it agrees, with the "
        "senior investigating officer there, that the risk can be managed."
    )
    return render_case(request, case, "form_page.html", page, tab="case_overt")


def _decided(request: SignedInRequest, case: Case) -> dict[str, Any]:
    """What police have recorded so far, newest first."""
    models = {"screenings": Screening, "checks": Deconfliction, "holds": HoldDecision}
    found = {
        name: model.objects.visible_to(request.user).filter(case=case).select_related("by")
        for name, model in models.items()
    }
    found["checks"] = found["checks"].select_related("by", "overt")
    return found


def _in_short(referral: Referral, case: Case) -> list[tuple[str, list[str]]]:
    """The answers that matter for screening, in the words of the form."""
    cards = reading.cards(referral.answers, case.area.rules)
    lines = {row.key: row.lines for card in cards for row in card.rows}
    return [(words, lines[key]) for key, words in IN_SHORT.items() if key in lines]
