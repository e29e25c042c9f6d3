"""Template parts known to every template. 模板标签。

Each is a partial of `templates/ui/parts/`; the reference page docs/reference/ui.md shows them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import fill
from yiwang.kernel.base.text import msg
from yiwang.kernel.base.todo import Todo
from yiwang.kernel.ui.charts import Bar, scale_bars
from yiwang.kernel.ui.diagrams import Diagram
from yiwang.kernel.ui.difference import Piece, compare_texts
from yiwang.kernel.ui.lists.cells import show

register = template.Library()
URGENCY = {"red": msg("Overdue"), "yellow": msg("Soon due"), "green": msg("To do")}
WEIGHT = {"red": msg("Urgent"), "yellow": msg("To do"), "green": msg("When you can")}


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """A symbol of icons.svg, for the eye only: words stand beside it. 图标。"""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("ui/icons.svg"),
        name,
    )


@register.simple_tag
def light(text: str, color: str = "") -> SafeString:
    """A state as word and colour: red, yellow, green, blue or none. 状态灯。"""
    return format_html('<span class="tag light {}">{}</span>', color, gettext(text) if text else "")


@register.simple_tag
def tag(text: str, color: str = "") -> SafeString:
    """A short word in a frame. 标签。"""
    return format_html('<span class="tag {}">{}</span>', color, gettext(text) if text else "")


@register.simple_tag
def todo_text(todo: Todo) -> str:
    """The sentence of a to-do, its count filled in. 待办语句。"""
    return fill(gettext(todo.title), {"count": todo.count})


@register.simple_tag
def todo_light(todo: Todo) -> SafeString:
    """How urgent a to-do is, as word and colour: by its date, else by its weight. 待办灯。"""
    words = URGENCY if todo.due_date else WEIGHT
    return light(words[todo.light], todo.light)


@register.filter
def shown(value: Any) -> str:
    """A value as people read it: city time, grouped digits. 显示值。"""
    return show(value)


@register.filter
def may(actor: Actor, permission: str) -> bool:
    """Whether the reader holds a permission anywhere: hide what leads to a refusal. 有无权限。"""
    return actor.may(permission)


@register.inclusion_tag("ui/parts/tabs.html")
def tabs(items: Sequence[tuple[str, str]], current: str) -> dict[str, Any]:
    """Pages of one thing: address and label each; `current` is the address now. 标签页。"""
    return {"items": items, "current": current}


@register.inclusion_tag("ui/parts/steps.html")
def steps(labels: Sequence[str], current: int) -> dict[str, Any]:
    """Where one stands in a sequence; `current` counts from 1. 步骤条。"""
    return {"steps": list(enumerate(labels, start=1)), "current": current}


@register.inclusion_tag("ui/parts/crumbs.html")
def crumbs(*parts: str) -> dict[str, Any]:
    """The way here: address, label, address, label, … and the last label alone. 面包屑。"""
    links = list(zip(parts[0:-1:2], parts[1:-1:2], strict=True))
    return {"links": links, "here": parts[-1]}


@register.inclusion_tag("ui/parts/facts.html")
def facts(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Label and value, line by line. 键值表。"""
    return {"pairs": [(label, show(value)) for label, value in pairs]}


@register.inclusion_tag("ui/parts/progress.html")
def progress(done: int, total: int, message: str = "") -> dict[str, Any]:
    """How far work has come, as bar and as words. 进度条。"""
    return {"done": done, "total": total, "message": message}


@register.inclusion_tag("ui/parts/empty.html")
def empty(title: str, text: str = "", action: str = "", url: str = "") -> dict[str, Any]:
    """Nothing here, and what to do about it. 空状态。"""
    return {"title": title, "text": text, "action": action, "url": url}


@register.inclusion_tag("ui/parts/difference.html")
def difference(
    left: str, right: str, left_label: str = "", right_label: str = ""
) -> dict[str, Any]:
    """Two texts one above the other, differing characters marked. 字符差异。"""
    pieces: list[Piece] = compare_texts(left, right)
    return {"pieces": pieces, "left_label": left_label, "right_label": right_label}


@register.inclusion_tag("ui/parts/bars.html")
def bars(items: Iterable[Bar], label: str, value_label: str = "") -> dict[str, Any]:
    """A bar chart that is a table. 条形图。"""
    return {"bars": scale_bars(items), "label": label, "value_label": value_label}


@register.inclusion_tag("ui/parts/diagram.html")
def diagram(drawn: Diagram, label: str, *, described: bool = False) -> dict[str, Any]:
    """Steps and ways as a drawing; `described` says that the same stands below in words. 状态图。"""
    return {"drawn": drawn, "label": label, "described": described}


@register.inclusion_tag("ui/parts/preview.html")
def preview(
    columns: Sequence[Any],
    rows: Iterable[Sequence[Any]],
    first_row: int = 1,
    *,
    numbers: Sequence[int] = (),
    link: str = "",
    query: str = "",
    label: str = "",
) -> dict[str, Any]:
    """Rows of a table as they are, absent values named, masked ones marked. 数据预览。

    A column is a text, or anything with `name` and perhaps `note` and `masked`. Rows count from
    `first_row` unless `numbers` says theirs; with `link` each leads to `link` + number + `/` +
    `query`; `label` tells several tables of a page apart.
    """
    heads = [head if hasattr(head, "name") else {"name": head} for head in columns]
    masked = [bool(getattr(head, "masked", False)) for head in heads]
    lines = [
        (numbers[place] if numbers else first_row + place, list(zip(row, masked, strict=False)))
        for place, row in enumerate(rows)
    ]
    return {"heads": heads, "lines": lines, "link": link, "query": query, "label": label}
