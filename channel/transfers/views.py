"""A transfer as both sides see it: the page of the case, and the proposal put to another area."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import step_up
from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from channel.transfers.forms import (
    ProposalForm,
    TransferAnswerForm,
    TransferCheckForm,
    WithdrawForm,
)
from prevent_cms.history import EventType
from prevent_cms.history.record import record_view
from referrals import access, transfers
from referrals.access import Reader
from referrals.actions import transfer as acts
from referrals.models import Transfer
from referrals.pages import render_case
from referrals.views import checking


@require_http_methods(["GET", "HEAD", "POST"])
def case_transfer(request: SignedInRequest, reference: str) -> HttpResponse:
    perms = [Perm.CASE_TRANSFER] if request.method == "POST" else []
    reader = access.get_coordinated(request.user, reference, *perms)
    if request.method == "POST":
        return _propose(request, reader)
    return _draw(request, reader, ProposalForm(case=reader.case), WithdrawForm())


@step_up.required
def _propose(request: SignedInRequest, reader: Reader) -> HttpResponse:
    form = ProposalForm(request.POST, case=reader.case)
    if form.is_valid():
        acts.propose(reader.case, form.proposal(), by=request.user)
        messages.success(request, "Transfer proposed. The case stays here until it is carried out.")
        return redirect("case_transfer", reader.case.reference)
    return _draw(request, reader, form, WithdrawForm())


def _draw(
    request: SignedInRequest, reader: Reader, form: ProposalForm, withdraw: WithdrawForm
) -> HttpResponse:
    rows = list(transfers.of_case(reader)[:20])
    found = next((one for one in rows if one.result == transfers.OPEN), None)
    page = {"reader": reader, "form": form, "withdraw": withdraw, "transfer": found}
    page |= {"earlier": [one for one in rows if one != found]}
    page["may_propose"] = found is None and transfers.may_propose(reader)
    page["may_withdraw"] = found is not None and reader.may(Perm.CASE_TRANSFER)
    not_agreed = found is not None and not found.agreed_at
    page["may_agree"] = not_agreed and reader.may(Perm.TRANSFER_AGREE)
    page |= {"title": "Transfer to another area", "submit_text": "Propose the transfer"}
    return render_case(request, reader.case, "transfers/case.html", page, tab="case_transfer")


@require_POST
@checking.for_coordinators(Perm.TRANSFER_AGREE)
def case_transfer_agree(request: SignedInRequest, reader: Reader) -> HttpResponse:
    acts.agree(transfers.get_open(reader), by=request.user)
    messages.success(request, "You have agreed. The chair of the other area is asked now.")
    return redirect("case_transfer", reader.case.reference)


@require_POST
def case_transfer_withdraw(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_coordinated(request.user, reference, Perm.CASE_TRANSFER)
    found = transfers.get_open(reader)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        acts.withdraw(found, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, "Transfer withdrawn")
        return redirect("case_transfer", reader.case.reference)
    return _draw(request, reader, ProposalForm(case=reader.case), form)


@require_http_methods(["GET", "HEAD", "POST"])
def transfer(request: SignedInRequest, pk: int) -> HttpResponse:
    found = transfers.get_put(request.user, pk)
    transfers.require(transfers.answers(request.user, found))
    return _take_answer(request, found)


@step_up.required
def _take_answer(request: SignedInRequest, found: Transfer) -> HttpResponse:
    form = TransferAnswerForm(posted(request), transfer=found)
    if form.is_valid():
        messages.success(request, _answer(request, found, form))
        return redirect("work")
    page = {"form": form, "title": "A case that moves to your area", "submit_text": "Answer"}
    return _draw_put(request, found, "transfers/put.html", page)


def _answer(request: SignedInRequest, found: Transfer, form: TransferAnswerForm) -> str:
    if form.cleaned_data["accepts"]:
        acts.accept(found, lead=form.cleaned_data["lead"], by=request.user)
        return "You have accepted the case. Your police check it next."
    acts.decline(found, reason=form.cleaned_data["reason"], by=request.user)
    return "You have declined the case"


@require_http_methods(["GET", "HEAD", "POST"])
def transfer_check(request: SignedInRequest, pk: int) -> HttpResponse:
    found = transfers.get_put(request.user, pk)
    transfers.require(transfers.checks(request.user, found))
    return _take_check(request, found)


@step_up.required
def _take_check(request: SignedInRequest, found: Transfer) -> HttpResponse:
    form = TransferCheckForm(posted(request), area=found.to_area)
    if form.is_valid():
        made = acts.check(found, **form.cleaned_data, by=request.user)
        clear = "The case is yours from the day of the transfer, unless police there hold it"
        messages.success(request, clear if made.is_clear else "Your check is recorded")
        return redirect("work")
    page = {"form": form, "title": "Check before a transfer", "submit_text": "Record the check"}
    page |= {"details": transfers.identity(found), "last": transfers.checked(found)}
    return _draw_put(request, found, "transfers/check.html", page)


def _draw_put(
    request: SignedInRequest, found: Transfer, template: str, page: dict[str, object]
) -> HttpResponse:
    """The page of the receiving side, and the event of the look, in the log of that area."""
    context = page | {"transfer": found, "stage": transfers.stage_words(found)}
    response = render(request, template, context)
    area = found.to_area.code
    record_view(EventType.TRANSFER_VIEWED, by=request.user, area_code=area, target=found)
    return response
