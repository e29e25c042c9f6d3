"""Files beside the fields: sent with an opinion or alone, and withdrawn. 附件。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from yiwang.kernel.base.errors import Conflict, InvalidInput, NotPermitted

from .draft import Draft, require_reason

AT_MOST = 200
"""Files beside the fields in one case: each is kept at hand with its state. 单件附件上限。"""


def attach(draft: Draft, files: Sequence[Mapping[str, Any]]) -> None:
    """Add files; the log keeps name, size and digest of each. 添加附件。"""
    draft.require_live()
    if len(draft.state.attached) + len(files) > AT_MOST:
        raise InvalidInput(
            "workflow.attachment.many", "A case has at most %(most)s attachments", most=AT_MOST
        )
    if files:
        draft.say("attached", files=[dict(one) for one in files], by=draft.person.account)


def detach(draft: Draft, file: str, *, reason: str, oversees: bool) -> None:
    """Withdraw a file that one sent, or that is overseen; it stays in the log, marked. 撤下附件。"""
    draft.require_live()
    by = draft.state.attached.get(file)
    if by is None:
        raise Conflict("workflow.attachment.gone", "This attachment was withdrawn already")
    if by != draft.person.account and not oversees:
        raise NotPermitted(
            "workflow.attachment.not_yours", "Only who sent an attachment can withdraw it"
        )
    draft.say("detached", file=file, reason=require_reason(reason))


def erase(draft: Draft, file: str, *, reason: str) -> None:
    """That the content of a file was destroyed; its name and digest stay in the log. 销毁附件内容。"""
    draft.say("erased", file=file, reason=require_reason(reason))
