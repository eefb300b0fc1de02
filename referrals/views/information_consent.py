from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from referrals import consent, information
from referrals.actions.consent import record_consent
from referrals.forms.information_consent import ConsentForm
from referrals.models import Consent
from referrals.pages import render_case


@require_http_methods(["GET", "HEAD", "POST"])
def case_consent(request: SignedInRequest, reference: str) -> HttpResponse:
    needed = [Perm.CONSENT_RECORD] if request.method == "POST" else []
    reader = information.get_coordinated(request.user, reference, *needed)
    case = reader.case
    is_adult_in_law = consent.decides_alone(request.user, case)
    data = posted(request)
    form = ConsentForm(data, is_adult_in_law=is_adult_in_law)
    if form.is_valid():
        record_consent(case, **form.cleaned_data, by=request.user)
        messages.success(request, "Consent position recorded")
        return redirect("case_consent", case.reference)
    log = Consent.objects.visible_to(request.user).filter(case=case)
    page = {
        "reader": reader,
        "form": form,
        "log": log.select_related("by").order_by("-at", "-pk"),
        "positions": [(about.label, consent.in_force(case, about)) for about in Consent.About],
        "may_record": case.is_open and reader.may(Perm.CONSENT_RECORD),
    }
    return render_case(request, case, "information/consent.html", page, tab="case_consent")
