"""The door to cases: types, starting, tasks, overseeing, reading. 流程服务。"""

from .absences import end_absence, list_absences, set_absence
from .overseeing import migrate_case, resume, suspend, terminate, urge
from .permissions import OVERSEE, PUBLISH, USE
from .publishing import find_newest, get_type, list_startable, publish_case_type
from .reading import (
    CaseLine,
    CaseView,
    TaskLine,
    count_boxes,
    describe_case,
    list_cases,
    list_tasks,
    replay_case,
)
from .starting import start_case
from .working import (
    act_on_task,
    add_signers,
    ask_supplement,
    cancel_supplement,
    delegate_task,
    remove_signer,
    send_back,
    supply,
    transfer_task,
    withdraw,
)

__all__ = [
    "OVERSEE",
    "PUBLISH",
    "USE",
    "CaseLine",
    "CaseView",
    "TaskLine",
    "act_on_task",
    "add_signers",
    "ask_supplement",
    "cancel_supplement",
    "count_boxes",
    "delegate_task",
    "describe_case",
    "end_absence",
    "find_newest",
    "get_type",
    "list_absences",
    "list_cases",
    "list_startable",
    "list_tasks",
    "migrate_case",
    "publish_case_type",
    "remove_signer",
    "replay_case",
    "resume",
    "send_back",
    "set_absence",
    "start_case",
    "supply",
    "suspend",
    "terminate",
    "transfer_task",
    "urge",
    "withdraw",
]
