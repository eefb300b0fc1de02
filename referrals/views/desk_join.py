"""A repeat referral: joined to the open case, released there; and who else knows the person."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from prevent_cms.errors import ActionInvalid
from prevent_cms.workflow import NOT_NOW
from referrals import access, consequences, elsewhere, joining
from referrals.access import Reader
from referrals.actions import elsewhere as acts_elsewhere
from referrals.actions import joining as acts
from referrals.forms.joining import JoinForm, ReferralReleaseForm
from referrals.pages import render_case
from referrals.views import checking


@require_http_methods(["GET", "HEAD", "POST"])
def case_join(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_reader(request.user, reference, Perm.PERSON_LINK)
    case = reader.case
    if not joining.targets(request.user, case).exists():
        raise ActionInvalid(NOT_NOW)
    form = JoinForm(posted(request), user=request.user, case=case)
    if form.is_valid():
        into = acts.join_referral(case, **form.cleaned_data, by=request.user)
        messages.success(request, "The referral has joined the open case")
        return redirect("case_deconfliction", into.reference)
    page = {"form": form, "title": "Join this referral to an open case", "reader": reader}
    page |= {"submit_text": "Join it", "consequences": consequences.JOINING}
    return render_case(request, case, "desk/one_form.html", page, tab="case_join")


@require_http_methods(["GET", "HEAD", "POST"])
@checking.for_coordinators(Perm.CASE_RELEASE)
def case_referral_release(request: SignedInRequest, reader: Reader) -> HttpResponse:
    case = reader.case
    waits = acts.require_releasable(case, joining.waiting(request.user, case))
    form = ReferralReleaseForm(posted(request), case=case, by=request.user)
    if form.is_valid():
        acts.release_referral(case, grounds=form.grounds(), by=request.user)
        messages.success(request, "The coordinators can read the further referral")
        return redirect("case_referral", case.reference)
    page = {"form": form, "reader": reader, "title": "Release the further referral"}
    page |= {"caption": waits.reference, "submit_text": "Release the referral"}
    page["consequences"] = consequences.of_referral_release(case)
    return render_case(request, case, "desk/one_form.html", page, tab="case_referral_release")


@require_http_methods(["GET", "HEAD", "POST"])
def case_elsewhere(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_reader(request.user, reference, Perm.SCREENING_RECORD)
    if request.method == "POST":
        acts_elsewhere.ask_elsewhere(reader.case, by=request.user)
        messages.success(request, "Other forces have been asked")
        return redirect("case_elsewhere", reader.case.reference)
    page = {"reader": reader, "elsewhere": elsewhere.elsewhere(reader)}
    return render_case(request, reader.case, "desk/elsewhere.html", page, tab="case_elsewhere")
