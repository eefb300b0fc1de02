"""What the referrers of a case were told of its outcome."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from referrals import access, feedback
from referrals.actions.feedback import give_feedback
from referrals.forms.feedback import FeedbackForm
from referrals.pages import render_case


@require_http_methods(["GET", "HEAD", "POST"])
def case_feedback(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_reader(request.user, reference, Perm.FEEDBACK_GIVE)
    case, told = reader.case, feedback.referrals_of(request.user, reader.case)
    waiting = [one for one in told if not hasattr(one, "feedback")]
    form = FeedbackForm(posted(request), case=case, waiting=waiting)
    if form.is_valid():
        give_feedback(**form.cleaned_data, by=request.user)
        messages.success(request, "Feedback recorded")
        return redirect("case_feedback", case.reference)
    page = {"reader": reader, "form": form, "waiting": waiting}
    page["given"] = [one.feedback for one in told if hasattr(one, "feedback")]
    page["contacts"] = [(one, feedback.contact(one)) for one in waiting]
    page["is_due"] = case.status in feedback.TELLABLE
    return render_case(request, case, "desk/feedback.html", page, tab="case_feedback")
