"""What a witness knows: its key, the logs it trusts, the newest checkpoint of each. 见证状态。"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound
from yiwang.kernel.evidence.formats.notes import (
    COSIGNATURE,
    ED25519,
    NAME,
    NUMBER,
    BadNote,
    Checkpoint,
    Key,
    Note,
    cosign,
    decode,
    public_of,
    read_checkpoint,
    read_key,
    read_note,
)
from yiwang.kernel.evidence.formats.tree import EMPTY, HASH_BYTES, is_consistent

MOST_PROOF = 63
MOST_FORKS = 100
SIZE_TYPE = "text/x.tlog.size"
TABLES = """
CREATE TABLE IF NOT EXISTS witness (name TEXT NOT NULL, seed BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS log (
  key TEXT PRIMARY KEY, origin TEXT NOT NULL UNIQUE, size INTEGER NOT NULL DEFAULT 0,
  root BLOB NOT NULL DEFAULT x'', note TEXT NOT NULL DEFAULT '', seen INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS fork (origin TEXT NOT NULL, at INTEGER NOT NULL, sent TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a witness answers: a number, a text, what kind of text it is. 应答。"""

    status: int
    text: str = ""
    kind: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Sent:
    """A request taken apart. 请求内容。"""

    old: int
    proof: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class Watched:
    """A log that is watched. 所见证的日志。"""

    key: Key
    size: int
    root: bytes
    seen: int


class WitnessFile:
    """The file of a witness, which only its owner may read: it holds the private key. 见证文件。"""

    def __init__(self, file: Path) -> None:
        self.file = file

    def create(self, name: str) -> Key:
        """Draw a key under a name, best an address of the witness; Conflict where one is there. 生成密钥。"""
        if not NAME.fullmatch(name):
            raise InvalidInput(
                "evidence.witness.name", "A name holds neither spaces nor plus signs"
            )
        try:
            os.close(os.open(self.file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            raise Conflict(
                "evidence.witness.exists", "%(file)s exists already", file=self.file
            ) from None
        seed = Ed25519PrivateKey.generate().private_bytes_raw()
        with self._open() as database:
            database.executescript(TABLES)
            database.execute("INSERT INTO witness VALUES (?, ?)", (name, seed))
        return self.key

    def trust(self, text: str) -> Key:
        """Watch a log from now on, by its public key. 信任日志。"""
        try:
            key = read_key(text)
        except BadNote as error:
            raise InvalidInput("evidence.witness.key", "%(why)s", why=str(error)) from None
        if key.kind != ED25519:
            raise InvalidInput("evidence.witness.key", "%(why)s", why="this is no key of a log")
        with self._open() as database:
            try:
                database.execute(
                    "INSERT INTO log (key, origin) VALUES (?, ?)", (key.text, key.name)
                )
            except sqlite3.IntegrityError:
                raise Conflict(
                    "evidence.witness.known", "The log %(name)s is watched already", name=key.name
                ) from None
        return key

    def list_logs(self) -> list[Watched]:
        """The logs that are watched. 日志列表。"""
        with self._open() as database:
            rows = database.execute("SELECT key, size, root, seen FROM log ORDER BY origin")
            return [
                Watched(read_key(key), size, root, seen)
                for key, size, root, seen in rows.fetchall()
            ]

    @property
    def key(self) -> Key:
        """The public key for cosignatures. 公钥。"""
        name, private = self._secret()
        return public_of(private, name, COSIGNATURE)

    def add_checkpoint(self, body: bytes) -> Reply:
        """Cosign a checkpoint if it only grew since the last: C2SP tlog-witness, add-checkpoint. 见证。

        200 with the cosignature; 400 unreadable or larger before than after, 403 no signature of
        the log, 404 unknown log, 409 another size or root is known, 422 it does not hang together.
        """
        try:
            sent = read_request(body)
        except BadNote as error:
            return Reply(400, f"{error}\n")
        with self._open() as database:
            row = database.execute(
                "SELECT key, size, root FROM log WHERE origin = ?", (sent.checkpoint.origin,)
            ).fetchone()
            refused = _refuse(sent, *row) if row else Reply(404, "unknown log\n")
            if refused and refused.status in (409, 422):
                _keep_fork(database, sent, body, refused)
            if refused:
                return refused
            database.execute(
                "UPDATE log SET size = ?, root = ?, note = ?, seen = ? WHERE origin = ?",
                (sent.checkpoint.size, sent.checkpoint.root, sent.note.text, int(time.time()),
                 sent.checkpoint.origin),
            )  # fmt: skip
        name, private = self._secret()
        return Reply(200, cosign(private, name, sent.note.body).line)

    def count_forks(self) -> int:
        """How many requests were kept that would have rewritten a log. 分叉证据数。"""
        with self._open() as database:
            return int(database.execute("SELECT count(*) FROM fork").fetchone()[0])

    def _secret(self) -> tuple[str, Ed25519PrivateKey]:
        with self._open() as database:
            name, seed = database.execute("SELECT name, seed FROM witness").fetchone()
        return name, Ed25519PrivateKey.from_private_bytes(seed)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One transaction at a time, on the disk before anything is answered."""
        if not self.file.exists():
            raise NotFound(
                "evidence.witness.missing",
                "There is no witness in %(file)s; make one with yiwang witness init",
                file=self.file,
            )
        with closing(sqlite3.connect(self.file, timeout=20, isolation_level=None)) as database:
            database.execute("PRAGMA synchronous=FULL")
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
            except BaseException:
                database.rollback()
                raise
            database.commit()


def read_request(body: bytes) -> Sent:
    """A request taken apart; BadNote where it is none. 解析请求。"""
    try:
        head, blank, note = body.decode("utf-8").partition("\n\n")
    except UnicodeDecodeError:
        raise BadNote("this is no UTF-8") from None
    first, *lines = head.split("\n")
    word, _, number = first.partition(" ")
    if not blank or word != "old" or not NUMBER.fullmatch(number) or len(lines) > MOST_PROOF:
        raise BadNote("this is no request to add a checkpoint")
    proof = tuple(decode(one) for one in lines)
    if any(len(one) != HASH_BYTES for one in proof):
        raise BadNote("a line of the proof is no hash")
    read = read_note(note)
    return Sent(int(number), proof, read, read_checkpoint(read.body))


def _refuse(sent: Sent, key: str, size: int, root: bytes) -> Reply | None:
    """Why a checkpoint is not cosigned, in the order of the standard; None where it is."""
    new = sent.checkpoint
    if not sent.note.signed_by(read_key(key)):
        return Reply(403, "not signed by the log\n")
    if sent.old > new.size:
        return Reply(400, "the old size is larger than the new one\n")
    if sent.old != size:
        return Reply(409, f"{size}\n", SIZE_TYPE)
    if size and size == new.size and root != new.root:
        return Reply(409, f"{size}\n", SIZE_TYPE)
    if not is_consistent(size, root if size else EMPTY, new.size, new.root, sent.proof):
        return Reply(422, "the log did not only grow\n")
    return None


def _keep_fork(database: sqlite3.Connection, sent: Sent, body: bytes, refused: Reply) -> None:
    """Keep what the log signed and should not have: it is proof against the log."""
    if refused.status == 409 and sent.old != sent.checkpoint.size:
        return
    if database.execute("SELECT count(*) FROM fork").fetchone()[0] < MOST_FORKS:
        row = (sent.checkpoint.origin, int(time.time()), body.decode())
        database.execute("INSERT INTO fork VALUES (?, ?, ?)", row)
