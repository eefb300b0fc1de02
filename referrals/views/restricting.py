"""Who may not open a case though their agency has it: restriction and conflicts of interest."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from referrals import holders
from referrals.access import Reader
from referrals.actions import restricting
from referrals.forms.restricting import BarForm, LiftBarForm, LiftForm, RestrictForm
from referrals.views import checking


@require_http_methods(["GET", "HEAD", "POST"])
@checking.for_coordinators(Perm.CASE_RESTRICT)
def case_restrict(request: SignedInRequest, reader: Reader) -> HttpResponse:
    form = RestrictForm(posted(request), case=reader.case, by=request.user)
    if checking.is_confirmed(request, form):
        restricting.restrict_case(reader.case, **form.cleaned_data, by=request.user)
        messages.success(request, "Case restricted to named people")
        return redirect("case_sharing", reader.case.reference)
    return checking.draw(request, reader, form)


@require_http_methods(["GET", "HEAD", "POST"])
@checking.for_coordinators(Perm.CASE_RESTRICT)
def case_unrestrict(request: SignedInRequest, reader: Reader) -> HttpResponse:
    restricting.require_restricted(reader.case)
    form = LiftForm(posted(request), case=reader.case)
    if checking.is_confirmed(request, form):
        restricting.lift_restriction(reader.case, **form.cleaned_data, by=request.user)
        messages.success(request, "Restriction lifted")
        return redirect("case_sharing", reader.case.reference)
    return checking.draw(request, reader, form)


@require_http_methods(["GET", "HEAD", "POST"])
@checking.for_coordinators(Perm.BAR_SET)
def case_bar(request: SignedInRequest, reader: Reader) -> HttpResponse:
    form = BarForm(posted(request), case=reader.case, by=request.user)
    if checking.is_confirmed(request, form):
        given = form.cleaned_data
        restricting.set_bar(
            reader.case, user=given["person"], reason=given["reason"], by=request.user
        )
        messages.success(request, "Conflict of interest recorded")
        return redirect("case_sharing", reader.case.reference)
    return checking.draw(request, reader, form)


@require_http_methods(["GET", "HEAD", "POST"])
@checking.for_coordinators(Perm.BAR_SET)
def case_bar_lift(request: SignedInRequest, reader: Reader, number: int) -> HttpResponse:
    bar = holders.get_bar(reader.case, number)
    form = LiftBarForm(posted(request), bar=bar)
    if checking.is_confirmed(request, form):
        restricting.lift_bar(bar, **form.cleaned_data, by=request.user)
        messages.success(request, "Conflict of interest ended")
        return redirect("case_sharing", reader.case.reference)
    return checking.draw(request, reader, form)
