"""What notify tells the house at start. 通知登记。"""

from django.urls import reverse

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.permissions import declare_permission
from yiwang.kernel.base.text import msg
from yiwang.kernel.base.todo import TODO_SOURCES, Todo
from yiwang.kernel.ui import frame
from yiwang.kernel.ui.menu import add_menu

from . import services
from .services.hooks.address import get_outside
from .types import MAIL, WEBHOOKS

frame.set_notices(services.count_unread, "notify:list")
frame.add_account_menu("notify:wishes", msg("My notices"))

# Settings that cannot be read stop the start instead of the first mail.
services.get_mail_server()
get_outside()

declare_permission(
    MAIL, msg("See whether mails go out, and send a test mail"), {"sysadmin": "all"},
    touches_business_data=False,
)  # fmt: skip
declare_permission(
    WEBHOOKS, msg("Enter addresses outside that hear of what happens here"), {"sysadmin": "all"},
    touches_business_data=False,
)  # fmt: skip
add_menu(
    "notify:mail", msg("Outgoing mail"), section=msg("Administration"), permission=MAIL, order=915,
    icon="settings",
)  # fmt: skip
add_menu(
    "notify:webhooks", msg("Messages to the outside"), section=msg("Administration"),
    permission=WEBHOOKS, order=916, icon="upload",
)  # fmt: skip


def find_troubled(actor: Actor) -> list[Todo]:
    """Addresses outside that do not take what is sent. 异常外发地址。"""
    if not actor.may(WEBHOOKS):
        return []
    text = msg("%(count)s addresses outside do not take what is sent")
    return [Todo(text, services.count_troubled(), reverse("notify:webhooks"), "yellow")]


TODO_SOURCES.register("notify.webhooks", find_troubled)
