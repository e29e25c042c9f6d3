"""Pages of notices: the list, how one wants to hear, outgoing mail. 通知页面。"""

from django.urls import path

from .hooks import do_hook, show_hook, show_hooks
from .mail import show_mail
from .notices import list_page, open_page, read_all_page
from .stopping import show_stop
from .wishes import confirm_address, drop_address, resume_mails, save_address, show_wishes

urlpatterns = [
    path("", list_page, name="list"),
    path("read-all/", read_all_page, name="read_all"),
    path("wishes/", show_wishes, name="wishes"),
    path("wishes/address/", save_address, name="save_address"),
    path("wishes/address/confirm/", confirm_address, name="confirm_address"),
    path("wishes/address/drop/", drop_address, name="drop_address"),
    path("wishes/resume/", resume_mails, name="resume_mails"),
    path("mail/", show_mail, name="mail"),
    path("webhooks/", show_hooks, name="webhooks"),
    path("webhooks/<str:hook_id>/", show_hook, name="webhook"),
    path("webhooks/<str:hook_id>/<slug:verb>/", do_hook, name="do_webhook"),
    path("stop/<str:token>/", show_stop, name="stop"),
    path("<str:notice_id>/", open_page, name="open"),
]
