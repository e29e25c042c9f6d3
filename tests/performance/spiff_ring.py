"""The ring of `bench_cases` in SpiffWorkflow, persisted by the same rows in the same acts. 对照引擎。"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

BPMN = """<?xml version="1.0" encoding="UTF-8"?>
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
ROUND = 5
"""Steps of one instance before the next begins: its state grows with its history."""


def make_step(
    actor: Any, start_case: Callable[[], Any]
) -> tuple[Callable[[int], None], Callable[[int, None], None]]:
    """What comes before a step; a step as `act_on_task` writes one, decided by the other engine. 对照步骤。"""
    from SpiffWorkflow.bpmn import BpmnWorkflow
    from SpiffWorkflow.bpmn.parser import BpmnParser
    from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
    from SpiffWorkflow.util.task import TaskState

    from yiwang.kernel.base.act import Ref
    from yiwang.kernel.base.ids import new_id
    from yiwang.kernel.events.services import announce
    from yiwang.kernel.ledger.services import acting
    from yiwang.kernel.query.rows import rows_of, run_together
    from yiwang.kernel.workflow.models import Case, CaseEntry, Task
    from yiwang.kernel.workflow.services import store

    parser = BpmnParser()
    parser.add_bpmn_str(BPMN.encode())
    spec, serializer = parser.get_spec("ring"), BpmnWorkflowSerializer()
    at_hand: dict[str, Any] = {}

    def begin(number: int) -> None:
        if number % ROUND:
            return
        case = start_case()
        workflow = BpmnWorkflow(spec)
        workflow.data["n"] = 0
        workflow.do_engine_steps()
        Case.objects.filter(pk=case.pk).update(memo={"spiff": serializer.serialize_json(workflow)})
        task = Task.objects.filter(case=case, status="open").values_list("pk", flat=True)[0]
        at_hand.update(case=case.pk, task=task)

    def step(number: int, _given: None) -> None:
        with acting(actor, "bench.step", on=Ref("workflow.case", at_hand["case"])) as act:
            case = store.lock_case(at_hand["case"])
            list(rows_of(Task).select("{case_id} = %s AND {visit} = %s", [case.pk, case.visit]))
            workflow = serializer.deserialize_json(case.memo["spiff"])
            task = workflow.get_next_task(state=TaskState.READY, manual=True)
            task.data["n"] = number
            task.run()
            workflow.do_engine_steps()
            following = workflow.get_next_task(state=TaskState.READY, manual=True)
            memo = {"spiff": serializer.serialize_json(workflow)}
            entry = CaseEntry(case=case, seq=case.seq + 1, kind="task_done", actor=actor.id,
                              at=act.at, act_id=act.id, body={"n": number})  # fmt: skip
            opened = Task(id=new_id(), case=case, node=following.task_spec.name, visit=case.visit + 1,
                          kind="main", status="open", account=actor.id, opened_at=act.at)  # fmt: skip
            run_together(
                rows_of(Case).updating(
                    case.pk,
                    {"seq": case.seq + 1, "visit": case.visit + 1, "memo": memo},
                    seq=case.seq,
                ),
                rows_of(CaseEntry).inserting([entry]),
                rows_of(Task).updating(at_hand["task"], {"status": "done", "done_at": act.at}),
                rows_of(Task).inserting([opened]),
            )
            announce(act, "bench.stepped", {"case": case.pk})
            at_hand["task"] = opened.pk

    return begin, step
