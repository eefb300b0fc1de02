from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest, posted
from channel.support import access
from channel.support.actions import delivery
from channel.support.forms.delivery import (
    CorrectSessionForm,
    SessionForm,
    SessionReportForm,
    WithdrawSessionForm,
)
from prevent_cms import clock
from prevent_cms.components.text import gov_date
from referrals.pages import render_case

TAB = "case_plan"


@require_http_methods(["GET", "HEAD", "POST"])
def case_plan_item_session(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    reader = access.get_plan_reader(request.user, reference)
    case, item = reader.case, access.get_item(reader, pk)
    access.require_running(reader, item)
    form = SessionForm(posted(request), item=item)
    if form.is_valid():
        delivery.record_session(item, **form.given, by=request.user)
        messages.success(request, "Session recorded")
        return redirect("case_plan_item", case.reference, item.pk)
    page = {"reader": reader, "form": form, "title": "Record a session", "caption": item.title}
    page["cancel_url"] = reverse("case_plan_item", args=[case.reference, item.pk])
    return render_case(request, case, "form_page.html", page, tab=TAB)


@require_http_methods(["GET", "HEAD", "POST"])
def case_plan_item_session_correct(
    request: SignedInRequest, reference: str, pk: int, session: int
) -> HttpResponse:
    reader = access.get_plan_reader(request.user, reference)
    case, item = reader.case, access.get_item(reader, pk)
    access.require_running(reader, item)
    told = access.get_session(reader, item, session)
    form = CorrectSessionForm(posted(request), item=item, session=told)
    if form.is_valid():
        delivery.correct_session(item, told, **form.given, by=request.user)
        messages.success(request, "Session corrected")
        return redirect("case_plan_item", case.reference, item.pk)
    page = {"reader": reader, "form": form, "title": f"Correct the session of {gov_date(told.on)}"}
    page |= {"caption": item.title, "submit_text": "Save the correction"}
    page["cancel_url"] = reverse("case_plan_item", args=[case.reference, item.pk])
    return render_case(request, case, "form_page.html", page, tab=TAB)


@require_http_methods(["GET", "HEAD", "POST"])
def case_plan_item_session_withdraw(
    request: SignedInRequest, reference: str, pk: int, session: int
) -> HttpResponse:
    reader = access.get_plan_reader(request.user, reference)
    case, item = reader.case, access.get_item(reader, pk)
    access.require_running(reader, item)
    told = access.get_session(reader, item, session)
    form = WithdrawSessionForm(posted(request))
    if form.is_valid():
        delivery.withdraw_session(item, told, **form.cleaned_data, by=request.user)
        messages.success(request, "Session withdrawn")
        return redirect("case_plan_item", case.reference, item.pk)
    page = {"reader": reader, "form": form, "title": f"Withdraw the session of {gov_date(told.on)}"}
    page |= {"caption": item.title, "submit_text": "Withdraw the session"}
    page["cancel_url"] = reverse("case_plan_item", args=[case.reference, item.pk])
    return render_case(request, case, "form_page.html", page, tab=TAB)


@require_http_methods(["GET", "HEAD", "POST"])
def case_plan_item_report(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    reader = access.get_plan_reader(request.user, reference)
    case, item = reader.case, access.get_item(reader, pk)
    access.require_reporting(reader, item)
    form = SessionReportForm(posted(request), item=item, today=clock.today())
    if form.is_valid():
        delivery.record_report(item, **form.cleaned_data, by=request.user)
        messages.success(request, "Report sent")
        return redirect("case_plan_item", case.reference, item.pk)
    page = {"reader": reader, "form": form, "title": "Report on the sessions"}
    page |= {"caption": item.title, "submit_text": "Send the report"}
    page["cancel_url"] = reverse("case_plan_item", args=[case.reference, item.pk])
    return render_case(request, case, "form_page.html", page, tab=TAB)
