"""Values of fields that are gone, erased when somebody says so. 抹除隐藏字段。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.records.models import FieldColumn, RecordChange

from .permissions import PUBLISH
from .tables import begin_upkeep


@dataclass(frozen=True, slots=True)
class HiddenField:
    """A field that is declared no more, or is of another kind now; its values lie on. 隐藏字段。"""

    entity: str
    key: str
    kind: str
    hidden_at: datetime | None


def list_hidden(actor: Actor, app: str = "") -> list[HiddenField]:
    """Hidden fields whose values still lie in their tables. 隐藏字段清单。 Holders of `records.publish`."""
    actor.require(PUBLISH)
    rows = FieldColumn.objects.filter(state=FieldColumn.HIDDEN).select_related("entity")
    rows = rows.filter(entity__app=app) if app else rows
    return [
        HiddenField(row.entity.code, row.key, row.kind, row.hidden_at)
        for row in rows.order_by("entity__code", "key", "pk")
    ]


def erase_hidden(actor: Actor, entity: str, key: str, *, reason: str) -> int:
    """Erase all hidden values of a field, in its table and in the history, for good; how many columns. 抹除。

    A job does it beside everybody's work. A field that is declared again under this key then begins
    empty, and a version that goes back to the former kind turns what stands now. NotFound where
    nothing is hidden. Holders of `records.publish`.
    """
    actor.require(PUBLISH)
    on = Ref("records.entity", entity, f"{entity}.{key}")
    with acting(actor, "records.erase", on=on, reason=reason) as act:
        rows = FieldColumn.objects.select_for_update(of=("self",)).select_related("entity")
        hidden = list(rows.filter(entity__code=entity, key=key, state=FieldColumn.HIDDEN))
        if not hidden:
            raise NotFound(
                "records.field.unhidden",
                "There are no hidden values of %(field)s in %(entity)s",
                field=key,
                entity=entity,
            )
        for row in hidden:
            row.state = FieldColumn.ERASED
            row.save(update_fields=["state"])
            begin_upkeep(act, RecordChange.ERASE, row.entity, row)
        act.note(columns=len(hidden))
    return len(hidden)
