"""The reference library of Standard Webhooks verifies what we send, and nothing that was changed."""

from __future__ import annotations

import json

import pytest

from tests.conformance.environments import run_client
from yiwang.kernel.jobs.services import run_due
from yiwang.kernel.notify import services
from yiwang.kernel.notify.tests.receiver import open_receiver
from yiwang.kernel.notify.tests.test_webhooks import ALLOWED, add, people, tell  # noqa: F401

pytestmark = [pytest.mark.deep, pytest.mark.django_db]


def test_our_messages_verify_and_changed_ones_do_not(people, settings):  # noqa: F811
    settings.YIWANG_WEBHOOKS = ALLOWED
    with open_receiver() as receiver:
        hook, secret = add(people, receiver)
        tell("QJ-2026-000001", note="中文与 “引号” 与 \\ 斜杠")
        run_due()
        services.test_webhook(people["op"], hook.id)
    good = [{"body": one.body.decode(), "headers": one.headers} for one in receiver.taken]
    first = good[0]
    changed = [
        {**first, "body": first["body"].replace("000001", "000002")},
        {**first, "headers": first["headers"] | {"webhook-id": good[1]["headers"]["webhook-id"]}},
        {**first, "headers": first["headers"] | {"webhook-timestamp": "1700000000"}},
    ]
    told = {"secret": secret, "deliveries": [*good, *changed]}

    found = json.loads(run_client("standard_webhooks", "verify.py", stdin=json.dumps(told)))

    assert [one["verified"] for one in found] == [True, True, False, False, False]
    assert found[0]["event"]["specversion"] == "1.0"
    assert found[0]["event"]["data"]["note"] == "中文与 “引号” 与 \\ 斜杠"
