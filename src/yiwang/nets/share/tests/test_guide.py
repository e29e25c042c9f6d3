"""The catalogue goes out in the national guide's columns and comes back the same."""

import io

import pytest

from yiwang.kernel.base.errors import InvalidInput, NotPermitted
from yiwang.kernel.files import services as files
from yiwang.kernel.tabular.services import write_csv, write_xlsx
from yiwang.nets.share.catalog import services
from yiwang.nets.share.catalog.models import Item, Resource
from yiwang.nets.share.catalog.services.entries import EDITABLE

from .conftest import PASSWORD

SHEET = [
    {"信息资源名称": "低保人员", "信息资源提供方": "市民政局", "信息项名称": "姓名", "数据元": "姓名",
     "信息资源摘要": "低保对象名册", "共享类型": "有条件共享", "共享条件": "核验", "是否向社会开放": "否",
     "更新周期": "每月", "信息资源格式": "xlsx", "信息项说明": "户籍姓名"},
    {"信息资源名称": "低保人员", "信息资源提供方": "市民政局", "信息项名称": "身份证号", "数据元": "resident_id"},
    {"信息资源名称": "人口统计", "信息资源提供方": "市统计局", "信息项名称": ""},
]  # fmt: skip


def facts():
    fields = ("code", "name", "owner", *EDITABLE)
    items = Item.objects.order_by("resource_id", "position")
    return (
        list(Resource.objects.order_by("code").values_list(*fields)),
        list(items.values_list("resource_id", "name", "element", "description")),
    )


def as_rows(headings, lines):
    return [dict(zip(headings, line, strict=True)) for line in lines]


def test_a_sheet_registers_resources_with_their_items(engineer):
    plan = services.import_guide(engineer, SHEET)

    made = Resource.objects.get(name="低保人员")
    assert (plan.count("create"), plan.problems) == (2, ())
    assert (made.owner, made.sharing_type, made.open_type, made.update_cycle) == (
        "D01", "conditional", "closed", "monthly",
    )  # fmt: skip
    assert [(i.name, i.element) for i in services.list_items(made.id)] == [
        ("姓名", "person_name"),
        ("身份证号", "resident_id"),
    ]
    assert made.grade == 4


def test_what_was_exported_comes_back_and_changes_nothing(engineer, send):
    services.import_guide(engineer, SHEET)
    send(engineer, "姓名,身份证号,备注\n张三,11010519491231002X,无\n")
    before = facts()
    headings, lines = services.export_guide(engineer)
    rows = as_rows(headings, lines)

    plan = services.import_guide(engineer, rows)

    assert plan.problems == ()
    assert {change.action for change in plan.changes} == {"keep"}
    assert facts() == before


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_a_file_of_the_export_is_read_back_the_same(engineer, write):
    services.import_guide(engineer, SHEET)
    before = facts()
    headings, lines = services.export_guide(engineer)
    out = io.BytesIO()
    write(out, headings, lines)
    upload = Upload(out.getvalue(), "目录.xlsx")

    plan = services.plan_guide(engineer, files.read_sheet(upload))

    assert plan.problems == ()
    assert plan.count("keep") == len(plan.changes) == 2
    assert facts() == before


def test_a_changed_cell_is_shown_and_taken(engineer):
    services.import_guide(engineer, SHEET)
    sheet = [dict(row) for row in SHEET]
    sheet[0]["更新周期"] = "每日"
    sheet[1]["信息项说明"] = "公安机关所发"

    plan = services.plan_guide(engineer, sheet)

    [change] = [change for change in plan.changes if change.action == "change"]
    assert change.differences == {
        "更新周期": ("每月", "每日"),
        "身份证号 · 信息项说明": ("", "公安机关所发"),
    }
    services.import_guide(engineer, sheet)
    assert Resource.objects.get(name="低保人员").update_cycle == "daily"


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"信息资源名称": ""}, "信息资源名称"),
        ({"信息资源提供方": "没有这个局"}, "信息资源提供方"),
        ({"信息资源代码": "3D01/999999"}, "信息资源代码"),
        ({"共享类型": "随便"}, "共享类型"),
        ({"更新周期": "偶尔"}, "更新周期"),
        ({"数据元": "没有这个"}, "数据元"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_taken(engineer, change, column):
    sheet = [SHEET[0] | change]

    plan = services.plan_guide(engineer, sheet)

    assert [(one.row, one.column) for one in plan.problems] == [(2, column)]
    with pytest.raises(InvalidInput):
        services.import_guide(engineer, sheet)
    assert not Resource.objects.exists()


def test_rows_of_one_resource_must_agree(engineer):
    sheet = [SHEET[0], SHEET[1] | {"更新周期": "每年"}]

    assert [one.column for one in services.plan_guide(engineer, sheet).problems] == ["更新周期"]


def test_rows_under_merged_cells_go_on_with_their_resource(engineer):
    sheet = [SHEET[0], {"信息资源名称": None, "信息项名称": "身份证号"}, SHEET[2]]

    plan = services.import_guide(engineer, sheet)

    assert plan.count("create") == len(plan.changes) == 2
    made = Resource.objects.get(name="低保人员")
    assert [item.name for item in services.list_items(made.id)] == ["姓名", "身份证号"]


def test_an_item_that_the_data_do_not_have_is_refused(engineer, send):
    send(engineer, "姓名\n张三\n", name="低保人员.csv")
    sheet = [SHEET[0] | {"信息项名称": "电话"}]

    assert [one.column for one in services.plan_guide(engineer, sheet).problems] == ["信息项名称"]


def test_a_steward_registers_only_for_their_own(steward):
    plan = services.plan_guide(steward, SHEET)

    assert [one.row for one in plan.problems] == [4]


def test_a_viewer_registers_nothing(person):
    with pytest.raises(NotPermitted):
        services.plan_guide(person("viewer"), SHEET)


def test_the_pages_take_a_sheet_and_give_one(engineer, client):
    client.post("/sign-in/", {"name": "engineer-B01", "password": PASSWORD})
    out = io.BytesIO()
    headings = list(SHEET[0])
    write_xlsx(out, headings, [[row.get(name) for name in headings] for row in SHEET])
    out.name, _ = "目录.xlsx", out.seek(0)

    preview = client.post("/catalog/guide/import/", {"file": out})
    rows = preview.context["rows"]
    done = client.post("/catalog/guide/import/", {"rows": rows})
    sheet = client.get("/catalog/guide/export/csv/")

    assert preview.status_code == 200
    assert done.status_code == 302
    assert "低保人员" in b"".join(sheet.streaming_content).decode("utf-8-sig")
    assert client.get("/catalog/guide/export/exe/").status_code == 422


class Upload:
    """As an uploaded file hands its bytes over."""

    def __init__(self, data, name):
        self.data, self.name = data, name

    def chunks(self):
        return [self.data]
