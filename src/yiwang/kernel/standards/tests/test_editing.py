"""The city's layer over the vendor's: edits, history, imports, validity by day."""

from datetime import date

import pytest
from django.db import transaction

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound, NotPermitted
from yiwang.kernel.ledger.models import ActRow
from yiwang.kernel.standards import services
from yiwang.kernel.standards.documents import parse_code_sets
from yiwang.kernel.standards.overlay import forget_standards

pytestmark = pytest.mark.django_db
ENGINEER = Actor("engineer", permissions={"standards.element.edit": "all"})
VIEWER = Actor("viewer")
DIVISIONS = """
- code_set: sample_division
  zh: 示例区划
  version: '2024'
  valid_from: 2024-01-01
  valid_until: 2025-01-01
  codes: {'990102': 东湖区, '990103': 西岭区}
- code_set: sample_division
  zh: 示例区划
  version: '2025'
  valid_from: 2025-01-01
  codes:
    - {code: '990102', name: 东湖区}
    - {code: '990105', name: 新城区, parent: '990100', valid_from: 2025-06-01}
"""


def test_an_edit_holds_at_once_and_keeps_its_history():
    services.edit_element(ENGINEER, "person_name", changes={"mask": "null"}, reason="stricter")
    services.edit_element(ENGINEER, "person_name", changes={"aliases": ["称呼"]})

    element = services.get_element("person_name")
    revisions = services.list_revisions("person_name")
    assert (element.mask, element.aliases, element.city) == ("null", ("称呼",), True)
    assert services.mask_value("person_name", "张三") is None
    assert [one.number for one in revisions] == [2, 1]
    assert revisions[1].changed == {"mask": ("name", "null")}
    assert revisions[1].reason == "stricter"
    assert ActRow.objects.filter(verb="standards.element.edit").count() == 2


def test_restoring_goes_back_to_the_vendor_and_is_history_too():
    services.edit_element(ENGINEER, "person_name", changes={"mask": "null"})

    services.restore_element(ENGINEER, "person_name")

    assert services.get_element("person_name").mask == "name"
    assert services.list_revisions("person_name")[0].withdrawn
    with pytest.raises(Conflict):
        services.restore_element(ENGINEER, "person_name")


def test_only_holders_of_the_permission_edit():
    for act in (
        lambda: services.edit_element(VIEWER, "person_name", changes={"mask": "keep"}),
        lambda: services.restore_element(VIEWER, "person_name"),
        lambda: services.import_elements(VIEWER, "[]", format="yaml"),
        lambda: services.import_code_set(VIEWER, DIVISIONS),
    ):
        with pytest.raises(NotPermitted):
            act()
    assert services.get_element("person_name").mask == "name"


@pytest.mark.parametrize(
    "changes",
    [{"mask": "rot13"}, {"grade": 9}, {"pattern": "("}, {"check": "none"}, {"colour": 1},
     {"code": "other"}, {"valid_until": "1900-01-01"}, {"type": "blob"}, {"valid_from": "soon"}],
)  # fmt: skip
def test_an_edit_that_cannot_stand_is_refused(changes):
    with pytest.raises(InvalidInput):
        services.edit_element(ENGINEER, "person_name", changes=changes)


@pytest.mark.parametrize("kind", ["yaml", "csv"])
def test_what_is_exported_is_imported_without_a_change(kind):
    assert (
        services.import_elements(ENGINEER, services.export_elements(format=kind), format=kind) == []
    )


def test_an_import_adds_elements_of_the_city():
    text = "- {code: pet_tag, zh: 犬牌号, en: Dog tag, definition: 犬只登记号, personal: true, mask: tail}"

    assert services.import_elements(ENGINEER, text, format="yaml") == ["pet_tag"]
    assert services.suggest_elements("犬牌号", [])[0].code == "pet_tag"
    assert services.restore_element(ENGINEER, "pet_tag") is None
    assert services.find_element("pet_tag") is None


def test_codes_are_held_against_the_version_valid_on_their_day():
    services.import_code_set(ENGINEER, DIVISIONS)

    assert services.find_code("sample_division", "990103", date(2024, 5, 1)).name == "西岭区"
    assert services.find_code("sample_division", "990103", date(2025, 1, 1)) is None
    assert services.find_code("sample_division", "990105", date(2025, 5, 31)) is None
    assert services.find_code("sample_division", "990105", date(2025, 6, 1)).parent == "990100"
    values = [
        ("990103", date(2024, 5, 1)),
        *[("990103", date(2025, 5, 1))] * 2,
        ("7", date(2024, 5, 1)),
        ("8", date(2020, 1, 1)),  # no version of that day is known
    ]
    assert [(p.value, p.count) for p in services.check_codes("sample_division", values)] == [
        ("990103", 2), ("7", 1)
    ]  # fmt: skip


def test_a_version_once_imported_never_changes():
    services.import_code_set(ENGINEER, DIVISIONS)

    with pytest.raises(Conflict):
        services.import_code_set(ENGINEER, DIVISIONS)
    with pytest.raises(Conflict):
        services.import_code_set(ENGINEER, services.export_code_set("sex", "2003"))


def test_a_version_is_exported_and_read_back_in_both_formats():
    services.import_code_set(ENGINEER, DIVISIONS)
    head = services.get_code_set("sample_division", date(2025, 7, 1))

    again = parse_code_sets(services.export_code_set("sample_division", "2025"))[0]
    rows = services.export_code_set("sample_division", "2025", format="csv")

    assert again.codes == head.codes
    assert rows.splitlines()[2] == "990105,新城区,990100,,2025-06-01,"
    with pytest.raises(NotFound):
        services.export_code_set("sample_division", "1999")


@pytest.mark.parametrize(
    "text",
    ["{", "a: 1", "- {code_set: x}", "- {code_set: x, version: 1, zh: x, valid_from: soon, codes: {}}",
     "- {code_set: x, version: 1, zh: x, valid_from: 2020-01-01, codes: [{code: 1, name: a}, {code: 1, name: b}]}"],
)  # fmt: skip
def test_a_code_set_that_cannot_stand_is_refused(text):
    with pytest.raises(InvalidInput):
        services.import_code_set(ENGINEER, text)


def test_an_edit_of_another_process_is_seen_by_the_next_request(client, request):
    request.addfinalizer(forget_standards)
    from yiwang.kernel.standards.models import ElementRevision

    assert services.get_element("person_name").mask == "name"
    entry = {"code": "person_name", "zh": "姓名", "en": "Name", "definition": "x", "mask": "null"}
    ElementRevision.objects.create(
        code="person_name", number=1, content=entry, changed_by="x", changed_at="2025-01-01T00:00Z"
    )

    client.get("/no-such-page/")

    assert services.get_element("person_name").mask == "null"


def test_masking_many_values_asks_no_further_query(django_assert_num_queries):
    services.mask_value("person_name", "张三")

    with django_assert_num_queries(0):
        for _ in range(1000):
            services.mask_value("person_name", "张三")


def test_an_edit_that_is_rolled_back_is_forgotten():
    with pytest.raises(RuntimeError), transaction.atomic():
        services.edit_element(ENGINEER, "person_name", changes={"mask": "null"})
        assert services.get_element("person_name").mask == "null"
        raise RuntimeError

    assert services.get_element("person_name").mask == "name"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("- code_set: answers\n  zh: 回答\n  version: 1.0", 3),
        ('- code_set: answers\n  version: "1"\n  codes:\n    N: No', 4),
        ('- code_set: answers\n  version: "1"\n  codes:\n  - {code: 01, name: 一}', 4),
    ],
)
def test_a_word_that_yaml_reads_otherwise_is_told_with_its_line(text, line):
    with pytest.raises(InvalidInput) as refused:
        parse_code_sets(text)

    assert (refused.value.code, refused.value.extra["line"]) == ("declared.value.quotes", line)


def test_codes_stay_as_written():
    text = '- {code_set: a, version: "1", zh: 甲, valid_from: 2025-01-01, codes: {01: 一, 1e3: 千}}'

    assert list(parse_code_sets(text)[0].codes) == ["01", "1e3"]
