"""Apps: checked, tested, installed, upgraded, rolled back, carried to another node. 应用测试。"""

from __future__ import annotations

import io

import pytest

from yiwang.kernel.apps import services
from yiwang.kernel.apps.models import AppVersion
from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound, NotPermitted
from yiwang.kernel.identity import services as identity
from yiwang.kernel.identity.models import Account
from yiwang.kernel.records import services as records
from yiwang.kernel.records.types import Wanted
from yiwang.kernel.workflow import services as workflow
from yiwang.kernel.workflow.services.testing import find_task_for

PASSWORD = "Rain-on-the-roof-7"


@pytest.fixture
def people(db):
    identity.create_organization(SYSTEM, code="B01", name="市数据局", kind="bureau")
    found = {}
    for name, role in (("eng", "engineer"), ("wang", "viewer"), ("li", "steward")):
        info, _ = identity.create_account(
            SYSTEM, name=name, password=PASSWORD, organization_code="B01"
        )
        identity.grant_role(SYSTEM, info.id, role)
        found[name] = identity.get_actor(info.id)
    return found


@pytest.fixture
def files():
    return services.new_app("rooms", title="场所管理", owner="B01")


def changed(files, name, old, new):
    assert old in files[name]
    return {**files, name: files[name].replace(old, new)}


class TestChecking:
    def test_a_new_app_is_well_and_its_tests_hold(self, people, files):
        assert services.find_problems(files) == []
        outcomes = services.test_app(people["eng"], files)
        assert [(one.name, one.problem) for one in outcomes] == [("long_use", "")]

    def test_nothing_of_a_test_stays(self, people, files):
        before = Account.objects.count()

        services.test_app(people["eng"], files)

        assert Account.objects.count() == before
        assert "rooms.place" not in records.snapshot().entities

    @pytest.mark.parametrize(
        ("name", "old", "new", "code"),
        [
            ("app.yaml", "version:", "colour: red\nversion:", "declared.key.unknown"),
            ("cases/permit.yaml", "case: rooms.permit", "case: rooms.other", "apps.case.name"),
            ("cases/permit.yaml", "to: director}", "to: nowhere}", "workflow.type.node"),
            ("entities/place.yaml", "key: [code]", "key: [kode]", "records."),
            ("tests/long_use.yaml", "test: long_use", "test: other", "apps.test.name"),
            ("tests/long_use.yaml", "ended: granted", "endet: granted", "declared.key.unknown"),
        ],
    )
    def test_a_fault_is_told_with_its_file_and_line(self, people, files, name, old, new, code):
        problems = services.find_problems(changed(files, name, old, new))

        assert problems[0].code.startswith(code)
        assert problems[0].extra["file"] == name
        assert problems[0].extra["line"] >= 1

    @pytest.mark.parametrize(
        "name", ["run.py", "entities/place.py", "../app.yaml", "models/place.yaml"]
    )
    def test_what_is_no_declaration_is_refused(self, people, files, name):
        problems = services.find_problems({**files, name: "x: 1"})

        assert problems[0].code == "apps.files.unknown"

    def test_a_test_that_fails_stops_the_install_and_says_where(self, people, files):
        wrong = changed(
            files, "tests/long_use.yaml", "entity: permit, count: 1", "entity: permit, count: 2"
        )

        with pytest.raises(InvalidInput) as told:
            services.install_app(people["eng"], wrong)

        assert told.value.code == "apps.test.failed"
        line = (
            files["tests/long_use.yaml"].split("\n").index("  - {by: li, entity: permit, count: 1}")
            + 1
        )
        assert told.value.extra["line"] == line
        assert "1 records, not 2" in told.value.detail
        with pytest.raises(NotFound):
            services.describe_app("rooms")

    def test_an_app_that_is_needed_must_stand_first(self, people, files):
        needing = changed(files, "app.yaml", "# needs: [other_app]", "needs: [other_app]")

        assert [one.code for one in services.find_problems(needing)] == ["apps.need.missing"]


class TestInstalling:
    def test_an_installed_app_is_used_and_its_cases_leave_records(self, people, files):
        info = services.install_app(people["eng"], files)

        case = workflow.start_case(
            people["wang"], "rooms.permit", {"purpose": "培训", "days": 2, "place": "H-1"}
        )
        task = find_task_for(people["li"], case.pk)
        workflow.act_on_task(people["li"], task, "agree")

        assert info.installed
        assert info.entities == ("rooms.permit", "rooms.place")
        case.refresh_from_db()
        assert case.outcome == "granted"
        page = records.list_records(records.at_desk(people["li"]), "rooms.permit", Wanted())
        assert [one.values["purpose"] for one in page.records] == ["培训"]
        assert page.records[0].case_id == case.pk

    def test_only_who_may_manages_apps(self, people, files):
        with pytest.raises(NotPermitted):
            services.install_app(people["li"], files)

    def test_the_same_files_again_change_nothing(self, people, files):
        services.install_app(people["eng"], files)
        services.install_app(people["eng"], files)

        assert AppVersion.objects.count() == 1

    def test_what_the_city_changed_is_carried_over_an_upgrade(self, people, files):
        services.install_app(people["eng"], files)
        own = files["views/places.yaml"].replace(
            "columns: [code, name, kind, opened]", "columns: [name, kind]"
        )
        services.overlay_app(
            people["eng"], "rooms", {"views/places.yaml": own}, reason="本市不看编号"
        )

        newer = changed(files, "app.yaml", "version: '1.0'", "version: '1.1'")
        newer = changed(
            newer,
            "views/places.yaml",
            "order: [-opened]",
            "order: [opened]",
        )
        info = services.install_app(people["eng"], newer)

        _, city = services.read_files(people["eng"], "rooms")
        assert info.version == "1.1"
        assert "columns: [name, kind]" in city["views/places.yaml"]
        assert "order: [opened]" in city["views/places.yaml"]

    def test_a_place_that_both_changed_stops_the_upgrade(self, people, files):
        services.install_app(people["eng"], files)
        line = "columns: [code, name, kind, opened]"
        own = files["views/places.yaml"].replace(line, "columns: [name]")
        services.overlay_app(people["eng"], "rooms", {"views/places.yaml": own}, reason="本市")

        newer = changed(files, "views/places.yaml", line, "columns: [code, name]")
        with pytest.raises(Conflict) as told:
            services.install_app(people["eng"], newer)

        assert told.value.extra["places"] == "views/places.yaml:5"
        assert services.describe_app("rooms").number == 2

    def test_going_back_is_an_install_too_and_brings_hidden_values_back(self, people, files):
        services.install_app(people["eng"], files)
        desk = records.at_desk(people["li"])
        made = records.create_record(
            desk, "rooms.place", {"code": "H-1", "name": "大厅", "area": "3.5"}
        )
        fewer = changed(
            files, "entities/place.yaml", files["entities/place.yaml"].split("\n")[-3] + "\n", ""
        )
        fewer = changed(fewer, "forms/place.yaml", ", {field: area, if: kind == 'indoor'}", "")
        fewer = changed(fewer, "tests/long_use.yaml", ", area: 60.5", "")
        services.install_app(people["eng"], fewer)
        assert (
            "area"
            not in records.get_record(records.at_desk(people["li"]), "rooms.place", made.id).values
        )

        services.roll_back(people["eng"], "rooms", 1, reason="新版有误")

        found = records.get_record(records.at_desk(people["li"]), "rooms.place", made.id)
        assert str(found.values["area"]) == "3.50"


class TestLeaving:
    def test_an_app_with_records_is_not_uninstalled_by_accident(self, people, files):
        services.install_app(people["eng"], files)
        records.create_record(
            records.at_desk(people["li"]), "rooms.place", {"code": "H-1", "name": "大厅"}
        )

        with pytest.raises(Conflict) as told:
            services.uninstall_app(people["eng"], "rooms", reason="不用了")
        assert told.value.code == "apps.uninstall.rows"

        services.uninstall_app(people["eng"], "rooms", reason="已导出归档", archive=True)
        assert "rooms.place" not in records.snapshot().entities
        with pytest.raises(NotPermitted):
            workflow.start_case(people["wang"], "rooms.permit", {"purpose": "x", "days": 1})

        services.install_app(people["eng"], files)
        page = records.list_records(records.at_desk(people["li"]), "rooms.place", Wanted())
        assert [one.title for one in page.records] == ["大厅"]

    def test_an_app_with_open_cases_stays(self, people, files):
        services.install_app(people["eng"], files)
        workflow.start_case(people["wang"], "rooms.permit", {"purpose": "培训", "days": 2})

        with pytest.raises(Conflict) as told:
            services.uninstall_app(people["eng"], "rooms", reason="不用了", archive=True)
        assert told.value.code == "apps.uninstall.cases"

    def test_what_is_exported_installs_elsewhere_and_is_exported_byte_for_byte(self, people, files):
        services.install_app(people["eng"], files)
        first = services.export_app(people["eng"], "rooms")
        services.uninstall_app(people["eng"], "rooms", reason="迁移")

        services.install_app(people["eng"], services.read_archive(io.BytesIO(first), "rooms.zip"))

        assert services.export_app(people["eng"], "rooms") == first
