"""The format of encrypted contents. 加密帧格式。

    header  magic "YWF1" | frame size, 4 bytes | salt, 32 bytes
    frame   up to 1 MiB of text under AES-256-GCM, then its tag of 16 bytes
    …       every frame but the last is full; an empty file is one empty frame

Each file has its own key: HKDF-SHA256 over the data key with the file's salt and id, so a nonce is
never used twice under one key and contents cannot be swapped between files. The nonce of a frame is
its number and whether it is the last one: frames that were reordered, repeated, cut off or appended
do not decrypt. The header is authenticated with every frame.
"""

from __future__ import annotations

import io
import os
import struct
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from yiwang.kernel.base.errors import Unavailable

MAGIC = b"YWF1"
FRAME = 1024 * 1024
TAG = 16
HEADER = struct.Struct(">4sI32s")
NONCE = struct.Struct(">3xQ?")


class Damaged(Unavailable):
    """The stored bytes are not what was written. 文件已损坏。"""

    def __init__(self, file_id: str) -> None:
        super().__init__(
            "files.content.damaged",
            "The stored content of file %(file_id)s is damaged or was tampered with",
            file_id=file_id,
        )


class FrameWriter:
    """Encrypts what is written to it; `close` writes the last frame. 加密写入。"""

    def __init__(self, target: BinaryIO, data_key: bytes, file_id: str, frame: int = FRAME) -> None:
        self._header = HEADER.pack(MAGIC, frame, os.urandom(32))
        self._cipher = make_cipher(data_key, self._header, file_id)
        self._target = target
        self._frame = frame
        self._number = 0
        self._waiting = bytearray()
        target.write(self._header)

    def write(self, data: bytes) -> None:
        """Add plain bytes. 写入。"""
        self._waiting += data
        # A full frame is held back until more comes: only then is it known not to be the last.
        while len(self._waiting) > self._frame:
            self._seal(bytes(self._waiting[: self._frame]), last=False)
            del self._waiting[: self._frame]

    def close(self) -> None:
        """Write the last frame. 结束。"""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, plain: bytes, *, last: bool) -> None:
        nonce = NONCE.pack(self._number, last)
        self._target.write(self._cipher.encrypt(nonce, plain, self._header))
        self._number += 1


class FrameReader(io.RawIOBase):
    """Plain bytes of an encrypted file, from any place in it. 解密读取。

    The last frame is checked on opening, so a file that was cut is found before a byte of it is
    used. `Damaged` is raised wherever a frame is not what was written.
    """

    def __init__(self, source: BinaryIO, data_key: bytes, file_id: str) -> None:
        self._source = source
        self._file_id = file_id
        header = source.read(HEADER.size)
        if len(header) != HEADER.size or header[:4] != MAGIC:
            raise Damaged(file_id)
        self._header = header
        self._frame: int = HEADER.unpack(header)[1]
        self._cipher = make_cipher(data_key, header, file_id)
        self.size = self._measure()
        self._position = 0
        self._held: tuple[int, bytes] = (-1, b"")
        self._open_frame(self._last)

    def _measure(self) -> int:
        body = self._source.seek(0, os.SEEK_END) - HEADER.size
        whole = self._frame + TAG
        count = -(-body // whole)
        if self._frame < 1 or count < 1 or body - (count - 1) * whole < TAG + (count > 1):
            raise Damaged(self._file_id)
        self._last = count - 1
        return body - count * TAG

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.size}[whence]
        if start + offset < 0:
            raise ValueError("negative seek position")
        self._position = start + offset
        return self._position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if self._position >= self.size or not len(buffer):
            return 0
        number, offset = divmod(self._position, self._frame)
        found = memoryview(self._open_frame(number))[offset : offset + len(buffer)]
        buffer[: len(found)] = found
        self._position += len(found)
        return len(found)

    def close(self) -> None:
        if not self.closed:
            self._source.close()
        super().close()

    def _open_frame(self, number: int) -> bytes:
        if self._held[0] == number:
            return self._held[1]
        whole = self._frame + TAG
        self._source.seek(HEADER.size + number * whole)
        sealed = self._source.read(whole)
        nonce = NONCE.pack(number, number == self._last)
        try:
            plain = self._cipher.decrypt(nonce, sealed, self._header)
        except InvalidTag:
            raise Damaged(self._file_id) from None
        self._held = (number, plain)
        return plain


def make_cipher(data_key: bytes, header: bytes, file_id: str) -> AESGCM:
    """The cipher of one file. 文件密码器。"""
    salt = HEADER.unpack(header)[2]
    info = b"yiwang file " + file_id.encode()
    return AESGCM(HKDF(SHA256(), length=32, salt=salt, info=info).derive(data_key))
