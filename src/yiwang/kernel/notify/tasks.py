"""What notify does on its own: housekeeping, and telling of resets. 通知后台任务。"""

from __future__ import annotations

from datetime import time

from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.base.text import msg
from yiwang.kernel.events.services import subscribe
from yiwang.kernel.events.types import Event
from yiwang.kernel.identity.services import get_accounts, list_account_ids
from yiwang.kernel.jobs.services import JobContext, schedule, task
from yiwang.kernel.ledger.services import acting

from . import services


@task("notify.clean", label=msg("Forget old notices"), quick=True)
def clean(context: JobContext) -> dict[str, int]:  # noqa: ARG001 - tasks' shape
    """Forget notices read half a year ago. 清理旧通知。"""
    return {"notices": services.forget_old_notices()}


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
        )  # fmt: skip
        services.notify(
            act,
            set(list_account_ids(role="auditor")) - {account_id},
            msg("The password of %(account)s was reset"),
            f"/workbench/accounts/of/{account_id}/",
            account=found.name,
        )


schedule("notify.clean", daily_at=time(3, 25))
