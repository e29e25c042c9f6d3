"""From an earlier program's node to this program's. 升级。"""

from __future__ import annotations

from dataclasses import dataclass

from yiwang.kernel.base.clock import CITY_ZONE, now
from yiwang.site.home import Home

from .backup import back_up
from .doctor import Finding, examine
from .prepare import forget_ready, prepare_node
from .snapshot import read_migrations


@dataclass(frozen=True, slots=True)
class UpgradeReport:
    """What an upgrade did. 升级结果。"""

    backup: str
    migrated: list[str]
    findings: list[Finding]


def upgrade(home: Home) -> UpgradeReport:
    """Back up, migrate, put back the guards, gather static files, examine. 升级节点。

    Each migration runs in a transaction of its own; should one fail, the backup is the way back.
    """
    stamp = now().astimezone(CITY_ZONE).strftime("%Y%m%d-%H%M%S")
    file = home.folder("backups") / f"before-upgrade-{stamp}.tar"
    made = back_up(home, file)
    before = read_migrations()
    forget_ready(home)
    prepare_node(home)
    after = read_migrations()
    changed = [f"{app}: {name}" for app, name in after.items() if before.get(app) != name]
    return UpgradeReport(made.file, changed, examine(home))
