from django.urls import URLPattern, path

from accounts import views

urlpatterns: list[URLPattern] = [path("access/", views.your_access, name="your_access")]
