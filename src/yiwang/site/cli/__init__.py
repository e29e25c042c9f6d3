"""The command line. 命令行。

`yiwang COMMAND …`: each command is a function under `command()` from `frame.py`. Adding one:

    from .frame import Answer, Session, command

    @command("profile")
    @click.argument("resource")
    def profile(session: Session, *, resource: str) -> Answer:
        '''Look into a resource. 查看数据概况。'''
        from yiwang.nets.share.catalog import services  # Django loads only when a command runs

        found = services.get_resource(session.actor, resource)
        return Answer({"resource": found.code}, [f"{found.code}  {found.name}"])

The frame gives every command `--json` (one document on standard output) and `--as ACCOUNT`, loads
Django before the body runs, and turns an expected failure into one line `code: sentence` on
standard error (with `--json` into an error document) and its exit code: 0 ok, 2 invalid input,
3 not found, 4 not permitted, 5 below a threshold asked for, 1 a fault.

- `session.actor`: who acts: the account of `--as` (its token was kept by `yiwang sign-in`), else
  the installer of an embedded node. Asked for only when used.
- `session.say(text, **places)`: progress for people on standard error; silent under `--json`.
- `Answer(document, lines)`: what `--json` prints, and the lines printed without it. Say visible
  text through `t("English message id", **places)`.
- `raise` a YiwangError as everywhere; a threshold missed is `BelowThreshold`.
- `group("catalog", "…")` makes a group; `@command("search", group=catalog)` hangs a command in it.
- `@command(…, django=False)` is for commands that must start without the database.

A new file of commands is named once in `MODULES` below.
"""

from __future__ import annotations

from importlib import import_module

from .frame import root

MODULES = (
    "operate",
    "sample",
    "account",
    "administrators",
    "share",
    "source",
    "entity",
    "harvest",
    "lineage",
    "exchange",
    "quality",
    "notices",
    "case",
    "webhook",
    "records",
    "texts",
    "app",
    "evidence",
    "care",
    "reindex",
)


def main() -> None:
    """Run the command line. 命令行入口。"""
    load_commands()
    root(prog_name="yiwang", windows_expand_args=False)


def load_commands() -> None:
    """Hang every command on the root; none of these imports Django. 装载命令。"""
    for module in MODULES:
        import_module(f"{__name__}.{module}")
