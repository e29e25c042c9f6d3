"""Organizations and accounts from sheets."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.errors import InvalidInput, NotPermitted
from yiwang.kernel.identity import services

SHEET = [
    # children stand before their parents here, as they do in real sheets
    {
        "机构代码": "S1",
        "机构名称": "东关街道",
        "上级机构代码": "Q1",
        "类型": "街道",
        "行政区划": "990101",
    },
    {
        "机构代码": "Q1",
        "机构名称": "东城区",
        "上级机构代码": "",
        "类型": "区县",
        "行政区划": "9901",
    },
    {
        "机构代码": "D1",
        "机构名称": "市民政局",
        "上级机构代码": None,
        "类型": "部门",
        "行政区划": "",
    },
]


def cells(plan) -> list[tuple[int, str]]:
    return [(problem.row, problem.column) for problem in plan.problems]


def test_a_sheet_makes_organizations_in_any_order(db):
    plan = services.import_organizations(SYSTEM, SHEET)

    assert plan.count("create") == 3
    assert services.list_codes_below(["Q1"]) == {"Q1", "S1"}
    assert services.get_organization("S1").kind == "street"


def test_the_same_sheet_again_changes_nothing(db):
    services.import_organizations(SYSTEM, SHEET)

    plan = services.import_organizations(SYSTEM, SHEET)

    assert (plan.count("keep"), len(plan.changes)) == (3, 3)


def test_a_preview_shows_what_differs_and_changes_nothing(db):
    services.import_organizations(SYSTEM, SHEET)
    sheet = [SHEET[2] | {"机构名称": "市民政和老龄局"}]

    (change,) = services.plan_organizations(SYSTEM, sheet).changes

    assert change.action == "change"
    assert change.differences == {"机构名称": ("市民政局", "市民政和老龄局")}
    assert services.get_organization("D1").name == "市民政局"


def test_english_headings_and_missing_columns_leave_what_is_not_named(db):
    services.import_organizations(SYSTEM, SHEET)

    services.import_organizations(SYSTEM, [{"Code": "S1", "Name": "东关街道办事处"}])

    found = services.get_organization("S1")
    assert (found.name, found.parent_code, found.region_code) == ("东关街道办事处", "Q1", "990101")


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"机构代码": "坏"}, "机构代码"),
        ({"机构代码": "X1", "机构名称": ""}, "机构名称"),
        ({"机构代码": "X1", "机构名称": "某局", "类型": "王国"}, "类型"),
        ({"机构代码": "X1", "机构名称": "某局", "行政区划": "abc"}, "行政区划"),
        ({"机构代码": "X1", "机构名称": "某局", "上级机构代码": "ZZ"}, "上级机构代码"),
        ({"机构代码": "X1", "机构名称": "某局", "上级机构代码": "X1"}, "上级机构代码"),
        ({"机构代码": "Q1", "机构名称": "东城区", "上级机构代码": "S1"}, "上级机构代码"),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column_and_nothing_is_taken(db, row, column):
    services.import_organizations(SYSTEM, SHEET)
    sheet = [{"机构代码": "N1", "机构名称": "新局"} | dict.fromkeys(row, ""), row]
    sheet[0] |= {"机构代码": "N1", "机构名称": "新局"}

    assert cells(services.plan_organizations(SYSTEM, sheet)) == [(3, column)]
    with pytest.raises(InvalidInput, match="row 3"):
        services.import_organizations(SYSTEM, sheet)
    assert services.get_organizations(["N1"]) == {}


def test_a_code_twice_in_one_sheet_is_named(db):
    sheet = [{"code": "A", "name": "甲"}, {"code": "A", "name": "乙"}]

    assert cells(services.plan_organizations(SYSTEM, sheet)) == [(3, "code")]


def test_a_sheet_without_codes_says_which_heading_it_misses(db):
    with pytest.raises(InvalidInput, match="机构代码"):
        services.plan_organizations(SYSTEM, [{"名称": "某局"}])


def test_only_who_may_edit_may_preview(by_role):
    for role in ("secadmin", "engineer", "steward"):
        with pytest.raises(NotPermitted):
            services.plan_organizations(by_role[role], SHEET)
        with pytest.raises(NotPermitted):
            services.plan_accounts(by_role[role], [{"账号": "x.y"}])


class TestAnySheet(TestCase):
    """Whatever a sheet says, it is taken whole and read back the same, or nothing of it is."""

    @settings(max_examples=40, deadline=None)
    @given(
        st.lists(
            st.fixed_dictionaries(
                {
                    "code": st.sampled_from(["A", "B", "C", "D", "E", "", "坏"]),
                    "name": st.sampled_from(["甲", "乙", ""]),
                    "parent_code": st.sampled_from(["", "A", "B", "C", "D", "E", "Z"]),
                }
            ),
            max_size=6,
        )
    )
    def test_whole_or_nothing(self, rows):
        plan = services.plan_organizations(SYSTEM, rows)
        try:
            services.import_organizations(SYSTEM, rows)
        except InvalidInput:
            assert plan.problems
            assert services.list_organizations() == []
            return
        assert not plan.problems
        assert all(
            one.action == "keep" for one in services.plan_organizations(SYSTEM, rows).changes
        )
        for one in services.list_organizations():
            assert services.list_path(one.code)[-1].code == one.code


ACCOUNTS = [
    {"账号": "Zhang.San", "姓名": "张三", "机构代码": "D01", "职务": "科长"},
    {"账号": "li.si", "姓名": "李四", "机构代码": "D02", "职务": ""},
]


def test_accounts_come_with_a_first_password_each(city):
    plan, passwords = services.import_accounts(SYSTEM, ACCOUNTS)

    assert plan.count("create") == 2
    assert services.sign_in(name="zhang.san", password=passwords["zhang.san"]).must_change_password


def test_accounts_again_change_nothing_and_give_no_password(city):
    services.import_accounts(SYSTEM, ACCOUNTS)

    plan, passwords = services.import_accounts(SYSTEM, ACCOUNTS)

    assert (plan.count("keep"), passwords) == (2, {})


def test_another_organization_moves_the_account(city):
    services.import_accounts(SYSTEM, ACCOUNTS)

    services.import_accounts(SYSTEM, [ACCOUNTS[0] | {"机构代码": "D02"}])

    found = services.find_account("zhang.san")
    assert services.get_actor(found.id).organization == "D02"
    assert len(services.list_posts(SYSTEM, found.id)) == 2


def test_wrong_account_cells_are_named(city):
    sheet = [
        {"账号": "坏 名"},
        {"账号": "ok.one", "机构代码": "ZZ"},
        {"账号": "OK.one", "机构代码": ""},
    ]

    plan = services.plan_accounts(
        SYSTEM, [row | {"机构代码": row.get("机构代码", "")} for row in sheet]
    )

    assert cells(plan) == [(2, "账号"), (3, "机构代码"), (4, "账号")]


def test_nobody_moves_themself(by_role):
    own = services.get_account(by_role["sysadmin"], by_role["sysadmin"].id)

    plan = services.plan_accounts(by_role["sysadmin"], [{"账号": own.name, "机构代码": "D02"}])

    assert cells(plan) == [(2, "账号")]
