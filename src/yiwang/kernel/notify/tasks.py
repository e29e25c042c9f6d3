"""What notify does on its own: housekeeping, and telling of resets. 通知后台任务。"""

from __future__ import annotations

from datetime import time, timedelta

from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.base.text import msg
from yiwang.kernel.events.services import subscribe
from yiwang.kernel.events.types import Event
from yiwang.kernel.identity.services import get_accounts, list_account_ids
from yiwang.kernel.jobs.services import JobContext, schedule, task
from yiwang.kernel.jobs.types import GivenUp
from yiwang.kernel.ledger.services import acting

from . import services
from .services import mailing, outbox, wishes
from .services.hooks import sending, telling
from .types import SECURITY


@task("notify.clean", label=msg("Forget old notices"), quick=True)
def clean(context: JobContext) -> dict[str, int]:  # noqa: ARG001 - tasks' shape
    """Forget notices read half a year ago, and what was mailed three months ago. 清理旧通知。"""
    lines = outbox.forget_old_lines() + sending.forget_old_messages()
    return {"notices": services.forget_old_notices(), "mails": lines}


def mail_given_up(given: GivenUp) -> None:
    """Show that a mail will not be sent. 邮件放弃。"""
    outbox.give_up_lines(given.job_id, str(given.args["account_id"]), given.error.code)


@task(
    outbox.SEND, label=msg("Send a mail"), max_attempts=12, outside=True, internal=True,
    time_limit=timedelta(minutes=2), given_up=mail_given_up,
)  # fmt: skip
def send_mail(context: JobContext, *, account_id: str, daily: bool) -> dict[str, int]:
    """Send what waits for a person as one mail; tried again for about an hour. 发送邮件。"""
    return {"notices": outbox.send_lines(context.job_id, account_id, daily=daily)}


@task(
    wishes.SEND_CODE, label=msg("Send a code to an address"), max_attempts=4, outside=True,
    internal=True, time_limit=timedelta(minutes=2),
)  # fmt: skip
def send_code(context: JobContext, *, account_id: str) -> None:
    """Send a code to the address that waits for it; each try has a new one. 发送验证码。"""
    mailing.send_code(account_id, context.job_id)


def message_given_up(given: GivenUp) -> None:
    """Show that a message will not be sent. 外发放弃。"""
    sending.give_up_message(str(given.args["message_id"]), given.error.code)


@task(
    telling.SEND, label=msg("Send a message to an address outside"), max_attempts=40,
    lease_seconds=30, outside=True, internal=True, time_limit=timedelta(minutes=1),
    given_up=message_given_up,
)  # fmt: skip
def send_message(context: JobContext, *, message_id: str) -> dict[str, bool]:  # noqa: ARG001 - tasks' shape
    """Hand a message over; tried again for about six hours. 外发消息。"""
    return {"sent": sending.send_message(message_id)}


@task("notify.digests", label=msg("Send the notices of the day"), quick=True, internal=True)
def digests(context: JobContext) -> dict[str, int]:  # noqa: ARG001 - tasks' shape
    """A mail with the notices of the last day for everybody who wants it so. 每日汇总。"""
    return {"accounts": outbox.start_digests()}


@subscribe("identity.password.reset", name="notify.password_reset")
def tell_of_reset(event: Event) -> None:
    """Tell the owner and the auditors: whoever resets a password could sign in with it. 重置告知。"""
    account_id = str(event.payload["account"])
    found = get_accounts([account_id]).get(account_id)
    if found is None:
        return
    on = Ref("identity.account", account_id)
    with acting(SYSTEM, "notify.password_reset", on=on) as act:
        services.notify(
            act,
            [account_id],
            msg("A security administrator reset your password. If you did not ask for it, "
                "tell the auditor."),
            kind=SECURITY,
        )  # fmt: skip
        services.notify(
            act,
            set(list_account_ids(role="auditor")) - {account_id},
            msg("The password of %(account)s was reset"),
            f"/workbench/accounts/of/{account_id}/",
            kind=SECURITY,
            account=found.name,
        )


schedule("notify.clean", daily_at=time(3, 25))
schedule("notify.digests", daily_at=time(8, 0))
