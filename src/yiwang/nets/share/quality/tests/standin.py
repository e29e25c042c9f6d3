"""A small stand-in for the engine: checks a register cell by cell, lists what fails. 替身引擎。"""

from __future__ import annotations

from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.pool import services as pool
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.quality.models import Result, Run
from yiwang.nets.share.quality.services.following import refresh_groups
from yiwang.nets.share.quality.types import ROW_COLUMNS, RunState, Trigger


def check(resource_id, trigger=Trigger.ASKED) -> Run:
    """Run, list, refresh the groups."""
    resource = catalog.get_resources([resource_id])[resource_id]
    version = pool.find_latest(resource.table)
    items = {one.name: one.effective for one in catalog.list_items(resource_id)}
    known = standards.get_elements()
    failing, counts = [], {}
    for number, cells in pool.list_rows(version.id, limit=1000).rows:
        row = dict(zip(version.columns, cells, strict=True))
        key = " / ".join(row[name] or "" for name in resource.key)
        for name, value in row.items():
            if items.get(name) not in known:
                continue
            why = standards.check_value(items[name], value)
            if why:
                rule = f"derived.{name}.{why}"
                counts[rule] = (name, counts.get(rule, (name, 0))[1] + 1)
                shape = f"9({len(value)})"
                failing.append([rule, str(number), key, name, value, shape, ""])
    with ledger.acting(SYSTEM, "test.quality.run", on=Ref("share.resource", resource_id)) as act:
        run = Run.objects.create(
            resource=resource_id, pool_version=version.id, trigger=trigger, state=RunState.DONE,
            rows=version.rows, act_id=act.id, created_at=now(), finished_at=now(),
        )  # fmt: skip
        for rule, (name, failed) in counts.items():
            Result.objects.create(
                run=run, rule=rule, kind="check", dimension="accuracy", severity="error",
                fields=[name], checked=version.rows, failed=failed,
                spec={"title_zh": f"{name}不合格", "title_en": f"{name} is wrong"},
            )  # fmt: skip
        if failing:
            staged = pool.stage_rows(list(ROW_COLUMNS), [failing], profile=False)
            run.rows_version = pool.commit(act, pool.create_table(act, name="x"), staged).id
            run.save()
    refresh_groups(run.id)
    return run
