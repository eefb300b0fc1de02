from django.urls import path

from referrals.views import desk, desk_police, desk_state

CASE = "cases/<str:reference>/"

urlpatterns = [
    path("cases/", desk.case_list, name="case_list"),
    path(CASE + "take/", desk.case_take, name="case_take"),
    path(CASE + "owner/", desk.case_assign, name="case_assign"),
    path(CASE + "timeline/", desk.case_timeline, name="case_timeline"),
    path(CASE + "referral/", desk_police.case_referral, name="case_referral"),
    path(CASE + "screening/", desk_police.case_screening, name="case_screening"),
    path(CASE + "earlier/", desk_police.case_earlier, name="case_earlier"),
    path(CASE + "deconfliction/", desk_police.case_deconfliction, name="case_deconfliction"),
    path(CASE + "hold/", desk_state.case_hold, name="case_hold"),
    path(CASE + "resume/", desk_state.case_resume, name="case_resume"),
    path(CASE + "close/", desk_state.case_close, name="case_close"),
    path(CASE + "close/agree/", desk_state.case_agree, name="case_agree"),
    path(CASE + "reopen/", desk_state.case_reopen, name="case_reopen"),
]
