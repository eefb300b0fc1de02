from django.urls import path

from referrals.views import (
    desk,
    desk_join,
    desk_police,
    desk_state,
    desk_threshold,
    feedback,
    giving,
    handover,
    lists,
    timeline,
)

CASE = "cases/<str:reference>/"

urlpatterns = [
    path("cases/", desk.case_list, name="case_list"),
    path("work/lists/", lists.saved_lists, name="saved_lists"),
    path("work/lists/new/", lists.saved_list_new, name="saved_list_new"),
    path("work/lists/<int:pk>/", lists.saved_list, name="saved_list"),
    path("work/lists/<int:pk>/remove/", lists.saved_list_remove, name="saved_list_remove"),
    path("work/allocate/", giving.allocate, name="allocate"),
    path("work/away/", giving.away, name="away"),
    path("work/away/new/", giving.away_new, name="away_new"),
    path("work/away/<int:pk>/end/", giving.away_end, name="away_end"),
    path(CASE + "take/", desk.case_take, name="case_take"),
    path(CASE + "owner/", handover.case_assign, name="case_assign"),
    path(CASE + "owner/offer/", handover.case_offer, name="case_offer"),
    path(CASE + "owner/withdraw/", handover.case_offer_withdraw, name="case_offer_withdraw"),
    path(CASE + "timeline/", timeline.case_timeline, name="case_timeline"),
    path(CASE + "timeline/copy/", timeline.case_timeline_copy, name="case_timeline_copy"),
    path(CASE + "referral/", desk_police.case_referral, name="case_referral"),
    path(CASE + "screening/", desk_police.case_screening, name="case_screening"),
    path(CASE + "earlier/", desk_police.case_earlier, name="case_earlier"),
    path(CASE + "deconfliction/", desk_police.case_deconfliction, name="case_deconfliction"),
    path(CASE + "threshold/", desk_threshold.case_threshold, name="case_threshold"),
    path(CASE + "join/", desk_join.case_join, name="case_join"),
    path(CASE + "elsewhere/", desk_join.case_elsewhere, name="case_elsewhere"),
    path(
        CASE + "referral/release/",
        desk_join.case_referral_release,
        name="case_referral_release",
    ),
    path(CASE + "overt/", desk_police.case_overt, name="case_overt"),
    path(CASE + "hold/", desk_state.case_hold, name="case_hold"),
    path(CASE + "resume/", desk_state.case_resume, name="case_resume"),
    path(CASE + "close/", desk_state.case_close, name="case_close"),
    path(CASE + "close/agree/", desk_state.case_agree, name="case_agree"),
    path(CASE + "reopen/", desk_state.case_reopen, name="case_reopen"),
    path(CASE + "feedback/", feedback.case_feedback, name="case_feedback"),
]
