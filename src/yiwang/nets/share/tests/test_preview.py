"""A look before landing: what is proposed, what a person confirms, what is remembered."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.base.errors import InvalidInput, NotFound
from yiwang.kernel.files import services as files
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.ledger.models import ReadRow
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.connect import services as connect
from yiwang.nets.share.connect.models import Delivery, Mapping
from yiwang.nets.share.connect.types import Instructions

from .books import two_months

TITLED = "低保对象名册,,\n单位：民政局,,\n姓名,身份证号码,金额\n张小云,110101199003074514,600\n李大山,110101199003075517,约700\n"


@pytest.fixture
def bring(steward):
    """Sends bytes for a look and lets the worker look."""

    def send_file(content, name="低保.csv", actor=None, **told):
        data = content if isinstance(content, bytes) else content.encode()
        delivery = connect.receive_file(
            actor or steward,
            io.BytesIO(data),
            file_name=name,
            owner="D01",
            instructions=Instructions(kind="", **told),
            look=True,
        )
        jobs.run_due(10)
        return Delivery.objects.get(id=delivery.id)

    return send_file


def test_a_new_file_waits_and_its_headings_are_proposed(steward, bring):
    delivery = bring(TITLED)
    look = connect.look_preview(steward, delivery.id)

    assert (delivery.state, delivery.preview["state"]) == ("preview", "ready")
    assert look.headings == ["姓名", "身份证号码", "金额"]
    assert [row.part for row in look.picture] == ["above", "above", "head", "data", "data"]
    assert not catalog.find_of_owner("D01", "低保")


def test_personal_columns_are_masked_before_anybody_confirmed_them(steward, bring):
    delivery = bring(TITLED)
    look = connect.look_preview(steward, delivery.id)
    shown = [cell for row in look.picture for cell, _ in row.cells]

    assert "身份证号码" in shown
    assert "110101199003074514" not in shown
    assert "张小云" not in shown
    row = ReadRow.objects.latest("at")
    assert (row.where, "身份证号码" in row.columns) == ("preview", True)


def test_a_row_of_values_taken_for_headings_stays_masked(steward, bring):
    delivery = bring(TITLED)
    told = Instructions(header_row=4)
    look = connect.look_preview(steward, delivery.id, told)
    shown = [cell for row in look.picture for cell, _ in row.cells] + [
        one.shown for one in look.columns
    ]
    shown += [reading.stored for one in look.columns for reading in one.readings]

    assert not {"110101199003074514", "张小云", "110101199003075517", "李大山"} & set(shown)


def test_what_cannot_be_read_is_counted(steward, bring):
    delivery = bring(TITLED)
    look = connect.look_preview(steward, delivery.id, Instructions(columns={"金额": "money"}))

    assert (look.columns[2].filled, look.columns[2].unreadable) == (2, 1)


def test_confirmed_choices_land_and_become_the_mapping(steward, bring):
    delivery = bring(TITLED)
    told = Instructions(
        header_row=3,
        columns={"身份证号码": "resident_id"},
        left_out=("金额",),
        names={"姓名": "名字"},
    )
    connect.confirm_preview(steward, delivery.id, connect.Confirmed(told, "低保对象"))
    jobs.run_due(10)

    delivery.refresh_from_db()
    assert (delivery.state, delivery.error) == ("landed", None)
    assert [one.name for one in catalog.list_items(delivery.resource)] == ["名字", "身份证号码"]
    mapping = Mapping.objects.get(resource=delivery.resource)
    assert (mapping.number, mapping.told["header_row"], mapping.set_by) == (1, 3, steward.id)


def test_the_next_delivery_that_fits_lands_by_itself(steward, bring):
    first = bring(TITLED)
    connect.confirm_preview(steward, first.id, connect.Confirmed(Instructions(header_row=3)))
    jobs.run_due(10)
    second = bring(TITLED)

    assert (second.state, second.version) == ("landed", 2)


def test_the_next_delivery_that_does_not_fit_is_held_and_can_be_looked_at(steward, bring):
    first = bring(TITLED)
    connect.confirm_preview(steward, first.id, connect.Confirmed(Instructions(header_row=3)))
    jobs.run_due(10)
    second = bring(TITLED.replace("金额", "数额"))
    connect.ask_preview(steward, second.id)
    look = connect.look_preview(steward, second.id)

    assert (second.state, second.error["code"]) == ("held", "connect.held.drift")
    assert look.drift == "+ 数额; - 金额"


def test_all_that_are_ready_land_with_one_word(steward):
    batch = connect.open_batch(steward, owner="D01")
    for name in ("甲.csv", "乙.csv"):
        connect.receive_file(
            steward,
            io.BytesIO(b"code,name\n001,a\n002,b\n"),
            file_name=name,
            owner="D01",
            batch=batch,
            look=True,
        )
    jobs.run_due(10)
    number = connect.confirm_ready(steward, batch.id)
    jobs.run_due(10)

    assert number == 2
    assert set(Delivery.objects.values_list("state", flat=True)) == {"landed"}


def test_the_page_shows_refreshes_and_lands(client_of, steward, bring):
    client = client_of(steward)
    delivery = bring(TITLED)
    path = f"/deliveries/{delivery.id}/preview/"
    page = client.get(path)
    shape = page.context["shape"]
    other = client.post(
        path,
        {
            "name": "低保",
            "kind": "full",
            "header_row": 3,
            "header_rows": 1,
            "header": "2",
            "shape": shape,
        },
    )
    columns = {f"keep-{n}": "1" for n in range(3)} | {"element-1": "公民身份号码", "key-1": "1"}
    done = client.post(
        path,
        {
            "name": "低保",
            "kind": "full",
            "header_row": 3,
            "header_rows": 1,
            "shape": shape,
            "do": "land",
            **columns,
        },
    )
    jobs.run_due(10)

    assert (page.status_code, other.status_code, done.status_code) == (200, 200, 302)
    assert other.context["look"].read.header_row == 2
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error) == ("landed", None)
    assert catalog.find_of_owner("D01", "低保").key == ["身份证号码"]


NESTED = (
    '{"130102": {"county": "长安区", "townships": {"建北街道": "130102001", "青园街道": "130102002"}},'
    ' "130104": {"county": "桥西区", "townships": {"东里街道": "130104001", "中山街道": "130104002"}},'
    ' "130105": {"county": "新华区", "townships": {"革新街道": "130105001", "新华路街道": "130105002"}}}'
)


def test_a_nested_document_asks_where_its_records_stand(client_of, steward, bring):
    delivery = bring(NESTED, name="乡镇.json")
    path = f"/deliveries/{delivery.id}/preview/"
    page = client_of(steward).get(path).content.decode()
    chosen = client_of(steward).post(
        path, {"name": "乡镇", "kind": "full", "records": "/*/townships/*"}
    )
    look = connect.look_preview(steward, delivery.id)

    assert "/*/townships/*" in page
    assert chosen.status_code == 302
    assert [len(look.read.rows), look.table.named, delivery.preview["state"]] == [6, True, "choice"]


def test_sheets_of_the_same_headings_are_gathered_into_one_resource(steward, bring):
    first = bring(two_months(), name="发放.xlsx")
    connect.gather_sheets(steward, first.id)
    gathered = Delivery.objects.get(state="preview")
    told = Instructions.from_json(gathered.instructions)
    connect.confirm_preview(steward, gathered.id, connect.Confirmed(told))
    jobs.run_due(10)

    gathered.refresh_from_db()
    assert (gathered.state, gathered.error, gathered.rows) == ("landed", None, 4)
    assert gathered.resource_name == "发放"
    assert Delivery.objects.filter(state="withdrawn").count() == 1


def test_a_preview_that_nobody_confirms_is_destroyed_with_its_bytes(steward, bring, settings):
    delivery = bring(TITLED)
    settings.YIWANG_PREVIEW_DAYS = 0
    count = connect.expire_previews()

    delivery.refresh_from_db()
    assert (count, delivery.state) == (1, "purged")
    with pytest.raises(NotFound):
        files.open_file(delivery.file)


def test_another_department_sees_no_preview(client_of, person, bring):
    delivery = bring(TITLED)
    other = client_of(person("steward", "D02"))
    viewer = client_of(person("viewer", "D01"))

    assert other.get(f"/deliveries/{delivery.id}/preview/").status_code == 404
    assert viewer.get(f"/deliveries/{delivery.id}/preview/").status_code == 403


def test_a_delivery_that_waits_leads_to_its_preview_whoever_may_decide(
    client_of, steward, person, bring
):
    delivery = bring(TITLED)
    director = client_of(person("director", "B01"))
    listed = director.get("/deliveries/").content.decode()
    seen = director.get(f"/deliveries/{delivery.id}/")
    led = client_of(steward).get(f"/deliveries/{delivery.id}/")

    assert f'href="/deliveries/{delivery.id}/"' in listed
    assert (seen.status_code, led.status_code) == (200, 302)
    assert led["Location"] == f"/deliveries/{delivery.id}/preview/"


def test_a_file_that_cannot_be_read_is_refused_with_its_reason(steward, bring):
    delivery = bring(b"%PDF-1.7 nothing", name="扫描件.pdf")

    assert delivery.state == "failed"
    assert delivery.error["code"].startswith("tabular.")


def test_what_is_wrong_stands_beside_the_column(client_of, steward, bring):
    client = client_of(steward)
    delivery = bring(TITLED)
    path = f"/deliveries/{delivery.id}/preview/"
    shape = client.get(path).context["shape"]
    told = {"name": "低保", "kind": "full", "header_row": 3, "shape": shape, "do": "land"}
    told |= {f"keep-{n}": "1" for n in range(3)} | {"name-2": "姓名"}
    page = client.post(path, told)

    assert page.status_code == 422
    assert "另一列已用此名称" in page.content.decode()
    assert not catalog.find_of_owner("D01", "低保")


@pytest.fixture
def mapped(steward, bring):
    delivery = bring(TITLED)
    told = Instructions(header_row=3, columns={"身份证号码": "resident_id"}, key=("身份证号码",))
    connect.confirm_preview(steward, delivery.id, connect.Confirmed(told))
    jobs.run_due(10)
    return Delivery.objects.get(id=delivery.id).resource


def test_a_mapping_is_seen_saved_as_yaml_changed_and_reset(client_of, steward, mapped):
    client = client_of(steward)
    path = f"/deliveries/resource/{mapped}/mapping/"
    page = client.get(path).content.decode()
    text = client.get(path + "export/").content.decode()
    wrong = client.post(path, {"text": "columns: {姓名: no_such_element}"})
    saved = client.post(path, {"text": text.replace("header_row: 3", "header_row: 4")})
    reset = client.post(path + "reset/")

    assert "公民身份号码" in page
    assert connect.load_mapping(text, "x").header_row == 3
    assert (wrong.status_code, saved.status_code, reset.status_code) == (422, 302, 302)
    numbers = list(Mapping.objects.order_by("number").values_list("number", "told"))
    assert [number for number, _ in numbers] == [1, 2, 3]
    assert (numbers[1][1]["header_row"], numbers[2][1]) == (4, {})
    assert connect.find_mapping(mapped) is None


def test_a_reader_of_another_department_sees_no_mapping(client_of, person, mapped):
    client = client_of(person("steward", "D02"))

    assert client.get(f"/deliveries/resource/{mapped}/mapping/").status_code == 404
    assert client.post(f"/deliveries/resource/{mapped}/mapping/reset/").status_code == 404


texts = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=12)
mappings = st.builds(
    Instructions,
    kind=st.sampled_from(["full", "append", "upsert"]),
    key=st.lists(texts, max_size=2).map(tuple),
    sheet=texts,
    header_row=st.none() | st.integers(0, 9),
    footer_rows=st.none() | st.integers(0, 9),
    columns=st.dictionaries(texts, st.just(""), max_size=3),
)


@given(told=mappings)
def test_a_mapping_reads_back_from_its_yaml(told):
    assert connect.load_mapping(connect.dump_mapping(told), "m.yaml") == told


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("kind: full\ncolumns:\n  国家: No", "declared.value.quotes", 3),
        ("key:\n- 2025", "declared.value.quotes", 2),
        ("file:\n  header_rwo: 3", "declared.key.unknown", 2),
        ("kind: full\ncolumns: {姓名: person_nam}", "connect.mapping.invalid", 2),
        ("columns: &a {}", "declared.file.alias", 1),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused_at_its_line(db, text, code, line):
    with pytest.raises(InvalidInput) as refused:
        connect.load_mapping(text, "m.yaml")

    assert (refused.value.code, refused.value.extra["line"]) == (code, line)
