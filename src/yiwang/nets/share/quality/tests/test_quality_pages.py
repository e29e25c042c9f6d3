"""The pages of quality: what each role opens, and the way from a finding to a closed notice."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from yiwang.nets.share.quality import services
from yiwang.nets.share.quality.models import Excuse, Group, NoticeReturn

from .conftest import PASSWORD, fill, to_bytes
from .test_notices import CORRECT

pytestmark = pytest.mark.django_db
ALL = {"director", "engineer", "steward", "viewer"}
MAY = {
    "/quality/": ALL,
    "/quality/departments/D01/": ALL,
    "/quality/of/{resource}/": ALL,
    "/quality/runs/{run}/": ALL,
    "/quality/groups/": ALL,
    "/quality/groups/{group}/": ALL,
    "/quality/excuses/": {"engineer"},
    "/quality/notices/": ALL,
    "/quality/notices/new/": {"engineer"},
    "/quality/notices/{notice}/": ALL,
    "/quality/notices/{notice}/workbook/": {"engineer", "steward"},
    "/quality/return/": {"engineer", "steward"},
}


@pytest.fixture
def browse(person):
    def sign_in(role, organization="D01"):
        person(role, organization)
        client = Client()
        client.post("/sign-in/", {"name": f"{role}-{organization}", "password": PASSWORD})
        return client

    return sign_in


def test_each_role_opens_what_it_may_and_nothing_else(browse, found, sent):
    group = Group.objects.filter(resource=found.id).first()
    places = {"resource": found.id, "run": group.last_run, "group": group.id, "notice": sent.id}
    for role, organization in (
        ("director", "B01"), ("steward", "D01"), ("viewer", "D01"), ("sysadmin", "B01"),
    ):  # fmt: skip
        client = browse(role, organization)
        for path, who in MAY.items():
            answer = client.get(path.format(**places))
            expected = 200 if role in who else 403
            assert (role, path, answer.status_code) == (role, path, expected)
            b"".join(answer.streaming_content) if answer.streaming else None
    stranger = browse("steward", "D02")
    for path in MAY:
        if "{" in path or "D01" in path:
            answer = stranger.get(path.format(**places))
            assert (path, answer.status_code in (403, 404)) == (path, True)


def test_a_person_without_script_goes_from_a_finding_to_a_closed_notice(
    browse, found, django_capture_on_commit_callbacks
):
    engineer = Client()
    engineer.post("/sign-in/", {"name": "engineer-B01", "password": PASSWORD})
    made = engineer.post(
        "/quality/notices/new/",
        {"owners": ["D01"], "days": 5, "note": "电话 12345", "purpose": "核对低保名册"},
    )
    assert made.status_code == 302
    actor_notice = made["Location"]
    assert engineer.get(actor_notice).status_code == 200
    from yiwang.nets.share.quality.models import Notice

    notice = Notice.objects.get()
    from yiwang.kernel.identity import services as identity

    services.send_all(identity.get_actor(notice.account), [notice.id])
    data = b"".join(engineer.get(f"/quality/notices/{notice.id}/workbook/").streaming_content)
    import io

    import openpyxl

    book = fill(openpyxl.load_workbook(io.BytesIO(data)), CORRECT)
    sent = engineer.post(
        "/quality/return/", {"uploads": SimpleUploadedFile("x.xlsx", to_bytes(book).getvalue())}
    )
    assert sent.status_code == 302, sent.content.decode()
    services.process_return(identity.get_actor(notice.account), NoticeReturn.objects.get().id)

    shown = engineer.get(sent["Location"]).content.decode()
    assert "已更正并采纳" in shown
    notice.refresh_from_db()
    assert notice.state == "closed"


def test_reasons_and_choices_are_asked_for(browse, found, engineer):
    client = Client()
    client.post("/sign-in/", {"name": "engineer-B01", "password": PASSWORD})
    group = Group.objects.filter(resource=found.id, rows__gt=0).first()
    address = f"/quality/groups/{group.id}/"

    assert (
        client.post(address, {"step": "excuse", "scope": "rows", "reason": "历史数据"}).status_code
        == 422
    )
    assert client.post(address, {"step": "excuse", "scope": "all", "reason": ""}).status_code == 422
    assert (
        client.post(
            address, {"step": "excuse", "scope": "all", "reason": "历史数据", "until": "nie"}
        ).status_code
        == 422
    )
    assert client.post(address, {"step": "dance"}).status_code == 422
    row = services.list_rows_of_group(engineer, group.id).rows[0].row
    done = client.post(
        address, {"step": "excuse", "scope": "rows", "row": [row], "reason": "历史数据如此"}
    )
    assert done.status_code == 302
    assert Excuse.objects.get().key
    assert client.post(address, {"step": "source", "note": "业务系统本周更正"}).status_code == 302
    assert "业务系统本周更正" in client.get(address).content.decode()
