"""Apps on the command line: begin one, check, test, install, go back, carry away. 应用命令。"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from yiwang.kernel.base.errors import InvalidInput

from .case import problem_line
from .frame import Answer, Session, group
from .frame import command as declare
from .words import get_language, t

if TYPE_CHECKING:
    from yiwang.kernel.apps.types import AppInfo

app = group("app", "Apps as files. 应用。")
SOURCE = click.argument(
    "source", metavar="FOLDER|ZIP", type=click.Path(path_type=Path, exists=True)
)
REASON = click.option("--reason", default="", help="Why; kept on record. 理由。")


@declare("new", group=app)
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@click.option(
    "--code", default="", help="Code of the app; the folder's name unless told. 应用编码。"
)
@click.option("--title", default="", help="What it is called. 名称。")
@click.option(
    "--owner", default="", help="Code of the organization whose data it keeps. 主管机构编码。"
)
def new(session: Session, *, folder: Path, code: str, title: str, owner: str) -> Answer:  # noqa: ARG001
    """Write the files of a small whole app to begin from. 新建应用模板。"""
    from yiwang.kernel.apps import services

    if folder.exists() and any(folder.iterdir()):
        raise InvalidInput("apps.new.folder", "%(folder)s is not empty", folder=str(folder))
    code = code or folder.name
    files = services.new_app(code, title=title or code, owner=owner or "B01")
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    return Answer(
        {"app": code, "files": sorted(files)}, [str(folder / name) for name in sorted(files)]
    )


@declare("check", group=app)
@SOURCE
def check(session: Session, *, source: Path) -> Answer:
    """Say all that is wrong with an app, else what it would change; nothing is kept. 检查应用文件。"""
    from yiwang.kernel.apps import services

    files = read_source(source)
    found = services.find_problems(files)
    plan = services.Plan() if found else services.plan_install(session.actor, files)
    document = {
        "problems": [
            {"code": one.code, "file": one.extra.get("file"), "line": one.extra.get("line"),
             "detail": one.detail}
            for one in found
        ],
        "changes": [{"where": one.where, "what": one.what} for one in plan.changes],
        "before": [{"entity": one.entity, "field": one.field, "rows": one.rows} for one in plan.before],
    }  # fmt: skip
    lines = [problem_line(one) for one in found] or [t("%(file)s is well", file=str(source))]
    lines += [f"{one.where}: {t(one.what)}" for one in plan.changes]
    return Answer(document, lines, exit_code=InvalidInput.exit_code if found else 0)


@declare("test", group=app)
@SOURCE
def test(session: Session, *, source: Path) -> Answer:
    """Run the tests that an app brings; nothing of it stays. 运行应用用例。"""
    from yiwang.kernel.apps import services

    found = services.test_app(session.actor, read_source(source))
    told = [
        {"test": one.name, "file": one.file, "line": one.line, "problem": one.problem}
        for one in found
    ]
    lines = [
        t("%(test)s holds", test=one.name)
        if one.held
        else t("%(file)s, line %(line)s: the test %(test)s failed: %(problem)s",
               file=one.file, line=one.line, test=one.name, problem=one.problem)
        for one in found
    ]  # fmt: skip
    failed = any(not one.held for one in found)
    lines = lines or [t("The app brings no test")]
    return Answer({"tests": told}, lines, exit_code=InvalidInput.exit_code if failed else 0)


@declare("install", group=app)
@SOURCE
@REASON
@click.option("--untested", is_flag=True, help="Do not run its tests; kept on record. 跳过用例。")
@click.option("--sample", is_flag=True, help="Load the rows that it brings to try. 装载示例数据。")
def install(session: Session, *, source: Path, reason: str, untested: bool, sample: bool) -> Answer:
    """Install an app; its tests run first. 安装应用。"""
    from yiwang.kernel.apps import services

    found = services.install_app(
        session.actor, read_source(source), reason=reason, untested=untested
    )
    answer = tell(found)
    if not sample:
        return answer
    rows = services.load_sample(session.actor, found.app)
    lines = [*answer.lines, *tell_sample(rows)]
    return Answer({**answer.document, "sample": rows}, lines, answer.exit_code)


@declare("upgrade", group=app)
@SOURCE
@REASON
def upgrade(session: Session, *, source: Path, reason: str) -> Answer:
    """Install the next version of an app that stands; the city's changes are carried over. 升级应用。"""
    from yiwang.kernel.apps import services

    files = read_source(source)
    services.describe_app(services.read_head(files).app)
    return tell(services.install_app(session.actor, files, reason=reason))


@declare("rollback", group=app)
@click.argument("code", metavar="APP")
@click.argument("number", type=int, metavar="NUMBER")
@REASON
def rollback(session: Session, *, code: str, number: int, reason: str) -> Answer:
    """Put an earlier install of an app in force again. 回退应用。"""
    from yiwang.kernel.apps import services

    return tell(services.roll_back(session.actor, code, number, reason=reason))


@declare("sample", group=app)
@click.argument("code", metavar="APP")
@click.option("--remove", is_flag=True, help="Take away what it brought. 清除示例数据。")
@REASON
def sample(session: Session, *, code: str, remove: bool, reason: str) -> Answer:
    """Load the sample rows of an installed app, or take them away. 示例数据。"""
    from yiwang.kernel.apps import services

    if remove:
        count = services.remove_sample(session.actor, code, reason=reason)
        line = t("%(app)s: %(rows)s sample rows are removed", app=code, rows=count)
        return Answer({"app": code, "removed": count}, [line])
    rows = services.load_sample(session.actor, code)
    return Answer({"app": code, "sample": rows}, tell_sample(rows))


def tell_sample(rows: dict[str, int]) -> list[str]:
    """How many rows of each entity were loaded. 装载结果。"""
    return [t("%(entity)s: %(rows)s sample rows", entity=code, rows=rows[code]) for code in rows]


@declare("uninstall", group=app)
@click.argument("code", metavar="APP")
@REASON
@click.option(
    "--archived", is_flag=True, help="Its records are archived and may stay. 记录已归档。"
)
def uninstall(session: Session, *, code: str, reason: str, archived: bool) -> Answer:
    """Take an app out of use; refused while records lie or cases run. 卸载应用。"""
    from yiwang.kernel.apps import services

    services.uninstall_app(session.actor, code, reason=reason, archive=archived)
    return Answer({"app": code, "installed": False}, [t("%(app)s is out of use", app=code)])


@declare("export", group=app)
@click.argument("code", metavar="APP")
@click.argument("target", metavar="ZIP", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--vendor-only", is_flag=True, help="Without the city's changes. 不含城市修改。")
def export(session: Session, *, code: str, target: Path, vendor_only: bool) -> Answer:
    """Write an installed app as a ZIP; the same app gives the same bytes. 导出应用。"""
    from yiwang.kernel.apps import services

    content = services.export_app(session.actor, code, vendor_only=vendor_only)
    target.write_bytes(content)
    return Answer({"app": code, "bytes": len(content)}, [str(target)])


@declare("list", group=app)
def list_all(session: Session) -> Answer:
    """List the apps of this node. 应用列表。"""
    from yiwang.kernel.apps import services

    found = services.list_apps(session.actor)
    lines = [line for one in found for line in lines_of(one)]
    return Answer(
        {"apps": [document_of(one) for one in found]}, lines or [t("No app is installed yet")]
    )


def read_source(source: Path) -> dict[str, str]:
    """The files of an app in a folder or a ZIP. 读取应用。"""
    from yiwang.kernel.apps import services

    if source.is_dir():
        return services.read_folder(source)
    with source.open("rb") as archive:
        return services.read_archive(archive, source.name)


def tell(info: AppInfo) -> Answer:
    """What stands now. 现状。"""
    return Answer(document_of(info), lines_of(info))


def document_of(info: AppInfo) -> dict[str, object]:
    """An app as a document. 应用文档。"""
    return {
        "app": info.app, "title": dict(info.title), "version": info.version, "number": info.number,
        "installed": info.installed, "overlaid": list(info.overlaid),
        "entities": list(info.entities), "cases": list(info.cases),
        "waits": info.pending is not None,
    }  # fmt: skip


def lines_of(info: AppInfo) -> list[str]:
    """An app in lines. 应用说明行。"""
    title = info.title.get("en" if get_language() == "en" else "zh", info.title["zh"])
    state = "" if info.installed else t(" (out of use)")
    state += t(" (its tables are being prepared)") if info.pending else ""
    return [
        f"{info.app}  {info.version}  #{info.number}  {title}{state}",
        *(f"  {one}" for one in (*info.entities, *info.cases, *info.overlaid)),
    ]
