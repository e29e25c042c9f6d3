"""The log of a case, told in sentences. 流程轨迹。

The events of one act are one moment: who acted, when, and what came of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.text import msg
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.ui.lists.cells import show
from yiwang.kernel.workflow.models import CaseEntry
from yiwang.kernel.workflow.services import CaseView, list_attachments
from yiwang.kernel.workflow.types import Holder, Node

from .files import describe
from .story_requests import say_answered, say_asked
from .words import LIMITS, label_action, label_outcome, name_holder, say_duration


@dataclass(slots=True)
class Line:
    """One sentence; `note` is what somebody wrote, `took` how long a task took. 一句话。"""

    text: str
    note: str = ""
    took: str = ""
    quiet: bool = False


@dataclass(slots=True)
class Moment:
    """What one act did. 一次办理。"""

    at: datetime
    who: str
    lines: list[Line] = field(default_factory=list)


ASKED = {
    "main": msg("%(holder)s is asked to act"),
    "added": msg("%(holder)s is asked to sign too"),
    "before": msg("%(holder)s is asked first"),
    "delegated": msg("%(holder)s is asked to prepare it"),
    "supplement": msg("%(holder)s is asked to supply what is missing"),
}
CANCELLED = {
    "removed": msg("%(holder)s was removed from those who sign"),
    "withdrawn": msg("%(holder)s is asked no more: it was taken back"),
    "terminated": msg("%(holder)s is asked no more: the case was terminated"),
    "migrated": msg("%(holder)s is asked no more: the case goes on under another version"),
}
NO_MORE = msg("%(holder)s need not act any more")


class Teller:
    """Tells the entries of a case one after another, and remembers whom each task was of. 讲述者。"""

    def __init__(self, view: CaseView) -> None:
        self.view = view
        self.node: Node | None = None
        self.opened: dict[str, datetime] = {}
        self.holders: dict[str, Holder] = {}
        self.took = ""
        self.why = ""
        self.numbers = {child.id: child.number for child in view.children}
        self.files = {one.file["id"]: one.file["name"] for one in list_attachments(view.entries)}

    def tell(self, entry: CaseEntry) -> Line:
        """The sentence of one entry. 一条日志。"""
        line = TELLERS[entry.kind](self, entry)
        line.note = line.note or _written(entry.body)
        return line

    def name(self, account: str) -> str:
        """Who that is. 姓名。"""
        if account == SYSTEM.id:
            return gettext("The system")
        return self.view.names.get(account, account)

    def step(self, key: str) -> str:
        """What a step is called. 环节名称。"""
        node = self.view.type.nodes.get(key)
        return in_language(node.title) if node else key

    def holder(self, task: str) -> str:
        """Whoever was asked by a task. 任务办理人。"""
        return name_holder(self.holders[task], self.view) if task in self.holders else ""


def tell_story(view: CaseView) -> list[Moment]:
    """All moments of a case, the newest first. 全部轨迹。"""
    teller = Teller(view)
    moments: dict[str, Moment] = {}
    for entry in view.entries:
        moment = moments.setdefault(entry.act_id, Moment(entry.at, teller.name(entry.actor)))
        line = teller.tell(entry)
        moment.lines += [line] if line.text else []
    return [one for one in reversed(moments.values()) if one.lines]


def _written(body: Mapping[str, Any]) -> str:
    return next((str(body[key]) for key in ("opinion", "reason", "note") if body.get(key)), "")


def _say(text: str) -> Callable[[Teller, CaseEntry], Line]:
    return lambda _teller, _entry: Line(gettext(text) if text else "")


def _opened(_teller: Teller, entry: CaseEntry) -> Line:
    return Line(gettext("Started as %(number)s") % {"number": entry.body.get("number", "")})


def _filled(teller: Teller, entry: CaseEntry) -> Line:
    fields = teller.view.type.fields
    labels = [in_language(fields[key].label) for key in entry.body["data"] if key in fields]
    told = {"fields": gettext(", ").join(labels)}
    return Line(gettext("Filled in: %(fields)s") % told if labels else "")


def _entered(teller: Teller, entry: CaseEntry) -> Line:
    node = teller.node = teller.view.type.nodes.get(entry.body["node"])
    told = {"step": teller.step(entry.body["node"])}
    # Where a way is only chosen nobody does anything.
    passing = node is not None and node.passes
    return Line(gettext("The case came to the step “%(step)s”") % told, quiet=passing)


def _task_opened(teller: Teller, entry: CaseEntry) -> Line:
    body = entry.body
    teller.opened[body["task"]] = entry.at
    teller.holders[body["task"]] = Holder(**body["holder"])
    text = ASKED.get(body.get("kind", "main"), ASKED["main"])
    why, teller.why = teller.why, ""
    return Line(gettext(text) % {"holder": teller.holder(body["task"])}, note=why, quiet=not why)


def _task_done(teller: Teller, entry: CaseEntry) -> Line:
    body = entry.body
    told = {"action": label_action(teller.node, body["action"])}
    text = gettext("Decided: %(action)s")
    if body["action"] == "reply":
        text = "%(action)s"
    if body.get("skipped"):
        text = gettext("Counts as decided, for the same person decided the step before: %(action)s")
    elif body.get("on_behalf_of"):
        told["other"] = teller.name(body["on_behalf_of"])
        text = gettext("Decided on behalf of %(other)s: %(action)s")
    opened = teller.opened.get(body["task"])
    took = say_duration(entry.at - opened) if opened and not body.get("skipped") else ""
    if body["action"] == "return":
        teller.took = took  # told with where it goes back to
        return Line("")
    return Line(text % told, took=took)


def _task_cancelled(teller: Teller, entry: CaseEntry) -> Line:
    text = CANCELLED.get(entry.body.get("why", ""), NO_MORE)
    told = {"holder": teller.holder(entry.body["task"])}
    return Line(gettext(text) % told, quiet=entry.body.get("why") != "removed")


def _task_waits(teller: Teller, entry: CaseEntry) -> Line:
    """Why others are asked first is told with whom."""
    teller.why = _written(entry.body)
    return Line("")


def _task_reopened(teller: Teller, entry: CaseEntry) -> Line:
    told = {"holder": teller.holder(entry.body["task"])}
    return Line(gettext("It is with %(holder)s again") % told, quiet=True)


def _task_moved(teller: Teller, entry: CaseEntry) -> Line:
    holder = Holder(**entry.body["holder"])
    teller.holders[entry.body["task"]] = holder
    told = {
        "holder": name_holder(holder, teller.view),
        "was": name_holder(Holder(**entry.body["was"]), teller.view),
    }
    if entry.body.get("why") == "absence":
        return Line(gettext("While %(was)s is away: %(holder)s") % told)
    return Line(gettext("Handed on from %(was)s to %(holder)s") % told)


def _copied(teller: Teller, entry: CaseEntry) -> Line:
    names = [teller.name(one) for one in entry.body["people"]]
    return Line(gettext("Copied to %(names)s") % {"names": gettext(", ").join(names)})


def _returned(teller: Teller, entry: CaseEntry) -> Line:
    told = {"step": teller.step(entry.body["to"])}
    text = gettext("Sent back to the step “%(step)s”")
    if entry.body.get("straight"):
        text = gettext("Sent back to the step “%(step)s”, and from there directly here again")
    return Line(text % told, took=teller.took)


def _heard(teller: Teller, entry: CaseEntry) -> Line:
    if entry.body.get("by"):
        return Line("")  # told with the task
    return Line(label_action(teller.node, entry.body["word"]))


def _withdrawn(_teller: Teller, _entry: CaseEntry) -> Line:
    return Line(gettext("Took the decision back"))


def _supplement_asked(teller: Teller, entry: CaseEntry) -> Line:
    fields = teller.view.type.fields
    labels = [in_language(fields[key].label) for key in entry.body["fields"] if key in fields]
    told = {"fields": gettext(", ").join(labels)}
    return Line(gettext("Asked the applicant for more: %(fields)s") % told)


def _supplemented(_teller: Teller, entry: CaseEntry) -> Line:
    if entry.body.get("cancelled"):
        return Line(gettext("What was asked for is needed no more"))
    return Line(gettext("What was asked for has come in"))


def _closed(teller: Teller, entry: CaseEntry) -> Line:
    told = {"outcome": label_outcome(teller.view.type, entry.body["outcome"])}
    return Line(gettext("The case is closed: %(outcome)s") % told)


def _child_opened(teller: Teller, entry: CaseEntry) -> Line:
    member = str(entry.body.get("member", ""))
    told = {
        "number": teller.numbers.get(entry.body["child"], ""),
        "member": teller.view.places.get(member, member),
    }
    return Line(gettext("Opened the case %(number)s for %(member)s") % told)


def _child_ended(teller: Teller, entry: CaseEntry) -> Line:
    told = {"number": teller.numbers.get(entry.body["child"], "")}
    if entry.body.get("status") == "terminated":
        return Line(gettext("The case %(number)s was terminated") % told)
    return Line(gettext("The case %(number)s is closed") % told)


MOVED = {
    "calendar": msg("The working calendar was announced anew: due %(due)s instead of %(was)s"),
    "delay": msg("More time was granted: due %(due)s instead of %(was)s"),
}


def _clock_set(_teller: Teller, entry: CaseEntry) -> Line:
    """Only a deadline that a notice or a request has moved is worth telling."""
    if entry.body.get("why") not in MOVED:
        return Line("")
    told = {
        "was": show(datetime.fromisoformat(entry.body["was"])),
        "due": show(datetime.fromisoformat(entry.body["value"]["due_at"])),
    }
    return Line(gettext(MOVED[entry.body["why"]]) % told)


def _reported(_teller: Teller, entry: CaseEntry) -> Line:
    return Line(gettext("Reported progress"), note=str(entry.body.get("note", "")))


def _requested(_teller: Teller, entry: CaseEntry) -> Line:
    return Line(say_asked(entry.body), note=str(entry.body["reason"]))


def _answered(_teller: Teller, entry: CaseEntry) -> Line:
    return Line(say_answered(entry.body))


def _chased(teller: Teller, entry: CaseEntry) -> Line:
    names = [teller.name(one) for one in entry.body["people"]]
    if not names:
        return Line(gettext("Urged those who are asked, for it is overdue"))
    told = {"names": gettext(", ").join(names)}
    return Line(gettext("Still overdue: those who are asked were urged, and %(names)s told") % told)


def _lit(_teller: Teller, entry: CaseEntry) -> Line:
    told = {
        "limit": gettext(LIMITS.get(entry.body["clock"], "")),
        "due": show(datetime.fromisoformat(entry.body["due"])),
    }
    if entry.body["light"] == "red":
        return Line(gettext("Overdue (%(limit)s, %(due)s): those above were told") % told)
    return Line(gettext("Due soon (%(limit)s, %(due)s): those asked were told") % told)


def _migrated(_teller: Teller, entry: CaseEntry) -> Line:
    told = {"was": entry.body.get("was", ""), "version": entry.body["version"]}
    return Line(gettext("Goes on under version %(version)s instead of %(was)s") % told)


def _attached(_teller: Teller, entry: CaseEntry) -> Line:
    names = [f"{one['name']} ({describe(one)})" for one in entry.body["files"]]
    if not names:
        return Line("")  # not for this reader
    return Line(gettext("Attached: %(files)s") % {"files": gettext(", ").join(names)})


def _detached(teller: Teller, entry: CaseEntry) -> Line:
    told = {"file": teller.files.get(entry.body["file"], "")}
    if not told["file"]:
        return Line("")
    if entry.kind == "erased":
        return Line(gettext("Destroyed the content of the file %(file)s") % told)
    return Line(gettext("Withdrew the attachment %(file)s") % told)


TELLERS: Mapping[str, Callable[[Teller, CaseEntry], Line]] = {
    "opened": _opened,
    "filled": _filled,
    "entered": _entered,
    "task_opened": _task_opened,
    "task_done": _task_done,
    "task_cancelled": _task_cancelled,
    "task_waits": _task_waits,
    "task_reopened": _task_reopened,
    "task_moved": _task_moved,
    "urged": _say(msg("Urged those who are asked")),
    "copied": _copied,
    "heard": _heard,
    "returned": _returned,
    "withdrawn": _withdrawn,
    "clock_set": _clock_set,
    "clock_dropped": _say(""),
    "lit": _lit,
    "reported": _reported,
    "requested": _requested,
    "answered": _answered,
    "chased": _chased,
    "suspended": _say(msg("Suspended the case")),
    "resumed": _say(msg("Resumed the case")),
    "supplement_asked": _supplement_asked,
    "supplemented": _supplemented,
    "closed": _closed,
    "terminated": _say(msg("Terminated the case")),
    "child_opened": _child_opened,
    "child_ended": _child_ended,
    "child_progress": _say(""),
    "joined": _say(""),
    "migrated": _migrated,
    "attached": _attached,
    "detached": _detached,
    "erased": _detached,
}
