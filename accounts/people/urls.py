from django.urls import path

from accounts.people import views

urlpatterns = [
    path("", views.people_list, name="people"),
    path("invite/", views.person_invite, name="person_invite"),
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/name/", views.person_name, name="person_name"),
    path("<int:pk>/roles/add/", views.role_add, name="role_add"),
    path("<int:pk>/roles/<int:role>/end/", views.role_end, name="role_end"),
    path("<int:pk>/<slug:act>/", views.person_act, name="person_act"),
]
