from django.urls import include, path

urlpatterns = [
    path("", include("channel.casework.urls")),
    path("", include("channel.meetings.urls")),
    path("", include("channel.exports.urls")),
    path("", include("channel.support.urls")),
    path("", include("channel.transfers.urls")),
]
