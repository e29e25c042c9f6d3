import pytest

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.todo import list_todos
from yiwang.kernel.jobs.models import Job
from yiwang.kernel.jobs.services import enqueue, run_due, task
from yiwang.kernel.jobs.types import TASKS
from yiwang.kernel.ledger.models import ActRow
from yiwang.kernel.ledger.services import acting

pytestmark = pytest.mark.django_db

STEWARD = Actor(id="steward", organization="0001", roles=frozenset({"steward"}))
OTHER = Actor(id="other", roles=frozenset({"steward"}))
SYSADMIN = Actor(id="admin", roles=frozenset({"sysadmin"}), permissions={"jobs.manage": "all"})


@pytest.fixture
def job(monkeypatch):
    monkeypatch.setattr(TASKS, "_items", dict(TASKS._items))

    @task("test.bad", label="Read a file")
    def bad(context, *, secret):
        raise InvalidInput("test.bad", "Row %(name)s is bad", name=secret)

    with acting(STEWARD, "test.asked", on=Ref("test", "1")) as act:
        return enqueue(act, "test.bad", {"secret": "张三"}, on=Ref("test", "1", "低保名单"))


def test_who_asked_sees_the_work_whole(client_of, job):
    run_due()

    assert "低保名单" in client_of(STEWARD).get("/jobs/").content.decode()
    page = client_of(STEWARD).get(f"/jobs/{job.id}/").content.decode()
    assert "低保名单" in page
    assert "Row 张三 is bad" in page


def test_the_administrator_sees_kind_and_state_but_nothing_of_the_business(client_of, job):
    run_due()
    client = client_of(SYSADMIN)

    for address in ("/jobs/all/", f"/jobs/{job.id}/", "/jobs/all/?format=csv"):
        answer = client.get(address)
        text = b"".join(answer).decode()
        assert "test.bad" in text
        assert "张三" not in text
        assert "低保名单" not in text


def test_others_do_not_learn_that_the_work_exists(client_of, job):
    client = client_of(OTHER)

    assert client.get(f"/jobs/{job.id}/").status_code == 404
    assert client.get(f"/jobs/{job.id}/progress/").status_code == 404
    assert client.post(f"/jobs/{job.id}/cancel/").status_code == 404
    assert client.get("/jobs/all/").status_code == 403


def test_progress_asks_again_while_the_work_lives_and_then_reloads_the_page(client_of, job):
    client = client_of(STEWARD)

    live = client.get(f"/jobs/{job.id}/progress/")
    assert "hx-trigger" in live.content.decode()
    assert "HX-Refresh" not in live.headers
    run_due()

    ended = client.get(f"/jobs/{job.id}/progress/")
    assert "hx-trigger" not in ended.content.decode()
    assert ended.headers["HX-Refresh"] == "true"


def test_waiting_work_can_be_cancelled_and_run_again_on_record(client_of, job):
    client = client_of(STEWARD)

    assert client.post(f"/jobs/{job.id}/cancel/").status_code == 302
    assert run_due() == []
    assert client.post(f"/jobs/{job.id}/cancel/").status_code == 409
    assert client.post(f"/jobs/{job.id}/replay/").status_code == 302

    assert [ran.id for ran in run_due()] == [job.id]
    verbs = ActRow.objects.filter(object_id=job.id).order_by("at", "id").values_list("verb")
    assert [verb for (verb,) in verbs] == ["jobs.job.cancelled", "jobs.job.replayed"]


def test_dead_letters_are_what_the_administrator_has_to_do(job):
    assert list_todos(SYSADMIN) == []

    Job.objects.update(state="dead")

    assert [(todo.count, todo.light) for todo in list_todos(SYSADMIN)] == [(1, "red")]
    assert not [todo for todo in list_todos(STEWARD) if "jobs" in todo.url]


def test_lists_take_a_constant_number_of_queries(client_of, django_assert_max_num_queries):
    with acting(STEWARD, "test.asked", on=Ref("test", "1")) as act:
        for _ in range(60):
            enqueue(act, "jobs.clean", {})

    with django_assert_max_num_queries(2):
        client_of(STEWARD).get("/jobs/")


def test_programs_see_and_steer_the_same_work(client_of, job):
    client = client_of(STEWARD)

    listed = client.get("/api/v1/jobs/", {"limit": 10}).json()
    assert [(item["id"], item["state"]) for item in listed["items"]] == [(job.id, "queued")]
    assert listed["items"][0]["on"]["label"] == "低保名单"
    assert client.post(f"/api/v1/jobs/{job.id}/cancel").json()["state"] == "cancelled"
    assert client.post(f"/api/v1/jobs/{job.id}/replay").json()["state"] == "queued"
    run_due()

    found = client.get(f"/api/v1/jobs/{job.id}").json()
    assert found["error"] == {"code": "test.bad", "detail": "Row 张三 is bad"}
    assert client_of(OTHER).get(f"/api/v1/jobs/{job.id}").status_code == 404
