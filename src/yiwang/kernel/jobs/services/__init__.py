"""The door to background work. 任务服务。"""

from yiwang.kernel.jobs.types import JobContext

from .declaring import schedule, task
from .queue import enqueue
from .running import run_due
from .worker import run_worker

__all__ = ["JobContext", "enqueue", "run_due", "run_worker", "schedule", "task"]
