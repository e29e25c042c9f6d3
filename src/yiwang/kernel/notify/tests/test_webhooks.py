"""Messages to addresses outside: signed, tried again, resting, never where they may not go."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import socket
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as node
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from tests.samples.processes import kill_wholly, wait_until

from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.base.clock import now, use_time
from yiwang.kernel.base.errors import InvalidInput, NotFound, NotPermitted, Unavailable
from yiwang.kernel.identity import services as identity
from yiwang.kernel.jobs.models import Job
from yiwang.kernel.jobs.services import run_due
from yiwang.kernel.ledger.models import ActRow
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.live import reach
from yiwang.kernel.notify import services
from yiwang.kernel.notify.models import HookAttempt, HookMessage, Webhook
from yiwang.kernel.notify.services.hooks import posting, telling
from yiwang.kernel.notify.services.hooks.address import get_outside, read_address
from yiwang.kernel.notify.services.hooks.sending import forget_old_messages, rest_after
from yiwang.kernel.notify.types import TEST_HOOK, declare_hook

from .receiver import Receiver, open_receiver

KIND = declare_hook("notify.sample", "A sample")
ALLOWED = {"allow": ["127.0.0.1"], "http": True, "site": "https://node.example/"}
PASSWORD = "Rain-on-the-roof-7"


@pytest.fixture(autouse=True)
def fresh():
    """What a process read of another test's addresses is none of this one's."""
    telling._known.read_at = float("-inf")
    yield
    telling._known.read_at = float("-inf")


@pytest.fixture
def people(db):
    found = {}
    for code, parent in (("B01", ""), ("D01", "B01"), ("D02", "B01")):
        identity.create_organization(
            SYSTEM, code=code, name=code, parent_code=parent, kind="department"
        )
    for name, role in (("op", "sysadmin"), ("wang", "viewer")):
        info, _ = identity.create_account(
            SYSTEM, name=name, password=PASSWORD, must_change_password=False
        )
        identity.grant_role(SYSTEM, info.id, role)
        found[name] = identity.get_actor(info.id)
    return found


@pytest.fixture
def receiver(settings):
    settings.YIWANG_WEBHOOKS = ALLOWED
    with open_receiver() as found:
        yield found


def add(people, receiver, organization="", kinds=(KIND,)):
    wanted = services.Wanted("城运平台", receiver.address, kinds, organization)
    return services.add_webhook(people["op"], wanted)


def tell(subject="QJ-1", organizations=("D01",), **data):
    with acting(SYSTEM, "test.told", on=Ref("test", "1")) as act:
        return services.tell_outside(
            act, KIND, organizations=organizations, subject=subject, url="/cases/x/", data=data
        )


def run_now():
    """Whatever waits, as if its pause were over."""
    Job.objects.filter(state="queued").update(run_at=now())
    run_due()


# What is sent.


def test_a_message_is_a_cloud_event_signed_over_id_time_and_bytes(people, receiver):
    _, secret = add(people, receiver)
    assert tell(number="QJ-1") == 1
    run_due()

    (taken,) = receiver.taken
    event = json.loads(taken.body)
    message = HookMessage.objects.get()
    assert event == {
        "specversion": "1.0", "id": message.id, "source": event["source"],
        "type": f"yiwang.{KIND}", "time": event["time"], "subject": "QJ-1",
        "datacontenttype": "application/json",
        "data": {"number": "QJ-1", "link": "https://node.example/cases/x/"},
    }  # fmt: skip
    assert re.fullmatch(r"urn:yiwang:node:\w+", event["source"])
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", event["time"])
    told = taken.headers
    assert told["content-type"] == "application/cloudevents+json; charset=utf-8"
    signed = f"{told['webhook-id']}.{told['webhook-timestamp']}.".encode() + taken.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    right = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert told["webhook-signature"] == f"v1,{right}"
    assert told["webhook-id"] == message.id
    assert abs(int(told["webhook-timestamp"]) - now().timestamp()) < 60
    assert taken.path == "/hooks?x=1"


def test_it_is_told_of_what_it_chose_in_its_organization_and_below(people, receiver):
    add(people, receiver, "B01")
    add(people, receiver, "D02")
    add(people, receiver, kinds=(TEST_HOOK,))

    assert tell(organizations=["D01"]) == 1
    assert tell(organizations=["D02"]) == 2
    assert tell(organizations=[]) == 0


def test_what_is_rolled_back_is_told_to_nobody(people, receiver):
    add(people, receiver)

    with pytest.raises(RuntimeError), acting(SYSTEM, "test.told", on=Ref("test", "1")) as act:
        services.tell_outside(act, KIND, organizations=[], subject="", url="", data={})
        raise RuntimeError

    assert not HookMessage.objects.exists()
    assert not Job.objects.exists()


def test_its_secret_stands_nowhere_in_clear(people, receiver, caplog):
    hook, secret = add(people, receiver)
    services.test_webhook(people["op"], hook.id)
    key = secret.removeprefix("whsec_")

    hook.refresh_from_db()
    assert key.encode() not in bytes(hook.sealed)
    assert base64.b64decode(key) not in bytes(hook.sealed)
    told = [str(row) for row in ActRow.objects.values()] + [caplog.text]
    told += [message.body for message in HookMessage.objects.all()]
    assert key not in "".join(told)


def test_a_new_secret_signs_from_then_on(people, receiver):
    hook, first = add(people, receiver)
    second = services.draw_anew(people["op"], hook.id)
    tell()
    run_due()

    taken = receiver.taken[0]
    signed = f"{taken.headers['webhook-id']}.{taken.headers['webhook-timestamp']}.".encode()
    for secret, fits in ((first, False), (second, True)):
        key = base64.b64decode(secret.removeprefix("whsec_"))
        digest = hmac.new(key, signed + taken.body, hashlib.sha256).digest()
        found = base64.b64encode(digest).decode() in taken.headers["webhook-signature"]
        assert found == fits


# When it does not arrive.


@pytest.mark.parametrize("answer", [301, 400, 404, 429, 500, 503])
def test_any_number_outside_the_two_hundreds_is_tried_again_with_one_id(people, receiver, answer):
    add(people, receiver)
    receiver.answer, receiver.headers = answer, {"Location": "/elsewhere"}
    tell()
    run_due()
    receiver.answer = 200
    run_now()

    assert {one.path for one in receiver.taken} == {"/hooks?x=1"}
    assert len({one.headers["webhook-id"] for one in receiver.taken}) == 1
    assert len({one.body for one in receiver.taken}) == 1
    assert HookMessage.objects.get().sent_at
    assert [one.status for one in HookAttempt.objects.order_by("id")] == [answer, 200]


def test_what_was_delivered_is_not_sent_again(people, receiver):
    add(people, receiver)
    tell()
    run_due()
    Job.objects.update(state="queued", attempts=0)
    run_due()

    assert len(receiver.taken) == 1


def test_after_five_failures_it_rests_and_nothing_is_sent_until_then(people, receiver):
    hook, _ = add(people, receiver)
    receiver.answer = 500
    tell()
    for _ in range(8):
        run_now()

    hook.refresh_from_db()
    assert len(receiver.taken) == 5
    assert services.state_of(hook) == "rests"
    assert Job.objects.get().error_code == "notify.webhook.rests"
    receiver.answer = 204
    with use_time(now() + timedelta(minutes=2)):
        run_now()
        hook.refresh_from_db()
        assert services.state_of(hook) == "works"
    assert len(receiver.taken) == 6


def test_the_rest_doubles_up_to_an_hour():
    assert [rest_after(count).total_seconds() for count in (4, 5, 6, 7, 20, 500)] == [
        0, 60, 120, 240, 3600, 3600,
    ]  # fmt: skip


def test_who_answers_gone_is_turned_off(people, receiver):
    hook, _ = add(people, receiver)
    receiver.answer = 410
    tell()
    run_due()

    hook.refresh_from_db()
    assert (hook.is_on, hook.off_why) == (False, "notify.webhook.gone")
    assert tell() == 0
    run_now()
    assert HookMessage.objects.get().failure == "notify.webhook.off"


def test_a_dead_message_says_so(people, receiver):
    add(people, receiver)
    receiver.answer = 500
    tell()
    Job.objects.update(max_attempts=1)
    run_due()

    message = HookMessage.objects.get()
    assert message.failed_at
    assert message.failure == "notify.webhook.refused"


def test_bytes_that_come_one_by_one_end_when_the_time_is_over(people, receiver, monkeypatch):
    monkeypatch.setattr(posting, "SECONDS", 0.5)
    hook, _ = add(people, receiver)
    receiver.drip = True

    with pytest.raises(Unavailable) as refused:
        services.test_webhook(people["op"], hook.id)

    assert refused.value.code in ("notify.webhook.unreachable", "notify.webhook.slow")
    assert HookAttempt.objects.get().milliseconds < 5_000


def test_old_messages_are_forgotten(people, receiver):
    add(people, receiver)
    tell()
    run_due()
    assert forget_old_messages() == 0
    with use_time(now() + timedelta(days=91)):
        assert forget_old_messages() == 1
    assert not HookAttempt.objects.exists()


# Where it may go.


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::", "ff02::1", "198.18.0.1",
    ],
)  # fmt: skip
def test_no_name_leads_into_the_house(monkeypatch, address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = [(family, socket.SOCK_STREAM, 6, "", (address, 443))]
    public = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))]
    # Also not when the name leads to an open address as well.
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: public + found)

    with pytest.raises(InvalidInput, match="private network"):
        reach.resolve_public("hooks.example", 443)
    assert reach.resolve_public("hooks.example", 443, ["hooks.example"]) == "93.184.216.34"


def test_the_connection_goes_to_the_address_that_was_looked_at(people, receiver, monkeypatch):
    """A name that changes its mind between the look and the connection leads nowhere else."""
    hook, _ = add(people, receiver)
    Webhook.objects.update(address=f"http://hooks.example:{receiver.port}/")
    asked: list[str] = []
    plain = socket.getaddrinfo

    def look_up(host, port, *rest, **more):
        if host != "hooks.example":
            return plain(host, port, *rest, **more)
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "127.0.0.2"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    services.test_webhook(people["op"], hook.id)

    assert asked == ["hooks.example"]
    assert receiver.taken[0].headers["host"] == f"hooks.example:{receiver.port}"


def test_what_is_not_listed_is_not_reached_at_all(people, receiver, settings):
    hook, _ = add(people, receiver)
    settings.YIWANG_WEBHOOKS = {"http": True}

    with pytest.raises(InvalidInput, match="private network"):
        services.test_webhook(people["op"], hook.id)

    assert not receiver.taken
    assert HookAttempt.objects.get().failure == "live.host.not_public"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://hooks.example/", "notify.webhook.insecure"),
        ("ftp://hooks.example/", "notify.webhook.insecure"),
        ("file:///etc/passwd", "notify.webhook.address"),
        ("https://user:word@hooks.example/", "notify.webhook.user"),
        ("https://hooks.example/\r\nX: y", "notify.webhook.address"),
        ("https://hooks.example/a b", "notify.webhook.address"),
        ("https://hooks.example:99999/", "notify.webhook.address"),
        ("https:///path", "notify.webhook.address"),
        ("https://hooks.example/#x", "notify.webhook.address"),
        ("https://hooks.example/" + "x" * 500, "notify.webhook.address"),
    ],
)
def test_an_address_that_is_none_is_refused(settings, address, code):
    settings.YIWANG_WEBHOOKS = {}

    with pytest.raises(InvalidInput) as refused:
        read_address(address)
    assert refused.value.code == code


@pytest.mark.parametrize("told", [{"allows": []}, {"allow": "x"}, {"http": "yes"}, {"ca": 1}])
def test_a_slip_in_the_settings_stops_the_start(settings, told):
    settings.YIWANG_WEBHOOKS = told

    with pytest.raises(ImproperlyConfigured):
        get_outside()


# Who looks after them.


def test_only_who_looks_after_addresses_sees_or_changes_them(people, receiver):
    hook, _ = add(people, receiver)
    wang = people["wang"]

    for act in (
        lambda: services.list_webhooks(wang),
        lambda: services.list_sent(wang, hook.id),
        lambda: services.test_webhook(wang, hook.id),
        lambda: services.draw_anew(wang, hook.id),
        lambda: services.remove_webhook(wang, hook.id),
        lambda: services.switch_webhook(wang, hook.id, on=False),
    ):
        with pytest.raises(NotPermitted):
            act()
    with pytest.raises(NotFound):
        services.get_webhook(people["op"], "unknown")


def sign_in(name):
    client = Client()
    client.post("/sign-in/", {"name": name, "password": PASSWORD})
    return client


PAGE = "/notify/webhooks/"


def test_an_address_is_entered_tested_searched_and_removed_on_its_pages(people, receiver):
    client = sign_in("op")
    form = {
        "label": "城运平台",
        "address": receiver.address,
        "kinds": [KIND],
        "organization": "D01",
    }
    assert client.post(PAGE, form | {"kinds": []}).status_code == 422
    made = client.post(PAGE, form).content.decode()
    secret = re.search(r"whsec_[\w+/=]+", made)[0]
    hook = Webhook.objects.get()
    page = f"{PAGE}{hook.pk}/"

    assert secret not in client.get(page).content.decode()
    tested = client.post(f"{page}test/", follow=True).content.decode()
    assert "204" in tested
    tell("QJ-2026-000001")
    run_due()
    message = HookMessage.objects.get(kind=KIND)
    assert message.pk in client.get(page, {"q": "QJ-2026-000001", "came": "sent"}).content.decode()
    assert message.pk not in client.get(page, {"came": "failed"}).content.decode()
    drawn = client.post(f"{page}secret/").content.decode()
    assert re.search(r"whsec_[\w+/=]+", drawn)[0] != secret
    assert client.post(page, form | {"address": "gopher://x/"}).status_code == 422
    assert client.post(page, form | {"label": "新名"}).status_code == 302
    for verb in ("off", "on", "remove"):
        assert client.post(f"{page}{verb}/").status_code == 302
    assert not Webhook.objects.exists()
    assert sign_in("wang").get(PAGE).status_code == 403


def test_a_test_that_fails_says_why_and_is_not_tried_again(people, receiver):
    hook, _ = add(people, receiver)
    receiver.answer = 500
    told = sign_in("op").post(f"{PAGE}{hook.pk}/test/", follow=True).content.decode()

    assert "500" in told
    assert HookMessage.objects.get().failed_at
    assert not Job.objects.exists()


# Killed between the sending and the note of it.


@pytest.mark.django_db(transaction=True)
@pytest.mark.races
def test_a_worker_killed_after_the_other_side_took_it_sends_it_again_with_one_id(
    people, receiver: Receiver, workers
):
    config = Path(node.YIWANG_HOME) / "yiwang.toml"
    config.write_text('[webhooks]\nallow = ["127.0.0.1"]\nhttp = true\n', "utf-8")
    try:
        add(people, receiver)
        tell()
        job = Job.objects.filter(pk=Job.objects.get().pk)  # The hour may bring more.
        victim = workers()

        def kill() -> None:
            receiver.before = lambda: None
            kill_wholly(victim)

        receiver.before = kill
        wait_until(lambda: len(receiver.taken) == 1 and victim.poll() is not None)
        assert HookMessage.objects.get().sent_at is None
        Job.objects.update(lease_until=now() - timedelta(seconds=1))
        workers()
        wait_until(lambda: job.get().error_code or job.get().state == "done")
        Job.objects.filter(state="queued").update(run_at=now())
        wait_until(lambda: HookMessage.objects.get().sent_at)
    finally:
        config.unlink()

    assert len(receiver.taken) >= 2
    assert len({one.headers["webhook-id"] for one in receiver.taken}) == 1
    assert len({one.body for one in receiver.taken}) == 1
