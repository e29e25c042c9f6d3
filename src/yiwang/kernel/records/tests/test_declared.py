"""What an app declares is read from its files. 声明文件。"""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.kernel.base.declared import load_schema
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.records.services.declaring import (
    asked_of,
    build_bundle,
    default_form,
    default_view,
    find_problems,
    read_bundle,
    schema_of,
)

from .files import FILES

pytestmark = pytest.mark.django_db


def test_files_are_read_into_a_bundle():
    bundle = read_bundle(FILES)

    shop = bundle.entities["demo.shop"]
    assert (bundle.app, bundle.owner, bundle.version) == ("demo", "D01", 0)
    assert shop.fields["kind"].kind == "choice"
    assert (shop.fields["rent"].kind, shop.fields["rent"].decimals) == ("number", 2)
    assert shop.fields["community"].to == "demo.community"
    assert list(shop.fields["members"].fields) == ["name", "phone", "pay", "joined"]
    assert shop.fields["staff"].default == "1"
    assert shop.retention.since == "opened"
    assert shop.entry.snapshots == "daily"


def test_labels_in_conditions_and_computed_fields_become_keys():
    bundle = read_bundle(FILES)

    assert bundle.entities["demo.shop"].fields["total"].computed == "area * rent"
    assert bundle.forms["demo.shop"].sections[0].asks[3].when == "kind == 'food'"


def test_a_permission_without_on_is_about_every_entity():
    grants = read_bundle(FILES).grants

    assert [sorted(one.roles) for one in grants["demo.community"]] == [["engineer", "steward"]]
    assert grants["demo.shop"][1].hides == {"rent", "total"}


def test_published_files_are_read_whatever_the_schema_asks_today():
    files = FILES | {"app.yaml": FILES["app.yaml"] + "unheard: of\n"}

    assert build_bundle(files, version=3).version == 3


def test_an_entity_without_form_or_view_gets_them():
    shop = read_bundle(FILES).entities["demo.shop"]

    asked = [one.key for one in default_form(shop).sections[0].asks]
    view = default_view(shop)
    assert "total" not in asked
    assert set(asked) == set(shop.fields) - {"total"}
    assert view.columns[0] == "name"
    assert view.filters == ("kind", "status", "licensed", "community")


def test_a_file_that_is_called_otherwise_is_refused():
    files = {name.replace("community", "comunity"): text for name, text in FILES.items()}

    with pytest.raises(InvalidInput, match=r"comunity\.yaml, line 2"):
        read_bundle(files)


def broken(file: str, old: str, new: str) -> dict[str, str]:
    text = FILES[file].replace(old, new, 1)
    assert text != FILES[file]
    return FILES | {file: text}


def line_with(text: str, part: str) -> int:
    return next(at for at, line in enumerate(text.splitlines(), 1) if part in line)


APP, SHOP, COMMUNITY = "app.yaml", "entities/shop.yaml", "entities/community.yaml"
FORM, VIEW, GRANTS = "forms/shop.yaml", "views/shops.yaml", "permissions.yaml"
STEWARD = "  - roles: [engineer, steward]\n"


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "on"),
    [
        # Shape
        (APP, "owner: D01", "ower: D01", "declared.key.unknown", "ower"),
        (APP, "app: demo", "app: Demo", "declared.value.wrong", "app: Demo"),
        (SHOP, "titled_by: name\n", "", "declared.key.missing", "entity: shop"),
        (SHOP, "element: credit_code", "elemnt: credit_code", "declared.key.unknown", "elemnt"),
        (SHOP, "kind: integer", "kind: int", "declared.value.wrong", "kind: int"),
        (SHOP, "pay: {label: {zh: 工资, en: Pay}, kind: money}", "pay: {label: {zh: 工资}, kind: group}", "declared.value.wrong", "pay"),
        (SHOP, "pay: {label: {zh: 工资, en: Pay}, kind: money}", "pay: {label: {zh: 工资}, computed: a}", "declared.key.unknown", "pay"),
        (FORM, "fields: [keeper, {field: members, required: true}]", "fields: []", "declared.value.wrong", "fields: []"),
        # Entity
        (SHOP, "titled_by: name", "titled_by: nmae", "records.field.unknown", "titled_by"),
        (SHOP, "titled_by: name", "titled_by: note", "records.field.kind", "titled_by"),
        (SHOP, "key: [credit_code]", "key: [credit]", "records.field.unknown", "key:"),
        (SHOP, "key: [credit_code]", "key: [tags]", "records.field.kind", "key:"),
        (SHOP, "key: [credit_code]", "unique: [[name, place]]", "records.field.kind", "unique:"),
        (SHOP, "search: [name]", "search: [kind]", "records.field.kind", "search:"),
        (SHOP, "since: opened", "since: name", "records.field.kind", "since:"),
        (SHOP, "longest: 60", "longest: 700", "records.view.long", None),
        (SHOP, "  note: {", "  in: {", "records.field.word", "  in: {"),
        (SHOP, "{zh: 备注, en: Note}", "{zh: 名称, en: Note}", "records.field.label", "名称, en: Note"),
        # Fields
        (SHOP, "decimals: 2, unit", "longest: 2, unit", "records.field.key", "longest: 2"),
        (SHOP, "kind: money}\n  total", "kind: money, decimals: 1}\n  total", "records.field.key", "decimals: 1"),
        (SHOP, "kind: link, to: community", "kind: link", "records.field.needs", "kind: link"),
        (SHOP, ", code_set: registration_status", "", "records.field.needs", "  status:"),
        (SHOP, "code_set: registration_status", "code_set: registration_states", "records.field.code_set", "  status:"),
        (SHOP, "element: credit_code", "element: credit_cod", "records.element.unknown", "credit_cod}"),
        (SHOP, "element: mobile_phone}\n      pay", "element: mobile}\n      pay", "records.element.unknown", "element: mobile}"),
        (SHOP, "kind: date}\n  seen", "kind: date, element: money}\n  seen", "records.element.kind", "  opened:"),
        (SHOP, "kind: date}\n  seen", "kind: date, element: year}\n  seen", "records.element.kind", "  opened:"),
        (SHOP, "code_set: registration_status", "code_set: registration_status, element: sex", "records.element.code_set", "  status:"),
        (SHOP, "{label: {zh: 类别, en: Kind}, required: true,", "{label: {zh: 类别, en: Kind}, element: sex,", "records.element.choice", "  kind:"),
        (SHOP, "longest: 60", "longest: 2001", "records.field.longest", "longest: 2001"),
        (SHOP, "default: 1", "default: many", "records.value.integer", "default"),
        # Computed
        (SHOP, "面积 * rent", "面积 *", "expressions.text.unreadable", "  total:"),
        (SHOP, "面积 * rent", "面积 * rant", "expressions.text.unknown_field", "  total:"),
        (SHOP, "面积 * rent", "len(members)", "records.field.kind", "  total:"),
        (SHOP, "面积 * rent", "len(phone)", "records.computed.personal", "  total:"),
        (SHOP, "面积 * rent", "total + 1", "records.computed.circle", "  total:"),
        (SHOP, "computed:", "required: true, computed:", "records.computed.key", "  total:"),
        # Renamed and linked
        (SHOP, "kind: longtext}", "kind: longtext, was: name}", "records.was.here", "  note:"),
        (SHOP, "kind: link, to: community", "kind: link, to: comunity", "records.entity.missing", "  community:"),
        (SHOP, "kind: link, to: community", "kind: link, required: true, to: shop", "records.link.circle", "  community:"),
        # Form
        (FORM, "entity: shop", "entity: shpo", "records.entity.missing", "entity:"),
        (FORM, "[name, credit_code,", "[nmae, credit_code,", "records.field.unknown", "nmae"),
        (FORM, "[keeper,", "[name,", "records.form.twice", "[name, {"),
        (FORM, "[keeper,", "[total,", "records.form.computed", "total"),
        (FORM, "if: 类别 == 'food'", "if: 类别 = 'food'", "expressions.text.unreadable", "类别"),
        (FORM, "if: 类别 == 'food'", "if: 类型 == 'food'", "expressions.text.unknown_field", "类型"),
        (FORM, "if: 类别 == 'food'", "if: rent > 3", "records.form.later", "rent > 3"),
        (FORM, "{field: area, if", "{field: kind, if", "records.form.twice", "{field: kind"),
        (FORM, "rent]", "{field: rent, if: empty(members)}]", "records.field.kind", "empty(members)"),
        # View
        (VIEW, "entity: shop", "entity: shpo", "records.entity.missing", "entity:"),
        (VIEW, "columns: [name", "columns: [nmae", "records.field.unknown", "columns"),
        (VIEW, "filters: [kind", "filters: [tags", "records.field.kind", "filters"),
        (VIEW, "order: [-opened", "order: [-note", "records.field.kind", "order"),
        (VIEW, "columns:", "by: kind\ncolumns:", "records.view.key", "by: kind"),
        (VIEW, "columns:", "kind: board\ncolumns:", "records.view.needs", "kind: board"),
        (VIEW, "columns:", "kind: board\nby: name\ncolumns:", "records.field.kind", "by: name"),
        (VIEW, "columns:", "kind: map\nat: name\ncolumns:", "records.field.kind", "at: name"),
        (VIEW, "columns:", "kind: calendar\nsince: name\ncolumns:", "records.field.kind", "since: name"),
        (VIEW, "kind = 'food'", "knid = 'food'", "query.field.unknown", "where"),
        (VIEW, "opened <= '$today'", "opened <= 'today'", "query.value.invalid", "where"),
        (VIEW, "opened <= '$today'", "name contains 'a'", "records.filter.inside", "where"),
        (VIEW, "opened <= '$today'", "phone = '1'", "records.where.personal", "where"),
        (VIEW, "filters: [kind", "filters: [phone", "records.view.masked", "filters"),
        # Permissions
        (GRANTS, "[engineer, steward]", "[enginer]", "records.grant.role", "enginer"),
        (GRANTS, "[engineer, steward]", "[auditor]", "records.grant.administrator", "auditor"),
        (GRANTS, "may: [see]", "may: [look]", "declared.value.wrong", "look"),
        (GRANTS, "on: [shop]", "on: [shops]", "records.entity.missing", "shops"),
        (GRANTS, "hide: [rent, total]", "hide: [rant]", "records.field.unknown", "rant"),
        (GRANTS, "hide: [rent, total]", "hide: [rent]", "records.grant.worked_out", "hide"),
        (GRANTS, "hide: [rent, total]", "hide: [area]", "records.grant.worked_out", "hide"),
        (GRANTS, "hide: [rent, total]", "hide: [name]", "records.grant.title", "hide: [name]"),
        (GRANTS, "hide: [rent, total]", "clear: [rent]", "records.grant.clear", "clear"),
        (GRANTS, "hide: [rent, total]", "edits: [rent]", "records.grant.edits", "edits"),
        (GRANTS, STEWARD, STEWARD + "    on: [shop]\n    edits: [total]\n", "records.grant.computed", "edits"),
        (GRANTS, STEWARD, STEWARD + "    on: [shop]\n    edits: [rent]\n    hide: [rent]\n", "records.grant.both", "edits"),
        (GRANTS, "where: \"kind = 'food'\"", "where: \"kind == 'food'\"", "query.text.unexpected", "where"),
        (GRANTS, STEWARD, STEWARD + "    on: [shop]\n", "records.grant.unseen", "permissions:"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_file_and_line(file, old, new, code, on):
    files = broken(file, old, new)

    found = [one for one in find_problems(files) if one.code == code]

    assert found
    if on:
        place = (found[0].extra["file"], found[0].extra["line"])
        assert place == (file, line_with(files[file], on))
    with pytest.raises(InvalidInput):
        read_bundle(files)


def test_a_misspelt_key_is_told_before_the_one_that_is_missing():
    with pytest.raises(InvalidInput, match=r"ower is not known.*nearest: owner"):
        read_bundle(broken(APP, "owner: D01", "ower: D01"))


def test_all_problems_are_found_at_once():
    files = broken(SHOP, "titled_by: name", "titled_by: nmae")
    files[VIEW] = files[VIEW].replace("columns: [name", "columns: [nmae")
    files[GRANTS] = files[GRANTS].replace("[viewer]", "[wiever]")

    found = {(one.extra["file"], one.extra["suggestion"]) for one in find_problems(files)}

    assert found == {(SHOP, " → name?"), (VIEW, " → name?"), (GRANTS, " → viewer?")}


def test_a_form_that_nobody_may_fill_in_is_refused():
    files = broken(GRANTS, "[see, create, edit, remove, export, import, history, reveal]", "[see]")
    assert [one.code for one in find_problems(files)] == ["records.form.nobody"]

    files = broken(GRANTS, "rows: all\n", "rows: all\n    on: [shop]\n    hide: [keeper]\n")
    files[GRANTS] += "  - {roles: [viewer], may: [see], on: [community]}\n"
    assert [one.code for one in find_problems(files)] == ["records.form.closed"]


def test_a_field_granted_everywhere_counts_where_there_is_one():
    files = broken(GRANTS, STEWARD, STEWARD + "    hide: [rent, total]\n    clear: [phone]\n")
    files[FORM] = files[FORM].replace(", rent]", "]")
    grants = read_bundle(files).grants
    assert (grants["demo.shop"][0].hides, grants["demo.shop"][0].clear) == (
        {"rent", "total"},
        {"phone"},
    )
    assert not grants["demo.community"][0].hides

    files = broken(GRANTS, STEWARD, STEWARD + "    on: [shop, community]\n    clear: [phone]\n")
    assert [one.code for one in find_problems(files)] == ["records.field.unknown"]


def test_a_link_may_lead_to_a_published_entity_of_another_app():
    files = broken(SHOP, "kind: link, to: community", "kind: link, to: base.community")
    other = read_bundle(
        {name: text.replace("app: demo", "app: base") for name, text in FILES.items()}
    )

    assert [one.code for one in find_problems(files)] == ["records.entity.missing"]
    assert find_problems(files, known=other.entities) == []


def test_an_entity_that_went_is_no_place_to_link_to():
    files = dict(FILES)
    del files[COMMUNITY]

    found = find_problems(files, known=read_bundle(FILES).entities)

    assert [one.code for one in found] == ["records.entity.missing"]


def test_a_field_can_only_have_been_what_there_was():
    before = read_bundle(FILES).entities
    files = broken(SHOP, "  note: {", "  remark: {was: note, ")
    assert find_problems(files, known=before) == []

    files = broken(SHOP, "  note: {", "  remark: {was: noet, ")
    assert [one.code for one in find_problems(files, known=before)] == ["records.was.unknown"]

    published = read_bundle(broken(SHOP, "  note: {", "  remark: {was: note, ")).entities
    again = broken(SHOP, "  note: {", "  remark: {was: note, ")
    assert find_problems(again, known=published) == []


@pytest.mark.parametrize(
    ("old", "new", "fits"),
    [
        ("kind: date}\n  photos", "kind: longtext}\n  photos", True),
        ("kind: date}\n  photos", "kind: integer}\n  photos", False),
        ("kind: money}\n      joined", "kind: number, decimals: 3}\n      joined", True),
        ("kind: money}\n      joined", "kind: number, decimals: 1}\n      joined", False),
        ("kind: money}\n      joined", "kind: text}\n      joined", True),
        ("kind: money}\n      joined", "kind: boolean}\n      joined", False),
    ],
)
def test_rows_of_a_group_keep_what_was_written_in_them(old, new, fits):
    found = find_problems(broken(SHOP, old, new), known=read_bundle(FILES).entities)

    assert [one.code for one in found] == ([] if fits else ["records.group.retyped"])


def test_required_links_in_a_circle_are_refused_in_each_of_them():
    files = broken(SHOP, "kind: link, to: community", "kind: link, required: true, to: community")
    files[COMMUNITY] += "  shop: {label: {zh: 商户}, kind: link, required: true, to: shop}\n"

    assert [one.code for one in find_problems(files)] == ["records.link.circle"] * 2


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({}, "records.files.missing"),
        ({name: text for name, text in FILES.items() if name != GRANTS}, "records.files.missing"),
        (FILES | {"entites/shop.yaml": "entity: shop"}, "records.files.unknown"),
        (FILES | {"../app.yaml": "app: x"}, "records.files.unknown"),
        (FILES | {f"views/v{at}.yaml": "view: v" for at in range(600)}, "records.files.large"),
        (FILES | {VIEW: "view: ["}, "declared.file.yaml"),
    ],
)  # fmt: skip
def test_files_that_are_missing_or_strange_are_refused(files, code):
    assert find_problems(files)[0].code == code


def test_the_schemas_are_schemas_of_their_dialect():
    for kind in ("app", "entity", "form", "view", "dashboard", "permissions"):
        schema = load_schema("yiwang.kernel.records.schemas", f"{kind}.schema.json")
        jsonschema_rs.meta.validate(schema)


REFERENCE = Path(__file__).resolve().parents[5] / "docs/reference"
PAGES = {
    "entity": "entity-files", "form": "form-and-view-files", "view": "form-and-view-files",
    "permissions": "permission-files", "app": "app-files", "dashboard": "dashboard-files",
}  # fmt: skip


@pytest.mark.parametrize(("kind", "page"), PAGES.items())
def test_every_key_of_a_file_is_told_in_the_reference(kind, page):
    schema = load_schema("yiwang.kernel.records.schemas", f"{kind}.schema.json")
    text = (REFERENCE / f"{page}.md").read_text("utf-8")

    assert {key for key in keys_of(schema) if f"`{key}`" not in text} <= {"zh", "en"}


def test_the_examples_of_the_reference_are_well():
    examples = {}
    for page in ("entity-files", "form-and-view-files", "dashboard-files", "permission-files"):
        for text in re.findall(
            r"```yaml\n(.*?)```", (REFERENCE / f"{page}.md").read_text("utf-8"), re.DOTALL
        ):
            kind, _, name = text.partition("\n")[0].partition(" #")[0].partition(": ")
            place = {
                "entity": "entities",
                "form": "forms",
                "view": "views",
                "dashboard": "dashboards",
            }.get(kind)
            examples[f"{place}/{name.strip()}.yaml" if place else "permissions.yaml"] = text

    assert len(examples) == 5
    whole = {APP: FILES[APP], COMMUNITY: FILES[COMMUNITY], **examples}
    assert [str(one) for one in find_problems(whole)] == []


def keys_of(schema) -> set[str]:
    if isinstance(schema, list):
        return {key for one in schema for key in keys_of(one)}
    if not isinstance(schema, dict):
        return set()
    return set(schema.get("properties", ())) | {
        key for one in schema.values() for key in keys_of(one)
    }


WORDS = st.sampled_from(
    ["[]", "{}", "null", "~", "true", "1", "-3", "1e400", "name", "food", "'$today'", "x" * 300, "&a", "*a",
     "{zh: 名称}", "[name, name]", ":", "- ", "\t", "\0", "#", "!!int x", "kind == 'food'", "总计 + 总计", "\u2028"]
) | st.text(max_size=8)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_stands_in_the_files_is_read_or_refused(data):
    files = dict(FILES)
    for _ in range(data.draw(st.integers(1, 3))):
        name = data.draw(st.sampled_from(sorted(files)))
        parts = re.split(r"([\s{}\[\],:]+)", files[name])
        at = data.draw(st.integers(0, len(parts) - 1))
        parts[at] = data.draw(WORDS)
        files[name] = "".join(parts)

    problems = find_problems(files)

    if not problems:
        bundle = read_bundle(files)
        for code, entity in bundle.entities.items():
            jsonschema_rs.meta.validate(schema_of(entity))
            assert default_form(entity).entity == default_view(entity).entity == code
        for form in bundle.forms.values():
            asked_of(form, {})
