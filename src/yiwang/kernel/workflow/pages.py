from django.http import HttpRequest, HttpResponse
from django.urls import path


def inbox(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [path("", inbox, name="inbox"), path("<case_id>/", inbox, name="case")]
app_name = "workflow"
