from django.urls import path

from channel.casework import views

urlpatterns = [
    path("work/", views.work, name="work"),
    path("work/handover/", views.hand_over_list, name="hand_over_list"),
    path("work/handover/<int:pk>/", views.hand_over, name="hand_over"),
    path("cases/<str:reference>/", views.case_overview, name="case_overview"),
    path("cases/<str:reference>/convening/", views.case_convene, name="case_convene"),
]
