"""The door to notices: telling people, and how they want to hear of it. 通知服务。"""

from .hooks.entering import (
    Wanted,
    add_webhook,
    change_webhook,
    draw_anew,
    get_webhook,
    remove_webhook,
    switch_webhook,
    test_webhook,
)
from .hooks.reading import count_troubled, list_sent, list_webhooks, state_of
from .hooks.telling import list_ears, tell_outside
from .mailing import count_failed_mails, list_failed_mails, send_test_mail
from .outbox import send_lines, start_digests
from .smtp import MailServer, get_mail_server
from .telling import (
    count_unread,
    forget_old_notices,
    list_notices,
    notify,
    read_all,
    read_notice,
)
from .wishes import (
    ask_address,
    confirm_address,
    drop_address,
    get_wishes,
    read_stop,
    resume_mails,
    save_wishes,
    stop_mails,
)

__all__ = [
    "MailServer",
    "Wanted",
    "add_webhook",
    "ask_address",
    "change_webhook",
    "confirm_address",
    "count_failed_mails",
    "count_troubled",
    "count_unread",
    "draw_anew",
    "drop_address",
    "forget_old_notices",
    "get_mail_server",
    "get_webhook",
    "get_wishes",
    "list_ears",
    "list_failed_mails",
    "list_notices",
    "list_sent",
    "list_webhooks",
    "notify",
    "read_all",
    "read_notice",
    "read_stop",
    "remove_webhook",
    "resume_mails",
    "save_wishes",
    "send_lines",
    "send_test_mail",
    "start_digests",
    "state_of",
    "stop_mails",
    "switch_webhook",
    "tell_outside",
    "test_webhook",
]
