"""Pages of cases: boxes, starting, a case, standing in, case types. 流程页面。"""

from django.urls import path

from .absences import end_absence, show_absences
from .answers import list_targets, remind, show_answers, show_rows, show_sent
from .bulk import choose, do_together, show_result
from .calendar import download_feed, make_feed, revoke_feed, show_calendar
from .case import act, show_case, watch
from .counted import show_counted
from .files import fetch_file
from .inbox import show_copied, show_done, show_started, show_todo, show_watched
from .opinions import show_phrases
from .publishing import show_type, show_types
from .starting import fill_start, show_start, suggest
from .trace import export_trace
from .unmasking import unmask

urlpatterns = [
    path("", show_todo, name="inbox"),
    path("done/", show_done, name="done"),
    path("started/", show_started, name="started"),
    path("copied/", show_copied, name="copied"),
    path("watched/", show_watched, name="watched"),
    path("start/", show_start, name="start"),
    path("start/<str:code>/", fill_start, name="start_form"),
    path("people/<slug:field>/", suggest, name="people"),
    path("away/", show_absences, name="away"),
    path("away/<str:absence_id>/end/", end_absence, name="end_absence"),
    path("phrases/", show_phrases, name="phrases"),
    path("chosen/", choose, name="choose"),
    path("chosen/<slug:verb>/", do_together, name="together"),
    path("bulk/<str:run_id>/", show_result, name="bulk"),
    path("sent/", show_sent, name="sent"),
    path("sent/<str:push_id>/", show_answers, name="answers"),
    path("sent/<str:push_id>/rows/", show_rows, name="answers_rows"),
    path("sent/<str:push_id>/list/", list_targets, name="answers_list"),
    path("sent/<str:push_id>/remind/", remind, name="answers_remind"),
    path("calendar/", show_calendar, name="calendar"),
    path("calendar/make/", make_feed, name="make_feed"),
    path("calendar/revoke/", revoke_feed, name="revoke_feed"),
    path("calendar/<str:secret>.ics", download_feed, name="feed"),
    path("counted/<str:dashboard>/<int:at>/<str:told>/", show_counted, name="counted"),
    path("types/", show_types, name="types"),
    path("types/<str:type_id>/", show_type, name="type"),
    path("<str:case_id>/", show_case, name="case"),
    path("<str:case_id>/trace.csv", export_trace, name="trace"),
    path("<str:case_id>/files/<str:file_id>/", fetch_file, name="file"),
    path("<str:case_id>/unmask/", unmask, name="unmask"),
    path("<str:case_id>/watch/", watch, name="watch"),
    path("<str:case_id>/do/<slug:verb>/", act, name="act"),
]
