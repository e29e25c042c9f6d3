"""Corrections of registers without a key: most files of departments name none."""

from __future__ import annotations

import io

import openpyxl
import pytest

from yiwang.kernel.pool import services as pool
from yiwang.nets.share.connect import services as connect
from yiwang.nets.share.quality import services
from yiwang.nets.share.quality.models import Excuse, Group
from yiwang.nets.share.quality.services import amending, returning
from yiwang.nets.share.quality.services.following import list_excused, row_excuses

from .conftest import ROWS, fill
from .standin import check
from .test_notices import CORRECT, give_back, rows_now

pytestmark = pytest.mark.django_db
RIGHT = ("原值正确", "", "已核对户口本")
HARD = ["6", ' 引号"逗号,换行\n ', "11010519900307881X", "1"]
BLANK = ["7", None, "", "1"]


@pytest.fixture
def found(land, monkeypatch):
    """The register without a key, one row of it hard to write down, landed and checked."""
    monkeypatch.setattr(returning, "check_again", lambda _, resource: check(resource).id)
    resource = land([*ROWS, HARD, BLANK], key=())
    check(resource.id)
    return resource


def test_the_whole_register_is_written_anew_and_nothing_else_changes(engineer, found, book):
    before = {row[0]: row for row in rows_now(engineer, found)}

    made = give_back(engineer, fill(book, CORRECT))

    assert made.state == "done", made.error
    assert made.counts == {"corrected": 3, "removed": 2, "unchanged": 1}
    after = {row[0]: row for row in rows_now(engineer, found)}
    assert after.keys() == before.keys() - {"4"}
    assert {code for code in after if after[code] != before[code]} == {"2", "3", "5"}
    assert after["2"][2] == "320106199001010016"
    assert (after["6"], after["7"]) == (tuple(HARD), tuple(BLANK))
    states = set(Group.objects.values_list("field", "state"))
    assert states == {("公民身份号码", "fixed"), ("性别", "fixed"), ("姓名", "sent")}


def test_a_second_return_finds_the_rows_that_the_first_left(engineer, found, sent, book):
    give_back(engineer, fill(book, {("2", "公民身份号码"): CORRECT["2", "公民身份号码"]}))
    _, stream = services.open_workbook(engineer, sent.id)
    again = openpyxl.load_workbook(io.BytesIO(stream.read()))

    made = give_back(engineer, fill(again, {("5", "性别"): CORRECT["5", "性别"]}))

    assert made.counts["corrected"] == 1
    rows = {row[0]: row for row in rows_now(engineer, found)}
    assert (rows["2"][2], rows["5"][3]) == ("320106199001010016", "1")


def test_once_a_row_went_numbers_mean_nothing_any_more(engineer, found, sent, book):
    give_back(engineer, fill(book, {key: CORRECT[key] for key in CORRECT if key[0] == "4"}))
    _, stream = services.open_workbook(engineer, sent.id)
    again = openpyxl.load_workbook(io.BytesIO(stream.read()))

    made = give_back(engineer, fill(again, {("5", "性别"): CORRECT["5", "性别"]}))

    assert made.counts["gone"] == 1
    assert {row[0]: row[3] for row in rows_now(engineer, found)}["5"] != "1"


def test_a_right_value_is_known_again_by_its_whole_row(engineer, found, book, land):
    made = give_back(engineer, fill(book, {("2", "公民身份号码"): RIGHT}))
    run = check(found.id)
    excused = list(amending_excuses(run))

    assert made.counts["excused"] == 1
    assert Excuse.objects.get().key.startswith(amending.MARK)
    assert excused == [2]

    # The same row in next month's file, elsewhere in it, is known again; a changed one is not.
    land([ROWS[0], HARD, ROWS[1]], key=())
    assert list(amending_excuses(check(found.id))) == [3]
    land([[*ROWS[1][:3], "9"]], key=())
    assert list(amending_excuses(check(found.id))) == []


def test_a_right_value_beside_a_corrected_one_stays_excused(engineer, found, book):
    give_back(
        engineer,
        fill(book, {("4", "公民身份号码"): RIGHT, ("4", "性别"): ("已更正", "1", "")}),
    )

    assert amending_excuses(check(found.id)) == [4]


def amending_excuses(run):
    """The rows of a run that are excused one by one."""
    return [row for _, row in list_excused(run, row_excuses(run))]


def test_what_landed_meanwhile_is_not_overwritten(engineer, found, book, land, monkeypatch):
    real = connect.land_here

    def late(actor, delivery_id):
        land([*ROWS, HARD, BLANK, ["8", "新", "11010519900307881X", "1"]], key=())
        return real(actor, delivery_id)

    monkeypatch.setattr(connect, "land_here", late)
    made = give_back(engineer, fill(book, CORRECT))

    assert made.state == "failed"
    assert "8" in {row[0] for row in rows_now(engineer, found)}
    assert {row[0]: row[3] for row in rows_now(engineer, found)}["5"] == ROWS[4][3]


def test_a_register_too_large_to_write_anew_says_what_to_do(engineer, found, book, monkeypatch):
    monkeypatch.setattr(amending, "MOST_ROWS", 3)

    made = give_back(engineer, fill(book, CORRECT))

    assert made.state == "done"
    assert made.deliveries == []
    assert made.counts == {"no_key": 5, "unchanged": 1}


def test_rows_without_a_key_are_excused_one_by_one(engineer, found):
    group = Group.objects.get(field="性别")
    [row] = services.list_rows_of_group(engineer, group.id).rows[:1]

    services.excuse(engineer, group.id, reason="已核对户口本", rows=[row.row])

    shown = services.list_rows_of_group(engineer, group.id, excused="yes").rows
    assert [(one.row, one.excused) for one in shown] == [(row.row, True)]
    assert pool.get_version(check(found.id).pool_version).key in ((), [])
