"""Rules that apps bring: checked with file and line, in force at once, changed only there. 应用规则测试。"""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from yiwang.kernel.apps import services as apps
from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.errors import InvalidInput, NotPermitted
from yiwang.kernel.identity import services as identity
from yiwang.kernel.records import services as records
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services.permissions import LOOK
from yiwang.nets.share.entities import services as entities
from yiwang.nets.share.quality import services
from yiwang.nets.share.quality.models import AppRule

pytestmark = pytest.mark.django_db
PASSWORD = "Rain-on-the-roof-7"
NAME = "rules/place.yaml"
HEAD = "entity: place\nrules:\n"
OPENED = (
    "  - {code: opened, title: {zh: 启用日期不晚于停用日期, en: Opens before it closes}, kind: compare,"
    " holds: closed >= opened}\n"
)
AREA = "  - {code: area, title: {zh: 面积不超过一万, en: At most 10 000}, kind: range, field: area, min: 1, max: 10000}\n"
KNOWN = "  - {code: known, title: {zh: 场所须已登记}, kind: reference, field: place, resource: place, item: code}\n"


@pytest.fixture
def engineer():
    identity.create_organization(SYSTEM, code="B01", name="市数据局", kind="bureau")
    return identity.installer_actor()


@pytest.fixture
def files():
    """A small app: its records, who may touch them, no case and no test."""
    made = apps.new_app("rooms", title="场所管理", owner="B01")
    names = ("app.yaml", "entities/place.yaml", "entities/permit.yaml", "permissions.yaml")
    files = {name: made[name] for name in names}
    files["entities/place.yaml"] += "  closed: {label: {zh: 停用日期, en: Closed}, kind: date}\n"
    return {**files, NAME: HEAD + OPENED + AREA}


@pytest.fixture
def installed(engineer, files):
    apps.install_app(engineer, files)
    return files


def resource_of(actor, entity="rooms.place"):
    return catalog.get_resource(actor, entities.get_entity(actor, entity).resource_id)


def rules_of(actor, entity="rooms.place"):
    return {one.code: one for one in services.list_rules(actor, resource_of(actor, entity).id)}


def put(actor, entity="rooms.place", **values):
    return records.create_record(records.at_desk(actor), entity, values)


def check(actor, entity="rooms.place"):
    entities.snapshot_here(actor, entity)
    run = services.check_resource(actor, resource_of(actor, entity).id)
    return {one.spec.code: one for one in services.results_of(run)}


class TestInForce:
    def test_a_row_that_breaks_a_rule_is_found_under_its_chinese_name(self, engineer, installed):
        put(engineer, code="H-1", name="礼堂", opened="2026-03-01", closed="2026-02-01", area="30")
        put(engineer, code="H-2", name="仓库", opened="2026-03-01", closed="2026-04-01", area="0.5")

        found = check(engineer)

        assert {code: (found[code].checked, found[code].failed) for code in ("opened", "area")} == {
            "opened": (2, 1), "area": (2, 1),
        }  # fmt: skip
        services.refresh_groups(services.find_latest_run(resource_of(engineer).id).id)
        groups = {one.rule: one for one in services.visible_groups(engineer)}
        assert (groups["opened"].title_zh, groups["opened"].rows) == ("启用日期不晚于停用日期", 1)
        assert services.scores_of(services.find_latest_run(resource_of(engineer).id))

    def test_a_rule_says_its_fields_in_the_words_of_the_resource(self, engineer, installed):
        put(engineer, code="H-1", name="礼堂")
        check(engineer)

        rule = rules_of(engineer)["opened"]

        assert rule.params["holds"] == "停用日期 >= 启用日期"
        assert (rule.app, rule.file, rule.title("en")) == ("rooms", NAME, "Opens before it closes")

    def test_a_new_label_changes_no_rule(self, engineer, installed):
        entity = installed["entities/place.yaml"].replace("zh: 停用日期", "zh: 停用（关闭） 日期")
        apps.install_app(engineer, {**installed, "entities/place.yaml": entity})
        put(engineer, code="H-1", name="礼堂", opened="2026-03-01", closed="2026-02-01")

        assert check(engineer)["opened"].failed == 1

    def test_a_reference_looks_into_another_entity(self, engineer, files):
        told = {**files, "rules/permit.yaml": "entity: permit\nrules:\n" + KNOWN}
        apps.install_app(engineer, told)
        put(engineer, code="H-1", name="礼堂")
        for place in ("H-1", "H-9"):
            put(engineer, "rooms.permit", place=place, purpose="会议", status="granted")
        entities.snapshot_here(engineer, "rooms.place")

        assert (check(engineer, "rooms.permit")["known"].checked) == 2
        assert (check(engineer, "rooms.permit")["known"].failed) == 1

    def test_a_reference_into_others_data_asks_for_the_right_to_look(self, engineer, installed):
        other = {
            "app.yaml": "app: other\ntitle: {zh: 别处}\nversion: '1'\nowner: B01\nneeds: [rooms]\n",
            "entities/note.yaml": "entity: note\ntitle: {zh: 便条}\ntitled_by: place\n"
            "fields:\n  place: {label: {zh: 场所}}\n",
            "permissions.yaml": installed["permissions.yaml"],
            "rules/note.yaml": "entity: note\nrules:\n"
            + KNOWN.replace("resource: place", "resource: rooms.place"),
        }
        rights = {name: how for name, how in engineer.permissions.items() if name != LOOK}
        blind = replace(engineer, permissions=rights)

        with pytest.raises(NotPermitted):
            apps.install_app(blind, other)
        apps.install_app(engineer, other)
        assert "known" in rules_of(engineer, "other.note")


class TestChanging:
    def test_an_upgrade_tells_and_does_what_becomes_of_rules(self, engineer, installed):
        newer = {
            **installed,
            NAME: HEAD + AREA.replace("10000", "500") + OPENED.replace("opened,", "opened_again,"),
        }

        plan = apps.plan_install(engineer, newer)
        apps.install_app(engineer, newer)

        assert [(one.what, one.where) for one in plan.changes] == [
            ("Quality rule changed", "rooms.place: area"),
            ("Quality rule withdrawn", "rooms.place: opened"),
            ("Quality rule added", "rooms.place: opened_again"),
        ]
        found = rules_of(engineer)
        assert found["area"].params["max"] == "500"
        assert "opened" not in found
        assert apps.plan_install(engineer, newer).changes == []

    def test_without_its_file_a_rule_is_withdrawn_and_going_back_brings_it_again(
        self, engineer, installed
    ):
        apps.install_app(engineer, {k: v for k, v in installed.items() if k != NAME})
        assert not AppRule.objects.exists()

        apps.roll_back(engineer, "rooms", 1, reason="规则还要")
        assert AppRule.objects.count() == 2

        apps.uninstall_app(engineer, "rooms", reason="不用了")
        assert not AppRule.objects.exists()

    def test_what_a_person_switched_off_stays_off_over_an_upgrade(self, engineer, installed):
        put(engineer, code="H-1", name="礼堂", area="0.5")
        check(engineer)
        resource = resource_of(engineer).id
        services.switch_rule(engineer, resource, "area", enabled=False, reason="本市另有规定")
        before = rules_of(engineer)["area"]

        apps.install_app(engineer, {**installed, NAME: HEAD + AREA.replace("10000", "500")})

        assert not before.enabled
        assert not rules_of(engineer)["area"].enabled
        assert "area" not in check(engineer)
        services.switch_rule(engineer, resource, "area", enabled=True)
        assert check(engineer)["area"].failed == 1

    def test_a_city_changes_a_rule_beside_the_app_and_keeps_it_over_an_upgrade(
        self, engineer, installed
    ):
        own = installed[NAME].replace("max: 10000", "max: 50")
        apps.overlay_app(engineer, "rooms", {NAME: own}, reason="本市场所较小")
        more = AREA.replace("code: area", "code: more")
        apps.install_app(engineer, {**installed, NAME: HEAD + more + OPENED + AREA})

        found = rules_of(engineer)
        assert {"more", "opened"} < found.keys()
        assert found["area"].params["max"] == "50"

    def test_the_pages_refuse_to_change_it_and_say_where(self, engineer, installed):
        put(engineer, code="H-1", name="礼堂")
        check(engineer)
        resource = resource_of(engineer).id
        told = {"code": "area", "kind": "required", "field": "名称"}

        for change in (
            lambda: services.declare_written(engineer, resource, told),
            lambda: services.withdraw_rule(engineer, resource, "area"),
            lambda: services.get_declared_rule(engineer, resource, "area"),
        ):
            with pytest.raises(InvalidInput) as error:
                change()
            assert error.value.code == "quality.rule.of_app"
            assert NAME in error.value.detail

    def test_its_own_export_can_be_taken_in_again(self, engineer, installed):
        put(engineer, code="H-1", name="礼堂")
        check(engineer)
        resource = resource_of(engineer).id

        text = services.export_rules(engineer, resource)
        services.import_rules(engineer, resource, text)

        assert rules_of(engineer)["area"].app == "rooms"

    def test_an_app_goes_elsewhere_with_its_rules_byte_for_byte(self, engineer, installed):
        first = apps.export_app(engineer, "rooms")
        apps.uninstall_app(engineer, "rooms", reason="迁移")

        apps.install_app(engineer, apps.read_archive(io.BytesIO(first), "rooms.zip"))

        assert apps.export_app(engineer, "rooms") == first
        assert {one.code for one in apps.list_kept_rules(engineer, "rooms")} == {"area", "opened"}


class TestPages:
    @pytest.fixture
    def browser(self, client):
        def sign_in(role):
            info, _ = identity.create_account(
                SYSTEM, name=role, password=PASSWORD, organization_code="B01",
                must_change_password=False,
            )  # fmt: skip
            identity.grant_role(SYSTEM, info.id, role)
            client.post("/sign-in/", {"name": role, "password": PASSWORD})
            return client

        return sign_in

    def test_the_page_of_the_app_and_its_plan_show_the_rules(self, engineer, installed, browser):
        client = browser("engineer")
        newer = {**installed, NAME: HEAD + AREA.replace("10000", "500")}

        page = client.get("/apps/rooms/").content.decode()
        sent = {"archive": io.BytesIO(apps.pack(newer))}
        plan = client.post("/apps/look/", sent).content.decode()

        assert "启用日期不晚于停用日期" in page
        assert "/apps/rooms/file/?name=rules/place.yaml" in page
        assert "质量规则有变化" in plan
        assert "撤销质量规则" in plan

    def test_the_quality_pages_show_where_a_rule_comes_from_and_only_switch_it(
        self, engineer, installed, browser
    ):
        client = browser("engineer")
        put(engineer, code="H-1", name="礼堂", area="0.5")
        check(engineer)
        of = f"/quality/of/{resource_of(engineer).id}/rules"

        page = client.get(f"{of}/").content.decode()
        edit = client.get(f"{of}/edit/area/")
        client.post(f"{of}/switch/area/", {"reason": "本市另有规定"})

        assert "面积不超过一万" in page
        assert "rooms/rules/place.yaml</a>" in page
        assert f"{of}/switch/area/" in page
        assert f"{of}/edit/area/" not in page
        assert edit.status_code == 422
        assert NAME in edit.content.decode()
        assert not rules_of(engineer)["area"].enabled

    def test_who_may_not_manage_apps_is_not_sent_to_their_files(self, engineer, installed, browser):
        put(engineer, code="H-1", name="礼堂", area="0.5")
        check(engineer)
        client = browser("steward")

        page = client.get(f"/quality/of/{resource_of(engineer).id}/rules/").content.decode()

        assert "rooms/rules/place.yaml</span>" in page


class TestRefused:
    def test_a_code_that_a_person_took_is_named_with_its_line(self, engineer, files):
        apps.install_app(engineer, {k: v for k, v in files.items() if k != NAME})
        put(engineer, code="H-1", name="礼堂")
        check(engineer)
        told = {"code": "area", "kind": "required", "field": "名称"}
        services.declare_written(engineer, resource_of(engineer).id, told)

        (problem,) = apps.find_problems(files)
        assert (problem.code, problem.extra["file"], problem.extra["line"]) == (
            "quality.app_rule.taken", NAME, 4,
        )  # fmt: skip

        services.withdraw_rule(engineer, resource_of(engineer).id, "area")
        assert apps.find_problems(files) == []

    @pytest.mark.parametrize(
        ("text", "code", "line"),
        [
            (HEAD + AREA.replace("field: area", "field: aera"), "quality.app_rule.field", 3),
            (HEAD + OPENED.replace("closed >=", "clsed >="), "query.", 3),
            (HEAD.replace("place", "plaec") + AREA, "quality.app_rule.entity", 1),
            (HEAD + KNOWN.replace("field: place", "field: name").replace("resource: place", "resource: hall"),
             "quality.app_rule.entity", 3),
            (HEAD + KNOWN.replace("field: place", "field: name").replace("item: code", "item: kode"),
             "quality.app_rule.field", 3),
            (HEAD + AREA.replace("min:", "mim:"), "declared.key.unknown", 3),
            (HEAD + AREA.replace(", max", ", days: 3, max"), "quality.rule.unknown", 3),
            (HEAD + AREA.replace("zh: 面积不超过一万", "zh: No"), "declared.value.quotes", 3),
            (HEAD + AREA + AREA, "quality.rule.twice", 4),
            (HEAD + AREA.replace("kind: range", "kind: rang"), "declared.value.wrong", 3),
            (HEAD + OPENED.replace("closed >= opened", "area > 'x'"), "quality.app_rule.order", 3),
            (HEAD + AREA.replace("kind: range, field: area, min: 1, max: 10000",
                                 "kind: pattern, field: name, pattern: '(?=a)b'"), "pool.query.wrong", 3),
            (HEAD + AREA.replace("kind: range, field: area, min: 1, max: 10000",
                                 "kind: pattern, field: name, pattern: '((a{999}){999}){999}'"),
             "pool.query.wrong", 3),
            (HEAD + AREA.replace("kind: range, field: area, min: 1, max: 10000",
                                 f"kind: pattern, field: name, pattern: '{'a?' * 2000}'"),
             "declared.value.wrong", 3),
            (HEAD + OPENED.replace("closed >= opened", "(" * 200 + "closed" + ")" * 200), "query.", 3),
            (HEAD + "  - " + "[" * 5000, "declared.file.deep", 3),
            (HEAD + "  - &a {code: x}\n", "declared.file.alias", 3),
            (HEAD + AREA * 201, "declared.value.wrong", 2),
        ],
    )  # fmt: skip
    def test_a_file_that_is_wrong_or_hostile_is_refused_with_its_line(
        self, engineer, files, text, code, line
    ):
        problems = apps.find_problems({**files, NAME: text})

        assert problems[0].code.startswith(code)
        assert (problems[0].extra["file"], problems[0].extra["line"]) == (NAME, line)
        with pytest.raises(InvalidInput):
            apps.install_app(engineer, {**files, NAME: text})
        assert not AppRule.objects.exists()

    def test_a_misspelt_name_is_answered_with_the_nearest_one(self, engineer, files):
        wrong = {**files, NAME: HEAD + AREA.replace("field: area", "field: aera")}

        (problem,) = apps.find_problems(wrong)

        assert "area?" in problem.detail

    def test_too_many_rules_are_refused_before_any_is_tried(self, engineer, files):
        many = {
            f"rules/r{at}.yaml": HEAD
            + "".join(AREA.replace("code: area", f"code: a{at}_{one}") for one in range(170))
            for at in range(3)
        }

        (problem,) = apps.find_problems({**files, **many})

        assert problem.code == "quality.app_rule.many"

    def test_a_pattern_that_would_run_for_ever_elsewhere_is_quick_here(self, engineer, files):
        """Patterns are RE2: their time grows with the text, whatever they are."""
        bomb = AREA.replace(
            "kind: range, field: area, min: 1, max: 10000",
            "kind: pattern, field: name, pattern: '(a+)+b'",
        )
        apps.install_app(engineer, {**files, NAME: HEAD + bomb})
        put(engineer, code="H-1", name="a" * 200)

        assert check(engineer)["area"].failed == 1
