from django.urls import URLPattern, path

from channel.support.views import consent, items, plan, reviews

urlpatterns: list[URLPattern] = [
    path("cases/<str:reference>/consent/", consent.case_consent, name="case_consent"),
    path("cases/<str:reference>/plan/", plan.case_plan, name="case_plan"),
    path("cases/<str:reference>/plan/new/", plan.case_plan_new, name="case_plan_new"),
    path(
        "cases/<str:reference>/plan/versions/<int:version>/",
        plan.case_plan_version,
        name="case_plan_version",
    ),
    path("cases/<str:reference>/plan/consent/", plan.case_plan_consent, name="case_plan_consent"),
    path(
        "cases/<str:reference>/plan/items/new/",
        items.case_plan_item_new,
        name="case_plan_item_new",
    ),
    path("cases/<str:reference>/plan/items/<int:pk>/", items.case_plan_item, name="case_plan_item"),
    path(
        "cases/<str:reference>/plan/items/<int:pk>/start/",
        items.case_plan_item_start,
        name="case_plan_item_start",
    ),
    path("cases/<str:reference>/review/", reviews.case_review, name="case_review"),
    path("cases/<str:reference>/exit/", reviews.case_exit, name="case_exit"),
    path(
        "cases/<str:reference>/after-exit/<int:pk>/",
        reviews.case_post_exit,
        name="case_post_exit",
    ),
]
