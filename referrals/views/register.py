"""The register of disclosures of one case: each share with its test, and what was added since."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest, posted
from referrals import access, holders
from referrals.actions import sharing
from referrals.forms.sharing import CorrectionForm
from referrals.pages import render_case

TAB = "case_sharing"


@require_safe
def case_register(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_coordinated(request.user, reference)
    page = {"reader": reader, "entries": holders.register(reader)}
    return render_case(request, reader.case, "sharing/register.html", page, tab="case_register")


@require_http_methods(["GET", "HEAD", "POST"])
def case_register_correct(request: SignedInRequest, reference: str, number: int) -> HttpResponse:
    reader = access.get_coordinated(request.user, reference)
    entry = holders.get_correctable(reader, number)
    form = CorrectionForm(posted(request))
    if form.is_valid():
        sharing.correct_entry(entry, form.cleaned_data["text"], by=request.user)
        messages.success(request, "Correction added")
        return redirect("case_register", reference)
    page = {"reader": reader, "form": form, "entry": entry, "title": "Correct this entry"}
    page["cancel_url"] = reverse("case_register", args=[reference])
    return render_case(request, reader.case, "sharing/correct.html", page, tab=TAB)
