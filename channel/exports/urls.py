from django.urls import path

from channel.exports import views

urlpatterns = [
    path("exports/", views.export_list, name="export_list"),
    path("exports/<int:pk>/", views.export, name="export"),
    path("exports/<int:pk>/file", views.export_file, name="export_file"),
]
