"""Signed notes, checkpoints and cosignatures: C2SP signed-note, tlog-checkpoint, tlog-cosignature. 签名文本。"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from . import sm2
from .tree import HASH_BYTES

ED25519, COSIGNATURE, OTHER = 0x01, 0x04, 0xFF
SM2 = b"yiwang.org/sm2-with-sm3"
"""Stands behind 0xff, before the point: SM2 has no number of its own. 国密签名标识。"""
LONGEST_NOTE = 64 * 1024
MOST_SIGNATURES = 64
NAME = re.compile(r"[^\s+\x00-\x1f]{1,200}")
NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
DASH = "\u2014"


class BadNote(ValueError):
    """A note, a key or a proof that is not written as it must be. 格式错误。"""


@dataclass(frozen=True, slots=True)
class Signature:
    """One line under a note: whose, by which key, what. 签名行。"""

    name: str
    key_id: bytes
    value: bytes

    @property
    def line(self) -> str:
        """As it stands under the note, with its newline. 签名行文本。"""
        return f"{DASH} {self.name} {encode(self.key_id + self.value)}\n"


@dataclass(frozen=True, slots=True)
class Key:
    """A public key with its name and what kind of signature it makes. 公钥。"""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that name the key in a signature line. 密钥号。"""
        told = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(told).digest()[:4]

    @property
    def text(self) -> str:
        """As it is handed to others: name, id, key, with plus signs between. 公钥文本。"""
        return f"{self.name}+{self.id.hex()}+{encode(bytes([self.kind]) + self.public)}"

    def verifies(self, body: str, one: Signature) -> bool:
        """Whether a signature line is of this key and over this text. 验签。"""
        if (one.name, one.key_id) != (self.name, self.id):
            return False
        value, told = one.value, body.encode()
        if self.kind == COSIGNATURE:
            told = _cosigned(body, int.from_bytes(value[:8], "big"))
            value = value[8:]
        try:
            if self.kind == OTHER:
                return sm2.verify(self.public.removeprefix(SM2), value, told)
            Ed25519PublicKey.from_public_bytes(self.public).verify(value, told)
        except (InvalidSignature, ValueError, sm2.NoSm2):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Note:
    """A text and the lines under it. 签名文本。"""

    body: str
    signatures: tuple[Signature, ...] = ()

    @property
    def text(self) -> str:
        """The whole note. 全文。"""
        return f"{self.body}\n{''.join(one.line for one in self.signatures)}"

    def signed_by(self, key: Key) -> Signature | None:
        """The line of a key, if there is one that holds. 查找有效签名。"""
        return next((one for one in self.signatures if key.verifies(self.body, one)), None)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: how many entries, under which root. 检查点。"""

    origin: str
    size: int
    root: bytes

    @property
    def body(self) -> str:
        """The text that is signed. 检查点正文。"""
        return f"{self.origin}\n{self.size}\n{encode(self.root)}\n"


def read_key(text: str) -> Key:
    """A public key as others hand it over; BadNote where it is none. 解析公钥。"""
    name, _, rest = text.strip().partition("+")
    number, _, encoded = rest.partition("+")
    raw = decode(encoded)
    is_sm2 = raw[:1] == bytes([OTHER]) and raw[1:].startswith(SM2)
    size = 1 + len(SM2) + sm2.POINT_BYTES if is_sm2 else 33
    known = is_sm2 or (raw and raw[0] in (ED25519, COSIGNATURE))
    if not NAME.fullmatch(name) or not known or len(raw) != size:
        raise BadNote("this is no public key of Ed25519 or SM2")
    found = Key(name, raw[0], raw[1:])
    if found.id.hex() != number:
        raise BadNote("the number of the key does not belong to it")
    return found


def read_note(text: str) -> Note:
    """A note taken apart; BadNote where it is none. 解析签名文本。"""
    body, blank, lines = text.rpartition("\n\n")
    signatures = lines.splitlines(keepends=True)
    if len(text) > LONGEST_NOTE or not blank or len(signatures) > MOST_SIGNATURES:
        raise BadNote("this is no signed note")
    if re.search(r"[\x00-\x09\x0b-\x1f]", text):
        raise BadNote("a note holds no control characters")
    return Note(f"{body}\n", tuple(read_signature(one) for one in signatures))


def read_signature(line: str) -> Signature:
    """A signature line with its newline; BadNote where it is none. 解析签名行。"""
    parts = line.removesuffix("\n").split(" ")
    if not line.endswith("\n") or len(parts) != 3 or parts[0] != DASH:
        raise BadNote("this is no signature line")
    raw = decode(parts[2])
    if not NAME.fullmatch(parts[1]) or len(raw) < 5:
        raise BadNote("this is no signature line")
    return Signature(parts[1], raw[:4], raw[4:])


def read_checkpoint(body: str) -> Checkpoint:
    """What a checkpoint says; BadNote where it is none. 解析检查点。"""
    lines = body.split("\n")
    if len(lines) < 4 or not lines[0] or not NUMBER.fullmatch(lines[1]):
        raise BadNote("this is no checkpoint")
    root = decode(lines[2])
    if len(root) != HASH_BYTES:
        raise BadNote("this is no checkpoint")
    return Checkpoint(lines[0], int(lines[1]), root)


def public_of(private: Ed25519PrivateKey, name: str, kind: int = ED25519) -> Key:
    """The public half of a key under a name. 取公钥。"""
    return Key(name, kind, private.public_key().public_bytes_raw())


def sign(private: Ed25519PrivateKey, name: str, body: str) -> Signature:
    """The log's own line under a text. 签名。"""
    return Signature(name, public_of(private, name).id, private.sign(body.encode()))


def sign_by_sm2(private: bytes, name: str, body: str) -> Signature:
    """The log's second line; who does not know the kind must pass over it. 国密签名。"""
    key = Key(name, OTHER, SM2 + sm2.public_of(private))
    return Signature(name, key.id, sm2.sign(private, body.encode()))


def cosign(private: Ed25519PrivateKey, name: str, body: str, at: int | None = None) -> Signature:
    """A witness's line under a checkpoint, with the second at which it was seen. 见证签名。"""
    moment = int(time.time()) if at is None else at
    value = moment.to_bytes(8, "big") + private.sign(_cosigned(body, moment))
    return Signature(name, public_of(private, name, COSIGNATURE).id, value)


def write_proof(index: int, path: Sequence[bytes], checkpoint: str, *, extra: bytes = b"") -> str:
    """A proof that needs no server: C2SP tlog-proof. 离线证明。"""
    more = [f"extra {encode(extra)}"] if extra else []
    lines = ["c2sp.org/tlog-proof@v1", *more, f"index {index}", *(encode(one) for one in path)]
    return "\n".join(lines) + f"\n\n{checkpoint}"


def decode(text: str) -> bytes:
    """Bytes from base64 in its one spelling; BadNote otherwise. 解码。"""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadNote("this is no base64") from None
    if encode(found) != text:
        raise BadNote("this is no base64")
    return found


def encode(raw: bytes) -> str:
    """Bytes as base64. 编码。"""
    return base64.b64encode(raw).decode("ascii")


def _cosigned(body: str, moment: int) -> bytes:
    return f"cosignature/v1\ntime {moment}\n{body}".encode()
