"""What the steps of a register's case do: send, excuse, check, decide. 整改流程效果。"""

from __future__ import annotations

from yiwang.kernel.base.act import Act
from yiwang.kernel.workflow.types import Arrival
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.quality.models import Group
from yiwang.nets.share.quality.types import GroupState

from .casework import follow_register, list_proposed, list_waiting
from .excusing import decide_excuses, excuse_groups
from .notices import start_sending
from .running import start_run


def send_findings(act: Act, arrival: Arrival) -> None:
    """Send a notice of all findings of the register that are on none. 下发整改单。"""
    groups = list(list_waiting(arrival.subject).filter(state=GroupState.OPEN))
    owner = groups[0].owner if groups else _owner(arrival.subject)
    start_sending(act.actor, owners=[owner], groups=[one.id for one in groups])


def excuse_findings(act: Act, arrival: Arrival) -> None:
    """Say why all findings of the register may stay: at once for the bureau, else to be decided. 登记例外。"""
    found: list[Group] = list(list_waiting(arrival.subject))
    excuse_groups(act.actor, found, reason=arrival.opinion)
    follow_register(act, arrival.subject)


def check_findings(act: Act, arrival: Arrival) -> None:
    """Check the register again. 申请复核。"""
    start_run(act.actor, arrival.subject)


def accept_explanations(act: Act, arrival: Arrival) -> None:
    """Take the department's word for all that waits. 认可说明。"""
    decide_excuses(act.actor, list(list_proposed(arrival.subject)), accept=True)
    follow_register(act, arrival.subject)


def decline_explanations(act: Act, arrival: Arrival) -> None:
    """Do not take it. 不予认可。"""
    found = list(list_proposed(arrival.subject))
    decide_excuses(act.actor, found, accept=False, reason=arrival.opinion)
    follow_register(act, arrival.subject)


def _owner(resource_id: str) -> str:
    return catalog.get_resources([resource_id])[resource_id].owner
