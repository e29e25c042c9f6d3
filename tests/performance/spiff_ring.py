"""The cases of `bench_cases` in SpiffWorkflow, persisted by the same rows in the same acts. 对照引擎。"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

RING = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">
  <process id="ring" isExecutable="true">
    <startEvent id="start"/>
    <sequenceFlow id="f0" sourceRef="start" targetRef="one"/>
    <manualTask id="one" name="one"/>
    <sequenceFlow id="f1" sourceRef="one" targetRef="two"/>
    <manualTask id="two" name="two"/>
    <sequenceFlow id="f2" sourceRef="two" targetRef="more"/>
    <exclusiveGateway id="more" default="f4"/>
    <sequenceFlow id="f3" sourceRef="more" targetRef="one">
      <conditionExpression>n &gt;= 0</conditionExpression>
    </sequenceFlow>
    <sequenceFlow id="f4" sourceRef="more" targetRef="end"/>
    <endEvent id="end"/>
  </process>
</definitions>
"""
HEAD = RING[: RING.index("    <startEvent")]
ROUND = 5
"""Steps of one instance before the next begins: its state grows with its history."""


def draw_line(tasks: int) -> str:
    """A process of human tasks one after another. 顺序流程。"""
    names = ["start", *(f"t{number}" for number in range(tasks)), "end"]
    return "".join((
        HEAD,
        '<startEvent id="start"/><endEvent id="end"/>',
        *(f'<manualTask id="{name}" name="{name}"/>' for name in names[1:-1]),
        *(f'<sequenceFlow id="f{one}" sourceRef="{one}" targetRef="{two}"/>'
          for one, two in pairwise(names)),
        "</process></definitions>",
    ))  # fmt: skip


class Spiff:
    """A process decided by SpiffWorkflow, whose state is a text between two steps. 对照引擎。"""

    def __init__(self, bpmn: str) -> None:
        from SpiffWorkflow.bpmn.parser import BpmnParser
        from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer

        parser = BpmnParser()
        parser.add_bpmn_str(bpmn.encode())
        self.spec, self.serializer = parser.get_spec("ring"), BpmnWorkflowSerializer()

    def begin(self, data: Mapping[str, Any]) -> str:
        """The state of a new instance. 新实例。"""
        from SpiffWorkflow.bpmn import BpmnWorkflow

        workflow = BpmnWorkflow(self.spec)
        workflow.data.update(data)
        workflow.do_engine_steps()
        return self.serializer.serialize_json(workflow)

    def decide(self, state: str, data: Mapping[str, Any]) -> tuple[str, str]:
        """The state after a decision, and the task that follows. 一步。"""
        from SpiffWorkflow.util.task import TaskState

        workflow = self.serializer.deserialize_json(state)
        task = workflow.get_next_task(state=TaskState.READY, manual=True)
        task.data.update(data)
        task.run()
        workflow.do_engine_steps()
        following = workflow.get_next_task(state=TaskState.READY, manual=True)
        return self.serializer.serialize_json(workflow), following.task_spec.name


class Nothing:
    """No engine: what the same rows cost by themselves. 无引擎。"""

    def begin(self, data: Mapping[str, Any]) -> str:
        """The data alone. 仅数据。"""
        return json.dumps(data)

    def decide(self, state: str, data: Mapping[str, Any]) -> tuple[str, str]:
        """Always the same task. 固定环节。"""
        return json.dumps(json.loads(state) | data), "next"


def make_step(
    actor: Any, start_case: Callable[[], Any], engine: Spiff | Nothing, fill: Callable[[int], Any]
) -> tuple[Callable[[int], None], Callable[[int, None], None]]:
    """What comes before a step; a step as `act_on_task` writes one, decided by the other engine. 对照步骤。"""
    from yiwang.kernel.base.act import Ref
    from yiwang.kernel.base.ids import new_id
    from yiwang.kernel.events.services import announce
    from yiwang.kernel.ledger.services import acting
    from yiwang.kernel.query.rows import rows_of, run_together
    from yiwang.kernel.workflow.models import Case, CaseEntry, Task
    from yiwang.kernel.workflow.services import store

    at_hand: dict[str, Any] = {}

    def begin(number: int) -> None:
        if number % ROUND:
            return
        case = start_case()
        Case.objects.filter(pk=case.pk).update(memo={"state": engine.begin(fill(0))})
        task = Task.objects.filter(case=case, status="open").values_list("pk", flat=True)[0]
        at_hand.update(case=case.pk, task=task)

    def step(number: int, _given: None) -> None:
        with acting(actor, "bench.step", on=Ref("workflow.case", at_hand["case"])) as act:
            case = store.lock_case(at_hand["case"])
            list(rows_of(Task).select("{case_id} = %s AND {visit} = %s", [case.pk, case.visit]))
            data = fill(number)
            state, following = engine.decide(case.memo["state"], data)
            entry = CaseEntry(case=case, seq=case.seq + 1, kind="task_done", actor=actor.id,
                              at=act.at, act_id=act.id, body={"data": data})  # fmt: skip
            opened = Task(id=new_id(), case=case, node=following, visit=case.visit + 1,
                          kind="main", status="open", account=actor.id, opened_at=act.at)  # fmt: skip
            run_together(
                rows_of(Case).updating(
                    case.pk,
                    {"seq": case.seq + 1, "visit": case.visit + 1, "memo": {"state": state}},
                    seq=case.seq,
                ),
                rows_of(CaseEntry).inserting([entry]),
                rows_of(Task).updating(at_hand["task"], {"status": "done", "done_at": act.at}),
                rows_of(Task).inserting([opened]),
            )
            announce(act, "bench.stepped", {"case": case.pk})
            at_hand["task"] = opened.pk

    return begin, step
