"""What came beside the fields, what parts are given, and what of a refused look is on record."""

from __future__ import annotations

import pytest

from yiwang.kernel.base.errors import InvalidInput, NotFound
from yiwang.kernel.ledger.models import ActRow, ReadRow
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.models import Case
from yiwang.kernel.workflow.services.declaring import find_problems

from .conftest import Town
from .test_attachments import PDF
from .test_attachments import sent as sent_file
from .test_seeing import BODY, LETTER, OTHER, PHONE, browse, page

GUARDED = LETTER.replace(
    "reads: [viewer]\n",
    "reads: [viewer]\nattachments: {clear: [{holder: true}, {roles: [steward], of: starter}]}\n",
)


def send_beside(town: Town, text: str) -> tuple[Case, str]:
    """A letter with a file that the clerk's steward sends beside the decision."""
    services.publish_case_type(town["eng"], text)
    case = services.start_case(town["wang"], "demo.letter", {"body": BODY, "phone": PHONE})
    file = services.keep_upload(
        town["li"], "demo.letter", services.BESIDE, sent_file("病历.pdf", PDF)
    )
    town.act("li", case, "sent", data={"department": "D02"}, files=[file["id"]],
             copies=[town["qian"].id])  # fmt: skip
    return case, file["id"]


@pytest.mark.parametrize(("name", "opens"), [
    ("li", True), ("zhao", True), ("wang", False), ("qian", False), ("mayor", False),
])  # fmt: skip
def test_a_type_says_who_sees_files_beside_its_fields(town: Town, name: str, opens: bool):
    case, file = send_beside(town, GUARDED)
    client = browse(name)

    assert ("病历" in client.get(f"/cases/{case.pk}/").content.decode()) is opens
    assert (client.get(f"/cases/{case.pk}/files/{file}/").status_code == 200) is opens


def test_without_a_word_whoever_reads_the_case_opens_them(town: Town):
    case, file = send_beside(town, LETTER)

    _, content = services.open_attachment(town["qian"], case.pk, file)
    content.close()
    assert "病历" in page("qian", f"/cases/{case.pk}/")


def test_what_is_not_there_cannot_be_unmasked_nor_withdrawn_by_its_page(town: Town):
    case, file = send_beside(town, GUARDED)
    view = services.describe_case(town["mayor"], case.pk)
    shown = browse("mayor").post(
        f"/cases/{case.pk}/unmask/", {"names": ["phone"], "reason": "回访来信人"}
    )

    assert "words" not in services.list_unmaskable(town["mayor"], view)
    assert "病历" not in shown.content.decode()
    assert "/do/detach/" not in page("mayor", f"/cases/{case.pk}/")
    with pytest.raises(NotFound):
        services.open_attachment(town["mayor"], case.pk, file)


@pytest.mark.parametrize("verb", [services.withdraw_attachment, services.erase_attachment])
def test_what_is_not_there_for_an_overseer_cannot_be_withdrawn_nor_erased(town: Town, verb):
    case, file = send_beside(town, GUARDED)
    told = []
    for name in (file, "nobody:0"):
        with pytest.raises(NotFound) as refused:
            verb(town["mayor"], case.pk, name, reason="误传文件")
        told.append((refused.value.code, str(refused.value)))

    assert told[0] == told[1]
    assert "病历" in page("li", f"/cases/{case.pk}/")


def test_who_sees_them_is_checked_with_its_line():
    (error, *_) = find_problems(GUARDED.replace("{holder: true}, {roles: [steward], of: starter}]}\nnodes",
                                                "{roles: [stewrd]}]}\nnodes"))  # fmt: skip

    assert error.code == "workflow.type.role"
    assert error.extra["line"] == GUARDED.splitlines().index(
        "attachments: {clear: [{holder: true}, {roles: [steward], of: starter}]}"
    ) + 1  # fmt: skip


def test_a_part_is_given_no_guarded_field_as_an_open_one(town: Town):
    """An expression over a guarded field says as much as the field."""
    parts = """
  split:
    title: {zh: 分办}
    children: {type: demo.letter, each: department, into: department, give: {reply: "concat('电', phone)"}}
    then: [{to: ended}]
"""
    text = LETTER.replace(
        "kind: organization, levels: [department], reach: city}",
        "kind: organizations, levels: [department], reach: city}",
    ).replace("to: ended}\n", "to: split}\n")
    text = text.replace("  ended:", parts.strip("\n") + "\n  ended:", 1)
    with pytest.raises(InvalidInput) as refused:
        services.publish_case_type(town["eng"], text)

    assert refused.value.code == "workflow.type.bare"


def test_a_page_that_refuses_to_unmask_leaves_its_look_on_record(town: Town):
    """It shows what its reader sees whole anyway, as every page of the case."""
    services.publish_case_type(town["eng"], LETTER)
    case = services.start_case(town["wang"], "demo.letter", {"body": BODY, "phone": PHONE})
    answer = browse("li").post(f"/cases/{case.pk}/unmask/", {"names": ["number"], "reason": ""})

    assert PHONE in answer.content.decode()
    look = ReadRow.objects.get(actor_id=town["li"].id, where="case", unmasked=True)
    assert look.columns == ["body", "phone"]


def test_a_reason_stands_whole_in_the_row_and_in_the_case(town: Town):
    case = town.start("wang", days=2, why="看病去")
    reason = f"请先联系{OTHER}"
    services.suspend(town["mayor"], case.pk, reason=reason)

    assert ActRow.objects.get(verb="workflow.case.suspend").reason == reason
    assert reason in page("wang", f"/cases/{case.pk}/")
