"""Finding and proving the encoding of a text file. 文字编码的判定与验证。

The whole file is decoded strictly before anything is read from it: a file may be plain ASCII for
megabytes before its first Chinese character. Nothing is ever replaced.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import chardet

from yiwang.kernel.base.text import msg

from .errors import FileRefused

CHUNK = 128 << 10
_SAMPLE = 192 << 10
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHINESE = {"gb2312", "gbk", "gb18030", "hz"}
_EAST_ASIAN = {"big5", "big5hkscs", "cp950", "euc_jp", "shift_jis", "cp932", "euc_kr", "cp949"}
_GB_PAIRS = re.compile(rb"(?:[\xa1-\xa9\xb0-\xf7][\xa1-\xfe])+")
_HIGH = re.compile(rb"[\x80-\xff]+")
_ENOUGH = 20
_HIGH_TEXT = re.compile(r"[^\x00-\x7f]")
_HAN = re.compile(r"[\u2010-\u203b\u3000-\u303f\u3400-\u9fff\uff00-\uffef\U00020000-\U0003ffff]")


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding that decodes the whole file. 已验证的编码。

    `bom` counts the bytes of the mark at the start, which are no text. `reason` is one English
    message id. `instead` names the encoding that the bytes speak for when another was asked for.
    """

    name: str
    bom: int
    reason: str
    ascii: bool = False
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Undecodable:
    """The first byte that an encoding does not know. 无法解码的字节。"""

    offset: int
    line: int
    value: bytes


def find_encoding(path: Path, *, file: str, asked: str | None = None) -> Encoding:
    """The encoding of the file, proven over its whole length. 判定编码。

    Raises FileRefused `tabular.encoding.undecodable` naming line and byte when no candidate
    decodes, or `tabular.encoding.unknown` when `asked` is no encoding.
    """
    with path.open("rb") as stream:
        head = stream.read(4096)
    if asked:
        proven = _prove(path, _asked(asked, head, file), file)
        return replace(proven, instead=_contradicted(path, proven, head))
    marked = find_mark(head)
    if marked:
        return _prove(path, marked, file)
    problem = find_undecodable(path, "utf-8")
    if problem is None:
        return _plain(path)
    return _eight_bit(path, file, problem, mac=b"\r" in head and b"\n" not in head)


def find_undecodable(path: Path, encoding: str, *, skip: int = 0) -> Undecodable | None:
    """The first byte that does not decode, or None. 查找无法解码的字节。"""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    offset = skip
    with path.open("rb") as stream:
        stream.seek(skip)
        while True:
            chunk = stream.read(CHUNK)
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                place = offset - pending + error.start
                bad = error.object[error.start : max(error.end, error.start + 1)]
                return Undecodable(place, _line_at(path, encoding, skip, place), bytes(bad))
            if not chunk:
                return None
            offset += len(chunk)


def _line_at(path: Path, encoding: str, skip: int, place: int) -> int:
    """The line in which a byte stands; all before it decodes."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line = 1
    with path.open("rb") as stream:
        stream.seek(skip)
        while chunk := stream.read(min(CHUNK, place - stream.tell())):
            line += _count_lines(decoder.decode(chunk))
    return line


def iterate_text(path: Path, encoding: Encoding) -> Iterator[str]:
    """The text in pieces of about a hundred thousand characters. 逐段读出文字。"""
    decoder = codecs.getincrementaldecoder(encoding.name)("strict")
    with path.open("rb") as stream:
        stream.seek(encoding.bom)
        while chunk := stream.read(CHUNK):
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)


def transcode(path: Path, encoding: Encoding, target: Path) -> Path:
    """Write the text as UTF-8 without a mark. 转为 UTF-8。"""
    with target.open("wb") as out:
        for text in iterate_text(path, encoding):
            out.write(text.encode())
    return target


def _count_lines(text: str) -> int:
    feeds = text.count("\n")
    return feeds if feeds else text.count("\r")


def _asked(asked: str, head: bytes, file: str) -> Encoding:
    try:
        name = codecs.lookup(asked.strip()).name.replace("_", "-")
        "".encode(name)
    except (LookupError, ValueError) as error:
        raise FileRefused(
            "tabular.encoding.unknown",
            "%(encoding)s is no encoding. Examples: utf-8, gb18030, big5, utf-16.",
            encoding=asked,
            file=file,
        ) from error
    if name in {"gbk", "gb2312"}:
        name = "gb18030"
    marked = find_mark(head)
    if marked and (marked.name == name or marked.name.startswith(name)):
        return Encoding(marked.name, marked.bom, msg("as asked, and the file begins with its mark"))
    if name in {"utf-8-sig", "utf-16", "utf-32"}:
        name = {"utf-8-sig": "utf-8"}.get(name, f"{name}-le")
    return Encoding(name, 0, msg("as asked"))


def _contradicted(path: Path, asked: Encoding, head: bytes) -> str:
    """The encoding that the bytes speak for against the one asked for, or "".

    GB 18030 decodes nearly any UTF-8, as nonsense. The other way round is rare: text in another
    encoding that is valid UTF-8 throughout has a few such characters at most, seldom Han.
    """
    marked = find_mark(head)
    if marked and marked.bom:
        return "" if marked.name == asked.name else marked.name
    return "utf-8" if asked.name != "utf-8" and _is_surely_utf8(path) else ""


def _is_surely_utf8(path: Path) -> bool:
    """Valid over its whole length, with enough beyond ASCII, or little that is nearly all Chinese."""
    han = high = 0
    try:
        for text in iterate_text(path, Encoding("utf-8", 0, "")):
            if not text.isascii():
                high += len(_HIGH_TEXT.findall(text))
                han += len(_HAN.findall(text))
    except UnicodeDecodeError:
        return False
    return high >= _ENOUGH or (high > 0 and han >= 0.8 * high)


def find_mark(head: bytes) -> Encoding | None:
    """What the first bytes say about the encoding, if anything. 按文件头判定。"""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return Encoding(name, len(mark), msg("the file begins with a byte order mark"))
    return _by_zero_bytes(head)


def _by_zero_bytes(head: bytes) -> Encoding | None:
    """UTF-16 without a mark: every other byte of plain characters is zero."""
    half = len(head) // 2
    if half < 2:
        return None
    even, odd = head[0 : half * 2 : 2].count(0), head[1 : half * 2 : 2].count(0)
    if odd > half * 0.3 and even < half * 0.02:
        return Encoding("utf-16-le", 0, msg("every other byte is zero"))
    if even > half * 0.3 and odd < half * 0.02:
        return Encoding("utf-16-be", 0, msg("every other byte is zero"))
    return None


def _prove(path: Path, encoding: Encoding, file: str) -> Encoding:
    problem = find_undecodable(path, encoding.name, skip=encoding.bom)
    if problem:
        raise undecodable(file, encoding.name, problem)
    return encoding


def undecodable(file: str, encoding: str, problem: Undecodable) -> FileRefused:
    """The refusal that names the byte. 无法解码的错误。"""
    return FileRefused(
        "tabular.encoding.undecodable",
        msg(
            "%(file)s: line %(line)s, byte %(byte)s (%(value)s) is no %(encoding)s. Nothing was replaced. Give the right encoding, or ask for the file again."
        ),
        file=file,
        line=problem.line,
        byte=problem.offset,
        value=" ".join(f"{byte:02X}" for byte in problem.value[:4]),
        encoding=encoding,
    )


def _plain(path: Path) -> Encoding:
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            if not chunk.isascii():
                return Encoding("utf-8", 0, msg("the whole file is valid UTF-8"))
    return Encoding("utf-8", 0, msg("the whole file is plain ASCII"), ascii=True)


def _eight_bit(path: Path, file: str, problem: Undecodable, *, mac: bool) -> Encoding:
    sample = _sample_high_lines(path)
    if _mostly_utf8(sample):
        raise undecodable(file, "utf-8", problem)
    guess = _guess(sample, mac=mac)
    first: Undecodable | None = None
    for name, reason in guess:
        found = find_undecodable(path, name)
        if found is None:
            return Encoding(name, 0, reason)
        first = first or found
    raise undecodable(file, guess[0][0], first or problem)


def _sample_high_lines(path: Path) -> bytes:
    """Lines that are not plain ASCII, from the whole file, up to a sample's size."""
    parts: list[bytes] = []
    size = 0
    with path.open("rb") as stream:
        while size < _SAMPLE and (chunk := stream.read(CHUNK)):
            if chunk.isascii():
                continue
            for line in _high_lines(chunk):
                parts.append(line)
                size += len(line) + 1
                if size >= _SAMPLE:
                    break
    return b"\n".join(parts)


def _high_lines(chunk: bytes) -> Iterator[bytes]:
    """Each line that is not plain ASCII; of a long one what stands around the first such byte."""
    for line in chunk.replace(b"\r", b"\n").split(b"\n"):
        found = None if line.isascii() else _HIGH.search(line)
        if found:
            start = max(0, found.start() - 200)
            yield line[start : start + 4096]


def _mostly_utf8(sample: bytes) -> bool:
    """Damaged UTF-8 rather than another encoding: nearly all that is not ASCII decodes."""
    text = sample.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for one in text if one > "\x7f") - bad
    return good > 3 * bad


def _guess(sample: bytes, *, mac: bool) -> list[tuple[str, str]]:
    """Candidates, the likeliest first, each with its reason."""
    named = _normal(chardet.detect(sample).get("encoding") or "")
    detected = msg("the letters look like it, and the whole file decodes")
    candidates: list[tuple[str, str]] = []
    if named in _EAST_ASIAN:
        candidates.append((named, detected))
    if _share_gb(sample) > 0.85 or named == "gb18030":
        candidates.append(("gb18030", msg("its bytes pair up as Chinese characters do")))
    if mac:
        candidates.append(("mac_roman", msg("its lines end as on an old Macintosh")))
    if named and named not in {"utf_8", "ascii"}:
        candidates.append((named, detected))
    candidates.append(("cp1252", msg("single accented letters of Western Europe")))
    candidates.append(("gb18030", msg("no other encoding decodes the whole file")))
    return candidates


def _normal(name: str) -> str:
    try:
        found = codecs.lookup(name).name.replace("-", "_")
    except LookupError:
        return ""
    if found in _CHINESE:
        return "gb18030"
    latin = {"iso8859_1", "iso8859_15", "iso8859_16", "iso8859_9"}
    return "cp1252" if found in latin else found


def _share_gb(sample: bytes) -> float:
    """Share of the bytes above ASCII that stand in pairs of the GB 2312 plane."""
    high = sum(len(found[0]) for found in _HIGH.finditer(sample))
    paired = sum(len(found[0]) for found in _GB_PAIRS.finditer(sample))
    return paired / high if high else 0.0
