"""Safeguarding notices: sent from a case, and answered by the agency that opens no case."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from prevent_cms.history import EventType
from prevent_cms.history.record import record_view
from referrals import access, notices
from referrals.access import Reader
from referrals.actions import notices as acts
from referrals.forms.notices import NoticeAnswerForm, NoticeForm
from referrals.pages import render_case
from referrals.requests import time_left
from referrals.views import checking


@require_safe
def case_notices(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_coordinated(request.user, reference)
    page = {"reader": reader, "notices": notices.notices_of(reader)}
    page["may_send"] = reader.may(Perm.NOTICE_SEND)
    return render_case(request, reader.case, "safeguarding/notices.html", page, tab="case_notices")


@require_http_methods(["GET", "HEAD", "POST"])
@checking.for_coordinators(Perm.NOTICE_SEND)
def case_notice_new(request: SignedInRequest, reader: Reader) -> HttpResponse:
    form = NoticeForm(posted(request), reader=reader)
    if checking.is_confirmed(request, form):
        sent = acts.send_notice(reader.case, **form.cleaned_data, by=request.user)
        messages.success(request, f"Notice sent to {sent.agency.name}")
        return redirect("case_notices", reader.case.reference)
    page: dict[str, Any] = {"tab": "case_notice_new", "back": "case_notices", "advice": True}
    if form.is_valid():
        page["exactly"] = form.cleaned_data["text"]
    return checking.draw(request, reader, form, **page)


@require_POST
def case_notice_read(request: SignedInRequest, reference: str, number: int) -> HttpResponse:
    reader = access.get_coordinated(request.user, reference, Perm.NOTICE_SEND)
    acts.read_answer(notices.get_notice(reader, number), by=request.user)
    messages.success(request, "Answer read")
    return redirect("case_notices", reader.case.reference)


@require_safe
def notice_list(request: SignedInRequest) -> HttpResponse:
    notices.require_answering(request.user)
    page = notices.page_for_agency(request.user, request.GET.get("before", ""))
    here = reverse("notice_list")
    older = f"{here}?before={page.older}" if page.older else ""
    context = {"rows": page.rows, "older": older}
    response = render(request, "safeguarding/received_list.html", context)
    record_view(EventType.LIST_VIEWED, by=request.user, page="notice_list")
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def notice_detail(request: SignedInRequest, key: uuid.UUID) -> HttpResponse:
    received = notices.get_received(request.user, key)
    form = NoticeAnswerForm(posted(request))
    if form.is_valid():
        acts.answer_notice(received, **form.cleaned_data, by=request.user)
        messages.success(request, "Answer sent")
        return redirect("notice_detail", received.key)
    page = {"notice": received, "late": notices.late(received)}
    page |= {"form": form, "time_left": time_left(received.agency.area.rules, received.due_on)}
    response = render(request, "safeguarding/received.html", page)
    seen = {"target": received, "agency_id": received.agency_id}
    record_view(EventType.NOTICE_VIEWED, by=request.user, **seen)
    return response
