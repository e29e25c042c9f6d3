"""Pages of cases: boxes, starting, a case, standing in, case types. 流程页面。"""

from django.urls import path

from .absences import end_absence, show_absences
from .case import act, show_case
from .inbox import show_done, show_started, show_todo
from .publishing import show_type, show_types
from .starting import fill_start, show_start, suggest

urlpatterns = [
    path("", show_todo, name="inbox"),
    path("done/", show_done, name="done"),
    path("started/", show_started, name="started"),
    path("start/", show_start, name="start"),
    path("start/<str:code>/", fill_start, name="start_form"),
    path("people/<slug:field>/", suggest, name="people"),
    path("away/", show_absences, name="away"),
    path("away/<str:absence_id>/end/", end_absence, name="end_absence"),
    path("types/", show_types, name="types"),
    path("types/<str:type_id>/", show_type, name="type"),
    path("<str:case_id>/", show_case, name="case"),
    path("<str:case_id>/do/<slug:verb>/", act, name="act"),
]
