"""Background work for programs. 任务接口。"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from yiwang.kernel.ui.access import actor_of
from yiwang.kernel.ui.endpoints import PageQuery, api_signed_in
from yiwang.kernel.ui.failures import explain
from yiwang.kernel.ui.lists.keyset import read_cursor, take_slice, write_cursor

from . import services
from .types import JobStatus

router = Router(tags=["jobs"])


class ThingOut(Schema):
    """What the work is about. 任务对象。"""

    type: str
    id: str
    label: str


class ErrorOut(Schema):
    """Why the last attempt did not succeed. 错误。"""

    code: str
    detail: str


class JobOut(Schema):
    """One piece of background work. 任务。 `done` and `total` tell the progress while it runs."""

    id: str
    kind: str
    state: str
    attempts: int
    max_attempts: int
    done: int
    total: int | None
    created_at: datetime
    finished_at: datetime | None
    on: ThingOut | None
    error: ErrorOut | None
    result: Any


class JobsOut(Schema):
    """A part of a list of jobs, and where it goes on. 任务列表。"""

    items: list[JobOut]
    next: str


@router.get("/", response=JobsOut, operation_id="list_jobs", summary="My background work")
@api_signed_in
def list_jobs(request: HttpRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """The caller's own jobs, newest first. 我的任务。"""
    actor = actor_of(request)
    after = read_cursor(page.after) if page.after else None
    found = take_slice(services.list_own_jobs(actor), ["-id"], after, page.limit)
    return {
        "items": [draw(services.describe_job(row, actor)) for row in found.rows],
        "next": write_cursor(found.after) if found.after is not None else "",
    }


@router.get("/{job_id}", response=JobOut, operation_id="get_job", summary="One piece of work")
@api_signed_in
def get_job(request: HttpRequest, job_id: str) -> dict[str, Any]:
    """How a job stands; ask again until its state is neither queued nor running. 任务状态。"""
    return draw(services.get_job(actor_of(request), job_id))


@router.post(
    "/{job_id}/cancel", response=JobOut, operation_id="cancel_job", summary="Cancel the work"
)
@api_signed_in
def cancel_job(request: HttpRequest, job_id: str) -> dict[str, Any]:
    """Cancel a job that waits or runs. 取消任务。"""
    services.cancel_job(actor_of(request), job_id)
    return draw(services.get_job(actor_of(request), job_id))


@router.post("/{job_id}/replay", response=JobOut, operation_id="replay_job", summary="Run it again")
@api_signed_in
def replay_job(request: HttpRequest, job_id: str) -> dict[str, Any]:
    """Queue a job again that failed, died or was cancelled. 重新执行。"""
    services.replay_job(actor_of(request), job_id)
    return draw(services.get_job(actor_of(request), job_id))


def draw(job: JobStatus) -> dict[str, Any]:
    """A job as the answer shows it. 任务应答。"""
    on, error = job.on, job.error
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "attempts": job.attempts,
        "max_attempts": job.max_attempts,
        "done": job.done,
        "total": job.total,
        "created_at": job.created_at,
        "finished_at": job.finished_at,
        "on": {"type": on.type, "id": on.id, "label": on.label} if on else None,
        "error": {"code": error.code, "detail": explain(error)} if error else None,
        "result": job.result,
    }
