from django.urls import path

from referrals.views import emergency, register, restricting, routing, sharing

CASE = "cases/<str:reference>/"

urlpatterns = [
    path(CASE + "coordination/", routing.case_route, name="case_route"),
    path(CASE + "sharing/", sharing.case_sharing, name="case_sharing"),
    path(CASE + "sharing/new/", sharing.case_share, name="case_share"),
    path(CASE + "sharing/register/", register.case_register, name="case_register"),
    path(
        CASE + "sharing/register/<int:number>/correct/",
        register.case_register_correct,
        name="case_register_correct",
    ),
    path(CASE + "sharing/<int:number>/stop/", sharing.case_unshare, name="case_unshare"),
    path(CASE + "restriction/", restricting.case_restrict, name="case_restrict"),
    path(CASE + "restriction/lift/", restricting.case_unrestrict, name="case_unrestrict"),
    path(CASE + "conflicts/", restricting.case_bar, name="case_bar"),
    path(CASE + "conflicts/<int:number>/end/", restricting.case_bar_lift, name="case_bar_lift"),
    path(CASE + "access/", sharing.case_access, name="case_access"),
    path(CASE + "why/", sharing.case_why, name="case_why"),
    path(CASE + "preview/", sharing.case_preview, name="case_preview"),
    path("emergency/", emergency.emergency, name="emergency"),
    path("emergency/reviews/", emergency.emergency_reviews, name="emergency_reviews"),
    path("emergency/reviews/<int:number>/", emergency.emergency_review, name="emergency_review"),
]
