"""The whole address tree on one screen. Apps are named as strings: the ground imports none."""

from django.urls import include, path

urlpatterns = [
    path("", include("prevent_cms.page_urls")),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("people/", include("accounts.people.urls")),
    path("pathway/", include("accounts.pathway.urls")),
    path("agreements/", include("accounts.agreements.urls")),
    path("audit/", include("accounts.audit.urls")),
    path("", include("referrals.urls")),
    path("", include("vaf.urls")),
    path("", include("channel.urls")),
]

handler400 = "prevent_cms.error_pages.bad_request"
