"""A real SMTP server on loopback, with TLS and accounts, for the tests of mails."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "yiwang", "Post-office-9"


@dataclass
class PostOffice:
    """What it took, and what it answers instead while `answer` is set."""

    port: int = 0
    ca: str = ""
    taken: list[EmailMessage] = field(default_factory=list)
    receivers: list[list[str]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    answer: str = ""
    connections: int = 0

    async def handle_EHLO(self, server, session: Session, envelope: Envelope, hostname, responses):
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_RCPT(self, server, session, envelope: Envelope, address, options) -> str:
        if self.answer and "nobody" in address:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope: Envelope) -> str:
        if self.answer:
            return self.answer
        content = envelope.content
        assert isinstance(content, bytes)
        found = message_from_bytes(content, policy=default)
        assert isinstance(found, EmailMessage)
        self.taken.append(found)
        self.raw.append(content)
        self.receivers.append(list(envelope.rcpt_tos))
        return "250 OK"

    @property
    def texts(self) -> list[str]:
        return [one.get_content() for one in self.taken]

    @property
    def subjects(self) -> list[str]:
        return [str(one["Subject"]) for one in self.taken]


def _check(server, session, envelope, mechanism, data) -> AuthResult:
    right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=right)


class Chosen(Controller):
    """Listens where the system finds a free port, and knocks there to see whether it answers."""

    @property
    def chosen(self) -> int:
        return self.server.sockets[0].getsockname()[1]

    def _trigger_server(self) -> None:
        socket.create_connection(("127.0.0.1", self.chosen), 10).close()


@contextmanager
def open_post_office(folder: Path, security: str = "none") -> Iterator[PostOffice]:
    office = PostOffice()
    extra = {}
    if security != "none":
        office.ca, context = make_certificate(folder)
        extra = {"ssl_context": context} if security == "tls" else {"tls_context": context}
        extra |= {
            "authenticator": _check,
            "auth_required": True,
            "auth_require_tls": security == "starttls",
        }
        if security == "starttls":
            extra["require_starttls"] = True
    controller = Chosen(office, hostname="127.0.0.1", port=0, ready_timeout=60, **extra)
    controller.start()
    office.port = controller.chosen
    try:
        yield office
    finally:
        controller.stop()


def make_certificate(folder: Path) -> tuple[str, ssl.SSLContext]:
    """A certificate of its own for localhost: the file to trust, the server's context."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, secret = folder / "ca.pem", folder / "key.pem"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, secret)
    return str(file), context
