"""Pages of records. 业务对象页面。"""

from django.urls import path

from .boards import move_card
from .counted import show_counted
from .dashboards import fetch_report, show_dashboard
from .detail import fetch_file, reveal, show_record
from .forms import offer, suggest_people
from .forms_drafts import drop_draft, show_drafts
from .forms_edit import fill_edit
from .forms_new import fill_new
from .forms_steps import check_answers, fill_step
from .front import show_front
from .handing import export
from .history import remove, show_history
from .importing import fetch_template, import_records
from .lists import show_entity

RECORD = "<str:code>/<str:record_id>/"

urlpatterns = [
    path("", show_front, name="front"),
    path("drafts/", show_drafts, name="drafts"),
    path("drafts/<str:draft>/drop/", drop_draft, name="drop_draft"),
    path("dashboards/<str:dashboard>/", show_dashboard, name="dashboard"),
    path("dashboards/<str:dashboard>/<int:at>/<str:told>/", show_counted, name="counted"),
    path("dashboards/<str:dashboard>/file/<slug:ending>/", fetch_report, name="report"),
    path("people/<slug:field>/", suggest_people, name="people"),
    path("<str:code>/", show_entity, name="entity"),
    path("<str:code>/new/", fill_new, name="new"),
    path("<str:code>/new/<str:draft>/check/", check_answers, name="check"),
    path("<str:code>/new/<str:draft>/<int:number>/", fill_step, name="step"),
    path("<str:code>/offers/<str:place>/", offer, name="offers"),
    path("<str:code>/export/", export, name="export"),
    path("<str:code>/import/", import_records, name="import"),
    path("<str:code>/import/template/", fetch_template, name="template"),
    path(f"{RECORD}", show_record, name="record"),
    path(f"{RECORD}edit/", fill_edit, name="edit"),
    path(f"{RECORD}history/", show_history, name="history"),
    path(f"{RECORD}remove/", remove, name="remove"),
    path(f"{RECORD}move/", move_card, name="move"),
    path(f"{RECORD}reveal/<slug:key>/", reveal, name="reveal"),
    path(f"{RECORD}files/<slug:key>/<str:file_id>/", fetch_file, name="file"),
]
