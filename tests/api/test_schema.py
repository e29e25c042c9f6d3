"""The API keeps what its document promises: schemathesis invents calls and checks the answers."""

from __future__ import annotations

import json
import os
from contextlib import suppress

import pytest
import requests
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.transport import Response

from yiwang.site.urls import api

EXAMPLES = int(os.environ.get("YIWANG_EXAMPLES", "12"))  # of each operation, role and mode
ROLES = ["sysadmin", "engineer", "steward"]
# A call from a test client has no network under it, and some checks would call again by themselves.
# What is valid by the document may still be refused: a filter's fields are known to the data only.
ELSEWHERE = {
    "ignored_auth",
    "use_after_free",
    "ensure_resource_availability",
    "max_response_time",
    "positive_data_acceptance",
}

load_all_checks()


def list_operations():
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(api.get_openapi_schema())))
    return [found.ok() for found in schema.get_all_operations()]


def send(client: Client, case, header: str) -> Response:
    """Send a case through Django's client and give back what schemathesis checks."""
    arguments = case.as_transport_kwargs(base_url="http://testserver")
    arguments["headers"] = {**(arguments.get("headers") or {}), "Authorization": header}
    arguments.pop("cookies", None)
    prepared = requests.Request(**arguments).prepare()
    address = prepared.url.removeprefix("http://testserver")
    headers = {name: value for name, value in prepared.headers.items() if name != "Content-Length"}
    answer = client.generic(
        prepared.method,
        address,
        prepared.body or b"",
        content_type=headers.pop("Content-Type", "application/octet-stream"),
        headers=headers,
    )
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    found = {name.lower(): [value] for name, value in answer.headers.items()}
    return Response(answer.status_code, found, content, prepared, 0.01, verify=False)


def check_operations(world, role: str, examples: int, mode: GenerationMode) -> None:
    client = Client(raise_request_exception=False)
    header = f"Bearer {world.token(role)}"
    checks = [check for name, check in zip(CHECKS.get_all_names(), CHECKS.get_all(), strict=True)
              if name not in ELSEWHERE]  # fmt: skip

    for operation in list_operations():

        @settings(
            max_examples=examples,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def keeps_its_word(case):
            case.validate_response(send(client, case, header), checks=checks)

        # An operation without parameters cannot be called in a wrong way.
        with suppress(Unsatisfiable):
            keeps_its_word()


@pytest.mark.parametrize("role", ROLES)
def test_operations_keep_their_document(world, role):
    check_operations(world, role, 4, GenerationMode.POSITIVE)


@pytest.mark.deep
@pytest.mark.timeout(100 * EXAMPLES)  # thousands of calls
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.name.lower())
@pytest.mark.parametrize("role", ROLES)
def test_operations_keep_their_document_at_length(world, role, mode):
    check_operations(world, role, EXAMPLES, mode)
