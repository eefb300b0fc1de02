from django.urls import path

from accounts.pathway import views

urlpatterns = [
    path("", views.pathway_list, name="pathway_list"),
    path("<slug:slug>/", views.pathway, name="pathway"),
    path("<slug:slug>/changes/", views.pathway_history, name="pathway_history"),
    path("<slug:slug>/<slug:name>/", views.pathway_value, name="pathway_value"),
]
