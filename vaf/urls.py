from django.urls import URLPattern, URLResolver, include, path

from vaf import views

assessment_urls: list[URLPattern | URLResolver] = [
    path("", views.case_assessment, name="case_assessment"),
    path("sign/", views.case_assessment_sign, name="case_assessment_sign"),
    path("<slug:dimension>/", views.case_assessment_dimension, name="case_assessment_dimension"),
]
case_urls: list[URLPattern | URLResolver] = [
    path("", views.case_assessments, name="case_assessments"),
    path("start/", views.case_assessment_start, name="case_assessment_start"),
    path("<int:pk>/", include(assessment_urls)),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("cases/<str:reference>/assessments/", include(case_urls))
]
