"""The city's mail server: what the operator said of it, and one mail to it. 邮件服务器。

`[mail]` in yiwang.toml. Nothing is sent without it. What the server says goes into the error's code
and number only; its words may hold addresses.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from email.message import EmailMessage
from typing import Any, Literal
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from yiwang.kernel.base.errors import InvalidInput, Unavailable

Security = Literal["starttls", "tls", "none"]
PORTS: Mapping[str, int] = {"starttls": 587, "tls": 465, "none": 25}
SECONDS = 15


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are handed in, and as whom. 邮件服务器设置。

    `ca` is a file of certificates that are trusted besides the system's; `site` the address of this
    node for links; `whole_texts` lets mails say what the notice says, not only number and title.
    """

    host: str
    sender: str
    port: int = 0
    security: Security = "starttls"
    user: str = ""
    password: str = ""
    ca: str = ""
    site: str = ""
    whole_texts: bool = False

    @property
    def used_port(self) -> int:
        """The port, the usual one where none is said. 端口。"""
        return self.port or PORTS[self.security]

    @property
    def domain(self) -> str:
        """What this node calls itself towards the server. 发件域名。"""
        return self.sender.rpartition("@")[2].rstrip("> ")


def get_mail_server() -> MailServer | None:
    """The mail server of this node, or None where it sends no mail. 取邮件服务器。"""
    told: Mapping[str, Any] = settings.YIWANG_MAIL
    return read_mail_server(told) if told else None


def read_mail_server(told: Mapping[str, Any]) -> MailServer:
    """The settings checked: ImproperlyConfigured names the slip, and the node does not start. 校验设置。"""
    unknown = sorted(set(told) - {one.name for one in fields(MailServer)})
    if unknown:
        _refuse(f"no such setting: {', '.join(unknown)}")
    for one in fields(MailServer):
        wanted: type = {"int": int, "bool": bool}.get(str(one.type), str)
        if one.name in told and not isinstance(told[one.name], wanted):
            _refuse(f"{one.name} is no {wanted.__name__}")
    if not told.get("host") or "@" not in told.get("sender", ""):
        _refuse("host and sender (an address) are needed")
    if any(
        ord(letter) < 32 for value in told.values() if isinstance(value, str) for letter in value
    ):
        _refuse("no setting has several lines")
    server = MailServer(**told)
    if server.security not in PORTS:
        _refuse("security is starttls, tls or none")
    if server.user and server.security == "none":
        _refuse("a password is never sent without TLS")
    if server.site and urlsplit(server.site).scheme not in ("http", "https"):
        _refuse("site begins with https:// or http://")
    return server


def _refuse(why: str) -> None:
    raise ImproperlyConfigured(f"yiwang.toml [mail]: {why}")


def send(server: MailServer, message: EmailMessage) -> None:
    """Hand one mail in. 发送邮件。

    Unavailable where trying again may help, InvalidInput where the server will never take it.
    """
    with _failing(), _connect(server) as client:
        client.send_message(message)


@contextmanager
def _connect(server: MailServer) -> Iterator[smtplib.SMTP]:
    told: dict[str, Any] = {"timeout": SECONDS, "local_hostname": server.domain}
    if server.security == "tls":
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.used_port, context=_trust(server), **told
        )
    else:
        client = smtplib.SMTP(server.host, server.used_port, **told)
    with client:
        if server.security == "starttls":
            client.starttls(context=_trust(server))
        if server.user:
            client.login(server.user, server.password)
        yield client


def _trust(server: MailServer) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if server.ca:
        context.load_verify_locations(server.ca)
    return context


@contextmanager
def _failing() -> Iterator[None]:
    """Every failure of the way to the server as one of ours."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        number = max((answer[0] for answer in error.recipients.values()), default=0)
        raise _answered("notify.mail.recipient", number) from error
    except smtplib.SMTPAuthenticationError as error:
        raise Unavailable(
            "notify.mail.sign_in",
            "The mail server refuses user name and password (%(number)s)",
            number=error.smtp_code,
        ) from error
    except smtplib.SMTPResponseException as error:
        raise _answered("notify.mail.refused", error.smtp_code) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Unavailable(
            "notify.mail.unprotected", "The mail server offers no TLS; nothing was sent"
        ) from error
    except ssl.SSLError as error:
        raise Unavailable(
            "notify.mail.certificate", "The certificate of the mail server is not trusted"
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Unavailable("notify.mail.server", "The mail server does not answer") from error


def _answered(code: str, number: int) -> InvalidInput | Unavailable:
    """A number from 500 on is final; below, the server asks to try again."""
    if number >= 500:
        return InvalidInput(
            code, "The mail server does not take this mail (%(number)s)", number=number
        )
    return Unavailable(
        f"{code}_later", "The mail server asks to try again later (%(number)s)", number=number
    )
