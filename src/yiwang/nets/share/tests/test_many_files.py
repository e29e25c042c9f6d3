"""Three hundred files at once, and the worker killed in the middle."""

import os
import signal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.samples.processes import start_worker, wait_until

from yiwang.kernel.jobs.models import Job
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.connect.models import Delivery

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races, pytest.mark.deep]

FILES = 300
GOOD = "编号,名称\n001,东关街道\n002,西关街道\n"
ENDED = {"landed", "held", "failed"}


def draw_upload(number):
    """Every tenth is no table, every tenth is empty, every tenth has the columns of another."""
    name, text = f"表{number}.csv", GOOD
    if number % 10 == 3:
        text = "%PDF-1.7 no table"
    elif number % 10 == 5:
        text = ""
    elif number % 10 == 7:
        name, text = f"表{number - 1}.csv", "编号,别名\n001,东关\n"
    return SimpleUploadedFile(name, text.encode())


def count_ended():
    return Delivery.objects.filter(state__in=ENDED).count()


def test_every_file_ends_once_although_the_worker_is_killed(client_of, steward):
    client = client_of(steward)
    answer = client.post(
        "/deliveries/send/",
        {"uploads": [draw_upload(n) for n in range(FILES)], "owner": "D01", "kind": "full"},
    )
    assert answer.status_code == 302
    workers = [start_worker()]
    try:
        for share in (60, 150):
            wait_until(lambda least=share: count_ended() >= least, seconds=240)
            os.kill(workers[-1].pid, signal.SIGKILL)
            Job.objects.filter(state="running").update(lease_until="2000-01-01T00:00:00Z")
            workers.append(start_worker())
        wait_until(lambda: count_ended() == FILES, seconds=400)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()

    states = Delivery.objects.values_list("state", flat=True)
    assert [sum(one == state for one in states) for state in ("landed", "held", "failed")] == [
        FILES * 7 // 10, FILES // 10, FILES // 5,
    ]  # fmt: skip
    for resource in catalog.visible_resources(steward):
        assert [one.number for one in pool.list_versions(resource.table)] == [1]
    page = client.get(answer.url).content.decode()
    assert "every 2s" not in page
