"""The threshold test: read by the coordinators, recorded by police."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from prevent_cms.errors import ActionDenied
from referrals import access, threshold
from referrals.access import NOT_YOURS
from referrals.actions import threshold as testing
from referrals.forms.threshold import ThresholdForm
from referrals.pages import render_case


@require_http_methods(["GET", "HEAD", "POST"])
def case_threshold(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_coordinated(request.user, reference)
    case = reader.case
    if request.method == "POST" and not reader.may(Perm.THRESHOLD_RECORD):
        raise ActionDenied(NOT_YOURS)
    form = None
    if request.method == "POST" or threshold.is_recordable(reader):
        form = ThresholdForm(posted(request), user=request.user, case=case)
    if form and form.is_valid():
        test = testing.record_test(case, form.draft(), risks=form.risks(), by=request.user)
        messages.success(request, "Threshold test recorded")
        return redirect("case_threshold" if test.is_vulnerable else "case_close", case.reference)
    page = {"form": form, "reader": reader, "shown": threshold.tests_of(reader)}
    return render_case(request, case, "desk/threshold.html", page, tab="case_threshold")
