from django.urls import URLPattern, path

from referrals.views import (
    information,
    information_agency,
    information_answer,
    information_dates,
    one_time,
)

urlpatterns: list[URLPattern] = [
    path("cases/<str:reference>/release/", information.case_release, name="case_release"),
    path("cases/<str:reference>/requests/", information.case_requests, name="case_requests"),
    path(
        "cases/<str:reference>/requests/more/",
        information.case_request_more,
        name="case_request_more",
    ),
    path(
        "cases/<str:reference>/requests/<int:number>/read/",
        information.case_changes_read,
        name="case_changes_read",
    ),
    path("cases/<str:reference>/requests/chase/", information.case_chase, name="case_chase"),
    path(
        "cases/<str:reference>/requests/<int:number>/",
        information.case_return,
        name="case_return",
    ),
    path(
        "cases/<str:reference>/requests/<int:number>/date/",
        information_dates.case_request_dates,
        name="case_request_dates",
    ),
    path("cases/<str:reference>/requests/said/", information_dates.case_said, name="case_said"),
    path(
        "cases/<str:reference>/requests/assess/",
        information.case_begin_assessment,
        name="case_begin_assessment",
    ),
    path("cases/<str:reference>/requests/link/", one_time.case_one_time, name="case_one_time"),
    path(
        "cases/<str:reference>/requests/link/<int:number>/",
        one_time.case_one_time_link,
        name="case_one_time_link",
    ),
    path("answer/<str:key>/", one_time.one_time, name="one_time"),
    path("requests/", information_agency.request_list, name="request_list"),
    path("requests/<int:number>/", information_agency.request_detail, name="request_detail"),
    path("requests/<int:number>/answer/", information_answer.request_answer, name="request_answer"),
    path(
        "requests/<int:number>/answer/check/",
        information_answer.request_check,
        name="request_check",
    ),
    path("requests/<int:number>/pass/", information_answer.request_pass, name="request_pass"),
    path("requests/<int:number>/answer/add/", information_answer.request_add, name="request_add"),
    path(
        "requests/<int:number>/answer/<slug:slug>/",
        information_answer.request_part,
        name="request_part",
    ),
    path("requests/<int:number>/nil/", information_agency.request_nil, name="request_nil"),
]
