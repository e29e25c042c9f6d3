"""Watching a folder over SFTP. 监看 SFTP 目录。

The server's key is pinned: a source without its fingerprint is told which one the server showed, to
be compared with what the other side says. Nothing is sent before the key has been looked at.
"""

from __future__ import annotations

import base64
import hashlib
import io
import socket
import stat
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import BinaryIO, cast

import paramiko

from yiwang.kernel.base.errors import InvalidInput, Unavailable
from yiwang.kernel.base.text import msg
from yiwang.kernel.live import common
from yiwang.kernel.live.services import resolve_host
from yiwang.kernel.live.types import LiveFile, LiveKind, Setting

from .local import MOST_FILES, clean_name, gone, too_many

SECONDS = 20.0
DEEPEST = 8


@contextmanager
def open_sftp(settings: Mapping[str, str], secrets: Mapping[str, str]) -> Iterator[SftpFolder]:
    """Sign in to a server whose key is known. 连接 SFTP。"""
    port = common.read_port(settings)
    address = resolve_host(settings["host"], port)
    try:
        with (
            closing(socket.create_connection((address, port), SECONDS)) as line,
            closing(paramiko.Transport(line)) as transport,
        ):
            transport.start_client(timeout=SECONDS)
            check_key(transport, settings["host_key"])
            sign_in(transport, settings["user"], secrets)
            client = paramiko.SFTPClient.from_transport(transport)
            if client is None:
                raise paramiko.SSHException("no file transfer")
            yield SftpFolder(client, settings["path"])
    except paramiko.AuthenticationException as error:
        raise Unavailable(
            "live.sign_in.refused", "The server refused the user name or the password"
        ) from error
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise Unavailable(
            "live.connect.failed",
            "The other side does not answer as it should: %(why)s",
            why=(str(error) or type(error).__name__)[:200],
        ) from error


def fingerprint(key: paramiko.PKey) -> str:
    """The fingerprint as ssh-keygen writes it. 密钥指纹。"""
    digest = hashlib.sha256(key.asbytes()).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def check_key(transport: paramiko.Transport, pinned: str) -> None:
    """Refuse a server that shows another key than the one that was entered. 校验主机密钥。"""
    shown = fingerprint(transport.get_remote_server_key())
    if not pinned:
        raise InvalidInput(
            "live.host_key.unknown",
            "The server shows the key %(shown)s. Compare it with what the other side says, then "
            "enter it",
            shown=shown,
            field="setting_host_key",
        )
    if shown != pinned.strip().rstrip("="):
        raise InvalidInput(
            "live.host_key.changed",
            "The server shows the key %(shown)s, not the one that was entered. Do not go on before "
            "the other side has explained it",
            shown=shown,
        )


def sign_in(transport: paramiko.Transport, user: str, secrets: Mapping[str, str]) -> None:
    """By key where there is one, else by password. 登录。"""
    if secrets.get("private_key"):
        transport.auth_publickey(user, read_key(secrets["private_key"]))
    else:
        transport.auth_password(user, secrets.get("password", ""), fallback=False)


def read_key(text: str) -> paramiko.PKey:
    """A private key from its text. 读私钥。"""
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(text.strip() + "\n"))
        except (paramiko.SSHException, ValueError, UnicodeError):
            continue
    raise InvalidInput(
        "live.private_key.unknown",
        "The private key cannot be read: Ed25519, ECDSA or RSA, without a passphrase",
        field="setting_private_key",
    )


class SftpFolder:
    """A folder on a server, for reading only. SFTP 目录。"""

    def __init__(self, client: paramiko.SFTPClient, root: str) -> None:
        self._client = client
        self._root = PurePosixPath(root or ".")

    def check(self) -> str:
        """How many files there are. 检查目录。"""
        return f"SFTP, {len(self.list_files())} files"

    def list_files(self) -> list[LiveFile]:
        """Ordinary files below the folder, by name. 列出文件。"""
        found: list[LiveFile] = []
        self._list(PurePosixPath(), found, 0)
        return sorted(found, key=lambda one: one.name)

    def _list(self, folder: PurePosixPath, found: list[LiveFile], depth: int) -> None:
        for one in self._client.listdir_attr(str(self._root / folder)):
            name = folder / one.filename
            if one.st_mode is None or "/" in one.filename:
                continue
            if stat.S_ISDIR(one.st_mode) and depth < DEEPEST:
                self._list(name, found, depth + 1)
            elif stat.S_ISREG(one.st_mode):
                moment = datetime.fromtimestamp(one.st_mtime or 0, UTC)
                found.append(LiveFile(name.as_posix(), one.st_size or 0, moment))
            if len(found) > MOST_FILES:
                raise too_many()

    @contextmanager
    def open_file(self, name: str) -> Iterator[BinaryIO]:
        """The bytes of a file. 打开文件。"""
        path = str(self._root / clean_name(name))
        try:
            known = self._client.lstat(path)
        except FileNotFoundError as error:
            raise gone(name) from error
        if not stat.S_ISREG(known.st_mode or 0):
            raise gone(name)
        with self._client.open(path, "rb") as stream:
            stream.prefetch(known.st_size)
            yield cast("BinaryIO", stream)


SFTP = LiveKind(
    "sftp",
    msg("Folder on a server, over SFTP"),
    "files",
    (
        Setting("host", msg("Host"), required=True),
        Setting("port", msg("Port"), "number", default="22"),
        Setting("path", msg("Folder"), required=True),
        Setting("user", msg("User name"), required=True),
        Setting("password", msg("Password"), "secret"),
        Setting("private_key", msg("Private key, instead of the password"), "secret"),
        Setting(
            "host_key",
            msg("Fingerprint of the server's key"),
            help=msg(
                "SHA256:… as the other side says; left empty, a test shows what the server has."
            ),
        ),
    ),
    open_sftp,
    hint=msg("Ask for a user of its own that may read this folder and nothing else."),
)
