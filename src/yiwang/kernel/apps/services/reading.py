"""The files of an app, each where it belongs. 应用文件读取。

An app holds no program: what stands in its folder is YAML of known kinds, sample tables and
nothing else. Each kind is read by the module that owns it.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO

from yiwang.kernel.apps.types import Files, Head, Need
from yiwang.kernel.base.declared import Document, load_schema, read_document
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.nearest import suggest
from yiwang.kernel.base.zipped import UNREADABLE

HEAD = "app.yaml"
PERMISSIONS = "permissions.yaml"
RECORDS = ("entities", "forms", "views", "dashboards")
CASES, RULES, TESTS, SAMPLE = "cases", "rules", "tests", "sample"
FOLDERS = (*RECORDS, CASES, RULES, TESTS, SAMPLE)
MOST_FILES, MOST_BYTES = 600, 8_000_000
APP_SCHEMA = load_schema("yiwang.kernel.apps.schemas", "app.schema.json")
_NAME = re.compile(
    r"app\.yaml|permissions\.yaml|(entities|forms|views|dashboards|cases|rules|tests)/[a-z][a-z0-9_]{0,39}\.yaml"
    r"|sample/[a-z][a-z0-9_]{0,39}\.(csv|yaml)"
)
_HIDDEN = re.compile(r"(^|/)(\.(?!\.?(/|$))|__MACOSX/)")
"""What systems leave in folders; a path that climbs out of its folder is no such thing. 系统文件。"""


def read_folder(folder: Path) -> dict[str, str]:
    """The files of an app that lie in a folder. 读取应用目录。

    InvalidInput names what does not belong into an app, and what is too large.
    """
    found = {one.relative_to(folder).as_posix(): one for one in sorted(folder.rglob("*"))}
    paths = {name: one for name, one in found.items() if not _HIDDEN.search(name)}
    refuse_links(name for name, one in paths.items() if one.is_symlink())
    paths = {name: one for name, one in paths.items() if one.is_file()}
    check_names(paths, [one.stat().st_size for one in paths.values()])
    return {name: decode(one.read_bytes(), name) for name, one in paths.items()}


def read_archive(archive: IO[bytes], name: str) -> dict[str, str]:
    """The files of an app in a ZIP, whatever folder it stands in there. 读取应用压缩包。"""
    try:
        with zipfile.ZipFile(archive) as packed:
            members = [
                one
                for one in packed.infolist()
                if not one.is_dir() and not _HIDDEN.search(one.filename)
            ]
            root = _root_of(one.filename for one in members)
            told = {one.filename.removeprefix(root): one for one in members}
            refuse_links(one.filename for one in members if stat.S_ISLNK(one.external_attr >> 16))
            _refuse_doubles(one.filename for one in members)
            check_names(told, [one.file_size for one in members])
            return {path: decode(_unpack(packed, one), path) for path, one in told.items()}
    except UNREADABLE as error:
        raise InvalidInput(
            "apps.files.archive", "%(file)s cannot be read as a ZIP", file=name[:200]
        ) from error


def refuse_links(names: Iterable[str]) -> None:
    """Raise InvalidInput for the first of these: what a link points to is not the app's. 拒绝符号链接。"""
    for name in names:
        raise InvalidInput(
            "apps.files.link", "%(file)s is a link, and an app holds files alone", file=name[:200]
        )


def _refuse_doubles(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InvalidInput(
                "apps.files.twice", "%(file)s stands twice in the ZIP", file=name[:200]
            )
        seen.add(name)


def _unpack(packed: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """What a member holds, and no more than it says: the size in a ZIP is only a claim."""
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # Others may ask for any amount of memory before the first byte comes.
        raise zipfile.BadZipFile(member.filename)
    with packed.open(member) as stream:
        return stream.read(member.file_size)


def _root_of(names: Iterable[str]) -> str:
    heads = [one for one in names if PurePosixPath(one).name == HEAD]
    return min(heads, key=len).removesuffix(HEAD) if heads else ""


def check_names(names: Iterable[str], sizes: Iterable[int]) -> None:
    """Raise InvalidInput for what does not belong into an app. 检查文件名与大小。"""
    known = list(names)
    if len(known) > MOST_FILES or sum(sizes) > MOST_BYTES:
        raise InvalidInput(
            "apps.files.large",
            "An app has at most %(files)s files of %(bytes)s bytes together",
            files=MOST_FILES,
            bytes=MOST_BYTES,
        )
    for name in known:
        if not _NAME.fullmatch(name):
            raise InvalidInput(
                "apps.files.unknown",
                "%(file)s does not belong into an app%(suggestion)s",
                file=name[:200],
                suggestion=suggest(name, _places(name)),
            )


def _places(name: str) -> list[str]:
    stem = PurePosixPath(name).stem
    return [HEAD, PERMISSIONS, *(f"{folder}/{stem}.yaml" for folder in FOLDERS)]


def decode(content: bytes, name: str) -> str:
    """The text of a file; InvalidInput where it is none in UTF-8. 解码。"""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "apps.files.encoding", "%(file)s is not text in UTF-8", file=name[:200]
        ) from error


def pack(files: Files) -> bytes:
    """The files as a ZIP: the same files give the same bytes, wherever and whenever. 打包。"""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.create_system, member.external_attr = 3, 0o644 << 16
            packed.writestr(member, files[name].encode())
    return target.getvalue()


def read_head(files: Files) -> Head:
    """What app.yaml says; InvalidInput names the line. 读取应用说明。"""
    if HEAD not in files:
        raise InvalidInput("apps.files.missing", "The file %(file)s is missing", file=HEAD)
    told = read_document(files[HEAD], name=HEAD, schema=APP_SCHEMA).data
    return Head(
        told["app"],
        told["title"],
        str(told["version"]),
        told["owner"],
        tuple(Need(one) for one in told.get("needs", ())),
        told.get("help", {}),
    )


def records_of(files: Files) -> dict[str, str]:
    """Those files that declare records. 业务对象声明文件。"""
    wanted = {
        name: text
        for name, text in files.items()
        if name == PERMISSIONS or name.partition("/")[0] in RECORDS
    }
    return {HEAD: files[HEAD], **wanted} if wanted else {}


def within(files: Files, folder: str) -> Iterator[tuple[str, str]]:
    """The files of one folder by name. 某目录文件。"""
    return ((name, files[name]) for name in sorted(files) if name.startswith(f"{folder}/"))


def rules_of(files: Files) -> dict[str, str]:
    """Those files that say what the records must hold. 质量规则文件。"""
    return dict(within(files, RULES))


def list_samples(files: Files) -> dict[str, str]:
    """The tables that an app brings along, by the entity whose records they hold. 示例表。"""
    return {
        name.partition("/")[2].removesuffix(".csv"): text
        for name, text in within(files, SAMPLE)
        if name.endswith(".csv")
    }


def plain_head(files: Mapping[str, str]) -> Document:
    """app.yaml as it stands, for places in it. 应用说明文档。"""
    return read_document(files[HEAD], name=HEAD, schema={})
