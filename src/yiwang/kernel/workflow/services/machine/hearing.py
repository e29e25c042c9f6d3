"""What is decided or happens outside a case, said to it. 外部消息。"""

from __future__ import annotations

from typing import Any

from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.workflow.types import MAIN, TaskState

from .deciding import is_open
from .draft import Draft
from .moving import go, settle


def hear(draft: Draft, word: str, *, by: str = "", opinion: str = "") -> None:
    """Take the way that a word names: an action of the step, or news that it hears. 听到消息。

    `by` is who decided it elsewhere: their task is done with it, else one of those asked. Whether
    they may is asked where they decided.
    """
    draft.require_live()
    node = draft.node
    action = word in node.actions
    if not action and word not in node.hears:
        raise Conflict(
            "workflow.word.unknown",
            "The case stands at a step that knows no “%(word)s”; look at the case",
            word=word,
        )
    if by:
        draft.require_running()
        task = _find_task(draft)
        if task:
            said = {"opinion": opinion} if opinion else {}
            draft.cancel(draft.list_beneath(task), "decided")
            draft.say("task_done", task=task.id, action=word, by=by, **said)
    if action:
        settle(draft)
        return
    if draft.state.asked:
        draft.say("supplemented", cancelled=True)
    draft.say("heard", word=word, **({"by": by} if by else {}))
    came: dict[str, Any] = {"back": node.key, "by": by} if by else {}
    go(draft, node.hears[word].branches, jump_back="", **came)


def _find_task(draft: Draft) -> TaskState | None:
    """The task of who acts, else any that is asked."""
    tasks = [one for one in draft.state.tasks.values() if one.kind == MAIN and is_open(one)]
    own = [one for one in tasks if draft.person.is_asked(one.holder)]
    return next(iter([*own, *tasks]), None)
