"""The sequencer as background work. 存证任务。"""

from __future__ import annotations

from datetime import timedelta

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.text import msg
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.jobs.services import JobContext, schedule, task

from . import services
from .types import Held

MINUTE = timedelta(minutes=1)
WITNESS = "evidence.witness"


@task("evidence.sequence", label=msg("Enter acts in the evidence log"), quick=True, internal=True)
def sequence(context: JobContext) -> dict[str, int]:
    """Give entries their places, sign the tree. 存证定序。"""
    try:
        done = services.sequence(context.check)
    except Held:
        return {"entered": 0}
    if services.find_policy().witnesses:
        jobs.put(WITNESS, {}, actor_id=SYSTEM.id, unique_key=f"schedule:{WITNESS}")
    return {"entered": done.entered, "size": done.size}


@task(WITNESS, label=msg("Ask witnesses to sign the evidence log"), outside=True, internal=True)
def witness(context: JobContext) -> dict[str, int]:  # noqa: ARG001 - tasks' shape
    """Ask the witnesses for their signatures. 请求见证。"""
    return {"signed": services.ask_witnesses()}


schedule("evidence.sequence", every=MINUTE)
schedule(WITNESS, every=MINUTE)
