from django.urls import path

from referrals.views import notices

CASE = "cases/<str:reference>/safeguarding/"

urlpatterns = [
    path(CASE, notices.case_notices, name="case_notices"),
    path(CASE + "new/", notices.case_notice_new, name="case_notice_new"),
    path(CASE + "<int:number>/read/", notices.case_notice_read, name="case_notice_read"),
    path("notices/", notices.notice_list, name="notice_list"),
    path("notices/<uuid:key>/", notices.notice_detail, name="notice_detail"),
]
