"""The workbench in a browser: what somebody does there."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.identity import services
from yiwang.kernel.standards.services import list_code_sets

SHEET = "机构代码,机构名称,上级机构代码,类型\nN01,市教育局,,部门\nN02,实验小学,N01,部门\n"


@pytest.fixture
def sysadmin(browse):
    return browse("sysadmin")


def text_of(answer) -> str:
    return answer.content.decode()


def csv_of(text: str, encoding: str = "utf-8") -> SimpleUploadedFile:
    return SimpleUploadedFile("sheet.csv", text.encode(encoding))


def test_an_organization_is_added_moved_and_closed(sysadmin):
    form = {"code": "N01", "name": "市教育局", "kind": "department", "parent_code": "D01"}

    sysadmin.post("/workbench/organizations/new/", form)
    sysadmin.post("/workbench/organizations/of/N01/edit/", form | {"parent_code": "D02"})
    sysadmin.post("/workbench/organizations/of/N01/close/", {"reason": "合并"})

    found = services.get_organization("N01")
    assert found.parent_code == "D02"
    assert found.valid_until == found.valid_from


def test_a_taken_code_is_said_at_its_field(sysadmin):
    form = {"code": "D01", "name": "又一个", "kind": "department"}

    answer = sysadmin.post("/workbench/organizations/new/", form)

    assert answer.status_code == 409
    assert "code" in answer.context["form"].errors


def test_the_list_is_searched_filtered_and_exported(sysadmin):
    found = sysadmin.get("/workbench/organizations/?q=东关").context["list"]
    assert [row[0].text for row in found.rows] == ["东关街道"]
    exported = b"".join(sysadmin.get("/workbench/organizations/?format=csv").streaming_content)
    assert exported.decode("utf-8-sig").count("\n") == 4


def test_the_tree_nests_what_stands_below(sysadmin):
    shown = text_of(sysadmin.get("/workbench/organizations/tree/"))

    tree = shown[shown.index("<main") : shown.index("</main>")].split("</nav>")[-1]
    assert tree.count("<ul>") == tree.count("</ul>")
    assert tree.index("市民政局") < tree.index("东关街道") < tree.index("市统计局")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_sheet_is_previewed_then_taken(sysadmin, encoding):
    url = "/workbench/organizations/import/"

    preview = sysadmin.post(url, {"file": csv_of(SHEET, encoding)})
    assert services.get_organizations(["N01"]) == {}
    done = sysadmin.post(url, {"rows": preview.context["rows"]})

    assert done.status_code == 302
    assert services.list_codes_below(["N01"]) == {"N01", "N02"}


def test_an_excel_sheet_is_taken_too(sysadmin):
    book = openpyxl.Workbook()
    for line in SHEET.splitlines():
        book.active.append(line.split(","))
    out = io.BytesIO()
    book.save(out)

    upload = SimpleUploadedFile("机构.xlsx", out.getvalue())
    preview = sysadmin.post("/workbench/organizations/import/", {"file": upload})

    assert preview.context["rows"], text_of(preview)


def test_wrong_cells_are_shown_by_their_row_in_the_sheet(sysadmin):
    bad = SHEET.replace("N02,实验小学,N01,部门", "N02,实验小学,ZZ,部门")

    answer = sysadmin.post("/workbench/organizations/import/", {"file": csv_of(bad)})

    (problem, _), *_ = answer.context["problems"]
    assert answer.status_code == 422
    assert (problem.row, problem.column, problem.value) == (3, "上级机构代码", "ZZ")


@pytest.mark.parametrize("body", [b"", b"\x00\x01\x02", b"PK\x03\x04broken", b"only one line"])
def test_a_file_that_is_no_sheet_is_refused_in_words(sysadmin, body):
    upload = SimpleUploadedFile("x.xlsx", body)

    answer = sysadmin.post("/workbench/organizations/import/", {"file": upload})

    assert answer.status_code in (200, 409, 413, 422)
    assert services.list_organizations(text="N0") == []


def test_a_preview_that_was_tampered_with_is_refused(sysadmin):
    answer = sysadmin.post("/workbench/organizations/import/", {"rows": "made:up:text"})

    assert answer.status_code == 422


def test_an_account_is_made_and_its_first_password_works_once(sysadmin, client):
    form = {"name": "New.One", "full_name": "新人", "organization_code": "D01", "title": "科员"}

    answer = sysadmin.post("/workbench/accounts/new/", form)

    first = answer.context["first"]
    entered = client.post("/sign-in/", {"name": "new.one", "password": first})
    assert entered.url == "/me/password/"


def test_fields_that_the_form_does_not_have_are_not_taken(sysadmin):
    form = {
        "name": "sly.one", "full_name": "滑头", "roles": "secadmin", "role": "secadmin",
        "kind": "installer", "must_change_password": "", "password": "x", "is_superuser": "1",
    }  # fmt: skip

    sysadmin.post("/workbench/accounts/new/", form)

    found = services.find_account("sly.one")
    assert (found.kind, found.roles, found.must_change_password) == ("person", (), True)


def test_accounts_from_a_sheet_come_with_first_passwords(sysadmin):
    url = "/workbench/accounts/import/"
    sheet = "账号,姓名,机构代码\nwang.wu,王五,D01\n"

    preview = sysadmin.post(url, {"file": csv_of(sheet)})
    done = sysadmin.post(url, {"rows": preview.context["rows"]})

    assert list(done.context["passwords"]) == ["wang.wu"]


def test_a_refused_combination_is_said_on_the_account(browse, make_account):
    other = make_account("auditor", name="other")

    answer = browse("secadmin").post(
        f"/workbench/accounts/of/{other.id}/roles/", {"role": "secadmin"}
    )

    assert answer.status_code == 409
    assert services.get_actor(other.id).roles == {"auditor"}


def test_an_unknown_account_is_not_found(browse):
    assert browse("auditor").get("/workbench/accounts/of/nobody/").status_code == 404


def test_lists_take_a_constant_number_of_queries(browse, django_assert_max_num_queries):
    client = browse("auditor")
    for number in range(60):
        services.create_account(SYSTEM, name=f"many{number:03}", organization_code="D01")

    with django_assert_max_num_queries(18):
        client.get("/workbench/accounts/")
    with django_assert_max_num_queries(16):
        client.get("/workbench/organizations/")


def test_elements_are_found_by_chinese_name(browse):
    shown = text_of(browse("viewer").get("/workbench/elements/?q=身份"))

    assert "身份" in shown


def test_elements_are_narrowed_by_subject(browse):
    shown = text_of(browse("viewer").get("/workbench/elements/?subject=vehicle"))

    assert "vin" in shown
    assert "resident_id" not in shown


def test_a_long_code_set_is_paged_and_searched(browse):
    client = browse("viewer")
    first = client.get("/workbench/code-sets/division_civil/2025/")
    found = text_of(client.get("/workbench/code-sets/division_civil/2025/?q=西湖区"))

    assert len(first.context["list"].rows) == 50
    assert "330106" in found


def test_code_sets_lead_to_their_codes(browse):
    client = browse("viewer")
    listing = client.get("/workbench/code-sets/").context["list"]

    answer = client.get(listing.rows[0][0].url)

    assert answer.context["list"].rows


def test_accounts_without_a_role_wait_on_the_home_page_of_who_grants(browse, make_account):
    make_account(name="newcomer")

    shown = text_of(browse("secadmin").get("/home/"))
    listed = browse("secadmin").get("/workbench/accounts/?role=none").context["list"]

    assert "/workbench/accounts/?role=none" in shown
    assert [row[0].text for row in listed.rows] == ["newcomer"]


def test_the_frame_names_who_is_signed_in_not_whom_the_page_is_about(browse, make_account):
    info, _ = services.create_account(SYSTEM, name="other", full_name="另一人")

    answer = browse("secadmin").get(f"/workbench/accounts/of/{info.id}/")

    top = text_of(answer).partition('<div class="top-tools">')[2].partition("</header>")[0]
    assert "某人" in top
    assert "另一人" not in top


def test_exported_elements_come_back_unchanged_and_an_edit_is_taken_in(browse):
    engineer = browse("engineer")
    exported = engineer.get("/workbench/elements/export/?format=yaml").content
    assert "resident_id" in exported.decode()

    def send(content: bytes, name: str = "elements.yaml"):
        file = SimpleUploadedFile(name, content)
        return engineer.post(
            "/workbench/elements/import/", {"upload": file, "reason": "市级补充"}, follow=True
        )

    same = text_of(send(exported))
    edited = exported.decode().replace("zh: 姓名\n", "zh: 人员姓名\n", 1).encode()
    taken = text_of(send(edited))

    assert "已导入 0 项定义" in same
    assert "已导入 1 项定义" in taken
    assert send(b"\xff\xfe").status_code == 422
    assert send(b"x", "elements.txt").status_code == 422
    assert send(b"- code: Bad Code\n").status_code == 422


def test_a_code_set_goes_out_and_its_version_cannot_come_in_twice(browse):
    engineer = browse("engineer")
    listed = text_of(engineer.get("/workbench/code-sets/"))
    found = list_code_sets()[0]
    out = engineer.get(f"/workbench/code-sets/{found.code_set}/{found.version}/export/")
    again = engineer.post(
        "/workbench/code-sets/import/",
        {"upload": SimpleUploadedFile("set.yaml", out.content), "reason": "再导入"},
    )

    assert listed
    assert found.code_set in out.content.decode()
    assert again.status_code == 422
