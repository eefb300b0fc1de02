from django.urls import path

from prevent_cms import pages
from prevent_cms.drafts.views import draft

urlpatterns = [
    path("", pages.start, name="start"),
    path("help/", pages.help_page, name="help"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("privacy/", pages.privacy, name="privacy"),
    path("accounts/session/", pages.session, name="session"),
    path("drafts/", draft, name="draft"),
    path("healthz", pages.healthz, name="healthz"),
    path("readyz", pages.readyz, name="readyz"),
]
