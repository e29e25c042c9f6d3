"""Whatever happens to a landing, its delivery ends in a state that says why."""

import io
import zipfile
from datetime import timedelta

import pytest

from yiwang.kernel.base.clock import now
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.jobs.models import Job
from yiwang.kernel.jobs.services.queue import claim, expire_leases
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.connect import services
from yiwang.nets.share.connect.models import Delivery
from yiwang.nets.share.connect.services import landing

PEOPLE = "编号,名称\n001,东关街道\n002,西关街道\n"


def receive(actor, text=PEOPLE, name="登记.csv", queue=True):
    data = text if isinstance(text, bytes) else text.encode()
    return services.receive_file(actor, io.BytesIO(data), file_name=name, owner="D01", queue=queue)


def pack(**tables):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in tables.items():
            archive.writestr(f"{name}.csv", text)
    return packed.getvalue()


def run_to_the_end():
    while Job.objects.filter(state="queued").exists():
        Job.objects.filter(state="queued").update(run_at=now())
        jobs.run_due(50)


def break_at(monkeypatch, *broken):
    """Let the landing fault where a table's columns are among the broken."""
    whole = landing.stage

    def stage(source, columns, differences):
        if not broken or columns[0] in broken:
            raise RuntimeError("the disk spoke in tongues")
        return whole(source, columns, differences)

    monkeypatch.setattr(landing, "stage", stage)


def test_a_fault_ends_with_the_delivery_refused_and_the_reason_on_its_page(
    steward, client_of, monkeypatch
):
    break_at(monkeypatch)
    delivery = receive(steward)

    run_to_the_end()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.error["code"]) == ("failed", "jobs.task.fault")
    page = client_of(steward).get(f"/deliveries/{delivery.id}/").content.decode()
    assert "任务因意外故障而中止" in page


def test_a_dead_landing_that_is_replayed_lands_after_all(steward, monkeypatch):
    with monkeypatch.context() as patched:
        break_at(patched)
        delivery = receive(steward)
        run_to_the_end()

    jobs.replay_job(steward, delivery.job)
    run_to_the_end()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.version, delivery.error) == ("landed", 1, None)


def test_a_refused_fault_can_be_landed_again_by_its_sender(steward, monkeypatch):
    with monkeypatch.context() as patched:
        break_at(patched)
        delivery = receive(steward)
        run_to_the_end()

    told = landing.Instructions.from_json(delivery.instructions)
    services.land_again(steward, delivery.id, instructions=told)
    run_to_the_end()

    delivery.refresh_from_db()
    assert delivery.state == "landed"


def test_a_cancelled_landing_says_so_on_the_delivery(steward):
    delivery = receive(steward)

    jobs.cancel_job(steward, delivery.job)

    delivery.refresh_from_db()
    assert (delivery.state, delivery.error["code"]) == ("failed", "jobs.task.cancelled")


def test_a_landing_whose_workers_died_one_after_another_says_so(steward):
    delivery = receive(steward)
    for _ in range(3):
        Job.objects.filter(id=delivery.job).update(run_at=now())
        assert claim("gone") is not None
        Job.objects.filter(id=delivery.job).update(lease_until=now() - timedelta(seconds=1))
        expire_leases()

    delivery.refresh_from_db()
    assert Job.objects.get(id=delivery.job).state == "dead"
    assert (delivery.state, delivery.error["code"]) == ("failed", "jobs.task.crashed")


def test_every_table_of_a_file_says_that_the_landing_was_given_up(steward, monkeypatch):
    break_at(monkeypatch, "乙")
    delivery = receive(steward, pack(一=PEOPLE, 二="乙\n1\n", 三="丙\n1\n"), "三张.zip")

    run_to_the_end()

    states = Delivery.objects.filter(file=delivery.file).order_by("member")
    assert sorted(states.values_list("state", flat=True)) == ["failed", "failed", "landed"]


def test_tables_left_behind_are_taken_up_although_the_first_has_landed(steward, monkeypatch):
    delivery = receive(steward, pack(一=PEOPLE, 二="乙\n1\n"), "两张.zip")
    with monkeypatch.context() as patched:
        break_at(patched, "乙")
        jobs.run_due(1)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"landed", "landing"}

    run_to_the_end()

    assert list(Delivery.objects.values_list("state", "version")) == [("landed", 1)] * 2
    assert Delivery.objects.filter(file=delivery.file).count() == 2


def test_two_landings_of_one_delivery_make_one_version(steward, monkeypatch):
    delivery = receive(steward, queue=False)
    whole = landing.stage

    def stage(source, columns, differences):
        monkeypatch.setattr(landing, "stage", whole)
        services.land_delivery(steward, delivery.id)
        return whole(source, columns, differences)

    monkeypatch.setattr(landing, "stage", stage)
    [late] = services.land_delivery(steward, delivery.id)

    assert (late.state, late.version) == ("landed", 1)
    assert len(pool.list_versions(catalog.get_resource(steward, "登记").table)) == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [(RuntimeError, "connect.landing.fault"), (KeyboardInterrupt, "connect.landing.interrupted")],
)
def test_a_landing_in_the_foreground_that_breaks_leaves_a_reason(steward, monkeypatch, error, code):
    delivery = receive(steward, queue=False)

    def stage(*_):
        raise error

    monkeypatch.setattr(landing, "stage", stage)
    with pytest.raises(error):
        services.land_here(steward, delivery.id)

    delivery.refresh_from_db()
    assert (delivery.state, delivery.error["code"]) == ("failed", code)


def test_the_sweep_finds_what_a_killed_command_left_and_spares_what_waits(steward):
    killed, waiting = receive(steward, queue=False), receive(steward, name="另一个.csv")
    old = now() - timedelta(hours=7)
    Delivery.objects.update(received_at=old, state="landing")

    assert services.sweep_waiting() == 1

    killed.refresh_from_db(), waiting.refresh_from_db()
    assert (killed.state, killed.error["code"]) == ("failed", "connect.landing.interrupted")
    assert waiting.state == "landing"
