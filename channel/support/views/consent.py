from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from channel.support import pages
from channel.support.actions.consents import log_consent
from referrals import access, consent
from referrals.forms.information_consent import ConsentForm
from referrals.pages import render_case


@require_http_methods(["GET", "HEAD", "POST"])
def case_consent(request: SignedInRequest, reference: str) -> HttpResponse:
    needed = [Perm.CONSENT_RECORD] if request.method == "POST" else []
    reader = access.get_coordinated(request.user, reference, *needed)
    case = reader.case
    decides = consent.decides_alone(request.user, case)
    who = {"is_adult_in_law": decides, "is_police": reader.is_police}
    form = ConsentForm(posted(request), case=case, **who)
    if form.is_valid():
        log_consent(case, form.entry(), by=request.user)
        messages.success(request, "Consent position recorded")
        return redirect("case_consent", case.reference)
    page = {**pages.consent_page(reader), "form": form}
    return render_case(request, case, "support/consent.html", page, tab="case_consent")
