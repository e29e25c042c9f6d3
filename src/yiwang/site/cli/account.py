"""Who acts on the command line. 命令行身份。"""

from __future__ import annotations

import json
import sys

import click

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import InvalidInput, NotAuthenticated, NotPermitted
from yiwang.site.home import Home

from .frame import Answer, Session, command
from .words import t


def read_tokens(home: Home) -> dict[str, str]:
    """The tokens kept for accounts, by account name. 已存令牌。"""
    file = home.path / "tokens.json"
    found: dict[str, str] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return found


def keep_tokens(home: Home, tokens: dict[str, str]) -> None:
    """Write the tokens so that only the owner can read them. 保存令牌。"""
    file = home.path / "tokens.json"
    fresh = file.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.chmod(0o600)
    fresh.write_text(json.dumps(tokens, ensure_ascii=False, indent=2), "utf-8")
    fresh.replace(file)


def find_actor(home: Home, account: str) -> Actor:
    """The account's actor by its kept token, or the installer of an embedded node. 命令行行为人。"""
    from yiwang.kernel.identity import services

    if not account:
        return services.installer_actor()
    token = read_tokens(home).get(account)
    if not token:
        raise NotAuthenticated(
            "cli.sign_in.needed",
            "No token is kept for %(account)s; run: yiwang sign-in %(account)s",
            account=account,
        )
    return services.authenticate_token(token)


@command("sign-in")
@click.argument("account")
@click.option("--password-stdin", is_flag=True, help=t("Read the password from standard input."))
def sign_in(session: Session, *, account: str, password_stdin: bool) -> Answer:
    """Keep a token for an account on this machine. 登录并保存令牌。"""
    from yiwang.kernel.identity import services

    password = sys.stdin.readline().rstrip("\n") if password_stdin else _ask_password()
    opened = services.sign_in(name=account, password=password, agent="yiwang command line")
    if opened.must_change_password:
        raise NotPermitted(
            "cli.password.must_change",
            "The password must be changed first; sign in once in the browser",
        )
    actor = services.get_actor(opened.account_id)
    services.sign_out(actor, opened.session_id)
    _, token = services.issue_token(actor, name="command line")
    keep_tokens(session.home, {**read_tokens(session.home), account: token})
    return Answer({"account": account}, [t("Signed in as %(account)s", account=account)])


@command("sign-out")
@click.argument("account")
def sign_out(session: Session, *, account: str) -> Answer:
    """Forget the token kept for an account. 退出并删除令牌。"""
    tokens = read_tokens(session.home)
    if account not in tokens:
        raise InvalidInput("cli.sign_in.none", "No token is kept for %(account)s", account=account)
    keep_tokens(session.home, {name: kept for name, kept in tokens.items() if name != account})
    return Answer({"account": account}, [t("Signed out %(account)s", account=account)])


def _ask_password() -> str:
    if not sys.stdin.isatty():
        raise InvalidInput(
            "cli.password.no_terminal",
            "No terminal to ask for the password; use --password-stdin",
        )
    answer: str = click.prompt(t("Password"), hide_input=True, err=True)
    return answer
