"""Holding, resuming, closing and reopening a case."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from referrals import access, consequences, earlier, next_steps
from referrals.access import Reader
from referrals.actions import closing, hold, sign_offs
from referrals.forms.desk import AgreeForm, CloseForm, ReasonForm, ReopenForm
from referrals.pages import render_case
from referrals.workflow import CASE_WORKFLOW


@require_http_methods(["GET", "HEAD", "POST"])
def case_hold(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_reader(request.user, reference, Perm.CASE_HOLD)
    case = reader.case
    CASE_WORKFLOW.moves["hold"].require_from(case.status)
    form = ReasonForm(posted(request))
    if form.is_valid():
        hold.hold(case, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, "Case held")
        return redirect("case_screening", case.reference)
    page = {"form": form, "title": "Hold this case", "submit_text": "Hold the case"}
    return _draw(request, reader, page, consequences.of_hold(case))


@require_http_methods(["GET", "HEAD", "POST"])
def case_resume(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_reader(request.user, reference, Perm.CASE_HOLD)
    case = reader.case
    hold.require_resumable(case)
    form = ReasonForm(posted(request))
    if form.is_valid():
        hold.resume(case, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, "Case resumed")
        return redirect("case_overview", case.reference)
    page = {"form": form, "title": "End the hold", "submit_text": "End the hold"}
    return _draw(request, reader, page, consequences.of_resuming(case))


@require_http_methods(["GET", "HEAD", "POST"])
def case_close(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_reader(request.user, reference, Perm.CASE_CLOSE)
    case = reader.case
    CASE_WORKFLOW.moves["close"].require_from(case.status)
    outcomes = closing.outcomes_open(case, request.user)
    form = CloseForm(posted(request), case=case, outcomes=outcomes)
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("outcome", "reason")}
        closing.close_case(case, **given, leaving=form.leaving(), by=request.user)
        messages.success(request, "Case closed")
        return redirect("case_overview", case.reference)
    return _draw_close(request, reader, form, AgreeForm())


@require_POST
def case_agree(request: SignedInRequest, reference: str) -> HttpResponse:
    """The supervisor's word on a repeat, given on the page where it is closed."""
    reader = access.get_reader(request.user, reference, Perm.REPEAT_CLOSURE_SIGN)
    case = reader.case
    CASE_WORKFLOW.moves["close"].require_from(case.status)
    agree = AgreeForm(request.POST)
    if agree.is_valid():
        closing.agree_to_closing(case, **agree.cleaned_data, by=request.user)
        messages.success(request, "Your answer is recorded")
        return redirect("case_close", case.reference)
    outcomes = closing.outcomes_open(case, request.user)
    return _draw_close(request, reader, CloseForm(case=case, outcomes=outcomes), agree)


def _draw_close(
    request: SignedInRequest, reader: Reader, form: CloseForm, agree: AgreeForm
) -> HttpResponse:
    """The form, and for a repeat who has to agree first."""
    case, repeat = reader.case, closing.REPEAT
    since = case.status_since
    page: dict[str, Any] = {
        "reader": reader,
        "title": "Close the case",
        "is_repeat": closing.is_repeat(case),
    }
    page["why_two"] = page["is_repeat"] and _why_two(reader)
    page["given"] = sign_offs.given(case, repeat, since)
    page["missing"] = page["is_repeat"] and sign_offs.missing(case, repeat, since)
    may_sign = sign_offs.parties_open_to(reader, repeat, since)
    page["agree"] = agree if page["is_repeat"] and may_sign else None
    page["form"] = None if page["missing"] else form
    page["is_limited"] = not next_steps.may_leave(case, reader.user)
    page["agreed"] = next_steps.LEAVES & {next_steps.agreed_now(case)}
    page["consequences"] = consequences.of_closing(case)
    return render_case(request, case, "desk/close.html", page, tab="case_close")


def _why_two(reader: Reader) -> str:
    """Why a second person closes it, as far as this reader may know of an earlier case."""
    links = closing.earlier_of_same_person(reader.case).values_list("pk", flat=True)
    is_known = earlier.linked_references(reader, list(links))
    return "this person was referred before" if is_known else "a police supervisor has to agree"


@require_http_methods(["GET", "HEAD", "POST"])
def case_reopen(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_reader(request.user, reference, Perm.CASE_REOPEN)
    case = reader.case
    closing.require_reopenable(case)
    form = ReopenForm(posted(request))
    if form.is_valid():
        closing.reopen_case(case, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, "Case reopened")
        return redirect("case_overview", case.reference)
    page = {"form": form, "title": "Reopen the case", "submit_text": "Reopen the case"}
    return _draw(request, reader, page, ["The case goes to the panel again."])


def _draw(
    request: SignedInRequest, reader: Reader, page: dict[str, Any], follows: list[str]
) -> HttpResponse:
    page |= {"reader": reader, "consequences": follows}
    return render_case(request, reader.case, "desk/one_form.html", page, tab="case_state")
