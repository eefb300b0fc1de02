from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from prevent_cms.components.text import gov_time
from prevent_cms.drafts import keep


@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Keep what is typed in a form, or throw it away; the form itself comes with its own rights."""
    place = keep.place_of(request.POST.get("draft", ""))
    if place is None or place.user_id != request.user.pk:
        raise Http404
    if "throw" in request.POST:
        keep.forget(place)
        messages.success(request, "What you had typed is thrown away")
        return redirect(place.page)
    saved_at = keep.keep(place, request.POST)
    if request.headers.get("Accept") == "text/plain":
        return HttpResponse(f"Saved at {gov_time(saved_at)}", content_type="text/plain")
    messages.success(request, f"Kept for {keep.DAYS} days. Only you can see it until you save.")
    return redirect(place.page)
