"""Organizations and what stands below them."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound, NotPermitted
from yiwang.kernel.identity import services


def test_a_code_is_given_once(city):
    with pytest.raises(Conflict):
        services.create_organization(SYSTEM, code="D01", name="另一个")


@pytest.mark.parametrize("code", ["", " ", "a/b", "一局", "x" * 33, "-a", "a b"])
def test_odd_codes_are_refused(db, code):
    with pytest.raises(InvalidInput):
        services.create_organization(SYSTEM, code=code, name="某局")


def test_found_by_code_or_whole_name(city):
    assert services.find_organization("D02").name == "市统计局"
    assert services.find_organization(" 市统计局 ").code == "D02"
    assert services.find_organization("统计") is None


def test_a_name_that_several_bear_asks_for_the_code(city):
    services.create_organization(SYSTEM, code="D03", name="市统计局")

    with pytest.raises(Conflict, match="D02, D03"):
        services.find_organization("市统计局")


def test_a_move_takes_along_what_is_below(city):
    services.update_organization(SYSTEM, "S01", parent_code="D02")

    assert "S01" in services.list_codes_below(["D02"])
    assert "S01" not in services.list_codes_below(["D01"])


def test_a_circle_is_refused(city):
    with pytest.raises(Conflict, match="stands below"):
        services.update_organization(SYSTEM, "D01", parent_code="S01")
    with pytest.raises(Conflict):
        services.update_organization(SYSTEM, "D01", parent_code="D01")


def test_the_tree_lists_each_after_its_parent(city):
    tree = [(one.code, one.depth) for one in services.list_tree()]

    assert tree == [("B01", 0), ("D01", 0), ("S01", 1), ("D02", 0)]


def test_path_leads_from_the_top(city):
    assert [one.code for one in services.list_path("S01")] == ["D01", "S01"]


@pytest.mark.parametrize(
    "role", ["secadmin", "auditor", "director", "engineer", "steward", "viewer"]
)
def test_only_the_system_administrator_changes_organizations(by_role, role):
    with pytest.raises(NotPermitted):
        services.create_organization(by_role[role], code="N1", name="新局")
    with pytest.raises(NotPermitted):
        services.update_organization(by_role[role], "D01", name="改名")


def test_an_unknown_parent_is_named(db):
    with pytest.raises(NotFound, match="ZZ"):
        services.create_organization(SYSTEM, code="N1", name="新局", parent_code="ZZ")


class TestMoves(TestCase):
    """However organizations are moved, the closure tells the same as walking up."""

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=12))
    def test_any_moves_leave_a_forest_and_a_true_closure(self, moves):
        for n in range(8):
            services.create_organization(SYSTEM, code=f"N{n}", name=f"单位{n}")
        for child, parent in moves:
            try:
                services.update_organization(SYSTEM, f"N{child}", parent_code=f"N{parent}")
            except Conflict:
                continue

        parents = {one.code: one.parent_code for one in services.list_organizations()}
        for code, parent in parents.items():
            above, step = [code], parent
            while step:
                above.append(step)
                step = parents[step]
            assert [one.code for one in services.list_path(code)] == above[::-1]


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_never_make_a_circle():
    for code in ("A", "B"):
        services.create_organization(SYSTEM, code=code, name=code)
    start = threading.Barrier(2)
    refused = []

    def move(code: str, parent: str) -> None:
        start.wait()
        try:
            services.update_organization(SYSTEM, code, parent_code=parent)
        except Conflict as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=move, args=pair) for pair in (("A", "B"), ("B", "A"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert len(services.list_tree()) == 2


def test_a_choice_of_organizations_names_departments_before_streets(make_account):
    groups = dict(
        services.choose_organizations(make_account("engineer", "B01"), "share.delivery.land")
    )
    own = services.choose_organizations(make_account("steward", "D02"), "share.delivery.land")

    assert list(groups) == ["数据局", "部门", "街道乡镇"]
    assert groups["部门"] == [("D01", "市民政局"), ("D02", "市统计局")]
    assert [codes for _, codes in own] == [[("D02", "市统计局")]]
