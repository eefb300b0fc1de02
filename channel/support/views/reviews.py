from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from channel.support import access, pages, queries
from channel.support.actions import exits, post_exit, reviews
from channel.support.forms.exit import ReportForm, SignForm
from channel.support.forms.review import DelayForm, PostExitForm, ReviewForm
from prevent_cms import clock
from referrals.access import may_move
from referrals.actions.closing import is_reopenable
from referrals.pages import render_case

TAB = "case_plan"


@require_http_methods(["GET", "HEAD", "POST"])
def case_review(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_plan_reader(request.user, reference, Perm.REVIEW_RECORD)
    case = reader.case
    access.require_supported(case)
    items = [item for item in queries.current_items(reader) if item.is_open]
    form = ReviewForm(posted(request), items=items, today=clock.today())
    if form.is_valid():
        reviews.record_review(case, **form.answers, by=request.user)
        messages.success(request, "Review recorded. The panel sees it at its next meeting.")
        return redirect("case_plan", case.reference)
    page = {"form": form, **pages.review_page(reader)}
    return render_case(request, case, "support/review.html", page, tab=TAB)


@require_http_methods(["GET", "HEAD", "POST"])
def case_review_delay(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_plan_reader(request.user, reference, Perm.REVIEW_RECORD)
    case = reader.case
    access.require_supported(case)
    form = DelayForm(posted(request), case=case)
    if form.is_valid():
        reviews.put_off(case, **form.cleaned_data, by=request.user)
        messages.success(request, "The review is put off. The plan says why.")
        return redirect("case_plan", case.reference)
    page = {"reader": reader, "form": form, "title": "Put the monthly review off"}
    page["cancel_url"] = reverse("case_plan", args=[case.reference])
    return render_case(request, case, "form_page.html", page, tab=TAB)


@require_http_methods(["GET", "HEAD", "POST"])
def case_exit(request: SignedInRequest, reference: str) -> HttpResponse:
    """The closing report first, then the endorsements; afterwards the page is the record."""
    reader = access.get_panel_reader(request.user, reference)
    case, page = reader.case, pages.exit_page(reader)
    data = posted(request)
    if data is not None:
        reader.require(Perm.EXIT_SIGN if page["report"] else Perm.CASE_EXIT)
    form = SignForm(data) if page["report"] else ReportForm(data)
    if isinstance(form, ReportForm) and form.is_valid():
        exits.write_report(case, **form.report(), by=request.user)
        messages.success(request, "Closing report recorded")
        return redirect("case_exit", case.reference)
    if isinstance(form, SignForm) and form.is_valid():
        endorses = form.cleaned_data["endorses"] == "yes"
        exits.sign_exit(
            case, endorses=endorses, reason=form.cleaned_data["reason"], by=request.user
        )
        messages.success(request, "Your answer is recorded")
        return redirect("case_exit", case.reference)
    return render_case(request, case, "support/exit.html", {**page, "form": form}, tab=TAB)


@require_http_methods(["GET", "HEAD", "POST"])
def case_post_exit(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    reader = access.get_plan_reader(request.user, reference)
    case, review = reader.case, access.get_post_exit(reader, pk)
    if request.method == "POST":
        access.require_post_exit(reader, review)
    form = PostExitForm(
        posted(request),
        may_reopen=may_move(request.user, "reopen", case) and is_reopenable(case),
    )
    if form.is_valid():
        post_exit.record_post_exit(review, **form.cleaned_data, by=request.user)
        messages.success(request, "Review after exit recorded")
        return redirect("case_plan", case.reference)
    page = {
        "reader": reader,
        "form": form,
        "review": review,
        "others": queries.post_exit_reviews(request.user, case),
        "may_record": access.may_record_post_exit(reader, review),
    }
    return render_case(request, case, "support/post_exit.html", page, tab=TAB)
