"""Opening a case in an emergency, and reviewing that somebody did."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts import step_up
from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from prevent_cms.history import EventType
from prevent_cms.history.record import record_view
from referrals import emergencies
from referrals.actions.emergency import break_glass, review_emergency
from referrals.forms.emergency import EmergencyForm, ReviewForm
from referrals.models import Case
from referrals.views import checking


@require_http_methods(["GET", "HEAD", "POST"])
@checking.for_holders(Perm.GLASS_BREAK)
@step_up.required
def emergency(request: SignedInRequest) -> HttpResponse:
    form = EmergencyForm(posted(request))
    if form.is_valid():
        given = form.cleaned_data
        opened = break_glass(reference=given["reference"], reason=given["reason"], by=request.user)
        return redirect("case_overview", opened.case.reference)
    return render(request, "sharing/emergency.html", {"form": form})


@require_safe
@checking.for_holders(Perm.GLASS_REVIEW)
def emergency_reviews(request: SignedInRequest) -> HttpResponse:
    found = emergencies.queue(request.user, request.GET.get("before", ""))
    here = reverse("emergency_reviews")
    page = {"queue": found, "first": "" if found.is_first else here}
    page["older"] = f"{here}?before={found.older}" if found.older else ""
    response = render(request, "sharing/reviews.html", page)
    record_view(EventType.LIST_VIEWED, by=request.user, page="emergency_reviews")
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@checking.for_holders(Perm.GLASS_REVIEW)
def emergency_review(request: SignedInRequest, number: int) -> HttpResponse:
    review = emergencies.get_review(request.user, number)
    form = ReviewForm(posted(request))
    if form.is_valid():
        review_emergency(review.opening, **form.cleaned_data, by=request.user)
        messages.success(request, "Review recorded")
        return redirect("emergency_reviews")
    page = {"form": form, "review": review}
    page["is_open"] = (
        Case.objects.visible_to(request.user).filter(pk=review.opening.case_id).exists()
    )
    response = render(request, "sharing/review.html", page)
    told = {"case": review.opening.case, "target": review.opening, "page": "emergency_review"}
    record_view(EventType.CASE_VIEWED, by=request.user, **told)
    return response
