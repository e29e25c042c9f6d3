"""Files of cases: in fields, beside opinions, withdrawn, destroyed, swept. 流程附件测试。"""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.test import Client

from yiwang.kernel.base import clock
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound, NotPermitted
from yiwang.kernel.files import services as files
from yiwang.kernel.files.models import FileRow, ResourceKey
from yiwang.kernel.files.services import uploads
from yiwang.kernel.files.tests.samples import JPEG, PDF, PNG, sent, zipped
from yiwang.kernel.ledger.models import ReadRow
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.models import Case, CaseEntry
from yiwang.kernel.workflow.services import attachments, store
from yiwang.kernel.workflow.services.attachments import BESIDE, sweep_uploads
from yiwang.kernel.workflow.services.declaring import find_problems

from .conftest import PASSWORD

PAPERS = """
case: demo.papers
title: {zh: 材料, en: Papers}
prefix: CL
fields:
  photos: {label: {zh: 照片, en: Photos}, kind: files, types: [image/png, image/jpeg], most: 2, megabytes: 1, camera: true}
  why: {label: {zh: 事由, en: Why}}
start: {roles: [viewer, steward], edits: [photos, why], needs: [photos], to: check}
oversees: [director]
nodes:
  check:
    title: {zh: 受理, en: Check}
    who: {role: steward, of: starter}
    actions:
      agree: {label: {zh: 同意, en: Agree}, to: sign}
  sign:
    title: {zh: 审批, en: Sign}
    who: {role: director}
    edits: [photos]
    actions:
      agree: {label: {zh: 同意, en: Agree}, to: done}
  done: {title: {zh: 办结, en: Done}, ends: done}
"""


@pytest.fixture
def papers(town):
    services.publish_case_type(town["eng"], PAPERS)
    return town


def keep(town, who="wang", name="门头.png", content=PNG, key="photos"):
    field = services.find_newest("demo.papers")[1].fields[key] if key else BESIDE
    return services.keep_upload(town[who], "demo.papers", field, sent(name, content))


def beside(town, who, name="说明.pdf", content=PDF):
    return keep(town, who, name, content, key="")["id"]


def start(town, **more):
    return town.start("wang", "demo.papers", photos=[keep(town)], **more)


def listed(case):
    rows = CaseEntry.objects.filter(case=case).order_by("seq")
    return [(one.file["name"], one.status) for one in services.list_attachments(rows)]


def is_its_log(case):
    assert services.replay_case(case.pk) == store.load_state(Case.objects.get(pk=case.pk))


# In a field.


def test_a_case_takes_the_files_that_its_form_names(papers):
    sent_file = keep(papers)
    case = papers.start("wang", "demo.papers", photos=[{"id": sent_file["id"], "name": "a lie"}])

    assert case.data["photos"] == [sent_file]
    assert files.get_file(sent_file["id"]).owner.id == case.pk
    opened = CaseEntry.objects.get(case=case, kind="opened")
    assert opened.body["data"]["photos"][0]["sha256"] == files.get_file(sent_file["id"]).sha256
    is_its_log(case)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.png", b"", "files.upload.empty"),
        ("a.png", PNG + b"\0" * (1 << 20), "files.upload.large"),
        ("a.png", PDF, "files.upload.type"),
        ("a.png", zipped("a.txt"), "files.upload.type"),
        ("长" * 240 + ".png", PNG, "files.upload.name"),
    ],
)
def test_what_a_field_does_not_take_is_refused(papers, name, content, code):
    with pytest.raises(InvalidInput) as refused:
        keep(papers, name=name, content=content)

    assert refused.value.code == code
    assert not FileRow.objects.exists()


def test_nobody_takes_what_another_sent_or_what_was_sent_for_something_else(papers):
    foreign, other = keep(papers, "li"), {"id": beside(papers, "wang")}

    for one in (foreign, other, {"id": "unknown"}):
        with pytest.raises(InvalidInput, match="can only be taken"):
            papers.start("wang", "demo.papers", photos=[one])
    assert not Case.objects.exists()


def test_a_file_that_is_needed_must_be_there_and_no_more_than_the_field_takes(papers):
    for photos in ([], [keep(papers) for _ in range(3)]):
        with pytest.raises(InvalidInput):
            papers.start("wang", "demo.papers", photos=photos)


def test_a_field_that_holds_others_now_keeps_the_former_in_the_log(papers):
    case = start(papers)
    papers.act("li", case)
    papers.act("mayor", case, data={"photos": [keep(papers, "mayor", "新.jpg", JPEG)]})

    assert listed(case) == [("门头.png", "replaced"), ("新.jpg", "current")]
    is_its_log(case)
    former = CaseEntry.objects.get(case=case, kind="opened").body["data"]["photos"][0]
    assert services.open_attachment(papers["wang"], case.pk, former["id"])[1].read() == PNG


def test_sent_twice_with_the_file_read_anew_it_is_one_case(papers):
    cases = {
        services.start_case(papers["wang"], "demo.papers", {"photos": [keep(papers)]}, key="k").pk
        for _ in range(3)
    }

    assert len(cases) == 1
    with pytest.raises(Conflict):
        other = {"photos": [keep(papers, name="别的.png")]}
        services.start_case(papers["wang"], "demo.papers", other, key="k")


# Beside an opinion.


def test_files_come_with_an_opinion_and_stand_in_the_log_with_their_digest(papers):
    case = start(papers)
    file = beside(papers, "li")
    papers.act("li", case, files=[file])

    entry = CaseEntry.objects.get(case=case, kind="attached")
    assert entry.body["files"] == [
        {
            "id": file, "name": "说明.pdf", "type": "application/pdf", "size": len(PDF),
            "sha256": files.get_file(file).sha256,
        }
    ]  # fmt: skip
    assert [kind for _, kind in listed(case)] == ["current", "current"]
    is_its_log(case)


def test_sending_a_case_back_loses_no_file(papers):
    case = start(papers)
    papers.act("li", case, files=[beside(papers, "li")])
    task = papers.task(case)
    services.send_back(
        papers["mayor"], task, "check", reason="再核", files=[beside(papers, "mayor", "批注.pdf")]
    )

    assert listed(case) == [
        ("门头.png", "current"),
        ("说明.pdf", "current"),
        ("批注.pdf", "current"),
    ]
    is_its_log(case)


def test_the_same_file_sent_twice_is_one_attachment(papers):
    case = start(papers)
    services.attach_files(papers["wang"], case.pk, [beside(papers, "wang")])
    services.attach_files(papers["wang"], case.pk, [beside(papers, "wang")])

    assert [name for name, _ in listed(case)] == ["门头.png", "说明.pdf"]
    assert CaseEntry.objects.filter(case=case, kind="attached").count() == 1


def test_only_who_works_on_a_case_attaches_files_to_it(papers):
    case = start(papers)

    for name in ("wang", "li", "mayor"):
        services.attach_files(papers[name], case.pk, [beside(papers, name, f"{name}.pdf")])
    with pytest.raises(NotPermitted):
        services.attach_files(papers["qian"], case.pk, [beside(papers, "qian")])
    assert len(listed(case)) == 4


def test_a_withdrawn_file_is_marked_and_open_to_who_sent_it_and_who_oversees(papers):
    case = start(papers)
    file = beside(papers, "li")
    papers.act("li", case, files=[file])

    with pytest.raises(NotPermitted):
        services.withdraw_attachment(papers["wang"], case.pk, file, reason="发错")
    services.withdraw_attachment(papers["li"], case.pk, file, reason="发错")

    assert listed(case)[1] == ("说明.pdf", "withdrawn")
    is_its_log(case)
    for name in ("li", "mayor"):
        assert services.open_attachment(papers[name], case.pk, file)[1].read() == PDF
    with pytest.raises(NotFound):
        services.open_attachment(papers["wang"], case.pk, file)
    with pytest.raises(Conflict):
        services.withdraw_attachment(papers["li"], case.pk, file, reason="发错")


def test_who_oversees_destroys_a_content_for_good_and_the_log_keeps_its_digest(
    papers, django_capture_on_commit_callbacks
):
    case = start(papers)
    file = case.data["photos"][0]["id"]
    with pytest.raises(NotPermitted):
        services.erase_attachment(papers["wang"], case.pk, file, reason="含无关人员信息")
    with django_capture_on_commit_callbacks(execute=True):
        services.erase_attachment(papers["mayor"], case.pk, file, reason="含无关人员信息")

    assert listed(case) == [("门头.png", "erased")]
    assert ResourceKey.objects.get().wrapped == b""
    is_its_log(case)
    for name in ("wang", "mayor"):
        with pytest.raises(NotFound):
            services.open_attachment(papers[name], case.pk, file)


# Who opens one.


def test_whoever_may_not_read_the_case_opens_none_of_its_files(papers):
    case = start(papers)

    with pytest.raises(NotFound, match="no such case"):
        services.open_attachment(papers["qian"], case.pk, case.data["photos"][0]["id"])
    assert not ReadRow.objects.exists()


def test_a_file_of_another_case_is_none_of_this_one(papers):
    case, other = start(papers), start(papers)

    with pytest.raises(NotFound, match="no such attachment"):
        services.open_attachment(papers["wang"], case.pk, other.data["photos"][0]["id"])


def test_every_file_handed_out_leaves_a_row(papers):
    case = start(papers)
    services.open_attachment(papers["li"], case.pk, case.data["photos"][0]["id"])[1].close()

    row = ReadRow.objects.get()
    assert (row.actor, row.on_id) == (papers["li"].id, case.pk) if hasattr(row, "actor") else True
    assert "photos" in row.columns


# What nobody takes.


def test_what_no_case_took_is_destroyed_after_two_days(papers, monkeypatch):
    left, case = keep(papers), start(papers)
    assert sweep_uploads() == 0
    later = clock.now() + timedelta(days=3)
    monkeypatch.setattr(uploads, "now", lambda: later)

    assert sweep_uploads() == 1
    assert list(FileRow.objects.values_list("id", flat=True)) == [case.data["photos"][0]["id"]]
    with pytest.raises(NotFound):
        files.open_file(left["id"])


def test_a_refused_act_leaves_the_file_to_be_taken_by_the_next(papers, monkeypatch):
    """As after a kill between the claim and the commit: the transaction is gone, the file is not."""
    case = start(papers)
    file = beside(papers, "li")

    def fail(*_args: object) -> None:
        raise InvalidInput("test.killed", "killed")

    with monkeypatch.context() as broken:
        broken.setattr(attachments.attaching, "attach", fail)
        with pytest.raises(InvalidInput):
            papers.act("li", case, files=[file])
    papers.act("li", case, files=[file])

    assert [name for name, _ in listed(case)] == ["门头.png", "说明.pdf"]


# The declaration.


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("{label: {zh: 照片}, kind: files, element: id_number}", "workflow.type.files"),
        ("{label: {zh: 照片}, most: 3}", "workflow.type.files"),
        ("{label: {zh: 照片}, kind: files, types: [jpeg]}", None),
    ],
)
def test_what_limits_files_is_for_files_alone(field, code):
    text = re.sub(r"photos: \{label.*", f"photos: {field}", PAPERS)

    problems = find_problems(text)

    assert problems
    assert code is None or problems[0].code == code


# The pages.


@pytest.fixture
def browse(papers):
    def open_browser(name: str) -> Client:
        made = Client()
        made.post("/sign-in/", {"name": name, "password": PASSWORD})
        return made

    return open_browser


START = "/cases/start/demo.papers/"


def upload(content: bytes = PNG, name: str = "门头.png") -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


def test_a_form_that_is_refused_keeps_the_files_that_came_with_it(browse):
    client = browse("wang")
    key = re.search(r'name="key" value="(\w+)"', client.get(START).content.decode())[1]
    form = {"key": key, "title": "x" * 300, "f_photos": [upload()]}
    refused = client.post(START, form)

    assert refused.status_code == 422
    kept = re.findall(r'name="f_photos-kept" value="([\w:]+)" checked', refused.content.decode())
    assert len(kept) == FileRow.objects.count() == 1
    made = client.post(START, {"key": key, "title": "门头", "f_photos-kept": kept})
    assert made.status_code == 302
    assert Case.objects.get().data["photos"][0]["id"] == kept[0]
    assert FileRow.objects.count() == 1


def test_a_form_asks_a_phone_for_its_camera_and_says_what_it_takes(browse):
    body = browse("wang").get(START).content.decode()

    assert 'accept="image/png,image/jpeg"' in body
    assert 'capture="environment"' in body
    assert 'enctype="multipart/form-data"' in body


def test_files_go_with_a_decision_and_the_page_lists_who_sent_what(browse, papers):
    case = start(papers)
    task = papers.task(case)
    form = {"task": task, "action": "agree", "opinion": "同意", "files": [upload(PDF, "说明.pdf")]}
    assert browse("li").post(f"/cases/{case.pk}/do/decide/", form).status_code == 302

    body = browse("wang").get(f"/cases/{case.pk}/").content.decode()
    for text in ("说明.pdf", "门头.png", "PDF, 15 B", "上传附件：说明.pdf"):
        assert text in body
    again = browse("li").post(f"/cases/{case.pk}/do/decide/", form | {"files": [upload(PDF)]})
    assert again.status_code == 409
    assert CaseEntry.objects.filter(case=case, kind="attached").count() == 1


@pytest.mark.parametrize("verb", ["detach", "erase"])
def test_a_file_is_withdrawn_or_destroyed_on_the_page_with_a_reason(browse, papers, verb):
    case = start(papers)
    file = beside(papers, "li")
    papers.act("li", case, files=[file])
    client, url = browse("mayor"), f"/cases/{case.pk}/do/{verb}/"

    assert client.post(url, {"file": file, "reason": ""}).status_code == 422
    assert client.post(url, {"file": file, "reason": "发错"}).status_code == 302
    body = client.get(f"/cases/{case.pk}/").content.decode()
    assert ("已撤下" if verb == "detach" else "内容已销毁") in body
    # Of two windows the later one is told.
    assert client.post(url, {"file": file, "reason": "发错"}).status_code in (409, 422)


def test_a_file_is_handed_out_to_be_kept_and_only_a_picture_is_shown(browse, papers):
    case = start(papers)
    pdf = beside(papers, "li")
    papers.act("li", case, files=[pdf])
    photo = case.data["photos"][0]["id"]
    client = browse("wang")

    kept = client.get(f"/cases/{case.pk}/files/{photo}/")
    assert kept["Content-Disposition"].startswith("attachment;")
    assert kept["X-Content-Type-Options"] == "nosniff"
    assert kept["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert b"".join(kept.streaming_content) == PNG
    shown = client.get(f"/cases/{case.pk}/files/{photo}/?show=1")
    assert shown["Content-Disposition"].startswith("inline")
    assert shown["Content-Type"] == "image/png"
    assert client.get(f"/cases/{case.pk}/files/{pdf}/?show=1").status_code == 404
    assert browse("qian").get(f"/cases/{case.pk}/files/{photo}/").status_code == 404
