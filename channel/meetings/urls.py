from django.urls import path

from channel.meetings.views import case, conduct, meetings, minutes

urlpatterns = [
    path("meetings/", meetings.meeting_list, name="meeting_list"),
    path("meetings/new/", meetings.meeting_new, name="meeting_new"),
    path("meetings/<int:pk>/", meetings.meeting, name="meeting"),
    path("meetings/<int:pk>/issue/", meetings.meeting_issue, name="meeting_issue"),
    path("meetings/<int:pk>/open/", meetings.meeting_open, name="meeting_open"),
    path("meetings/<int:pk>/close/", meetings.meeting_close, name="meeting_close"),
    path("meetings/<int:pk>/attendance/", meetings.meeting_attendance, name="meeting_attendance"),
    path("meetings/<int:pk>/items/<str:number>/", conduct.meeting_item, name="meeting_item"),
    path(
        "meetings/<int:pk>/items/<str:number>/police-note/",
        conduct.meeting_note,
        name="meeting_note",
    ),
    path("meetings/<int:pk>/minutes/", minutes.minutes, name="minutes"),
    path("meetings/<int:pk>/minutes/approve/", minutes.minutes_approve, name="minutes_approve"),
    path("meetings/<int:pk>/minutes.pdf", minutes.minutes_pdf, name="minutes_pdf"),
    path("cases/<str:reference>/panel/", case.case_panel, name="case_panel"),
    path("cases/<str:reference>/panel/actions/<int:pk>/", case.panel_action, name="panel_action"),
]
