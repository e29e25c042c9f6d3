"""The parts of an OOXML or OpenDocument file, unpacked within limits. 文档包部件。"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from xml.parsers import expat

from yiwang.kernel.base.text import msg
from yiwang.kernel.base.zipped import DAMAGED
from yiwang.kernel.tabular.services import FileRefused, Opened

_CHUNK = 256 << 10
_SMALL = 64 << 20


class Package:
    """A ZIP container whose parts are read one after the other. 文档包。

    Sizes are counted while bytes come out; what the headers claim is never believed.
    """

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        try:
            self._zip = zipfile.ZipFile(opened.path)
        except DAMAGED as error:
            raise self.damaged("zip", str(error)) from error
        self._parts = {
            info.filename.replace("\\", "/").lower(): info for info in self._zip.infolist()
        }

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._parts

    def damaged(self, part: str, why: str) -> FileRefused:
        """The refusal of a part that cannot be read. 部件损坏。"""
        return FileRefused(
            "tabular.file.damaged",
            msg("%(file)s is damaged (%(why)s). Ask for it again."),
            file=self.opened.name,
            why=f"{part}: {why}",
        )

    def chunks(self, name: str, size: int = _CHUNK) -> Iterator[bytes]:
        """The bytes of a part in pieces. 逐段读出部件。"""
        info = self._parts.get(name.lower())
        if info is None:
            raise self.damaged(name, "missing")
        produced = 0
        try:
            with self._zip.open(info) as stream:
                while chunk := stream.read(size):
                    produced += len(chunk)
                    self.opened.budget.add_unpacked(
                        len(chunk), packed=info.compress_size, produced=produced
                    )
                    yield chunk
        except DAMAGED as error:
            raise self.damaged(name, str(error)) from error
        except RuntimeError as error:  # zipfile's word for a part under a password
            raise FileRefused(
                "tabular.file.encrypted",
                msg("%(file)s is protected by a password. Remove the password and send it again."),
                file=self.opened.name,
            ) from error

    def small(self, name: str) -> bytes:
        """A part that is read as a whole, at most 64 MiB. 整体读出小部件。"""
        parts: list[bytes] = []
        size = 0
        for chunk in self.chunks(name):
            size += len(chunk)
            if size > _SMALL:
                raise self.damaged(name, "too large")
            parts.append(chunk)
        return b"".join(parts)

    def parse(self, name: str, parser: expat.XMLParserType) -> Iterator[None]:
        """Feed a part to a parser piece by piece; the caller takes what was found in between. 解析。"""
        forbid_entities(parser)
        try:
            for chunk in self.chunks(name):
                parser.Parse(chunk, False)
                yield
            parser.Parse(b"", True)
            yield
        except expat.ExpatError as error:
            raise self.damaged(name, str(error)) from error
        except HostileXml as error:
            raise FileRefused(
                "tabular.file.hostile",
                msg(
                    "%(file)s holds XML with declarations of its own (%(part)s), which a sheet "
                    "never needs and which can harm the reader. It was not read."
                ),
                file=self.opened.name,
                part=name,
            ) from error


class HostileXml(Exception):
    """XML that declares a document type or entities. 含实体声明的 XML。"""


def forbid_entities(parser: expat.XMLParserType) -> None:
    """Stop at the first document type or entity declaration. 禁止实体声明。"""

    def stop(*_: object) -> int:
        raise HostileXml

    parser.StartDoctypeDeclHandler = stop
    parser.EntityDeclHandler = stop
    parser.ExternalEntityRefHandler = stop
