from django.urls import path

from accounts.agreements import views

urlpatterns = [
    path("", views.agreement_list, name="agreement_list"),
    path("new/<slug:slug>/", views.agreement_new, name="agreement_new"),
    path("<int:pk>/", views.agreement, name="agreement"),
    path("<int:pk>/change/", views.agreement_change, name="agreement_change"),
    path("<int:pk>/renew/", views.agreement_renew, name="agreement_renew"),
    path("<int:pk>/end/", views.agreement_end, name="agreement_end"),
]
