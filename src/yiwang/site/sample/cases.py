"""What the sample city has in hand: three case types, and a few cases under way. 示例流程。"""

from __future__ import annotations

from datetime import timedelta
from importlib.resources import files

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import today
from yiwang.kernel.identity import services as identity
from yiwang.kernel.workflow import services as workflow

TYPES = ("instruction_part", "instruction", "leave")
INSTRUCTION = "排查低收入家庭登记中已注销人员，七日内反馈"


def load_sample_cases() -> None:
    """Publish the types, give an instruction to two departments, ask for two leaves. 装载示例流程。

    What was published already is left as it is, with the cases that came with it.
    """
    engineer, director = _actor("zhao.gongcheng"), _actor("sun.juzhang")
    if any(one.code == "sample.leave" for one in workflow.list_startable(engineer)):
        return
    for name in TYPES:
        text = files(__package__).joinpath("case_types", f"{name}.yaml").read_text("utf-8")
        workflow.publish_case_type(engineer, text, name=f"{name}.yaml")
    departments = ["YZ-MZJ", "YZ-SCJG"]
    workflow.start_case(
        director, "sample.instruction", {"text": INSTRUCTION, "departments": departments},
        title="低收入家庭登记核查",
    )  # fmt: skip
    _answer(_actor("li.shichang"), "已比对，名下有企业的 12 户已发整改单")
    from_date = today() + timedelta(days=14)
    leave = {"days": 5, "from_date": from_date.isoformat(), "why": "回乡探亲"}
    workflow.start_case(_actor("chen.chayue"), "sample.leave", leave, title="陈知远请假 5 天")


def _answer(actor: Actor, text: str) -> None:
    (task,) = workflow.list_box(actor, "todo").lines
    workflow.act_on_task(actor, str(task.id), "agree", data={"answer": text})


def _actor(name: str) -> Actor:
    account = identity.find_account(name)
    if account is None:
        raise LookupError(name)
    return identity.get_actor(account.id)
