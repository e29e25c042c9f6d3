"""The door to background work. 任务服务。"""

from yiwang.kernel.jobs.types import GivenUp, JobContext, JobStatus

from .control import cancel_job, replay_job
from .declaring import schedule, task
from .health import describe_health
from .queue import CANCELLED, enqueue, put
from .reading import describe_job, find_last_job, get_job, list_all_jobs, list_live, list_own_jobs
from .running import run_due
from .worker import run_worker

__all__ = [
    "CANCELLED",
    "GivenUp",
    "JobContext",
    "JobStatus",
    "cancel_job",
    "describe_health",
    "describe_job",
    "enqueue",
    "find_last_job",
    "get_job",
    "list_all_jobs",
    "list_live",
    "list_own_jobs",
    "put",
    "replay_job",
    "run_due",
    "run_worker",
    "schedule",
    "task",
]
