"""Ugly headings, ugly files, wrong instructions: landed as they are or refused in clear words."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import escape
from django.utils.translation import gettext, override

from yiwang.kernel.base.errors import fill
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.pool import services as pool
from yiwang.kernel.tabular import write
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.connect import services
from yiwang.nets.share.connect.models import Delivery

UGLY = (
    "_row",
    '"',
    "%s",
    "%(name)s",
    "'; DROP TABLE x; --",
    "😀",
    "ROW",
    "a.b",
    "<b>",
    "{{x}}",
    "\\",
)


def translate(text):
    with override("zh-hans"):
        return gettext(text)


def rows_of(delivery):
    version = Delivery.objects.get(id=delivery.id).pool_version
    return [cells for _, cells in pool.list_rows(version, limit=1000).rows]


def columns_of(delivery):
    return [item.name for item in catalog.list_items(delivery.resource)]


def open_everything(client, delivery):
    """Every page of what landed answers."""
    for part in ("", "edit/", "items/", "rows/", "profile/", "export/"):
        answer = client.get(f"/catalog/{delivery.resource}/{part}")
        assert answer.status_code == 200, part
        b"".join(answer)
    for part in ("", "differences/"):
        assert client.get(f"/deliveries/{delivery.id}/{part}").status_code == 200


@pytest.mark.parametrize("heading", UGLY)
def test_a_column_of_any_name_lands_and_every_page_opens(steward, send, client_of, heading):
    quoted = '"' + heading.replace('"', '""') + '"'
    [delivery] = send(steward, f"编号,{quoted}\n001,甲\n002,乙\n")

    assert (delivery.state, delivery.error) == ("landed", None)
    assert columns_of(delivery) == ["编号", "_row_2" if heading.casefold() == "_row" else heading]
    assert rows_of(delivery) == [("001", "甲"), ("002", "乙")]
    open_everything(client_of(steward), delivery)


def test_a_column_of_any_name_takes_upserts_and_deletes(steward, send):
    head = ",".join('"' + name.replace('"', '""') + '"' for name in UGLY)
    filler = "," * (len(UGLY) - 1)
    [first] = send(steward, f"{head}\n1{filler}\n2{filler}\n", key=("_row",), header_row=1)
    assert first.state == "landed", first.error
    [second] = send(steward, f"{head}\n2{filler[:-1]},改\n3{filler}\n", kind="upsert", header_row=1)
    [third] = send(steward, "_row\n1\n", kind="delete", header_row=1)

    assert [one.state for one in (first, second, third)] == ["landed"] * 3
    assert sorted(row[0] for row in rows_of(third)) == ["2", "3"]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("编号\n", 0),
        ("编号\n001\n", 1),
        ("编号,名称\n", 0),
        ("编号,编号\n1,2\n", 1),
        ("编号,,\n1,2,3\n", 1),
        ("a" * 300 + ",b\n1,2\n", 1),
    ],
    ids=["only header", "one column", "wide header", "twice", "blank", "300"],
)
def test_odd_shapes_land_and_every_page_opens(steward, send, client_of, text, rows):
    [delivery] = send(steward, text, header_row=1)

    assert (delivery.state, delivery.error) == ("landed", None)
    assert delivery.rows == rows
    assert len(set(columns_of(delivery))) == text.split("\n")[0].count(",") + 1
    if rows:
        open_everything(client_of(steward), delivery)


def test_a_heading_that_is_a_text_is_refused_with_its_place(steward, send):
    [delivery] = send(steward, "编号," + "甲" * 301 + "\n1,2\n", header_row=1)

    assert (delivery.state, delivery.error["code"]) == ("failed", "connect.heading.long")
    assert delivery.error["extra"]["column"] == 2


def test_headings_that_the_pool_cannot_tell_apart_are_masked_all_the_same(steward, send, client_of):
    text = "ID,id\n110101199003074514,110101199003074522\n"
    [delivery] = send(
        steward, text, columns={"ID": "resident_id", "id_2": "resident_id"}, header_row=1
    )

    assert delivery.error is None
    assert columns_of(delivery) == ["ID", "id_2"]
    page = client_of(steward).get(f"/catalog/{delivery.resource}/rows/").content.decode()
    assert "110101199003074514" not in page
    assert "110101199003074522" not in page


@pytest.mark.deep
def test_two_thousand_columns_land_and_one_more_is_refused(steward, send, client_of):
    def text(width):
        return ",".join(f"列{n}" for n in range(width)) + "\n" + ",".join("1" * width) + "\n"

    [landed] = send(steward, text(2000))
    [refused] = send(steward, text(2001), name="太宽.csv")

    assert (landed.state, len(columns_of(landed))) == ("landed", 2000)
    assert client_of(steward).get(f"/catalog/{landed.resource}/rows/").status_code == 200
    assert refused.state == "failed"
    assert refused.error["code"].startswith("tabular.")
    assert (
        "2001" in refused.error["detail"]
        or "2,000" in refused.error["detail"]
        or "2000" in refused.error["detail"]
    )


def test_a_file_without_header_has_numbered_columns(steward, send):
    [delivery] = send(steward, "001,东关\n002,西关\n", header_row=0)

    assert (delivery.state, delivery.rows) == ("landed", 2)
    assert len(columns_of(delivery)) == 2


@pytest.mark.parametrize("content", [b"", b"\n\n\n", b"\xef\xbb\xbf"])
def test_files_with_nothing_in_them_are_refused(steward, send, content):
    [delivery] = send(steward, content)

    assert delivery.state == "failed"
    assert delivery.error["code"].startswith(("tabular.", "connect."))


WRONG = [
    ({"encoding": "utf-8"}, "表.csv", "名称\n东关街道\n".encode("gb18030"), "表.csv"),
    ({"encoding": "klingon"}, "表.csv", b"a\n1\n", "klingon"),
    ({"header_row": 99}, "表.csv", b"a\n1\n", "99"),
    ({"records": "/不/在"}, "表.json", json.dumps([{"a": 1}]).encode(), "/不/在"),
    ({"records": "((("}, "表.json", json.dumps([{"a": 1}]).encode(), "((("),
    ({"columns": {"没有": "date"}}, "表.csv", b"a\n1\n", "没有"),
    ({"key": ("没有",)}, "表.csv", b"a\n1\n", "没有"),
]


@pytest.mark.parametrize(("told", "name", "content", "named"), WRONG)
def test_wrong_instructions_are_refused_by_name_in_both_languages(
    steward, send, client_of, told, name, content, named
):
    [delivery] = send(steward, content, name=name, **told)

    assert delivery.state == "failed", rows_of(delivery)
    assert named in delivery.error["detail"]
    page = client_of(steward).get(f"/deliveries/{delivery.id}/").content.decode()
    reason = fill(translate(delivery.error["message"]), delivery.error["extra"])
    assert reason != delivery.error["detail"]
    assert escape(reason) in page


def test_a_wrong_sheet_is_refused_naming_those_there_are(steward, send):
    path = io.BytesIO()
    write.write_xlsx(path, ["编号"], [["1"]], sheet="低保")
    [delivery] = send(steward, path.getvalue(), name="表.xlsx", sheet="高保")

    assert delivery.state == "failed"
    assert "高保" in delivery.error["detail"]
    assert "低保" in delivery.error["detail"]


def test_one_empty_file_does_not_turn_away_the_others(client_of, steward):
    uploads = [
        SimpleUploadedFile("空.csv", b""),
        SimpleUploadedFile("好.csv", "编号\n1\n".encode()),
        SimpleUploadedFile("x" * 300 + ".csv", "编号\n1\n".encode()),
    ]
    answer = client_of(steward).post(
        "/deliveries/send/", {"uploads": uploads, "owner": "D01", "kind": "full"}
    )
    jobs.run_due(10)

    assert answer.status_code == 302
    assert sorted(Delivery.objects.values_list("state", flat=True)) == [
        "failed", "landed", "landed",
    ]  # fmt: skip
    assert "空.csv" in client_of(steward).get(answer.url).content.decode()


def test_an_upsert_that_cannot_be_meant_for_one_file_keeps_none(client_of, steward, send):
    send(steward, "编号,名称\n1,甲\n", name="有键.csv", key=("编号",))
    uploads = [
        SimpleUploadedFile("有键.csv", "编号,名称\n1,乙\n".encode()),
        SimpleUploadedFile("无键.csv", "编号,名称\n1,乙\n".encode()),
    ]
    answer = client_of(steward).post(
        "/deliveries/send/", {"uploads": uploads, "owner": "D01", "kind": "upsert"}
    )

    assert answer.status_code == 422
    assert "无键" in answer.content.decode()
    assert Delivery.objects.count() == 1


def test_blank_and_repeated_keys_of_an_upsert_are_refused_in_words(steward, send):
    send(steward, "编号,名称\n1,甲\n", key=("编号",))
    for text in ("编号,名称\n1,乙\n1,丙\n", "编号,名称\n,乙\n"):
        [delivery] = send(steward, text, kind="upsert")
        assert delivery.state in ("landed", "failed")
        if delivery.state == "failed":
            services.withdraw_delivery(steward, delivery.id, reason="错")


def test_withdrawing_and_purging_through_pages_ask_for_a_reason(engineer, client_of, send):
    [delivery] = send(engineer, '"%s",_row\n1,2\n')
    client = client_of(engineer)

    assert client.post(f"/deliveries/{delivery.id}/withdraw/", {"reason": ""}).status_code == 422
    assert (
        client.post(f"/deliveries/{delivery.id}/withdraw/", {"reason": "😀'; --"}).status_code
        == 302
    )
    assert (
        client.post(f"/deliveries/{delivery.id}/withdraw/", {"reason": "again"}).status_code == 409
    )
    assert client.post(f"/deliveries/{delivery.id}/purge/", {"reason": "误传"}).status_code == 302
    assert client.post(f"/deliveries/{delivery.id}/purge/", {"reason": "误传"}).status_code == 409
    assert client.get(f"/deliveries/{delivery.id}/").status_code == 200
    assert client.get(f"/catalog/{delivery.resource}/").status_code == 200
