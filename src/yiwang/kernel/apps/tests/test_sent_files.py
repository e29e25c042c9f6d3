"""Tests of apps that send files, to records and to cases. 用例附件测试。"""

from __future__ import annotations

import io

import pytest

from yiwang.kernel.apps import services
from yiwang.kernel.apps.services.samples import CONTENTS, sample_upload, send_samples
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.files import services as stored
from yiwang.kernel.files.models import FileRow
from yiwang.kernel.files.services.kinds import ORDINARY
from yiwang.kernel.files.services.sniffing import sniff_type
from yiwang.kernel.records import services as records
from yiwang.kernel.records.types import Wanted
from yiwang.kernel.workflow import services as workflow
from yiwang.kernel.workflow.services.testing import find_task_for

from .test_apps import changed, people  # noqa: F401 - a fixture

SENDING = """
test: sending
people:
  wang: {role: viewer, of: office}
  li: {role: steward, of: office}
when:
  - {by: wang, start: permit, as: application, data: {purpose: 开会, days: 1, plan: [{file: 图.png}]}}
  - {by: wang, start: permit, refused: files.upload.type, data: {purpose: 开会, days: 1, plan: [{file: 图.exe}]}}
  - {by: li, act: application, files: [说明.pdf]}
then:
  - {case: application, files: 2}
"""


@pytest.fixture
def files():
    found = services.new_app("rooms", title="场所管理", owner="B01")
    text = found["cases/permit.yaml"]
    first = text.index("fields:\n") + len("fields:\n")
    text = text[:first] + "  plan: {label: {zh: 图纸}, kind: files}\n" + text[first:]
    text = text.replace("edits: [", "edits: [plan, ", 1)
    return {**found, "cases/permit.yaml": text}


def test_every_sample_is_what_its_name_says_and_only_the_last_is_refused():
    kinds = {name: sniff_type(io.BytesIO(content)) for name, content in CONTENTS.items()}

    assert kinds.pop(".exe") == ""
    assert kinds.pop(".zip") == "application/zip"
    assert set(kinds.values()) | {"text/csv"} <= set(ORDINARY)
    with pytest.raises(InvalidInput, match="end in"):
        sample_upload("a.heic")


def test_only_what_is_written_as_a_sample_is_sent():
    told = {"a": [{"file": "a.png"}, {"id": "1"}], "b": "c", "d": [1]}

    assert send_samples(told, lambda key, upload: f"{key}:{upload.name}") == {
        "a": ["a:a.png", {"id": "1"}], "b": "c", "d": [1],
    }  # fmt: skip


def test_a_test_sends_files_to_a_case_and_nothing_of_them_stays(people, files):  # noqa: F811
    outcomes = services.test_app(people["eng"], {**files, "tests/sending.yaml": SENDING})

    assert {one.name: one.problem for one in outcomes} == {"long_use": "", "sending": ""}
    assert not FileRow.objects.exists()


def test_a_claim_about_files_can_fail(people, files):  # noqa: F811
    wrong = changed({"t": SENDING}, "t", "files: 2", "files: 3")["t"]
    outcomes = services.test_app(people["eng"], {**files, "tests/sending.yaml": wrong})

    assert [one.problem for one in outcomes if one.name == "sending"] == [
        "the case holds 2 files, not 3"
    ]


def test_a_record_that_a_case_keeps_has_copies_of_its_own(
    people,  # noqa: F811
    files,
    django_capture_on_commit_callbacks,
):
    """Kept by name; destroyed in the case they stand in the record, and kept anew they are no more."""
    services.install_app(people["eng"], keeping(files))
    case, told = grant(people)
    (kept,) = told["plan"]

    assert kept["id"] != case.data["plan"][0]["id"]
    assert kept["name"] == "图.png"
    with django_capture_on_commit_callbacks(execute=True):
        file = case.data["plan"][0]["id"]
        workflow.erase_attachment(people["eng"], case.pk, file, reason="超范围收集")
    with stored.open_file(kept["id"]) as content:
        assert content.read() == CONTENTS[".png"]


def test_files_are_kept_only_as_files(people, files):  # noqa: F811
    wrong = changed(keeping(files), "cases/permit.yaml", "plan: plan", "plan: purpose")

    with pytest.raises(InvalidInput, match="from a field of files"):
        services.install_app(people["eng"], wrong)


def keeping(files):
    """The app with a register that takes the plans of what was granted."""
    entity = files["entities/permit.yaml"].replace(
        "fields:\n", "fields:\n  plan: {label: {zh: 图纸}, kind: files}\n", 1
    )
    case = files["cases/permit.yaml"].replace("values: {place:", "values: {plan: plan, place:")
    return {**files, "entities/permit.yaml": entity, "cases/permit.yaml": case}


def grant(people):  # noqa: F811
    """A case that was granted, and what its record holds."""
    wang, li = people["wang"], people["li"]
    field = workflow.find_newest("rooms.permit")[1].fields["plan"]
    plan = workflow.keep_upload(wang, "rooms.permit", field, sample_upload("图.png"))
    data = {"purpose": "培训", "days": 2, "plan": [plan]}
    case = workflow.start_case(wang, "rooms.permit", data)
    workflow.act_on_task(li, find_task_for(li, case.pk), "agree")
    page = records.list_records(records.at_desk(people["eng"]), "rooms.permit", Wanted())
    return case, page.records[0].values
