"""Grades: the highest wins, through comparisons and files; a person's word, and the rule."""

from __future__ import annotations

import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.base.errors import InvalidInput, NotPermitted
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.ledger.models import ActRow
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services.grading import effective_grade
from yiwang.nets.share.compare import services as compare

PEOPLE = "姓名,身份证号码,备注\n张小云,110101199003074514,无\n"
ROADS = "路名,状态\n建设大道,正常\n学府大街,正常\n"
LETTERS = "编号,诉求\n1,我叫张伟，电话13812345678\n"


@pytest.fixture
def people(steward, send):
    [delivery] = send(steward, PEOPLE, name="低保.csv")
    return catalog.get_resource(steward, delivery.resource)


@pytest.fixture
def roads(steward, send):
    [delivery] = send(steward, ROADS, name="道路.csv")
    return catalog.get_resource(steward, delivery.resource)


def again(actor, resource):
    return catalog.get_resource(actor, resource.id)


class TestTheHighestWins:
    def test_a_table_with_one_column_of_grade_4_is_of_grade_4(self, people):
        reasons = catalog.reasons_of(people)

        assert people.grade == 4
        assert (reasons[0].item, reasons[0].code) == ("身份证号码", "resident_id")

    def test_what_is_found_inside_a_text_counts(self, steward, send):
        [delivery] = send(steward, LETTERS, name="来信.csv")

        resource = catalog.get_resource(steward, delivery.resource)
        assert resource.grade == 3
        assert catalog.reasons_of(resource)[0].kind == "found"

    def test_clearing_the_text_lowers_it_again(self, steward, send):
        [delivery] = send(steward, LETTERS, name="来信.csv")

        catalog.clear_finding(steward, delivery.resource, "诉求", reason="均为公开的窗口电话")

        assert catalog.get_resource(steward, delivery.resource).grade < 3

    def test_a_comparison_inherits_the_higher_grade(self, steward, engineer, people, roads):
        done = compare.run_comparison(
            engineer, left=roads.id, right=people.id, keys=["路名 = 备注"]
        )

        assert compare.grade_of(done) == 4
        assert compare.describe_comparison(done)["grade"] == 4

    def test_it_rises_with_its_registers(self, engineer, people, roads):
        done = compare.run_comparison(
            engineer, left=roads.id, right=people.id, keys=["路名 = 备注"]
        )
        catalog.set_grade(engineer, people.id, grade=5, reason="列入重要数据目录")

        assert compare.grade_of(done) == 5


class TestFiles:
    def test_name_page_header_and_ledger_carry_the_grade(self, steward, people, tmp_path):
        export = catalog.open_export(steward, people.id, ending="xlsx")
        with zipfile.ZipFile(export.stream) as archive:
            sheet = archive.read("xl/worksheets/sheet1.xml").decode()

        assert export.name == "低保-1-G4.xlsx"
        assert "4 级" in sheet.split("<oddHeader>")[1]
        assert (
            ActRow.objects.filter(verb="share.resource.export").latest("at").details["grade"] == 4
        )

    def test_a_parquet_file_carries_it_beside_its_rows(self, steward, people, tmp_path):
        import pyarrow.parquet as pq

        catalog.export_rows(steward, people.id, tmp_path / "out.parquet")

        metadata = pq.read_metadata(tmp_path / "out.parquet").metadata
        assert "4 级" in metadata[b"mark"].decode()


class TestAPersonsWord:
    def test_raising_holds_and_is_on_record(self, steward, roads):
        catalog.set_grade(steward, roads.id, grade=5, reason="列入重要数据目录")

        assert again(steward, roads).grade == 5
        act = ActRow.objects.get(verb="share.resource.grade")
        assert (act.reason, act.details["grade"]) == ("列入重要数据目录", 5)

    def test_lowering_is_marked_and_listed(self, client_of, steward, engineer, people):
        catalog.set_grade(steward, people.id, grade=2, reason="均为虚构的演示数据")

        assert again(steward, people).grade == 2
        assert catalog.count_lowered(engineer) == 1
        page = client_of(engineer).get("/catalog/?lowered=yes").content.decode()
        assert people.name in page
        assert (
            "已人工降至计算级别"
            in client_of(engineer).get(f"/catalog/{people.id}/grade/").content.decode()
        )

    def test_a_lowering_ends_when_more_is_found(self, steward, send, roads):
        catalog.set_grade(steward, roads.id, grade=1, reason="公开的道路名录")

        send(steward, "路名,状态\n建设大道,联系人张伟13812345678\n学府大街,正常\n", name="道路.csv")

        assert again(steward, roads).grade == 3

    def test_it_can_be_taken_back(self, steward, people):
        catalog.set_grade(steward, people.id, grade=6, reason="误以为核心数据")
        catalog.set_grade(steward, people.id, grade=None, reason="恢复计算结果")

        assert again(steward, people).grade == 4

    def test_it_takes_the_right_a_reason_and_a_grade_there_is(self, person, steward, people):
        with pytest.raises(NotPermitted):
            catalog.set_grade(person("viewer"), people.id, grade=1, reason="随便改改")
        with pytest.raises(InvalidInput):
            catalog.set_grade(steward, people.id, grade=1, reason="改")
        with pytest.raises(InvalidInput):
            catalog.set_grade(steward, people.id, grade=7, reason="没有这一级")

    @given(st.integers(0, 6), st.none() | st.integers(1, 6), st.integers(0, 6))
    def test_only_an_informed_lowering_goes_below_what_is_computed(self, computed, chosen, over):
        grade = effective_grade(computed, chosen, over)

        if grade < computed:
            assert chosen == grade
            assert chosen < over
            assert computed <= over
        assert grade in {computed, chosen}


@pytest.mark.django_db
class TestTheRule:
    def test_many_rows_of_personal_data_are_one_level_higher(self, engineer, people, roads):
        rule = catalog.set_grade_rule(engineer, persons=1, reason="演示：一人即提级")
        jobs.run_due(10)

        assert rule.number == 1
        assert again(engineer, people).grade == 5
        assert again(engineer, roads).grade < 3

    def test_earlier_versions_stay(self, engineer):
        catalog.set_grade_rule(engineer, persons=10, reason="第一次调整")
        catalog.set_grade_rule(engineer, persons=20, reason="第二次调整")

        assert [one.persons for one in catalog.list_grade_rules()] == [20, 10, 1_000_000]

    def test_stewards_do_not_change_it(self, steward):
        with pytest.raises(NotPermitted):
            catalog.set_grade_rule(steward, persons=10, reason="想改就改")
