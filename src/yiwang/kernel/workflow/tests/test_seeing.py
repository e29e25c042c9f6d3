"""Who sees which field of a case: masked, hidden or whole, wherever the case shows."""

from __future__ import annotations

import pytest
from django.test import Client

from yiwang.kernel.base.errors import InvalidInput, NotFound, NotPermitted
from yiwang.kernel.ledger.models import ActRow, ReadRow
from yiwang.kernel.notify.models import Notice
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.models import Case, CaseEntry
from yiwang.kernel.workflow.services import seeing
from yiwang.kernel.workflow.services.declaring import find_problems
from yiwang.kernel.workflow.types.boxes import Wanted

from .conftest import PASSWORD, Town
from .test_attachments import PDF
from .test_attachments import sent as sent_file
from .test_feeds import make_address

PHONE, OTHER = "13800138000", "13912345678"
BODY = f"路灯不亮，请回电{OTHER}谢谢"
LETTER = """
case: demo.letter
title: {zh: 来信, en: Letter}
fields:
  body: {label: {zh: 内容, en: Body}, kind: longtext, personal: inside}
  phone: {label: {zh: 电话, en: Phone}, element: mobile_phone, sees: {clear: [{holder: true}, {roles: [steward], of: starter}]}}
  number: {label: {zh: 证号, en: Identity number}, element: resident_id}
  price: {label: {zh: 底价, en: Lowest price}, sees: {clear: [{holder: true, at: [office]}], masked: [{roles: [director]}]}}
  department: {label: {zh: 承办部门, en: Department}, kind: organization, levels: [department], reach: city}
  reply: {label: {zh: 答复, en: Reply}}
start: {roles: [viewer], edits: [body, phone, number, price], needs: [body], to: sort}
oversees: [engineer, director]
reads: [viewer]
nodes:
  sort:
    title: {zh: 派单, en: Sorting}
    who: {role: steward, of: starter}
    edits: [department, phone]
    needs: [department, phone]
    actions:
      sent: {label: {zh: 派出, en: Send}, to: office}
  office:
    title: {zh: 办理, en: Office}
    who: {role: steward, of: department}
    edits: [reply]
    actions:
      done: {label: {zh: 办结, en: Done}, to: ended}
  ended: {title: {zh: 已办结, en: Ended}, ends: ended}
"""


@pytest.fixture
def letter(town: Town) -> Case:
    services.publish_case_type(town["eng"], LETTER)
    data = {"body": BODY, "phone": PHONE, "number": "11010519491231002X", "price": "底价八千"}
    return services.start_case(town["wang"], "demo.letter", data, title=f"来信人{PHONE}反映路灯")


@pytest.fixture
def sent(town: Town, letter: Case) -> Case:
    town.act("li", letter, "sent", data={"department": "D02"}, opinion=f"请联系{OTHER}",
             copies=[town["qian"].id])  # fmt: skip
    return letter


def seen(town: Town, name: str, case: Case) -> dict[str, object]:
    return dict(services.describe_case(town[name], case.pk).state.data)


def browse(name: str) -> Client:
    client = Client()
    client.post("/sign-in/", {"name": name, "password": PASSWORD})
    return client


def page(name: str, address: str) -> str:
    return browse(name).get(address).content.decode()


def test_who_holds_the_task_reads_the_letter_whole(town: Town, letter: Case):
    found = seen(town, "li", letter)

    assert (found["body"], found["phone"]) == (BODY, PHONE)
    assert "price" not in found, "said for another step only"
    assert PHONE in page("li", f"/cases/{letter.pk}/")


def test_a_mask_is_that_of_the_element_where_nothing_else_is_said(town: Town, letter: Case):
    assert seen(town, "li", letter)["number"] == "110105********002X"


def test_who_started_it_may_read_it_and_sees_masks(town: Town, letter: Case):
    found = seen(town, "wang", letter)

    assert found["phone"] == "138****8000"
    assert OTHER not in str(found["body"])
    assert "路灯不亮" in str(found["body"])


def test_the_next_office_sees_it_whole_as_soon_as_it_is_asked(town: Town, letter: Case):
    with pytest.raises(NotFound):
        services.describe_case(town["zhao"], letter.pk)
    town.act("li", letter, "sent", data={"department": "D02"})
    held = seen(town, "zhao", letter)
    town.act("zhao", letter, "done")
    after = seen(town, "zhao", letter)

    assert (held["body"], held["phone"], held["price"]) == (BODY, PHONE, "底价八千")
    assert OTHER not in str(after["body"])
    assert after["phone"] == "138****8000"


def test_a_role_in_an_organization_sees_it_whole_though_others_act(town: Town, sent: Case):
    assert seen(town, "li", sent)["phone"] == PHONE
    assert OTHER not in str(seen(town, "li", sent)["body"])


def test_what_is_masked_for_some_is_hidden_from_all_others(town: Town, sent: Case):
    assert seen(town, "mayor", sent)["price"] == "****"
    assert "price" not in seen(town, "eng", sent)
    assert "底价" not in page("eng", f"/cases/{sent.pk}/")


@pytest.mark.parametrize("name", ["wang", "qian", "mayor", "eng"])
def test_nobody_else_finds_a_number_anywhere_the_case_shows(town: Town, sent: Case, name: str):
    """Detail, log, trace and its file, every box, search, and what the bell says."""
    addresses = [f"/cases/{sent.pk}/", f"/cases/{sent.pk}/trace.csv", "/notices/"]
    addresses += [f"/cases/{box}" for box in ("", "done/", "started/", "copied/", "watched/")]
    shown = "".join(page(name, address) for address in addresses)

    assert sent.number in shown
    assert OTHER not in shown
    assert PHONE not in shown


def test_titles_are_masked_when_they_are_written(town: Town, sent: Case):
    told = [str(one) for one in Notice.objects.values_list("params", flat=True)]
    with_phone = services.list_box(town["wang"], "started", Wanted(search=PHONE))

    assert "138****8000" in sent.title
    assert told
    assert not any(PHONE in one for one in told)
    assert with_phone.lines == []


def test_calendars_hold_masked_titles(town: Town, sent: Case):
    client = browse("zhao")
    feed = client.get(make_address(client))

    assert b"BEGIN:VCALENDAR" in feed.content
    assert PHONE.encode() not in feed.content


def test_the_log_itself_keeps_what_was_written(town: Town, sent: Case):
    seen(town, "qian", sent)
    kept = CaseEntry.objects.filter(case=sent, kind="opened").get().body["data"]

    assert (kept["phone"], kept["body"]) == (PHONE, BODY)
    assert Case.objects.get(pk=sent.pk).data["phone"] == PHONE


def test_opinions_are_masked_for_who_does_not_act_and_not_for_who_wrote_them(
    town: Town, sent: Case
):
    def said(name: str) -> str:
        return str([one.body for one in services.describe_case(town[name], sent.pk).entries])

    assert f"请联系{OTHER}" in said("li")
    assert f"请联系{OTHER}" in said("zhao")
    assert OTHER not in said("qian")


def test_a_form_never_holds_what_its_reader_sees_masked(town: Town, letter: Case):
    """The right to see personal data is the city's to take away: a holder without it still works."""
    services.publish_case_type(
        town["eng"], LETTER.replace("role: steward, of: starter}", "role: viewer, of: starter}")
    )
    case = services.start_case(town["wang"], "demo.letter", {"body": BODY, "phone": PHONE})
    address = f"/cases/{case.pk}/"
    shown = page("wang", address)
    task = town.task(case)
    answer = browse("wang").post(
        f"{address}do/decide/",
        {"task": task, "action": "sent", "f_department": "D01", "f_phone": ""},
    )
    case.refresh_from_db()

    assert PHONE not in shown
    assert OTHER not in shown
    assert answer.status_code == 302
    assert (case.node, case.data["phone"]) == ("office", PHONE)


def test_looks_are_on_record_whole_and_masked_apart(town: Town, letter: Case):
    page("li", f"/cases/{letter.pk}/")
    rows = ReadRow.objects.filter(actor_id=town["li"].id).order_by("pk")

    assert [(one.columns, one.unmasked) for one in rows] == [
        (["body", "phone"], True), (["number"], False),
    ]  # fmt: skip


# Unmasking.


def test_unmasking_needs_a_reason_and_leaves_a_row(town: Town, sent: Case):
    client = browse("mayor")
    address = f"/cases/{sent.pk}/unmask/"
    refused = client.post(address, {"names": ["phone"], "reason": " "})
    shown = client.post(address, {"names": ["phone", "words"], "reason": "回访来信人"})
    again = client.get(f"/cases/{sent.pk}/")
    look = ReadRow.objects.get(actor_id=town["mayor"].id, where="unmask")
    act = ActRow.objects.get(verb="workflow.case.unmask")

    assert (refused.status_code, PHONE in refused.content.decode()) == (422, False)
    assert PHONE in shown.content.decode()
    assert f"请联系{OTHER}" in shown.content.decode()
    assert f"请回电{OTHER}" not in shown.content.decode()
    assert PHONE not in again.content.decode()
    assert (look.columns, look.purpose, look.unmasked) == (["phone", "words"], "回访来信人", True)
    assert (act.reason, act.object_id) == ("回访来信人", sent.pk)
    assert "no-store" in shown["Cache-Control"]


def test_what_no_mask_has_changed_is_not_offered(town: Town):
    services.publish_case_type(town["eng"], LETTER)
    case = services.start_case(town["wang"], "demo.letter", {"body": "路灯不亮"})
    view = services.describe_case(town["mayor"], case.pk)

    assert view.state.data["body"] == "路灯不亮"
    assert services.list_unmaskable(town["mayor"], view) == []


def test_who_lacks_the_right_cannot_unmask_and_the_attempt_is_on_record(town: Town, sent: Case):
    assert (
        services.list_unmaskable(town["qian"], services.describe_case(town["qian"], sent.pk)) == []
    )
    with pytest.raises(NotPermitted):
        services.unmask_case(town["qian"], sent.pk, ["phone"], reason="想看看")

    assert ActRow.objects.get(verb="workflow.case.unmask").outcome == ActRow.REFUSED
    assert "/unmask/" not in page("qian", f"/cases/{sent.pk}/")


@pytest.mark.parametrize(
    ("names", "error"), [([], InvalidInput), (["price"], NotFound), (["no"], NotFound)]
)
def test_only_what_is_masked_for_being_personal_is_unmasked(town: Town, sent: Case, names, error):
    with pytest.raises(error):
        services.unmask_case(town["mayor"], sent.pk, names, reason="核对底价")

    assert not ReadRow.objects.filter(where="unmask").exists()


# Files that were sent, and case files.


def test_files_of_a_field_are_whole_or_not_there_and_names_beside_are_masked(town: Town):
    shot = "  scan: {label: {zh: 原件, en: Scan}, kind: files, sees: {clear: [{holder: true}]}}\n"
    text = LETTER.replace("  reply:", shot + "  reply:").replace(
        "edits: [body,", "edits: [scan, body,"
    )
    services.publish_case_type(town["eng"], text)
    field = services.find_newest("demo.letter")[1].fields["scan"]
    scan = services.keep_upload(town["wang"], "demo.letter", field, sent_file("原件.pdf", PDF))
    beside = services.keep_upload(
        town["li"], "demo.letter", services.BESIDE, sent_file(f"张三{PHONE}.pdf", PDF)
    )
    case = services.start_case(
        town["wang"], "demo.letter", {"body": BODY, "phone": PHONE, "scan": [scan]}
    )
    content = services.open_attachment(town["li"], case.pk, scan["id"])[1]
    content.close()
    town.act("li", case, "sent", data={"department": "D02"}, files=[beside["id"]])
    shown = page("wang", f"/cases/{case.pk}/")

    assert "原件.pdf" not in shown
    assert PHONE not in shown
    with pytest.raises(NotFound):
        services.open_attachment(town["wang"], case.pk, scan["id"])
    found, content = services.open_attachment(town["wang"], case.pk, beside["id"])
    content.close()
    assert PHONE not in found["name"]


@pytest.mark.parametrize(
    ("was", "now", "code", "line"),
    [
        ("at: [office]", "at: [offce]", "workflow.type.node", 8),
        ("roles: [director]}]", "roles: [directr]}]", "workflow.type.role", 8),
        ("of: starter}]}}", "of: reply}]}}", "workflow.type.of", 6),
        ("kind: organization, levels: [department], reach: city}", "kind: organization, levels: [department], reach: city, personal: inside}", "workflow.type.personal", 9),
        ("sees: {clear: [{holder", "sees: {claer: [{holder", "declared.key.unknown", 6),
        ("{holder: true, at", "{holdr: true, at", "declared.key.unknown", 8),
        ("roles: [steward], of: starter}]}}", "of: starter}]}}", "declared.key.missing", 6),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_its_line(was, now, code, line):
    assert was in LETTER
    (error, *_) = find_problems(LETTER.replace(was, now))

    assert error.code == code, error.code
    assert error.extra["line"] == line


def test_a_child_takes_over_no_guarded_field_as_an_open_one(town: Town):
    children = """
  split:
    title: {zh: 分办}
    children: {type: demo.letter, each: department, into: department, data: {reply: phone}}
    then: [{to: ended}]
"""
    text = LETTER.replace(
        "kind: organization, levels: [department], reach: city}",
        "kind: organizations, levels: [department], reach: city}",
    ).replace("to: ended}\n", "to: split}\n")
    text = text.replace("  ended:", children.strip("\n") + "\n  ended:", 1)
    with pytest.raises(InvalidInput) as refused:
        services.publish_case_type(town["eng"], text)

    assert refused.value.code == "workflow.type.bare"


def test_a_case_moved_to_a_version_with_personal_data_has_its_title_masked(town: Town):
    plain = LETTER.replace(", personal: inside", "").replace(", element: mobile_phone", "")
    services.publish_case_type(town["eng"], plain.replace(", element: resident_id", ""))
    case = services.start_case(town["wang"], "demo.letter", {"body": BODY}, title=f"来信{PHONE}")
    assert PHONE in case.title
    services.publish_case_type(town["eng"], LETTER)
    services.migrate_case(town["eng"], case.pk, 2, "sort", reason="启用新版")
    case.refresh_from_db()

    assert PHONE not in case.title
    assert services.replay_case(case.pk).title == case.title


def test_without_the_guard_the_numbers_show(town: Town, sent: Case, monkeypatch):
    """That the tests above can fail: with every field whole for everybody, the page tells both."""
    monkeypatch.setattr(seeing, "_look", lambda *_: seeing.CLEAR)
    monkeypatch.setattr(seeing, "holds_personal", lambda _: False)
    shown = page("qian", f"/cases/{sent.pk}/")

    assert PHONE in shown
    assert OTHER in shown
