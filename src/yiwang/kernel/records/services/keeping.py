"""Records that cases keep. 流程登记的记录。"""

from __future__ import annotations

import hashlib
from typing import Any

from yiwang.kernel.base.act import SYSTEM, Act
from yiwang.kernel.base.ids import new_id
from yiwang.kernel.records.models import Submission
from yiwang.kernel.records.types import Entity

from .desk import at_desk
from .plans.statements import columns_of, find_row
from .uploads import copy_files
from .work import Values, Work, stamp, values_of

CASES = "cases"
"""In whose name the submissions of cases stand. 流程提交者。"""


def keep_for_case(
    act: Act, code: str, case_id: str, values: Values, *, owner: str, organization: str
) -> str:
    """The record that a case keeps of an entity: made at first, changed from then on; its id. 流程登记。

    Within the act of the case's step, for the node itself; InvalidValues where the entity does not
    take the values.
    """
    desk = at_desk(SYSTEM)
    entity = desk.entity(code)
    key = hashlib.sha256(f"{case_id} {code}".encode()).hexdigest()
    held = Submission.objects.filter(account=CASES, key=key).first()
    row = _row_of(entity, held.record) if held else None
    work = Work(desk, entity, act, "edit" if row else "create", "")
    if row:
        values = copy_files(act, entity, row["id"], values, values_of(entity, row))
        changed = work.changes(row, work.check(values, row["id"], row))
        if changed:
            work.update(row, {**row, **changed, "rev": row["rev"] + 1, "updated_at": stamp(act.at)})
            work.announce([row["id"]])
        return str(row["id"])
    record_id = new_id()
    values = copy_files(act, entity, record_id, values, {})
    made = work.new_row(record_id, work.check(values, record_id), organization)
    made |= {"owner": owner, "case_id": case_id}
    work.insert([made])
    work.announce([made["id"]])
    Submission.objects.update_or_create(
        account=CASES, key=key, defaults={"record": made["id"], "at": act.at}
    )
    return str(made["id"])


def _row_of(entity: Entity, record_id: str) -> dict[str, Any] | None:
    found = find_row(entity, record_id, lock=True)
    return dict(zip(columns_of(entity), found, strict=True)) if found else None
