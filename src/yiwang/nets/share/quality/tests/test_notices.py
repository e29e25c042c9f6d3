"""From findings to a workbook, and from a corrected workbook to closed findings."""

from __future__ import annotations

import io

import openpyxl
import pytest

from yiwang.kernel.base.errors import Conflict, InvalidInput, NotPermitted
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.quality import services
from yiwang.nets.share.quality.models import Group, NoticeLine
from yiwang.nets.share.quality.services import returning

from .conftest import ROWS, fill, to_bytes
from .standin import check

pytestmark = pytest.mark.django_db
CORRECT = {
    ("2", "公民身份号码"): ("已更正", "320106199001010016", ""),
    ("3", "公民身份号码"): ("已更正", "130503196704010016", ""),
    ("4", "公民身份号码"): ("删除此行", "", ""),
    ("4", "性别"): ("删除此行", "", ""),
    ("5", "性别"): ("已更正", "1", ""),
}


def rows_now(actor, resource):
    version = pool.find_latest(catalog.get_resource(actor, resource.id).table)
    return sorted(cells for _, cells in pool.list_rows(version.id).rows)


def give_back(actor, book, **told):
    return services.return_here(actor, to_bytes(book), file_name="回执.xlsx", **told)


def test_a_workbook_names_row_cell_problem_and_file(book):
    page = book["低保名册"]
    heads = [cell.value for cell in page[1]]
    lines = [
        dict(zip(heads, [cell.value for cell in row], strict=True))
        for row in page.iter_rows(min_row=2)
    ]

    assert book.sheetnames[0] == "整改单"
    one = next(line for line in lines if line["编号"] == "2")
    assert one["问题 Problem"] == "公民身份号码不合格"
    assert one["现值 Value"] == "110105194912310021"
    assert one["所在 Where"] == "低保名册.csv，第 2 行数据（约第 3 行）"
    assert "核对低保名册" in [cell.value for cell in book["整改单"]["B"]]


def test_a_corrected_workbook_is_landed_and_closes_its_notice(engineer, found, sent, book):
    made = give_back(engineer, fill(book, CORRECT))

    assert made.state == "done", made.error
    assert made.counts == {"corrected": 3, "removed": 2}
    assert rows_now(engineer, found) == [
        tuple(ROWS[0]),
        ("2", "李四", "320106199001010016", "1"),
        ("3", "王五", "130503196704010016", "1"),
        ("5", "钱七", "11010519900307881X", "1"),
    ]
    sent.refresh_from_db()
    assert sent.state == "closed"
    assert set(NoticeLine.objects.values_list("state", flat=True)) == {"fixed"}
    assert set(Group.objects.values_list("state", flat=True)) == {"fixed"}


def test_what_stays_wrong_is_told_by_cell_and_stays_open(engineer, found, sent, book):
    made = give_back(
        engineer,
        fill(
            book,
            {
                ("2", "公民身份号码"): ("已更正", "320106199001010017", ""),
                ("3", "公民身份号码"): ("已更正", "", ""),
                ("4", "性别"): ("原值正确", "", ""),
                ("5", "性别"): ("也许吧", "", ""),
            },
        ),
    )

    assert made.state == "done"
    assert {one["code"] for one in made.problems} == {
        "still_wrong",
        "no_value",
        "no_reason",
        "unreadable",
    }
    assert all(one["sheet"] == "低保名册" and one["place"] > 1 for one in made.problems)
    assert "320106199001010017" not in str(made.problems)
    assert len(rows_now(engineer, found)) == 5
    assert made.deliveries == []
    sent.refresh_from_db()
    assert sent.state == "returned"


def test_a_value_said_to_be_right_waits_for_the_bureau(steward, engineer, found, sent, book):
    made = give_back(steward, fill(book, {("5", "性别"): ("原值正确", "", "境外证件如此登记")}))

    assert made.counts["excused"] == 1
    (waiting,) = services.proposed_excuses(engineer)
    group = Group.objects.get(rule=waiting.rule)
    assert (waiting.key, group.excused) == ("5", 0)
    with pytest.raises(NotPermitted):
        services.decide_excuse(steward, waiting.id, accept=True)
    services.decide_excuse(engineer, waiting.id, accept=True)
    group.refresh_from_db()
    assert group.excused == 1
    assert group.state == "sent"
    page = services.list_rows_of_group(steward, group.id)
    assert {(row.row, row.excused) for row in page.rows} == {(4, False), (5, True)}
    with pytest.raises(Conflict):
        services.decide_excuse(engineer, waiting.id, accept=False)


def test_the_bureau_s_own_word_holds_at_once_and_can_end(engineer, found):
    group = Group.objects.get(rule="derived.性别.code")

    (made,) = services.excuse(engineer, group.id, reason="历史数据，不再更正")

    group.refresh_from_db()
    assert (made.state, group.state, group.rows) == ("accepted", "excused", 2)
    check(found.id)
    group.refresh_from_db()
    assert group.state == "excused"
    services.end_excuse(engineer, made.id, reason="政策变了，要改")
    group.refresh_from_db()
    assert group.state == "open"


def test_a_value_changed_meanwhile_is_a_conflict(engineer, found, sent, book, land):
    land([[*ROWS[1][:2], "320106199001010016", "1"]], kind="upsert")

    made = give_back(
        engineer, fill(book, {("2", "公民身份号码"): ("已更正", "11010519900307881X", "")})
    )

    assert made.counts["conflict"] == 1
    assert ("2", "李四", "320106199001010016", "1") in rows_now(engineer, found)


def test_after_a_full_delivery_rows_are_known_by_their_key(engineer, found, sent, book, land):
    land(list(reversed(ROWS)))

    made = give_back(engineer, fill(book, CORRECT))

    assert made.counts == {"corrected": 3, "removed": 2}, made.problems
    assert [row[0] for row in rows_now(engineer, found)] == ["1", "2", "3", "5"]


def test_the_same_bytes_come_once(engineer, sent, book):
    fill(book, {("5", "性别"): ("不清楚", "", "")})
    data = to_bytes(book).getvalue()
    services.return_here(engineer, io.BytesIO(data), file_name="a.xlsx")

    with pytest.raises(Conflict, match="came already"):
        services.return_here(engineer, io.BytesIO(data), file_name="b.xlsx")


def test_several_returns_of_one_notice_each_do_their_part(engineer, found, sent, book):
    first = give_back(engineer, fill(book, {("5", "性别"): ("已更正", "1", "")}))
    second = give_back(engineer, fill(book, CORRECT))

    assert first.counts["corrected"] == 1
    # What the first return changed is a conflict in the second: the value is no longer the one found.
    assert second.counts == {"corrected": 2, "removed": 2, "conflict": 1}
    sent.refresh_from_db()
    assert sent.state == "closed"


def test_a_stranger_s_workbook_is_refused(person, steward, engineer, sent, book):
    other = person("steward", "D02")
    with pytest.raises(NotPermitted):
        give_back(other, book)
    with pytest.raises(InvalidInput, match="not this one"):
        give_back(engineer, book, notice="D02-202611-001")

    book["_yiwang"]["E5"] = "公民身份号码2"
    with pytest.raises(InvalidInput, match="not a notice of this node"):
        give_back(engineer, book)
    with pytest.raises(InvalidInput, match="no table"):
        give_back(engineer, openpyxl.Workbook())


def test_personal_values_are_masked_without_a_purpose(engineer, found):
    notice = services.send_notice(engineer, services.open_notice(engineer, owner="D01").id)
    _, stream = services.open_workbook(engineer, notice.id)

    page = openpyxl.load_workbook(io.BytesIO(stream.read()))["低保名册"]

    text = str([[cell.value for cell in row] for row in page])
    assert "110105194912310021" not in text
    assert "****" in text


def test_a_group_goes_out_once_and_is_reopened_when_it_is_taken_back(engineer, found, sent):
    with pytest.raises(InvalidInput):
        services.open_notice(engineer, owner="D01")
    chosen = [group.id for group in services.list_groups(engineer)]
    with pytest.raises(Conflict, match="still out"):
        services.open_notice(engineer, owner="D01", groups=chosen)

    services.cancel_notice(engineer, sent.id, reason="发错了")

    assert {group.state for group in services.list_groups(engineer)} == {"open"}
    again = services.open_notice(engineer, owner="D01", groups=chosen)
    assert again.number[-3:] == "002"


def test_repeated_keys_are_settled_where_one_row_is_left(engineer, land, monkeypatch):
    monkeypatch.setattr(returning, "check_again", lambda _, resource: check(resource).id)
    rows = [
        *ROWS,
        ["5", "重复", "11010519900307881X", "8"],
        ["2", "孙八", "11010519491231002X", "1"],
    ]
    resource = land(rows)
    check(resource.id)
    notice = services.open_notice(engineer, owner="D01", terms=services.Terms(purpose="核对名册"))
    services.send_notice(engineer, notice.id)
    _, stream = services.open_workbook(engineer, notice.id)
    book = openpyxl.load_workbook(io.BytesIO(stream.read()))
    page = book["低保名册"]
    for row in page.iter_rows(min_row=2):
        name = row[10].value
        if name == "重复":
            row[1].value = "删除此行"
        elif name == "钱七":
            row[1].value, row[2].value = "已更正", "1"
        elif name == "李四":
            row[1].value, row[2].value = "已更正", "320106199001010016"

    made = give_back(engineer, book)

    # 李四's number is shared with 孙八, who stays: what is meant cannot be said by key.
    assert made.counts == {"corrected": 1, "removed": 1, "repeated_key": 1, "unchanged": 3}
    assert [row for row in rows_now(engineer, resource) if row[0] == "5"] == [
        ("5", "钱七", "11010519900307881X", "1")
    ]
    assert len([row for row in rows_now(engineer, resource) if row[0] == "2"]) == 2


def test_thirty_departments_at_once_are_one_job(
    engineer, found, land, django_capture_on_commit_callbacks
):
    check(land(owner="D02", name="统计名册").id)

    made = services.start_sending(engineer, owners=["D01", "D02"])

    assert [one.number[:3] for one in made] == ["D01", "D02"]
    assert len({one.job_id for one in services.visible_notices(engineer)}) == 1
    assert services.send_all(engineer, [one.id for one in made]) == 2
    assert services.send_all(engineer, [one.id for one in made]) == 2
    assert {one.state for one in services.visible_notices(engineer)} == {"sent"}
