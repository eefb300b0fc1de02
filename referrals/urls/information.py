from django.urls import URLPattern, path

from referrals.views import information, information_agency, information_consent

urlpatterns: list[URLPattern] = [
    path("cases/<str:reference>/release/", information.case_release, name="case_release"),
    path("cases/<str:reference>/requests/", information.case_requests, name="case_requests"),
    path(
        "cases/<str:reference>/requests/more/",
        information.case_request_more,
        name="case_request_more",
    ),
    path("cases/<str:reference>/requests/chase/", information.case_chase, name="case_chase"),
    path(
        "cases/<str:reference>/requests/<int:number>/",
        information.case_return,
        name="case_return",
    ),
    path(
        "cases/<str:reference>/requests/assess/",
        information.case_begin_assessment,
        name="case_begin_assessment",
    ),
    path("cases/<str:reference>/consent/", information_consent.case_consent, name="case_consent"),
    path("requests/", information_agency.request_list, name="request_list"),
    path("requests/<int:number>/", information_agency.request_detail, name="request_detail"),
    path("requests/<int:number>/answer/", information_agency.request_answer, name="request_answer"),
    path("requests/<int:number>/nil/", information_agency.request_nil, name="request_nil"),
]
