from django.urls import URLPattern, path

from channel.support.views import consent, delivery, items, plan, providers, reviews

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
    path(
        "cases/<str:reference>/plan/items/<int:pk>/session/",
        delivery.case_plan_item_session,
        name="case_plan_item_session",
    ),
    path(
        "cases/<str:reference>/plan/items/<int:pk>/session/<int:session>/correct/",
        delivery.case_plan_item_session_correct,
        name="case_plan_item_session_correct",
    ),
    path(
        "cases/<str:reference>/plan/items/<int:pk>/session/<int:session>/withdraw/",
        delivery.case_plan_item_session_withdraw,
        name="case_plan_item_session_withdraw",
    ),
    path(
        "cases/<str:reference>/plan/items/<int:pk>/report/",
        delivery.case_plan_item_report,
        name="case_plan_item_report",
    ),
    path(
        "cases/<str:reference>/review/later/", reviews.case_review_delay, name="case_review_delay"
    ),
    path("providers/", providers.provider_list, name="provider_list"),
    path("providers/new/<slug:slug>/", providers.provider_new, name="provider_new"),
    path("providers/<int:pk>/", providers.provider, name="provider"),
    path("providers/<int:pk>/change/", providers.provider_change, name="provider_change"),
    path(
        "providers/<int:pk>/checks/<slug:slug>/",
        providers.provider_check,
        name="provider_check",
    ),
    path("cases/<str:reference>/review/", reviews.case_review, name="case_review"),
    path("cases/<str:reference>/exit/", reviews.case_exit, name="case_exit"),
    path(
        "cases/<str:reference>/after-exit/<int:pk>/",
        reviews.case_post_exit,
        name="case_post_exit",
    ),
]
