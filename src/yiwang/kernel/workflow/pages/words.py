"""Cases in words: labels in the reader's language, lights, who is asked, how long. 用语。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext

from yiwang.kernel.base.errors import YiwangError, fill
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity.types import ROLES
from yiwang.kernel.ui.failures import explain
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.ui.lists import Light
from yiwang.kernel.ui.lists.cells import show
from yiwang.kernel.workflow.services import Away, CaseView
from yiwang.kernel.workflow.services.borrowing import find_source
from yiwang.kernel.workflow.services.reading import Due
from yiwang.kernel.workflow.types import NEVER, CaseType, Field, Holder, Node

LIGHTS = {
    "running": Light(msg("In hand"), "blue"),
    "suspended": Light(msg("Suspended"), "yellow"),
    "supplementing": Light(msg("Waits for more from the applicant"), "yellow"),
    "closed": Light(msg("Case closed"), "green"),
    "terminated": Light(msg("Terminated")),
}
TASK_LIGHTS = {
    "open": Light(msg("Asked"), "blue"),
    "waiting": Light(msg("Waits for others"), "yellow"),
    "done": Light(msg("Done"), "green"),
    "cancelled": Light(msg("Not asked any more")),
}
TASK_KINDS = {
    "main": msg("Decides"),
    "added": msg("Signs too"),
    "before": msg("Is asked first"),
    "delegated": msg("Prepares it"),
    "supplement": msg("Supplies what is missing"),
    "delay": msg("Agrees to more time"),
    "cancel": msg("Agrees to let off"),
}
LIMITS = {
    "legal": msg("By law"),
    "promised": msg("As promised"),
    "node": msg("This step"),
    "feedback": msg("Next report"),
}
DUE = {
    "red": (msg("Overdue since %(due)s"), "red"),
    "yellow": (msg("Due soon: %(due)s"), "yellow"),
    "green": (msg("Due %(due)s"), "green"),
    "paused": (msg("Stands still; was due %(due)s"), ""),
    "done": (msg("Ended; was due %(due)s"), ""),
}
ACTIONS = {"reply": msg("Replied"), "return": msg("Sent back")}


def light_of_due(due: Due | None) -> Light | None:
    """How a limit stands, as a sentence and a colour. 时限灯。"""
    if due is None:
        return None
    text, color = DUE[due.light]
    return Light(gettext(text) % {"due": show(due.clock.due_at)}, color)  # type: ignore[arg-type]


def light_of_moments(
    status: str, due_at: datetime, yellow_at: datetime, at: datetime
) -> Light | None:
    """How the next limit of a case stands, by its moments alone. 时限灯。"""
    if due_at == NEVER:
        return LIGHTS[status] if status in ("suspended", "supplementing") else None
    text, color = DUE["red" if due_at <= at else "yellow" if yellow_at <= at else "green"]
    return Light(gettext(text) % {"due": show(due_at)}, color)  # type: ignore[arg-type]


def label_action(node: Node | None, action: str) -> str:
    """What a decision is called. 动作名称。"""
    known = {**node.hears, **node.actions} if node else {}
    if action in known:
        return in_language(known[action].label)
    return gettext(ACTIONS[action]) if action in ACTIONS else action


def label_outcome(case_type: CaseType, outcome: str) -> str:
    """How a case ended: the title of the step that ends so. 结果名称。"""
    for node in case_type.nodes.values():
        if node.ends == outcome:
            return in_language(node.title)
    return outcome


def name_holder(holder: Holder, view: CaseView) -> str:
    """Whoever is asked: a person, or anybody with a role in an organization. 办理人名称。"""
    if holder.account:
        name = view.names.get(holder.account, holder.account)
        if not holder.on_behalf_of:
            return name
        other = view.names.get(holder.on_behalf_of, holder.on_behalf_of)
        return gettext("%(name)s, standing in for %(other)s") % {"name": name, "other": other}
    role = gettext(ROLES[holder.role].label) if holder.role in ROLES else holder.role
    place = view.places.get(holder.organization, holder.organization)
    return f"{place} · {role}" if place else role


def say_duration(span: timedelta) -> str:
    """How long something took, in the two largest units. 用时。"""
    minutes = int(span.total_seconds()) // 60
    days, hours = divmod(minutes // 60, 24)
    if days:
        return gettext("%(days)s d %(hours)s h") % {"days": days, "hours": hours}
    if hours:
        return gettext("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes % 60}
    if minutes:
        return gettext("%(minutes)s min") % {"minutes": minutes}
    return gettext("less than a minute")


def say_hours(span: timedelta) -> str:
    """How long something took of office hours: days of those would mean something else. 工作时长。"""
    minutes = int(span.total_seconds()) // 60
    if minutes < 60:
        return gettext("%(minutes)s min") % {"minutes": minutes}
    told = {"hours": minutes // 60, "minutes": minutes % 60}
    return gettext("%(hours)s h %(minutes)s min") % told


def say_away(away: Away) -> str:
    """That somebody is away, until when, and who stands in. 不在岗提示。"""
    told = {"day": show(away.back_on), "agent": away.agent}
    return gettext("away, back on %(day)s; %(agent)s stands in") % told


def show_value(field: Field, value: Any, view: CaseView) -> str:
    """What was filled into a field, names for codes; a mask stays as it is. 显示填报值。"""
    if value in (None, "", []):
        return ""
    named = {"person": view.names, "people": view.names} | dict.fromkeys(
        ("organization", "organizations"), view.places
    )
    if field.kind == "files":
        return gettext(", ").join(str(one["name"]) for one in value)
    if field.kind in named:
        return _join(named[field.kind], value)
    if field.kind in ("choice", "same"):
        return _show_chosen(field, value, view)
    return show(value)


def _show_chosen(field: Field, value: str, view: CaseView) -> str:
    source = find_source(field.same_as) if field.same_as else None
    labels = dict(source.choices if source else field.choices)
    return in_language(labels[value]) if value in labels else view.names.get(value, value)


def _join(names: Mapping[str, str], value: Any) -> str:
    codes = value if isinstance(value, list) else [value]
    return gettext(", ").join(names.get(code, code) for code in codes)


def label_done(name: str) -> str:
    """That somebody was faster. 已由他人办理。"""
    return gettext("%(name)s has done this already") % {"name": name}


def place_failure(form: forms.Form, error: YiwangError, text: str, names: Iterable[str]) -> None:
    """Put a refusal at the first of some fields that the form has, else above it. 错误定位。

    Beside a field its label stands already: what a record refused does not name it again.
    """
    field = next((name for name in names if name in form.fields), None)
    form.add_error(field, _of_record(error) if field and "facts" in error.extra else text)


def _of_record(error: YiwangError) -> str:
    return fill(gettext(error.extra["said"]), error.extra["facts"])


def explain_failure(
    error: YiwangError, case_type: CaseType | None = None, view: CaseView | None = None
) -> str:
    """A refusal in words: the field by its label, who was faster by name. 错误说明。"""
    extra = dict(error.extra)
    if case_type and extra.get("key") in case_type.fields:
        extra["field"] = in_language(case_type.fields[extra["key"]].label)
    if "facts" in extra:
        extra["problem"] = _of_record(error)
    if view and extra.get("by"):
        # The case may have moved on since: what was decided is called so at the step where it was.
        action = extra.get("action", "")
        nodes = (one for one in view.type.nodes.values() if action in one.actions)
        told = {
            "name": view.names.get(extra["by"], extra["by"]),
            "action": label_action(next(nodes, None), action),
        }
        return gettext("%(name)s has done this already: %(action)s") % told
    return explain(type(error)(error.code, error.message, **extra))
