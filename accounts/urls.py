from django.urls import URLPattern, path

from accounts import views

urlpatterns: list[URLPattern] = [
    path("access/", views.your_access, name="your_access"),
    # Stands before the sign-in package's page of the same name and address.
    path("email/", views.fixed_email, name="account_email"),
]
