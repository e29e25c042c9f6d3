"""Cases through a browser without script: every page, every verb, hostile forms."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.clock import today
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ledger.models import ReadRow
from yiwang.kernel.ui.tests.counting import assert_constant_queries
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.models import Absence, Case, CaseEntry, CaseTypeVersion, Task
from yiwang.kernel.workflow.pages.story import TELLERS
from yiwang.kernel.workflow.services.machine.evolving import CHANGES

from .conftest import PASSWORD, Town
from .files import LEAVE

Browse = Callable[[str], Client]


@pytest.fixture
def browse(town: Town) -> Browse:
    """A browser in which that person is signed in."""
    made: dict[str, Client] = {}

    def open_browser(name: str) -> Client:
        if name not in made:
            made[name] = Client()
            made[name].post("/sign-in/", {"name": name, "password": PASSWORD})
        return made[name]

    return open_browser


@pytest.fixture
def do(browse: Browse, town: Town) -> Callable[..., object]:
    """Somebody does something on the page of a case."""

    def send(name: str, case: Case, verb: str, *, task: str | None = None, **data: object):
        if task is None:
            task = services.describe_case(town[name], case.pk).own
            task = task.id if task else ""
        answer = browse(name).post(f"/cases/{case.pk}/do/{verb}/", {"task": task, **data})
        case.refresh_from_db()
        return answer

    return send


def text_of(answer) -> str:
    """What a page says, without its tags."""
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def page(browse: Browse, name: str, path: str) -> str:
    answer = browse(name).get(path)
    assert answer.status_code == 200, answer.content.decode()[-500:]
    return text_of(answer)


def case_page(browse: Browse, name: str, case: Case) -> str:
    return page(browse, name, f"/cases/{case.pk}/")


# Boxes.


def test_an_empty_box_says_what_to_do(browse):
    for path in ("/cases/", "/cases/done/", "/cases/started/"):
        answer = browse("wang").get(path)

        assert answer.status_code == 200
        assert 'class="empty"' in answer.content.decode()
        assert "/cases/start/" in answer.content.decode()


def test_a_task_stands_in_the_boxes_of_those_it_concerns(browse, town):
    case = town.start("wang", days=2)

    assert case.number in page(browse, "li", "/cases/")
    assert case.number in page(browse, "wang", "/cases/started/")
    assert case.number not in page(browse, "zhao", "/cases/")
    town.act("li", case)
    assert case.number in page(browse, "li", "/cases/done/")
    assert case.number not in page(browse, "li", "/cases/")


def test_boxes_are_paged_without_losing_a_line(browse, town):
    numbers = {town.start("wang", days=1).number for _ in range(53)}
    first = browse("li").get("/cases/").content.decode()
    more = re.search(r'href="(/cases/\?after=[^"]+)"', first)
    assert more
    second = browse("li").get(more[1].replace("&amp;", "&")).content.decode()

    assert {number for number in numbers if number in first + second} == numbers
    assert not {number for number in numbers if number in first and number in second}


@pytest.mark.parametrize(
    ("name", "path", "who"),
    [
        ("workflow.todo", "/cases/", "li"),
        ("workflow.done", "/cases/done/", "li"),
        ("workflow.started", "/cases/started/", "wang"),
        ("workflow.todo_kind", "/cases/?kind=demo.leave&q=a&light=red", "li"),
        ("workflow.copied", "/cases/copied/", "qian"),
        ("workflow.watched", "/cases/watched/", "wang"),
        ("workflow.types", "/cases/types/", "eng"),
    ],
)
def test_a_box_takes_as_many_queries_as_on_record(browse, town, name, path, who):
    def add(count: int = 8) -> None:
        for _ in range(count):
            town.act("li", town.start("wang", days=1), copies=[town["qian"].id])
            services.watch_case(town["wang"], town.start("wang", days=1).pk)
            services.publish_case_type(town["eng"], f"{LEAVE}# {Case.objects.count()}\n")

    def ask() -> None:
        assert browse(who).get(path).status_code == 200

    add(2)
    ask()
    assert_constant_queries(name, ask, add)


# Starting.


def test_only_what_one_may_start_is_offered(browse):
    assert "请假" in page(browse, "wang", "/cases/start/")
    assert "交办" not in page(browse, "wang", "/cases/start/")
    assert "交办" in page(browse, "mayor", "/cases/start/")
    assert "请假" not in page(browse, "wang", "/cases/start/?q=会签")
    assert browse("wang").get("/cases/start/demo.instruction/").status_code == 404
    assert browse("wang").get("/cases/start/demo.unknown/").status_code == 404


def test_labels_are_in_the_language_of_the_reader(browse):
    chinese = page(browse, "wang", "/cases/start/demo.leave/")
    browse("wang").cookies["django_language"] = "en"
    english = page(browse, "wang", "/cases/start/demo.leave/")

    assert ("天数" in chinese, "Days" in chinese) == (True, False)
    assert ("天数" in english, "Days" in english) == (False, True)


def fill(browse: Browse, name: str, code: str, **data: object):
    key = re.search(
        r'name="key" value="([^"]+)"',
        browse(name).get(f"/cases/start/{code}/").content.decode(),
    )
    assert key
    return {"key": key[1], **data}


def test_a_form_sent_twice_is_one_case(browse):
    data = fill(browse, "wang", "demo.leave", f_days="2.5", f_why="看病", title="去看病")
    first = browse("wang").post("/cases/start/demo.leave/", data)
    second = browse("wang").post("/cases/start/demo.leave/", data)

    assert first.status_code == second.status_code == 302
    assert first.url == second.url
    case = Case.objects.get()
    assert (case.title, case.data) == ("去看病", {"days": 2.5, "why": "看病"})
    data["f_days"] = "3"
    assert browse("wang").post("/cases/start/demo.leave/", data).status_code == 409


def test_what_is_wrong_is_said_at_its_field_and_the_rest_is_kept(browse):
    data = fill(browse, "wang", "demo.leave", f_days="many", f_why="看病")
    answer = browse("wang").post("/cases/start/demo.leave/", data)
    shown = answer.content.decode()

    assert answer.status_code == 422
    assert re.search(r'<input[^>]*name="f_days"[^>]*aria-invalid="true"', shown)
    assert 'value="看病"' in shown
    assert data["key"] in shown
    assert not Case.objects.exists()


def test_a_needed_field_left_empty_is_named(browse):
    data = fill(browse, "wang", "demo.leave", f_days="")

    assert browse("wang").post("/cases/start/demo.leave/", data).status_code == 422


def test_the_forged_fields_of_a_form_are_not_taken(browse):
    data = fill(browse, "wang", "demo.leave", f_days="1", f_note="x", note="x", starter="eng")
    browse("wang").post("/cases/start/demo.leave/", data)

    case = Case.objects.get()
    assert case.data == {"days": 1}


@pytest.mark.parametrize("days", ["nan", "inf", "1e999", "9" * 400, "一", "1,5", "0x10", "-" * 50])
def test_no_number_is_taken_that_is_none(browse, days):
    data = fill(browse, "wang", "demo.leave", f_days=days)

    assert browse("wang").post("/cases/start/demo.leave/", data).status_code == 422
    assert not Case.objects.exists()


EVERY_KIND = """
case: demo.every
title: {zh: 全部类型, en: Every kind}
fields:
  a: {label: {zh: 整数, en: Whole}, kind: integer}
  b: {label: {zh: 日期, en: Day}, kind: date, help: {zh: 起始日, en: First day}}
  c: {label: {zh: 是否, en: Whether}, kind: boolean}
  d: {label: {zh: 选项, en: Choice}, choices: {x: {zh: 甲, en: X}, y: {zh: 乙, en: Y}}}
  e: {label: {zh: 人员, en: Person}, kind: person}
  f: {label: {zh: 机构, en: Place}, kind: organization}
  g: {label: {zh: 机构们, en: Places}, kind: organizations}
  h: {label: {zh: 长文, en: Long}, kind: longtext}
start: {roles: [viewer, director], edits: [a, b, c, d, e, f, g, h], needs: [c, d], to: only}
nodes:
  only:
    title: {zh: 办理, en: Handle}
    who: {starter: true}
    edits: [a, b, c, d, e, f, g, h]
    actions: {agree: {label: {zh: 同意, en: Agree}, to: done}}
  done: {title: {zh: 完, en: Done}, ends: done}
"""


def test_every_kind_of_field_is_filled_shown_and_filled_again(browse, do, town):
    services.publish_case_type(town["eng"], EVERY_KIND)
    told = {
        "f_a": "3", "f_b": "2026-11-22", "f_c": "no", "f_d": "y", "f_e": "li", "f_f": "D01",
        "f_g": ["D01", "D02"], "f_h": "第一行\n第二行",
    }  # fmt: skip
    data = fill(browse, "mayor", "demo.every", **told)
    assert browse("mayor").post("/cases/start/demo.every/", data).status_code == 302
    case = Case.objects.get()
    assert case.data == {
        "a": 3, "b": "2026-11-22", "c": False, "d": "y", "e": town["li"].id, "f": "D01",
        "g": ["D01", "D02"], "h": "第一行\n第二行",
    }  # fmt: skip
    shown = case_page(browse, "mayor", case)
    assert all(word in shown for word in ("乙", "市民政局、市统计局", "第二行", "否", "起始日"))

    assert do("mayor", case, "decide", action="agree", **told).status_code == 302
    assert not CaseEntry.objects.filter(case=case, kind="filled").exists()


@pytest.mark.parametrize(
    "wrong",
    [{"f_a": "1.5"}, {"f_b": "2026-02-30"}, {"f_c": ""}, {"f_c": "maybe"}, {"f_d": "z"},
     {"f_e": "nobody"}, {"f_f": "D99"}, {"f_g": ["D01", "D99"]}, {"f_h": "长" * 20_001}],
    ids=lambda wrong: f"{next(iter(wrong))}-{len(str(wrong))}",
)  # fmt: skip
def test_what_no_kind_allows_is_refused_at_its_field(browse, town, wrong):
    services.publish_case_type(town["eng"], EVERY_KIND)
    data = fill(browse, "mayor", "demo.every", f_c="yes", f_d="x") | wrong
    answer = browse("mayor").post("/cases/start/demo.every/", data)

    assert answer.status_code == 422
    assert f'href="#start-{next(iter(wrong))}' in answer.content.decode()


def test_a_nul_is_refused(browse, town):
    data = fill(browse, "wang", "demo.leave", f_days="1", f_why="a\0b")
    assert browse("wang").post("/cases/start/demo.leave/", data).status_code == 400
    case = town.start("wang", days=1)
    path = f"/cases/{case.pk}/do/urge/"
    assert browse("wang").post(path, {"reason": "\0"}).status_code == 400


def test_people_are_named_by_sign_in_name_or_full_name(browse, town):
    identity.update_account(SYSTEM, town["qian"].id, full_name="钱多多")
    data = fill(browse, "wang", "demo.board", f_members="li\n钱多多", f_text="议题")
    assert browse("wang").post("/cases/start/demo.board/", data).status_code == 302
    assert Case.objects.get().data["members"] == [town["li"].id, town["qian"].id]

    data = fill(browse, "wang", "demo.board", f_members="nobody-here")
    answer = browse("wang").post("/cases/start/demo.board/", data)
    assert answer.status_code == 422
    assert "nobody-here" in text_of(answer)


def test_of_namesakes_the_sign_in_names_are_told(browse, town):
    for name in ("qian", "zhao"):
        identity.update_account(SYSTEM, town[name].id, full_name="钱多多")
    data = fill(browse, "wang", "demo.board", f_members="钱多多")
    answer = browse("wang").post("/cases/start/demo.board/", data)

    assert answer.status_code == 422
    assert "qian" in text_of(answer)
    assert "zhao" in text_of(answer)


def test_an_instruction_opens_parts_that_lead_back(browse, town):
    data = fill(browse, "mayor", "demo.instruction", f_departments=["D01", "D02"], f_text="限期")
    answer = browse("mayor").post("/cases/start/demo.instruction/", data)
    parent = Case.objects.get(code="demo.instruction")
    parts = list(Case.objects.filter(parent=parent))

    assert answer.url == f"/cases/{parent.pk}/"
    shown = case_page(browse, "mayor", parent)
    assert all(part.number in shown for part in parts)
    assert "市民政局" in shown
    assert parent.number in case_page(browse, "mayor", parts[0])
    # Who is asked in a part alone may not see what stands above it.
    one = next(part for part in parts if part.data["department"] == "D02")
    assert parent.number not in case_page(browse, "zhao", one)
    assert browse("zhao").get(f"/cases/{parent.pk}/").status_code == 404


# Every verb once.


def test_deciding_fills_and_says(do, browse, town):
    case = town.start("wang", days=2)
    answer = do("li", case, "decide", action="agree", opinion="去吧", f_note="补一句")

    assert answer.status_code == 302
    assert (case.status, case.outcome, case.data["note"]) == ("closed", "granted", "补一句")
    shown = case_page(browse, "wang", case)
    assert "去吧" in shown
    assert "已准假" in shown


def test_an_opinion_that_must_be_written_is_asked_for(do, town):
    case = town.start("wang", days=2)

    assert do("li", case, "decide", action="refuse").status_code == 422
    assert do("li", case, "decide", action="refuse", opinion="人手不够").status_code == 302
    assert case.outcome == "refused"


def test_a_needed_field_is_needed_only_to_agree(do, town):
    parent = town.start("mayor", "demo.instruction", departments=["D01"], text="限期")
    part = Case.objects.get(parent=parent)

    assert do("li", part, "decide", action="agree").status_code == 422
    assert do("li", part, "decide", action="agree", f_answer="办好了").status_code == 302
    assert part.outcome == "answered"


def test_sending_back_straight(do, town):
    case = town.start("wang", days=5)
    town.act("li", case)
    assert do("mayor", case, "return", to="leader", reason="", straight="on").status_code == 422
    assert do("mayor", case, "return", to="nowhere", reason="再议").status_code == 422
    answer = do("mayor", case, "return", to="leader", reason="再议", straight="on")

    assert answer.status_code == 302
    assert (case.node, case.memo["jump_back"]) == ("leader", "director")


def test_handing_on(do, town, browse):
    case = town.start("wang", days=2)
    answer = do("li", case, "transfer", to="zhao", reason="归他管")

    assert answer.status_code == 302
    assert Task.objects.get(case=case, status="open").account == town["zhao"].id
    # Whoever handed it on may still follow it.
    assert "归他管" in case_page(browse, "li", case)
    assert do("zhao", case, "transfer", to="zhao", reason="x").status_code == 422


def test_letting_somebody_prepare_it(do, town, browse):
    case = town.start("wang", days=2)
    assert do("li", case, "delegate", to="qian", reason="").status_code == 302
    assert "decide" in browse("qian").get(f"/cases/{case.pk}/").content.decode()
    assert do("qian", case, "decide", action="reply", opinion="可以").status_code == 302

    assert services.describe_case(town["li"], case.pk).own is not None


@pytest.mark.parametrize("mode", ["before", "with", "after"])
def test_adding_people_who_sign(do, town, mode):
    case = town.start("wang", days=2)
    answer = do("li", case, "signers", people="zhao、qian", mode=mode, reason="会商")

    assert answer.status_code == 302
    assert Task.objects.filter(case=case, status="open").exclude(account="").count() == 2


def test_removing_somebody_who_signs(do, town):
    case = town.start("wang", days=2)
    do("li", case, "signers", people="zhao\nqian", mode="with")
    other = Task.objects.get(case=case, account=town["zhao"].id).pk

    assert do("li", case, "remove", task=other, reason="不必了").status_code == 302
    assert Task.objects.get(pk=other).status == "cancelled"


def test_asking_for_more_and_supplying_it(do, town, browse):
    case = town.start("wang", days=2)
    assert do("li", case, "supplement", fields=[], note="缺事由").status_code == 422
    assert do("li", case, "supplement", fields=["why"], note="缺事由").status_code == 302
    assert case.status == "supplementing"
    assert "缺事由" in case_page(browse, "wang", case)

    assert do("wang", case, "supply", f_why="").status_code == 422
    assert do("wang", case, "supply", f_why="看病", note="已补").status_code == 302
    assert (case.status, case.data["why"]) == ("running", "看病")


def test_needing_no_more(do, town):
    case = town.start("wang", days=2)
    do("li", case, "supplement", fields=["why"], note="缺事由")
    waiting = Task.objects.get(case=case, status="waiting").pk

    assert do("li", case, "cancel_supplement", task=waiting, reason="找到了").status_code == 302
    assert case.status == "running"


def test_taking_a_decision_back(do, town, browse):
    case = town.start("wang", days=5)
    town.act("li", case)
    assert "/do/withdraw/" in browse("li").get(f"/cases/{case.pk}/").content.decode()

    assert do("li", case, "withdraw", reason="").status_code == 302
    assert case.node == "leader"
    assert do("sun", case, "withdraw", reason="").status_code == 403


def test_urging_once_an_hour(do, town):
    case = town.start("wang", days=2)

    assert do("wang", case, "urge", reason="急").status_code == 302
    assert do("wang", case, "urge", reason="急").status_code == 429


def test_suspending_resuming_and_terminating(do, town):
    case = town.start("wang", days=2)
    assert do("wang", case, "suspend", reason="x").status_code == 403
    assert do("mayor", case, "suspend", reason="").status_code == 422
    assert do("mayor", case, "suspend", reason="停一停").status_code == 302
    assert case.status == "suspended"
    assert do("li", case, "decide", action="agree").status_code == 409
    assert do("mayor", case, "resume").status_code == 302
    assert do("mayor", case, "terminate", reason="不办了").status_code == 302
    assert case.status == "terminated"


def test_handing_over_the_task_of_another(do, town):
    case = town.start("wang", days=2)
    task = town.task(case)

    assert do("mayor", case, "hand_over", task=task, to="sun", reason="人走了").status_code == 302
    assert Task.objects.get(pk=task).account == town["sun"].id
    assert do("wang", case, "hand_over", task=task, to="wang", reason="x").status_code == 403


def test_moving_to_the_newest_version(do, town, browse):
    case = town.start("wang", days=2)
    assert "/do/migrate/" not in browse("mayor").get(f"/cases/{case.pk}/").content.decode()
    services.publish_case_type(town["eng"], LEAVE.replace("部门审批", "科室审批"))
    assert "/do/migrate/" in browse("mayor").get(f"/cases/{case.pk}/").content.decode()

    answer = do("mayor", case, "migrate", version=2, node="leader", reason="新办法")
    assert answer.status_code == 302
    assert case.version == 2
    assert "科室审批" in case_page(browse, "mayor", case)


# Whoever should not.


def test_a_case_is_not_shown_to_those_it_does_not_concern(browse, town):
    case = town.start("wang", days=2)

    assert browse("zhao").get(f"/cases/{case.pk}/").status_code == 404
    assert browse("zhao").post(f"/cases/{case.pk}/do/urge/").status_code == 404
    assert browse("wang").get("/cases/unknown/").status_code == 404
    assert Client().get(f"/cases/{case.pk}/").status_code == 302


def test_the_task_of_another_is_refused(do, town):
    case, other = town.start("wang", days=2), town.start("wang", days=3)

    assert do("wang", case, "decide", task=town.task(case), action="agree").status_code == 403
    assert do("li", case, "decide", task="unknown", action="agree").status_code == 404
    assert do("li", case, "decide", task=town.task(other), action="agree").status_code == 404
    assert do("li", case, "decide", action="forged").status_code == 422
    assert do("li", case, "no-such-verb").status_code == 404
    assert {case.status, other.status} == {"running"}


def test_a_verb_is_no_page(browse, town):
    case = town.start("wang", days=2)

    assert browse("li").get(f"/cases/{case.pk}/do/decide/").status_code == 405


def test_a_form_without_its_token_is_refused(browse):
    browse("wang").handler.enforce_csrf_checks = True
    answer = browse("wang").post("/cases/start/demo.leave/", {"f_days": "1"})

    assert answer.status_code == 403
    assert not Case.objects.exists()


@pytest.mark.parametrize("days", [2, 5])
def test_who_was_slower_hears_who_was_faster(do, town, days):
    case = town.start("wang", days=days)
    task = town.task(case)
    town.act("li", case)
    answer = do("sun", case, "decide", task=task, action="refuse", opinion="不行")

    assert answer.status_code == 409
    told = answer.content.decode().partition('class="error-summary"')[2][:400]
    assert "li 已办理：同意" in told


def test_a_stale_page_hears_that_the_case_has_moved_on(do, town):
    case = town.start("wang", days=5)
    task = town.task(case)
    town.act("li", case)
    answer = do("li", case, "decide", task=task, action="agree", f_note="再补")

    assert answer.status_code == 409
    assert "error-summary" in answer.content.decode()
    assert "note" not in case.data


TWO_STEPS = """
case: demo.two
title: {zh: 两步, en: Two steps}
fields: {x: {label: {zh: 内容, en: Text}}}
start: {roles: [viewer], to: first}
nodes:
  first:
    title: {zh: 第一步, en: First}
    who: {starter: true}
    actions: {agree: {label: {zh: 同意, en: Agree}, to: second}}
  second:
    title: {zh: 第二步, en: Second}
    who: {starter: true}
    edits: [x]
    needs: [x]
    actions: {agree: {label: {zh: 同意, en: Agree}, to: done}}
  done: {title: {zh: 完, en: Done}, ends: done}
"""


def test_a_stale_page_is_not_asked_for_what_the_next_step_asks(do, town):
    services.publish_case_type(town["eng"], TWO_STEPS)
    case = town.start("wang", "demo.two")
    task = town.task(case)
    do("wang", case, "decide", action="agree")

    assert case.node == "second"
    assert do("wang", case, "decide", task=task, action="agree").status_code == 409


def test_what_is_not_possible_is_not_offered(browse, town):
    case = town.start("wang", days=2)
    shown = browse("wang").get(f"/cases/{case.pk}/").content.decode()

    assert "/do/decide/" not in shown
    assert "/do/suspend/" not in shown
    assert "/do/urge/" in shown
    assert "/do/terminate/" in shown
    town.act("li", case)
    shown = browse("li").get(f"/cases/{case.pk}/").content.decode()
    assert "/do/" not in shown


# Personal data.

PERSONAL = (
    LEAVE.replace("demo.leave", "demo.card")
    .replace(
        "why: {label: {zh: 事由, en: Why}}",
        "why: {label: {zh: 身份证号, en: Identity number}, element: resident_id}",
    )
    .replace("edits: [note]", "edits: [note, why]")
)
NUMBER = "11010519491231002X"


@pytest.fixture
def card(town: Town) -> Case:
    services.publish_case_type(town["eng"], PERSONAL)
    return town.start("wang", "demo.card", days=2, why=NUMBER)


def test_personal_data_are_masked_and_the_look_is_on_record(browse, town, card):
    shown = browse("li").get(f"/cases/{card.pk}/").content.decode()

    assert NUMBER not in shown
    look = ReadRow.objects.get(actor_id=town["li"].id)
    assert (look.columns, look.rows, look.unmasked) == (["why"], 1, False)


def test_what_is_masked_stays_when_it_is_left_empty(do, card):
    assert do("li", card, "decide", action="agree", f_why="").status_code == 302
    assert card.data["why"] == NUMBER


def test_what_breaks_its_element_is_said_at_the_field(do, card):
    answer = do("li", card, "decide", action="agree", f_why="123")

    assert answer.status_code == 422
    assert "身份证号" in text_of(answer)


# Standing in.


def test_an_absence_is_set_shown_and_ended(browse, town):
    case = town.start("wang", days=2)
    services.transfer_task(town["li"], town.task(case), town["sun"].id, reason="x")
    data = {"agent": "li", "from_date": "2020-01-01", "until_date": "2020-01-01"}
    assert browse("sun").post("/cases/away/", data).status_code == 422
    data = {"agent": "sun", "from_date": "2026-01-01", "until_date": "2026-12-31"}
    assert browse("sun").post("/cases/away/", data).status_code == 422
    until = today() + timedelta(days=3)
    data = {"agent": "li", "from_date": today().isoformat(), "until_date": until.isoformat()}
    assert browse("sun").post("/cases/away/", data).status_code == 302
    assert "li" in page(browse, "sun", "/cases/away/")
    assert "sun" in page(browse, "li", "/cases/")
    assert "sun" in case_page(browse, "li", case)

    absence = Absence.objects.get()
    assert browse("wang").post(f"/cases/away/{absence.pk}/end/").status_code == 403
    assert browse("sun").post(f"/cases/away/{absence.pk}/end/").status_code == 302
    assert browse("sun").post(f"/cases/away/{absence.pk}/end/").status_code == 302
    absence.refresh_from_db()
    assert absence.ended_at


def test_only_who_oversees_may_name_somebody_else_as_away(browse, town):
    data = {"account": "li", "agent": "sun", "from_date": "2026-01-01", "until_date": "2099-01-01"}
    browse("wang").post("/cases/away/", data)

    assert not Absence.objects.filter(account=town["li"].id).exists()


# Case types.


def upload(text: str | bytes, name: str = "leave.yaml") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())


def test_a_file_is_published_and_shown(browse, town):
    before = CaseTypeVersion.objects.count()
    answer = browse("eng").post("/cases/types/", {"upload": upload(LEAVE + "# 新\n")})

    assert answer.status_code == 302
    assert CaseTypeVersion.objects.count() == before + 1
    shown = page(browse, "eng", "/cases/types/")
    assert "demo.leave" in shown
    newest = CaseTypeVersion.objects.latest("id")
    assert "# 新" in page(browse, "eng", f"/cases/types/{newest.pk}/")
    assert browse("eng").get("/cases/types/unknown/").status_code == 404
    assert browse("wang").get("/cases/types/").status_code == 403
    assert browse("wang").post("/cases/types/", {"upload": upload(LEAVE)}).status_code == 403


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("case: [", "leave.yaml"),
        (LEAVE.replace("to: leader}", "to: nowhere}"), "leave.yaml"),
        (LEAVE.replace("prefix", "prefixx"), "prefix"),
        (b"\xff\xfe\x00", "UTF-8"),
        ("", ""),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_its_line(browse, text, told):
    answer = browse("eng").post("/cases/types/", {"upload": upload(text)})

    assert answer.status_code == 422
    assert told in text_of(answer)


def test_two_files_are_not_published_at_once(browse):
    before = CaseTypeVersion.objects.count()
    files = [upload(LEAVE + "# a"), upload(LEAVE + "# b")]

    assert browse("eng").post("/cases/types/", {"upload": files}).status_code == 422
    assert CaseTypeVersion.objects.count() == before


def test_a_publish_without_a_file_is_refused(browse):
    assert browse("eng").post("/cases/types/", {}).status_code == 422


def test_every_kind_of_event_is_told():
    assert set(TELLERS) == set(CHANGES)


def test_how_far_a_part_is_stands_beside_it(browse, town):
    parent = town.start("mayor", "demo.instruction", departments=["D01", "D02"], text="限期")
    town.act("li", Case.objects.filter(parent=parent).earliest("id"), data={"answer": "好"})

    shown = case_page(browse, "mayor", parent)
    assert "100%" in shown
    assert "50%" in shown


def test_only_what_was_changed_is_told(do, browse, town):
    case = town.start("wang", days=2)
    do("li", case, "delegate", to="qian")
    do("qian", case, "decide", action="reply", f_note="交接")
    do("li", case, "decide", action="agree", f_note="交接")

    assert case_page(browse, "wang", case).count("填写了") == 1


def test_people_are_suggested_while_a_name_is_typed(browse, town):
    identity.update_account(SYSTEM, town["qian"].id, full_name="钱多多")

    def told(text: str) -> str:
        answer = browse("wang").get("/cases/people/to/", {"to": text})
        assert answer.status_code == 200
        return answer.content.decode()

    assert 'value="qian"' in told("钱")
    assert 'value="qian"' in told("qi")
    assert "<option" not in told("q")
    assert "<option" not in told("")
    assert "<option" not in told("%_")
    assert "<option" not in told("x" * 5000)
    assert Client().get("/cases/people/to/?to=qian").status_code == 302
