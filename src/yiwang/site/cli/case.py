"""Case types on the command line: check files, publish them, see what there is. 流程定义命令。"""

from __future__ import annotations

from pathlib import Path

import click

from yiwang.kernel.base.errors import InvalidInput

from .frame import Answer, Session, group
from .frame import command as declare
from .words import get_language, t

case = group("case", "Case types as files. 流程定义。")
FILES = click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE…",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)


@declare("check", group=case)
@FILES
def check(session: Session, *, files: tuple[Path, ...]) -> Answer:  # noqa: ARG001 - commands' shape
    """Check files of case types, all that is wrong with each; nothing is kept. 检查流程定义文件。"""
    from yiwang.kernel.workflow.services.declaring import find_problems

    found = {file.name: find_problems(read_text(file), name=file.name) for file in files}
    lines = [problem_line(one) for wrong in found.values() for one in wrong]
    lines += [t("%(file)s is well", file=name) for name, wrong in found.items() if not wrong]
    document = {
        "files": [
            {
                "file": name,
                "problems": [
                    {"code": one.code, "line": one.extra.get("line"), "detail": one.detail}
                    for one in wrong
                ],
            }
            for name, wrong in found.items()
        ]
    }
    wrong = any(found.values())
    return Answer(document, lines, exit_code=InvalidInput.exit_code if wrong else 0)


@declare("publish", group=case)
@FILES
@click.option("--reason", default="", help="Why; kept on record. 理由。")
def publish(session: Session, *, files: tuple[Path, ...], reason: str) -> Answer:
    """Publish files as the next versions of their types, in the order given. 发布流程定义。"""
    from yiwang.kernel.workflow import services

    found = [
        services.publish_case_type(session.actor, read_text(file), name=file.name, reason=reason)
        for file in files
    ]
    told = [{"type": one.code, "version": one.version} for one in found]
    lines = [t("%(type)s version %(version)s is in force", **one) for one in told]
    return Answer({"types": told}, lines)


@declare("types", group=case)
def types(session: Session) -> Answer:
    """The case types that one may start, with their versions. 可发起的流程。"""
    from yiwang.kernel.workflow import services

    found = services.list_startable(session.actor)
    told = [{"type": one.code, "version": one.version, "title": dict(one.title)} for one in found]
    language = "en" if get_language() == "en" else "zh"
    lines = [
        f"{one.code}  {one.version}  {one.title.get(language, one.title['zh'])}" for one in found
    ]
    return Answer({"types": told}, lines)


def problem_line(problem: InvalidInput) -> str:
    """One problem in the operator's language. 问题行。"""
    return f"{problem.code}: {t(problem.message, **problem.extra)}"


def read_text(file: Path) -> str:
    """The text of a file, of which no more is read than may be. 读取文件。"""
    from yiwang.kernel.base.declared import LARGEST

    with file.open("rb") as stream:
        content = stream.read(LARGEST * 4 + 1)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "workflow.type.encoding", "The file is not text in UTF-8", file=file.name
        ) from error
