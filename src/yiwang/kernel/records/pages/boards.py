"""Records as cards on a board: one column for each choice of a field. 看板视图。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from yiwang.kernel.base.errors import InvalidInput, YiwangError
from yiwang.kernel.base.text import msg
from yiwang.kernel.query.types import Compare, IsNull, Literal, Node
from yiwang.kernel.query.types import Field as Named
from yiwang.kernel.records import services
from yiwang.kernel.records.services import USE
from yiwang.kernel.records.services.naming import list_choices
from yiwang.kernel.records.types import Capped, Field
from yiwang.kernel.ui.access import needs
from yiwang.kernel.ui.failures import explain
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.ui.pages import came_from

from .filtering import TYPES
from .looks import ALL_RECORDS, Look, Row, open_look, read_rev
from .narrowing import Narrowed, narrow

CARDS = 50
"""Cards of one column. 每列卡片上限。"""
COLUMNS = 12
FACTS = 4
YES, NO = "1", "0"
UNSET = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A record on the board, what of it is told, and where it may be moved. 卡片。"""

    row: Row
    facts: list[tuple[str, str]]
    moves: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Lane:
    """One column of the board. 看板列。 `more` leads to the list of all that stand in it."""

    code: str
    label: str
    count: str
    cards: list[Card]
    more: str = ""


def show_board(look: Look) -> HttpResponseBase:
    """Records as a board. 看板。"""
    field = look.fields[look.view.by]
    narrowed = narrow(look, without=(look.view.by,))
    codes = [code for code, _ in lanes_of(field)]
    counts = services.group_records(
        look.desk, look.entity.code, look.view.by,
        look.want(narrowed.nodes, search=narrowed.search), among=codes,
    )  # fmt: skip
    lanes = [draw_lane(look, narrowed, code, counts) for code in [*codes, UNSET]]
    context = {
        "lanes": [one for one in lanes if one.code or one.cards],
        "narrowed": narrowed,
        "cards": CARDS,
        "field": in_language(field.label),
        "left_out": len(list_choices(field)) > COLUMNS,
    }
    return render(look.request, "records/board.html", look.context() | context)


def lanes_of(field: Field) -> list[tuple[str, str]]:
    """The columns: code and label of each choice. 看板列。"""
    if field.kind == "boolean":
        return [(YES, gettext("Yes")), (NO, gettext("No"))]
    return [(code, in_language(label) or code) for code, label in list_choices(field)][:COLUMNS]


def draw_lane(look: Look, narrowed: Narrowed, code: str, counts: Mapping[str, Capped]) -> Lane:
    """One column with its first cards. 绘制看板列。"""
    by, field = look.view.by, look.fields[look.view.by]
    rows, after = look.read(
        look.want(
            [*narrowed.nodes, equals(by, field, code)],
            search=narrowed.search, order=look.view.order, limit=CARDS,
        )
    )  # fmt: skip
    others = [one for one in lanes_of(field) if one[0] != code]
    shown = [key for key in look.columns if key not in (by, look.entity.titled_by)][:FACTS]
    count = counts.get(code, Capped(len(rows), after is not None))
    return Lane(
        code,
        dict(lanes_of(field)).get(code, gettext("Not set")),
        show_count(count),
        [Card(row, row.facts(shown), others if may_move(look, row) else []) for row in rows],
        _in_list(look, field, code) if code and after is not None else "",
    )


def equals(key: str, field: Field, code: str) -> Node:
    """The condition of one column. 看板列条件。"""
    if not code:
        return IsNull(Named(key, TYPES.get(field.kind, "text")))
    if field.kind == "boolean":
        return Compare("=", Named(key, "boolean"), Literal(code == YES, "boolean"))
    return Compare("=", Named(key), Literal(code, "text"))


def _in_list(look: Look, field: Field, code: str) -> str:
    """Where all that stand in a column are listed."""
    value = ("true" if code == YES else "false") if field.kind == "boolean" else code
    return f"{look.url}?{urlencode({'view': ALL_RECORDS, look.view.by: value})}"


def may_move(look: Look, row: Row) -> bool:
    """Whether the reader may put this card into another column. 可否移动。"""
    return "edit" in row.record.verbs and look.view.by in look.desk.writable(look.entity.code)


def show_count(count: Capped) -> str:
    """A count that stops somewhere: `1,000+`. 有界计数。"""
    return f"{count.number:,}{'+' if count.is_more else ''}"


@needs(USE)
@require_POST
def move_card(request: HttpRequest, code: str, record_id: str) -> HttpResponse:
    """Put a card into another column: an edit of that one field. 移动卡片。"""
    look = open_look(request, code)
    try:
        services.update_record(
            look.desk, code, record_id, _moved(look, request.POST),
            rev=read_rev(request.POST),
        )  # fmt: skip
        flash(request, msg("The card is moved."))
    except YiwangError as error:
        flash(request, explain(error), "red")
    return redirect(came_from(request))


def _moved(look: Look, sent: Mapping[str, Any]) -> dict[str, Any]:
    field = look.fields.get(look.view.by)
    if look.view.kind != "board" or field is None:
        raise InvalidInput("records.board.none", "This is no board")
    to = str(sent.get("to", ""))
    return {look.view.by: to == YES if field.kind == "boolean" else to}
