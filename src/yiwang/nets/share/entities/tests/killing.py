"""Snapshots whose process is killed at random, on a node of its own. 随机终止快照。

`python -m yiwang.nets.share.entities.tests.killing HOME SEED KILLS` prints one JSON document. The
parent opens no thread and no connection while children live, so that forking is safe.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from pathlib import Path

from yiwang.nets.share.sources.tests.killing import close, fork_at_random, prepare, read_all

SHOP = "demo.shop"


def main() -> None:
    home, seed, kills = Path(sys.argv[1]), *map(int, sys.argv[2:4])
    prepare(home)
    town = enter()
    killed, whole = fork_at_random(
        lambda: lay_down(town), random.Random(seed), lambda at: change(town, at), kills
    )
    lay_down(town)
    print(json.dumps({"killed": killed, "whole": whole, **outcome()}))


def enter():
    """An app with some shops."""
    from yiwang.kernel.records import services as records
    from yiwang.kernel.records.tests.shops import make_town

    town = make_town()
    rows = ({"name": f"店{at:05}", "kind": "food"} for at in range(500))
    records.add_records(town.desk("eng"), SHOP, rows, reason="初始")
    close()
    return town


def change(town, at):
    """One shop more."""
    town.shop("eng", name=f"新{at:05}")
    close()


def lay_down(town):
    """Twice: the first may only take up what was cut short."""
    from yiwang.kernel.base.errors import YiwangError
    from yiwang.nets.share.entities import services

    for _ in range(2):
        try:
            services.snapshot_here(town.people["eng"], SHOP)
        except YiwangError as error:
            print(error.code, error.detail, file=sys.stderr)


def outcome():
    """Every version as it stands, and what the entity holds."""
    from yiwang.kernel.pool import services as pool
    from yiwang.kernel.records import services as records
    from yiwang.nets.share.connect.models import Delivery
    from yiwang.nets.share.entities.models import EntityResource, SnapshotRun

    tie = EntityResource.objects.select_related("resource").get(code=SHOP)
    versions = pool.list_versions(tie.resource.table)
    keys = [key for key, _, _ in tie.columns if key]
    return {
        "rows": list(read_all(versions[0].id)),
        "truth": list(records.stream_all(SHOP, keys)),
        "versions": [(one.rows, len(list(read_all(one.id)))) for one in versions],
        "deliveries": Counter(Delivery.objects.values_list("state", flat=True)),
        "runs": Counter(SnapshotRun.objects.values_list("state", flat=True)),
    }


if __name__ == "__main__":
    main()
