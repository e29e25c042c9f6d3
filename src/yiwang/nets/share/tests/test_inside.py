"""Personal data inside free text: found at landing, masked everywhere, and what a person says."""

from __future__ import annotations

import csv

import pytest

from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound, NotPermitted
from yiwang.kernel.ledger.models import ActRow, ReadRow
from yiwang.nets.share.catalog import services as catalog

pytestmark = pytest.mark.django_db
LETTER = "我叫张伟，电话13812345678，楼上漏水"
HEAD = "编号,诉求内容,办理情况\n"


def letters(*texts: str) -> str:
    return HEAD + "".join(f"{at},{text},已回复\n" for at, text in enumerate(texts, 1))


@pytest.fixture
def remarks(steward, send):
    """A register whose second column is free text, with a telephone in one cell of many."""
    plain = [f"路灯不亮{number}" for number in range(60)]
    [delivery] = send(steward, letters(LETTER, *plain), name="诉求.csv")
    assert delivery.state == "landed", delivery.error
    return catalog.get_resource(steward, delivery.resource)


def item_of(resource, name="诉求内容"):
    return next(item for item in catalog.list_items(resource.id) if item.name == name)


def first_cell(actor, resource):
    look = catalog.look_rows(actor, resource.id, limit=1)
    return look.rows[0][1][look.columns.index("诉求内容")]


class TestLanding:
    def test_the_kinds_inside_are_counted_on_the_item(self, remarks):
        found = item_of(remarks).found

        assert found.personal == ("mobile_phone", "person_name")
        assert found.kinds["mobile_phone"].cells == 1
        assert found.filled == 61

    def test_other_columns_hold_nothing(self, remarks):
        assert item_of(remarks, "办理情况").found.personal == ()

    def test_a_column_that_got_no_time_is_masked(self, steward, send, settings):
        settings.YIWANG_FINDER_SECONDS = -1

        [delivery] = send(steward, letters(LETTER), name="诉求.csv")

        resource = catalog.get_resource(steward, delivery.resource)
        assert item_of(resource).found.unread
        assert "1381234" not in (first_cell(steward, resource) or "")

    def test_a_later_harmless_delivery_does_not_end_the_suspicion(self, steward, send, remarks):
        send(steward, letters(*[f"已修好{n}" for n in range(61)]), name="诉求.csv")

        assert item_of(remarks).suspect
        assert item_of(remarks).found.personal == ("mobile_phone", "person_name")

    def test_a_confirmed_column_is_not_read_again(self, steward, engineer, send, remarks):
        catalog.bind_elements(engineer, remarks.id, {"诉求内容": "address"})

        send(steward, letters(*[LETTER] * 61), name="诉求.csv")

        assert item_of(remarks).element == "address"
        assert not item_of(remarks).suspect


class TestLooking:
    def test_only_the_spans_are_masked_on_a_page(self, steward, remarks):
        assert first_cell(steward, remarks) == "我叫张*，电话138****5678，楼上漏水"

    def test_a_look_leaves_a_row_and_the_column_cannot_be_searched(self, steward, remarks):
        catalog.look_rows(steward, remarks.id)

        assert ReadRow.objects.latest("id").columns == ["诉求内容"]
        with pytest.raises(NotPermitted):
            catalog.look_rows(
                steward, remarks.id, where=catalog.read_filter("诉求内容 contains '138'", remarks)
            )

    def test_profiles_show_no_number(self, steward, remarks):
        _, columns = catalog.look_profile(steward, remarks.id)

        assert "13812345678" not in str(columns)

    def test_exports_hide_the_cells_that_may_hold_something(self, steward, remarks, tmp_path):
        catalog.export_rows(steward, remarks.id, tmp_path / "out.csv")

        rows = list(csv.reader((tmp_path / "out.csv").open(encoding="utf-8-sig")))
        assert rows[1][1] == "***"
        assert rows[2][1] == "路灯不亮0"

    def test_a_stated_purpose_shows_the_whole_text(self, steward, remarks):
        catalog.unmask_resource(steward, remarks.id, purpose="回访来信人")

        assert first_cell(steward, remarks) == LETTER


class TestAPersonsWord:
    def test_clearing_shows_the_text_and_is_on_record_with_its_reason(self, steward, remarks):
        catalog.clear_finding(steward, remarks.id, "诉求内容", reason="均为公开的窗口电话")

        assert first_cell(steward, remarks) == LETTER
        act = ActRow.objects.get(verb="share.resource.judge")
        assert act.reason == "均为公开的窗口电话"
        assert ActRow.objects.filter(verb="share.resource.release").count() == 1

    def test_it_can_be_taken_back(self, steward, remarks):
        catalog.clear_finding(steward, remarks.id, "诉求内容", reason="均为公开的窗口电话")

        catalog.clear_finding(steward, remarks.id, "诉求内容", reason="看错了一行", cleared=False)

        assert "****" in first_cell(steward, remarks)

    def test_another_kind_ends_it(self, steward, send, remarks):
        catalog.clear_finding(steward, remarks.id, "诉求内容", reason="均为公开的窗口电话")

        send(steward, letters(*["身份证11010119900307002X"] * 61), name="诉求.csv")

        assert item_of(remarks).suspect == ("resident_id" in item_of(remarks).found.personal)

    def test_it_takes_a_reason_the_right_and_something_found(self, person, steward, remarks):
        with pytest.raises(InvalidInput):
            catalog.clear_finding(steward, remarks.id, "诉求内容", reason=" ")
        with pytest.raises(NotFound):
            catalog.clear_finding(steward, remarks.id, "没有这列", reason="均为公开电话")
        with pytest.raises(Conflict):
            catalog.clear_finding(steward, remarks.id, "办理情况", reason="均为公开电话")
        with pytest.raises(NotPermitted):
            catalog.clear_finding(person("viewer"), remarks.id, "诉求内容", reason="均为公开电话")


class TestPages:
    def test_the_page_names_kinds_and_takes_a_reason(self, client_of, steward, remarks):
        client = client_of(steward)

        page = client.get(f"/catalog/{remarks.id}/found/").content.decode()
        assert "手机号" in page
        assert "13812345678" not in page
        answer = client.post(
            f"/catalog/{remarks.id}/found/", {"item": "诉求内容", "reason": "均为公开的窗口电话"}
        )

        assert answer.status_code == 302
        assert first_cell(steward, remarks) == LETTER

    def test_rows_say_which_texts_are_masked_inside(self, client_of, steward, remarks):
        page = client_of(steward).get(f"/catalog/{remarks.id}/rows/").content.decode()

        assert "文本内脱敏的列：诉求内容" in page
        assert "138****5678" in page

    def test_viewers_and_the_director_are_refused(self, client_of, person, remarks):
        for actor in (person("viewer"), person("director", "B01")):
            assert client_of(actor).get(f"/catalog/{remarks.id}/found/").status_code == 403
