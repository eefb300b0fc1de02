"""Giving a case to another officer, and answering such an offer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from accounts import step_up
from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from referrals import access, handovers
from referrals.access import Reader
from referrals.actions import handover
from referrals.forms.handover import GiveForm, OfferAnswerForm
from referrals.models import HandOver
from referrals.pages import render_case


@require_http_methods(["GET", "HEAD", "POST"])
def case_assign(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_reader(request.user, reference, Perm.CASE_TAKE)
    handovers.require_giver(reader)
    return _give(request, reader)


@step_up.required
def _give(request: SignedInRequest, reader: Reader) -> HttpResponse:
    case = reader.case
    form = GiveForm(posted(request), case=case)
    if form.is_valid():
        to, reason = form.cleaned_data["officer"], form.cleaned_data["reason"]
        row = handover.give(case, to=to, reason=reason, version=form.version, by=request.user)
        messages.success(request, told(row))
        return redirect("case_overview", case.reference)
    page = {"form": form, "reader": reader, "title": "Give the case to another officer"}
    page |= {"is_at_work": handovers.is_at_work(case), "submit_text": "Continue"}
    page |= {"offer": handovers.open_offer(reader), "earlier": handovers.earlier(reader)}
    return render_case(request, case, "desk/give.html", page, tab="case_assign")


def told(row: HandOver) -> str:
    """What has happened, for the message above the next page."""
    if row.result == HandOver.Result.OPEN:
        return f"The case is offered to {row.to.name} and stays where it is until it is accepted"
    return f"{row.to.name} has the case now"


@require_POST
def case_offer_withdraw(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_reader(request.user, reference, Perm.CASE_TAKE)
    handovers.require_giver(reader)
    handover.withdraw(handovers.get_open(reader), by=request.user)
    messages.success(request, "Offer withdrawn")
    return redirect("case_assign", reader.case.reference)


@require_http_methods(["GET", "HEAD", "POST"])
def case_offer(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_reader(request.user, reference, Perm.CASE_TAKE)
    offer = handovers.get_offer(reader)
    form = OfferAnswerForm(posted(request))
    if form.is_valid() and form.cleaned_data["accepts"]:
        handover.accept(offer, by=request.user)
        messages.success(request, "The case is yours now")
        return redirect("case_overview", reader.case.reference)
    if form.is_valid():
        handover.decline(offer, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, "You have declined the case")
        return redirect("work")
    page = {"form": form, "reader": reader, "offer": offer, "title": "Answer the offer"}
    return render_case(request, reader.case, "desk/offer.html", page, tab="case_offer")
