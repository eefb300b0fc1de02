from django.apps import AppConfig


class VafConfig(AppConfig):
    name = "vaf"
    default_auto_field = "django.db.models.BigAutoField"
