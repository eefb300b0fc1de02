"""Addresses whose views refuse in every way a view can, in front of the real address tree."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.urls import include, path

from prevent_cms.errors import ActionDenied, ActionInvalid

REFUSALS = {
    "denied": ActionDenied("Your role does not include this action."),
    "invalid": ActionInvalid("The meeting has begun."),
    "forbidden": PermissionDenied("Not for you <b>."),
    "unknown": Http404("Case TST-26-618204-K"),
    "broken": ZeroDivisionError("secret words"),
}


def refuse(request, how):
    raise REFUSALS[how]


def read(request):
    return HttpResponse(str(len(request.POST)))


urlpatterns = [
    path("refuse/<str:how>/", refuse, name="refuse"),
    path("read/", read, name="read"),
    path("", include("prevent_cms.urls")),
]

handler400 = "prevent_cms.error_pages.bad_request"
