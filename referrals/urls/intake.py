from django.urls import path

from referrals.views import intake

urlpatterns = [
    path("", intake.start, name="refer"),
    path("begin/", intake.begin, name="refer_begin"),
    path("tasks/", intake.tasks, name="refer_tasks"),
    path("check/", intake.check, name="refer_check"),
    path("sent/", intake.sent, name="refer_sent"),
    path("delete/", intake.delete, name="refer_delete"),
    path("<slug:slug>/", intake.page, name="refer_page"),
]
