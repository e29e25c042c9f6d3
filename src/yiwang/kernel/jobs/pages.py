"""Background work as its owners and the administrator see it. 任务页面。"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from yiwang.kernel.base.text import msg
from yiwang.kernel.ui.access import actor_of, needs, signed_in
from yiwang.kernel.ui.failures import explain
from yiwang.kernel.ui.lists import Column, Empty, Filter, Light, ListSpec, render_list

from . import services
from .models import Job
from .types import MANAGE, TASKS, JobStatus

STATES = {
    "queued": Light(msg("Waiting"), ""),
    "running": Light(msg("Running"), "blue"),
    "done": Light(msg("Done"), "green"),
    "failed": Light(msg("Failed"), "yellow"),
    "dead": Light(msg("Failed for good"), "red"),
    "cancelled": Light(msg("Cancelled"), ""),
}


def kind_label(row: Job) -> str:
    """What kind of work it is, in words. 任务类型名称。"""
    task = TASKS.find(row.kind)
    return gettext(task.label) if task else row.kind


def job_url(row: Job) -> str:
    """The page of a job. 任务地址。"""
    return reverse("jobs:detail", args=[row.id])


COLUMNS = (
    Column("kind", msg("Work"), kind_label, job_url),
    Column("state", msg("State"), lambda row: STATES[row.state], kind="light"),
    Column("created_at", msg("Asked for"), sort="created_at", kind="datetime"),
    Column("finished_at", msg("Ended"), kind="datetime"),
    Column("attempts", msg("Attempts"), kind="number"),
    Column("error_code", msg("Error code"), kind="code"),
)
STATE_FILTER = Filter(
    "state", msg("State"), choices=[(state, light.text) for state, light in STATES.items()]
)
KIND_FILTER = Filter(
    "kind",
    msg("Work"),
    choices=lambda _: sorted((task.kind, task.label) for task in TASKS.values()),
)
OWN = ListSpec(
    "jobs.own",
    [COLUMNS[0], Column("on_label", msg("About")), *COLUMNS[1:]],
    filters=[STATE_FILTER],
    order=["-id"],
    empty=Empty(
        msg("No background work yet"), msg("What you start in the background is shown here.")
    ),
)
ALL = ListSpec(
    "jobs.all", COLUMNS, filters=[STATE_FILTER, KIND_FILTER], order=["-id"], export="jobs"
)


@signed_in
def list_own(request: HttpRequest) -> HttpResponseBase:
    """The actor's own jobs. 我的任务。"""
    rows = services.list_own_jobs(actor_of(request))
    return render_list(request, OWN, rows, title=msg("My background work"))


@needs(MANAGE)
def list_all(request: HttpRequest) -> HttpResponseBase:
    """Everybody's jobs by kind and state. 全部任务。"""
    rows = services.list_all_jobs(actor_of(request))
    return render_list(request, ALL, rows, title=msg("All background work"))


@signed_in
def detail(request: HttpRequest, job_id: str) -> HttpResponse:
    """One job with its progress. 任务详情。"""
    job = services.get_job(actor_of(request), job_id)
    return render(request, "jobs/detail.html", {"job": job, **drawn(job)})


@signed_in
def progress(request: HttpRequest, job_id: str) -> HttpResponse:
    """The part of a page that shows how a job goes, asked again and again. 进度片段。

    Once the job has ended the whole page is loaded anew, so that it shows what came of it.
    """
    job = services.get_job(actor_of(request), job_id)
    response = render(request, "jobs/_progress.html", {"job": job})
    if not job.live:
        response.headers["HX-Refresh"] = "true"
    return response


@signed_in
@require_POST
def cancel(request: HttpRequest, job_id: str) -> HttpResponse:
    """Cancel a job. 取消任务。"""
    services.cancel_job(actor_of(request), job_id)
    return redirect("jobs:detail", job_id)


@signed_in
@require_POST
def replay(request: HttpRequest, job_id: str) -> HttpResponse:
    """Run a job again. 重新执行。"""
    services.replay_job(actor_of(request), job_id)
    return redirect("jobs:detail", job_id)


def drawn(job: JobStatus) -> dict[str, Any]:
    """What the detail page says beside the progress. 详情内容。"""
    facts: list[tuple[str, Any]] = [
        (msg("Job number"), job.id),
        (msg("Kind"), job.kind),
        (msg("Asked for"), job.created_at),
        (msg("Started"), job.started_at),
        (msg("Ended"), job.finished_at),
        (msg("Attempts"), f"{job.attempts} / {job.max_attempts}"),
    ]
    if job.on:
        facts.insert(0, (msg("About"), job.on.label or str(job.on)))
    return {
        "facts": facts,
        "may_replay": job.state in ("failed", "dead", "cancelled"),
        "error_text": explain(job.error) if job.error else "",
    }


urlpatterns = [
    path("", list_own, name="list"),
    path("all/", list_all, name="all"),
    path("<str:job_id>/", detail, name="detail"),
    path("<str:job_id>/progress/", progress, name="progress"),
    path("<str:job_id>/cancel/", cancel, name="cancel"),
    path("<str:job_id>/replay/", replay, name="replay"),
]
