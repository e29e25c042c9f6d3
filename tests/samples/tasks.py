"""Work that behaves in every way a worker must survive."""

import ctypes
import os
import signal
import time
from datetime import timedelta

from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.jobs.services import task
from yiwang.kernel.ledger.services import acting


def mark(path: str, text: str) -> None:
    with open(path, "a", encoding="utf-8") as out:
        out.write(text + "\n")


@task("samples.mark")
def mark_once(context, *, path, text="ran"):
    mark(path, text)


@task("samples.quick", quick=True)
def mark_quickly(context, *, path, text="quick"):
    mark(path, text)


@task("samples.outside", outside=True, lease_seconds=3)
def wait_outside(context, *, path, seconds):
    mark(path, "outside")
    time.sleep(seconds)


@task("samples.slow", lease_seconds=3)
def slow(context, *, path, seconds):
    mark(path, f"start {context.attempt}")
    for step in range(int(seconds * 20)):
        context.progress(step, int(seconds * 20), "Working")
        context.check()
        time.sleep(0.05)
    mark(path, f"end {context.attempt}")


@task("samples.stubborn", lease_seconds=3)
def stubborn(context, *, path):
    mark(path, f"start {context.attempt}")
    time.sleep(60)


@task("samples.long", max_attempts=1, time_limit=timedelta(seconds=1))
def too_long(context):
    time.sleep(60)


@task("samples.poison", max_attempts=2)
def poison(context, *, path):
    mark(path, f"start {context.attempt}")
    os.kill(os.getpid(), signal.SIGKILL)


@task("samples.segfault", max_attempts=1)
def segfault(context):
    ctypes.string_at(0)


@task("samples.glutton", max_attempts=1)
def glutton(context):
    held = []
    for _ in range(200):
        held.append(b"x" * 10_000_000)
        time.sleep(0.02)


@task("samples.act", lease_seconds=3, max_attempts=50)
def act_once(context, *, path):
    """An act in two halves with a pause between: a kill in it must leave neither."""
    with acting(SYSTEM, "samples.acted", on=Ref("samples.job", context.job_id)):
        time.sleep(0.05)
    mark(path, context.job_id)
