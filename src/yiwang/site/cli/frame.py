"""What all commands share: answers, errors, who acts. 命令框架。 See the package docstring."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import click

from yiwang import __version__
from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.errors import NotPermitted, YiwangError
from yiwang.site.home import Home, find_home

from .faults import explain
from .words import get_language, t


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command found: a JSON document, and lines for people. 命令结果。"""

    document: dict[str, Any]
    lines: Sequence[str] = ()
    exit_code: int = 0


@dataclass
class Session:
    """One run of a command. 一次命令执行。"""

    as_account: str = ""
    json: bool = False

    @cached_property
    def home(self) -> Home:
        """The node's home folder. 主目录。"""
        return Home(find_home())

    @cached_property
    def actor(self) -> Actor:
        """Who acts; NotAuthenticated when `--as` names an account without a kept token. 行为人。"""
        from .account import find_actor

        return find_actor(self.home, self.as_account)

    def say(self, text: str, /, **places: object) -> None:
        """Tell a person how things go, on standard error. 进度提示。"""
        if not self.json:
            click.echo(t(text, **places), err=True)


class Root(click.Group):
    """The root group: usage errors leave in our one shape too. 根命令。"""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["standalone_mode"] = False
        wants_json = "--json" in sys.argv
        try:
            code = super().main(*args, **kwargs)
        except click.exceptions.Abort:
            sys.exit(1)
        except click.ClickException as error:
            sys.exit(report("cli.usage", error.format_message(), 2, as_json=wants_json))
        sys.exit(code if isinstance(code, int) else 0)


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="yiwang")
@click.option("--home", metavar="FOLDER", help="The node's home folder. 节点主目录。")
def root(home: str | None) -> None:
    """Yiwang 一网: run and use a city node. 运行与使用城市节点。"""
    if home:
        os.environ["YIWANG_HOME"] = str(Path(home).expanduser().resolve())


def group(name: str, text: str, *, under: click.Group | None = None) -> click.Group:
    """A group of commands under the root, or under another group. 命令组。"""
    made = click.Group(name, help=choose_words(text))
    (under or root).add_command(made)
    return made


def command(
    name: str, *, group: click.Group = root, django: bool = True, hidden: bool = False
) -> Callable[[Callable[..., Answer]], click.Command]:
    """Make a command of a function that takes a session and gives an answer. 声明命令。"""

    def hang(body: Callable[..., Answer]) -> click.Command:
        def run(*, as_json: bool, as_account: str, **given: Any) -> int:
            session = Session(as_account=as_account, json=as_json)
            return run_body(session, body, given, django=django)

        options = [
            *reversed(getattr(body, "__click_params__", [])),
            click.Option(["--json", "as_json"], is_flag=True, help=t("Print one JSON document.")),
            click.Option(
                ["--as", "as_account"], metavar="ACCOUNT", default="", help=t("Act for an account.")
            ),
        ]
        made = click.Command(
            name, params=options, callback=run, help=choose_words(body.__doc__), hidden=hidden
        )
        group.add_command(made)
        return made

    return hang


def choose_words(text: str | None) -> str:
    """The half of a docstring in the operator's language: English, then Chinese. 选择说明语言。"""
    english, _, chinese = re.sub(r"\s+(?=[\u4e00-\u9fff])", "\0", text or "", count=1).partition(
        "\0"
    )
    return chinese if chinese and get_language() != "en" else english


def run_body(
    session: Session, body: Callable[..., Answer], given: dict[str, Any], *, django: bool
) -> int:
    """Run a command's body; the one place where its failures become words. 执行命令。"""
    try:
        if django:
            use_django()
        answer = body(session, **given)
    except click.ClickException:
        raise
    except Exception as error:  # noqa: BLE001 the outer edge of the command line
        record_refusal(session, body.__name__, error)
        return report_error(error, as_json=session.json)
    if session.json:
        click.echo(dump(answer.document))
    else:
        for line in answer.lines:
            click.echo(line)
    return answer.exit_code


def record_refusal(session: Session, name: str, error: Exception) -> None:
    """A refused command goes into the ledger, as a refused page does. 记录越权命令。"""
    actor = session.__dict__.get("actor")
    if not isinstance(error, NotPermitted) or actor is None:
        return
    from yiwang.kernel.ledger import services

    services.record_refusal(actor, "site.command.run", on=Ref("site.command", name), refusal=error)


def use_django() -> None:
    """Load Django with the node's settings and the operator's language. 装载框架。"""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.site.settings")
    import django
    from django.utils import translation

    django.setup()
    translation.activate(get_language())


def report_error(error: Exception, *, as_json: bool) -> int:
    """Say what failed in one line; the trace only under YIWANG_DEBUG. 报告失败。"""
    known = explain(error)
    if known is not None:
        sentence = t(known.message, **known.extra)
        return report(known.code, sentence, known.exit_code, as_json=as_json, extra=known.extra)
    if os.environ.get("YIWANG_DEBUG"):
        raise error
    sentence = t(
        "A fault: %(kind)s: %(text)s (YIWANG_DEBUG=1 shows the trace)",
        kind=type(error).__name__,
        text=" ".join(str(error).split())[:300],
    )
    return report("cli.fault", sentence, YiwangError.exit_code, as_json=as_json)


def report(
    code: str, sentence: str, exit_code: int, *, as_json: bool, extra: dict[str, Any] | None = None
) -> int:
    """Print an error in its one shape and give the exit code back. 输出错误。"""
    sentence = " ".join(sentence.split())
    if as_json:
        click.echo(dump({"error": {"code": code, "detail": sentence, **(extra or {})}}))
    else:
        click.echo(f"{code}: {sentence}", err=True)
    return exit_code


def dump(document: dict[str, Any]) -> str:
    """One JSON document, Chinese kept readable. JSON 文本。"""
    return json.dumps(document, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, set | frozenset | tuple):
        return sorted(value, key=str)
    return str(value)
