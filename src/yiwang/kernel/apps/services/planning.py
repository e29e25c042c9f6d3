"""What installing an app would change for its records and their rules, told before. 安装计划。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yiwang.kernel.apps.types import Files
from yiwang.kernel.base.act import Actor
from yiwang.kernel.records import services as records
from yiwang.kernel.records.types import Difference, Step

from .installing import carry_over
from .permissions import MANAGE
from .reading import read_head, records_of
from .ruling import compare_rules


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that would change, and what is done to large tables before. 计划。"""

    changes: Sequence[Difference] = ()
    before: Sequence[Step] = ()


def plan_install(actor: Actor, files: Files) -> Plan:
    """What installing these files would change; nothing is changed. 安装计划。

    Holders of `apps.manage` who may publish records too. Conflict where values cannot be taken
    over, or where the city and the new version changed the same place.
    """
    actor.require(MANAGE)
    app = read_head(files).app
    whole = {**files, **carry_over(app, files)}
    declared = records_of(whole)
    changes = records.compare_bundle(actor, declared) if declared else []
    steps = [one.step for one in changes if one.step]
    return Plan([*changes, *compare_rules(app, whole)], [one for one in steps if one.before])
