"""What a file is by its bytes, and what is refused whoever sends it. 内容识别测试。"""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.files.services import check_upload, hazards
from yiwang.kernel.files.services.kinds import KINDS, ORDINARY, clean_name, end_rightly
from yiwang.kernel.files.services.sniffing import OFFICE, ZIP, sniff_type

from .samples import JPEG, PDF, PNG, compound, sent, zipped

# What a file is.


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (b"GIF89a....", "image/gif"),
        (b"RIFF\1\0\0\0WEBPVP8 ", "image/webp"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "image/heic"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "video/mp4"),
        (PDF, "application/pdf"),
        (zipped("[Content_Types].xml", "word/document.xml"), f"{OFFICE}.wordprocessingml.document"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), f"{OFFICE}.spreadsheetml.sheet"),
        (
            zipped("word/document.xml", "word/vbaProject.bin"),
            "application/vnd.ms-office.macro-enabled",
        ),
        (zipped("OFD.xml", "Doc_0/Document.xml"), "application/ofd"),
        (
            zipped("content.xml", first=("mimetype", "application/vnd.oasis.opendocument.text")),
            "application/vnd.oasis.opendocument.text",
        ),
        (zipped("a.txt"), "application/zip"),
        (zipped(), "application/zip"),
        (compound("WordDocument"), "application/msword"),
        (compound("Workbook"), "application/vnd.ms-excel"),
        (compound("Something"), "application/x-ole-storage"),
        ("姓名,电话\n".encode(), "text/plain"),
        ("姓名,电话\n".encode("gb18030"), "text/plain"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "text/html"),
        (b'<?xml version="1.0"?><svg onload="x()"/>', "image/svg+xml"),
        (b"MZ\x90\0\3\0\0\0", ""),
        (b"\x7fELF\2\1\1\0", ""),
        (b"", ""),
    ],
)
def test_a_file_is_what_its_bytes_say(content, kind):
    assert sniff_type(io.BytesIO(content)) == kind


@given(
    st.binary(max_size=2000),
    st.sampled_from([b"", b"PK\3\4", b"PK\5\6", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]),
)
def test_no_bytes_upset_the_look_at_them(content, start):
    assert sniff_type(io.BytesIO(start + content)) in {*KINDS, ""} or start == b"PK\3\4"


def test_a_bomb_is_not_opened():
    head = zipped("a" * 60_000)
    bomb = head[:-22] + head[-22:-10] + (2**31).to_bytes(4, "little") + head[-6:]

    assert sniff_type(io.BytesIO(bomb)) == "application/zip"


def test_what_runs_or_draws_like_a_page_is_never_taken_unasked():
    assert not {"text/html", "image/svg+xml", "application/xml"} & set(ORDINARY)
    assert set(ORDINARY) <= set(KINDS)


@pytest.mark.parametrize(
    ("name", "kind", "kept"),
    [
        ("照片.PNG", "image/png", "照片.PNG"),
        ("invoice.bat", "text/plain", "invoice.bat.txt"),
        ("C:\\Users\\王\\合同.pdf", "application/pdf", "合同.pdf"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("a\u202egnp.exe", "image/png", "agnp.exe.png"),
        ("\u200b. ", "image/png", "file.png"),
        ("", "image/png", "file.png"),
    ],
)
def test_a_name_can_be_read_whole_and_ends_as_its_contents_do(name, kind, kept):
    assert end_rightly(clean_name(name), kind) == kept


# What is refused whoever sends it.


def bomb(size: int = 60 << 20) -> bytes:
    """An archive that says truthfully that it unpacks to many times its size."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"\0" * size)
    return out.getvalue()


def locked_zip() -> bytes:
    """An archive whose only member says that it is encrypted."""
    content = bytearray(zipped("a.txt"))
    content[content.index(b"PK\1\2") + 8] |= 1
    return bytes(content)


def overlapping() -> bytes:
    """An archive that lists one member twice."""
    content = zipped("a.txt")
    at, end = content.index(b"PK\1\2"), content.index(b"PK\5\6")
    entry, tail = content[at:end], bytearray(content[end:])
    tail[12:16] = (2 * len(entry)).to_bytes(4, "little")
    tail[8:12] = b"\2\0\2\0"
    return content[:at] + entry * 2 + bytes(tail)


def endless_list() -> bytes:
    content = bytearray(zipped("a.txt"))
    end = content.index(b"PK\5\6")
    content[end + 12 : end + 16] = b"\xff" * 4
    return bytes(content)


LOCKED_PDF = PDF + b"trailer << /Root 1 0 R /Encrypt 5 0 R >>"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("空.txt", b"", "files.upload.empty"),
        ("大.txt", b"x" * ((2 << 20) + 1), "files.upload.large"),
        ("长" * 300 + ".png", PNG, "files.upload.name"),
        ("a.exe", b"MZ\x90\0\3", "files.upload.type"),
        ("a.pdf", LOCKED_PDF, "files.upload.encrypted"),
        ("a.pdf", PDF + b"/Encrypt<</Filter/Standard>>", "files.upload.encrypted"),
        ("a.zip", locked_zip(), "files.upload.encrypted"),
        ("a.docx", compound("EncryptionInfo", "EncryptedPackage"), "files.upload.encrypted"),
        ("a.zip", bomb(), "files.upload.bomb"),
        ("a.zip", overlapping(), "files.upload.bomb"),
        ("a.zip", endless_list(), "files.upload.bomb"),
    ],
)
def test_what_nobody_should_be_handed_is_refused_by_name(name, content, code):
    with pytest.raises(InvalidInput) as refused:
        check_upload(sent(name, content), types=(*ORDINARY, ZIP), megabytes=2)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.zip", zipped("a.txt", "b.txt")),
        ("a.zip", bomb(size=1 << 20)),  # what unpacks to little is no bomb
        ("a.pdf", PDF + b"(how to /Encrypt a file)"),
        ("a.docx", zipped("[Content_Types].xml", "word/document.xml")),
        ("a.doc", compound("WordDocument")),
    ],
)
def test_what_only_looks_a_little_like_it_is_taken(name, content):
    assert check_upload(sent(name, content), types=(*ORDINARY, ZIP), megabytes=2).name == name


def test_the_mark_of_a_locked_pdf_is_found_over_the_end_of_a_piece(monkeypatch):
    monkeypatch.setattr(hazards, "PIECE", 7)

    assert hazards.is_locked(io.BytesIO(LOCKED_PDF), "application/pdf")
