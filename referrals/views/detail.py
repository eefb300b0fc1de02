"""Going back to the referrer for more than the form has."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from prevent_cms.errors import ActionInvalid
from prevent_cms.workflow import NOT_NOW
from referrals import access, detail, feedback
from referrals.actions.detail import record_detail
from referrals.forms.detail import DetailForm
from referrals.pages import render_case


@require_http_methods(["GET", "HEAD", "POST"])
def case_referrer(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_reader(request.user, reference, Perm.SCREENING_RECORD)
    if not detail.is_askable(reader.case):
        raise ActionInvalid(NOT_NOW)
    referrals = feedback.referrals_of(request.user, reader.case)
    form = DetailForm(posted(request), referrals=referrals)
    if form.is_valid():
        record_detail(**form.cleaned_data, by=request.user)
        messages.success(request, "What the referrer was asked is recorded")
        return redirect("case_referrer", reader.case.reference)
    page = {"reader": reader, "form": form, "details": detail.details_of(reader)}
    page["contacts"] = [(one, feedback.contact(one)) for one in referrals]
    return render_case(request, reader.case, "desk/referrer.html", page, tab="case_referral")
