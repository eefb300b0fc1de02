from django.urls import path

from channel.transfers import views

CASE = "cases/<str:reference>/transfer/"

urlpatterns = [
    path(CASE, views.case_transfer, name="case_transfer"),
    path(CASE + "agree/", views.case_transfer_agree, name="case_transfer_agree"),
    path(CASE + "withdraw/", views.case_transfer_withdraw, name="case_transfer_withdraw"),
    path("transfers/<int:pk>/", views.transfer, name="transfer"),
    path("transfers/<int:pk>/check/", views.transfer_check, name="transfer_check"),
]
