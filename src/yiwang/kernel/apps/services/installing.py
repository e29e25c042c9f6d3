"""Putting apps in force, and taking them out again. 应用安装。

An install is one transaction: tables, case types, catalogue, version; it holds as a whole or has
changed nothing. What was installed before is kept, so that going back is an install too.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from yiwang.kernel.apps.models import AppVersion, InstalledApp
from yiwang.kernel.apps.types import AppInfo, Files, Head, Outcome
from yiwang.kernel.base.act import Act, Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict, NotFound
from yiwang.kernel.events import services as events
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.records import services as records
from yiwang.kernel.workflow import services as workflow

from .checking import check_app
from .merging import merge_files
from .ordering import list_cases
from .permissions import MANAGE
from .reading import CASES, HEAD, read_head, records_of, within
from .ruling import keep_rules
from .scenarios import first_failure, run_scenarios


@dataclass(frozen=True, slots=True)
class Standing:
    """The version of an app that holds, or held last: vendor's files, city's files. 现行文件。"""

    row: AppVersion
    installed: bool

    @property
    def vendor(self) -> dict[str, str]:
        """The vendor's files. 厂商文件。"""
        found: dict[str, str] = json.loads(self.row.files)
        return found

    @property
    def city(self) -> dict[str, str]:
        """The files that the city changed or added. 城市文件。"""
        found: dict[str, str] = json.loads(self.row.overlay)
        return found

    @property
    def files(self) -> dict[str, str]:
        """Both together, as they are in force. 生效文件。"""
        return {**self.vendor, **self.city}


def test_app(actor: Actor, files: Files) -> list[Outcome]:
    """Run the tests that an app brings; nothing of it stays. 运行应用用例。

    Holders of `apps.manage`. InvalidInput names the first fault of the files.
    """
    actor.require(MANAGE)
    check_app(files)
    return run_scenarios(actor, files)


def install_app(
    actor: Actor,
    files: Files,
    *,
    overlay: Mapping[str, str] | None = None,
    reason: str = "",
    untested: bool = False,
) -> AppInfo:
    """Install an app, or its next version. 安装应用。

    Its tests run first and must hold, unless `untested`, which goes on record. What the city had
    changed is carried over (`overlay` says otherwise); Conflict lists the places that both changed.
    The same files again change nothing. Holders of `apps.manage`.
    """
    actor.require(MANAGE)
    head = read_head(files)
    city = dict(overlay) if overlay is not None else carry_over(head.app, files)
    whole = {**files, **city}
    head = check_app(whole)
    standing = find_standing(head.app)
    if standing and standing.installed and standing.row.digest == _digest(files, city):
        return describe_app(head.app)
    outcomes = [] if untested else run_scenarios(actor, whole)
    failure = first_failure(outcomes)
    if failure:
        raise failure
    with acting(actor, "apps.install", on=_ref(head), reason=reason) as act:
        _publish(act, head.app, whole)
        row = _keep(act, head, files, city)
        act.note(version=head.version, number=row.number, tests=len(outcomes), untested=untested)
        events.announce(act, "apps.installed", {"app": head.app, "number": row.number})
    return describe_app(head.app)


def install_for(actor: Actor, files: Files, *, owner: str, reason: str) -> AppInfo:
    """Install an app whose data belong to an organization of this city. 按主管机构安装。

    What app.yaml says otherwise becomes a change of the city's.
    """
    head = read_head(files)
    city = carry_over(head.app, files)
    if owner != head.owner:
        text = city.get(HEAD, files[HEAD])
        city[HEAD] = _OWNER.sub(rf"\g<1>{owner}", text, count=1)
    return install_app(actor, files, overlay=city, reason=reason)


_OWNER = re.compile(r"^(owner\s*:\s*)[^\s#]+", re.MULTILINE)


def _publish(act: Act, app: str, files: Files) -> None:
    declared = records_of(files)
    if declared:
        records.publish_bundle(act.actor, declared, reason=act.reason)
    for name, text in list_cases(files):
        workflow.publish_case_type(act.actor, text, name=name, reason=act.reason)
    # Even where there are none: those of the version before are withdrawn.
    keep_rules(act, app, files)


def carry_over(app: str, vendor: Files) -> dict[str, str]:
    """The city's changes over the vendor's new files; Conflict where a person must decide. 沿用城市修改。"""
    standing = find_standing(app)
    if standing is None or not standing.city:
        return {}
    merged, clashes = merge_files(standing.vendor, standing.city, vendor)
    if clashes:
        raise Conflict(
            "apps.upgrade.clash",
            "The city and the new version changed the same places; decide them first: %(places)s",
            places=", ".join(f"{one.file}:{one.line}" for one in clashes),
            clashes=[(one.file, one.line) for one in clashes],
        )
    return merged


def overlay_app(
    actor: Actor, app: str, changes: Mapping[str, str | None], *, reason: str
) -> AppInfo:
    """Change files of an installed app for this city; None takes a change back. 城市修改。

    The vendor's files stay as they are. Holders of `apps.manage`; InvalidInput names file and line.
    """
    actor.require(MANAGE)
    standing = get_standing(app)
    city = {**standing.city, **{name: text for name, text in changes.items() if text is not None}}
    for name, text in changes.items():
        if text is None or city.get(name) == standing.vendor.get(name):
            city.pop(name, None)
    return install_app(actor, standing.vendor, overlay=city, reason=reason)


def roll_back(actor: Actor, app: str, number: int, *, reason: str) -> AppInfo:
    """Put an earlier version in force again, as the newest one. 回退应用。

    Records and running cases stay: cases end under the version they began with, hidden fields come
    back with their values. Holders of `apps.manage`.
    """
    actor.require(MANAGE)
    row = AppVersion.objects.filter(app=app, number=number).first()
    if row is None:
        raise NotFound("apps.version.unknown", "There is no such version of this app")
    then = Standing(row, installed=True)
    return install_app(actor, then.vendor, overlay=then.city, reason=reason)


def uninstall_app(actor: Actor, app: str, *, reason: str, archive: bool = False) -> None:
    """Take an app out of use: its entities, forms and case types can be used no more. 卸载应用。

    Conflict while other apps need it, or cases of it run, or records of it lie here and were not
    said to be archived; archived records stay in their tables and come back with the app. Holders
    of `apps.manage`.
    """
    standing = get_standing(app)
    head = read_head(standing.files)
    with acting(actor, "apps.uninstall", on=_ref(head), reason=reason) as act:
        actor.require(MANAGE)
        _refuse_needed(app)
        _refuse_open_cases(standing)
        rows = records.count_app_rows(app)
        if rows and not archive:
            raise Conflict(
                "apps.uninstall.rows",
                "%(rows)s records of this app lie here; export them, then say that they are archived",
                rows=rows,
            )
        records.retire_bundle(act, app)
        keep_rules(act, app, {})
        InstalledApp.objects.filter(app=app).update(version=None, changed_at=act.at)
        act.note(rows=rows, archived=archive)


def _refuse_needed(app: str) -> None:
    others = InstalledApp.objects.exclude(version=None).exclude(app=app)
    needing = sorted(row.app for row in others if app in row.needs)
    if needing:
        raise Conflict(
            "apps.uninstall.needed", "Other apps need this one: %(apps)s", apps=", ".join(needing)
        )


def _refuse_open_cases(standing: Standing) -> None:
    running = workflow.count_open(case_codes(standing.files))
    if running:
        raise Conflict(
            "apps.uninstall.cases",
            "%(cases)s cases of this app are open; end them first",
            cases=running,
        )


def case_codes(files: Files) -> list[str]:
    """The codes of the case types among the files. 流程编码。"""
    app = read_head(files).app
    return [
        f"{app}.{name.partition('/')[2].removesuffix('.yaml')}" for name, _ in within(files, CASES)
    ]


def _keep(act: Act, head: Head, files: Files, city: Mapping[str, str]) -> AppVersion:
    newest = AppVersion.objects.filter(app=head.app).order_by("-number").first()
    row = AppVersion.objects.create(
        app=head.app,
        number=newest.number + 1 if newest else 1,
        label=head.version,
        files=_write(files),
        overlay=_write(city),
        digest=_digest(files, city),
        installed_by=act.actor.id,
        installed_at=now(),
    )
    InstalledApp.objects.update_or_create(
        app=head.app,
        defaults={
            "version": row, "needs": [one.app for one in head.needs], "changed_at": act.at,
        },
    )  # fmt: skip
    return row


def _write(files: Mapping[str, str]) -> str:
    return json.dumps(dict(sorted(files.items())), ensure_ascii=False)


def _digest(files: Mapping[str, str], city: Mapping[str, str]) -> str:
    return hashlib.sha256(f"{_write(files)}\n{_write(city)}".encode()).hexdigest()


def find_standing(app: str) -> Standing | None:
    """The version that holds, else the last one that did, or None. 查找现行版本。"""
    held = InstalledApp.objects.select_related("version").filter(app=app).first()
    if held is None:
        return None
    row = held.version or AppVersion.objects.filter(app=app).order_by("-number").first()
    return Standing(row, held.version is not None) if row else None


def get_standing(app: str) -> Standing:
    """The version that holds; NotFound where the app is not installed. 取现行版本。"""
    found = find_standing(app)
    if found is None or not found.installed:
        raise NotFound("apps.app.unknown", "The app %(app)s is not installed", app=app)
    return found


def describe_app(app: str) -> AppInfo:
    """An app as it stands. 应用信息。"""
    standing = find_standing(app)
    if standing is None:
        raise NotFound("apps.app.unknown", "The app %(app)s is not installed", app=app)
    head = read_head(standing.files)
    names = [
        name.partition("/")[2].removesuffix(".yaml")
        for name, _ in within(standing.files, "entities")
    ]
    return AppInfo(
        app, head.title, head.version, standing.row.number, standing.installed,
        standing.row.installed_at, tuple(sorted(standing.city)),
        tuple(f"{app}.{name}" for name in names), tuple(case_codes(standing.files)),
        records.find_pending(app),
    )  # fmt: skip


def _ref(head: Head) -> Ref:
    return Ref("apps.app", head.app, head.title["zh"])
