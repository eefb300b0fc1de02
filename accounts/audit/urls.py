from django.urls import path

from accounts.audit import views

urlpatterns = [
    path("", views.audit, name="audit"),
    path("register/", views.audit_register, name="audit_register"),
    path("check/", views.audit_check, name="audit_check"),
    path("export/", views.audit_export, name="audit_export"),
]
