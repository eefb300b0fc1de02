from django.urls import include, path

urlpatterns = [
    path("refer/", include("referrals.urls.intake")),
    path("", include("referrals.urls.desk")),
    path("", include("referrals.urls.information")),
    path("", include("referrals.urls.sharing")),
    path("", include("referrals.urls.notices")),
]
