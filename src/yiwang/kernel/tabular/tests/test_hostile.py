"""Files made to harm: refused by name, in bounded time and memory."""

import gzip
import io
import os
import stat
import struct
import tracemalloc
import zipfile
import zlib

import pytest

from yiwang.kernel.tabular.services import FileRefused, open_source
from yiwang.kernel.tabular.types import ReadLimits

SMALL = ReadLimits(ratio_free=4 << 20)


def refused(path, limits=SMALL, name="given"):
    with pytest.raises(FileRefused) as caught:
        open_source(path, name, limits=limits)
    return caught.value


def zipped(members, *, packing=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def write(path, content):
    path.write_bytes(content)
    return path


def test_a_flat_bomb_stops_at_the_ratio(tmp_path):
    path = write(tmp_path / "a", gzip.compress(bytes(64 << 20)))
    tracemalloc.start()

    error = refused(path)

    assert error.code == "tabular.limit.ratio"
    assert tracemalloc.get_traced_memory()[1] < 32 << 20
    tracemalloc.stop()


def test_many_members_share_one_budget(tmp_path):
    lines = os.urandom(500_000).hex().encode()
    path = write(tmp_path / "a", zipped([(f"{at}.csv", b"a,b\n" + lines) for at in range(6)]))

    assert refused(path, ReadLimits(unpacked=3 << 20)).code == "tabular.limit.unpacked"


def test_an_archive_in_an_archive_in_an_archive_is_refused(tmp_path):
    inner = zipped([("a.csv", "a,b\n1,2\n")])
    for _ in range(2):
        inner = zipped([("inner.zip", inner)])

    assert refused(write(tmp_path / "a", inner)).code == "tabular.limit.nesting"


def test_an_archive_in_an_archive_is_read(tmp_path):
    inner = zipped([("区县.csv", "a,b\n1,2\n")])
    path = write(tmp_path / "a", zipped([("inner.zip", inner)]))

    (source,) = open_source(path, "a.zip")

    assert source.member == "inner.zip/区县.csv"


def test_too_many_members_are_refused_before_one_is_read(tmp_path):
    path = write(tmp_path / "a", zipped([(f"{at}", "") for at in range(50)]))

    assert refused(path, ReadLimits(members=20)).code == "tabular.limit.members"


def test_members_that_lie_over_one_another_are_refused(tmp_path):
    data = bytearray(zipped([("a.csv", "a,b\n" * 100), ("b.csv", "a,b\n" * 100)]))
    second = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, second + 42, 0)

    assert refused(write(tmp_path / "a", bytes(data))).code == "tabular.file.hostile_archive"


def test_a_header_that_claims_ten_gigabytes_is_not_believed(tmp_path):
    data = bytearray(zipped([("a.csv", "a,b\n1,2\n")]))
    entry = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, entry + 24, 0xFFFFFFF0)

    (source,) = open_source(write(tmp_path / "a", bytes(data)), "a.zip")

    assert [row for batch in source.batches() for row in batch.rows] == [["1", "2"]]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "..\\..\\x.csv", "C:\\x.csv", "a\x01b.csv"]
)
def test_a_member_name_never_leads_out_of_the_scratch_folder(tmp_path, name):
    scratch = tmp_path / "scratch"
    path = write(tmp_path / "a", zipped([(name, "a,b\n1,2\n")]))

    from yiwang.kernel.tabular.types import ReadOptions

    (source,) = open_source(path, "a.zip", ReadOptions(scratch=scratch))

    assert ".." not in source.member
    assert {one.name for one in tmp_path.iterdir()} == {"a", "scratch"}


def test_a_link_in_an_archive_is_left_out_and_noted(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link.csv")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("a.csv", "a,b\n1,2\n")

    (source,) = open_source(write(tmp_path / "a", out.getvalue()), "a.zip")

    assert source.member == "a.csv"
    assert "members_left_out" in {note.kind for note in source.notes}


def test_names_of_chinese_windows_archives_are_read_as_gbk(tmp_path):
    data = zipped([("XXXXXX.csv", "a,b\n1,2\n")]).replace(b"XXXXXX", "街道表".encode("gbk"))

    (source,) = open_source(write(tmp_path / "a", data), "a.zip")

    assert source.member == "街道表.csv"


def test_a_protected_member_is_refused_by_name(tmp_path):
    data = bytearray(zipped([("a.csv", "a,b\n1,2\n")]))
    data[6] |= 1
    entry = data.rfind(b"PK\x01\x02")
    data[entry + 8] |= 1

    error = refused(write(tmp_path / "a", bytes(data)), name="报送.zip")

    assert (error.code, error.extra["file"]) == ("tabular.file.encrypted", "报送.zip/a.csv")


@pytest.mark.parametrize("cut", [1, 10, 30, 60])
def test_cut_archives_are_refused(tmp_path, cut):
    content = b"a,b\n" + os.urandom(2000).hex().encode()

    for whole in (zipped([("a.csv", content)]), gzip.compress(content)):
        assert refused(write(tmp_path / "a", whole[:-cut])).code == "tabular.file.damaged"


def test_a_wrong_checksum_is_damage(tmp_path):
    packed = bytearray(gzip.compress(b"a,b\n1,2\n"))
    packed[-8:-4] = struct.pack("<I", zlib.crc32(b"other"))

    assert refused(write(tmp_path / "a", bytes(packed))).code == "tabular.file.damaged"


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_whatever_a_member_is_packed_with_wrong_bytes_are_damage(tmp_path, packing):
    content = bytearray(zipped([("a.csv", "a,b\n" + "1,2\n" * 500)], packing=packing))
    start = 30 + len("a.csv")
    content[start + 4 : start + 24] = b"\xff" * 20

    assert refused(write(tmp_path / "a", bytes(content))).code == "tabular.file.damaged"


def test_too_many_columns_are_refused(tmp_path):
    path = write(tmp_path / "a", b",".join(b"c%d" % at for at in range(2_001)) + b"\n")

    assert refused(path).code == "tabular.limit.columns"


def test_a_field_that_never_ends_is_refused_without_being_held(tmp_path):
    path = write(tmp_path / "a", b'a,b\n1,"' + b"x" * (64 << 20))
    tracemalloc.start()

    error = refused(path, ReadLimits(cell=1 << 20))

    assert error.code == "tabular.limit.cell"
    assert tracemalloc.get_traced_memory()[1] < 48 << 20
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (b"%PDF-1.7\n", "tabular.file.pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "tabular.file.ole"),
        (b"\0\1\0\0Standard Jet DB\0", "tabular.file.access"),
        (b"<!DOCTYPE html><p>text", "tabular.file.no_table"),
        (b"PGDMP\x01\x0e\x00", "tabular.file.dump"),
        (b"-- MySQL dump 10.13\nINSERT INTO a VALUES (1);", "tabular.file.dump"),
        (b"\x03\x03TEXPORT:V11.02.00\n", "tabular.file.dump"),
        (b"<?xml version='1.0'?><a/>", "tabular.file.xml"),
        (b"7z\xbc\xaf\x27\x1c", "tabular.file.packed"),
        (b"Rar!\x1a\x07", "tabular.file.packed"),
        (b"", "tabular.file.empty"),
    ],
)
def test_what_is_no_table_is_refused_whatever_it_is_called(tmp_path, start, code):
    assert refused(write(tmp_path / "a", start), name="表.csv").code == code


def test_a_word_file_called_xlsx_is_known_by_its_content(tmp_path):
    path = write(tmp_path / "a", zipped([("word/document.xml", "<a/>")]))

    assert refused(path, name="表.xlsx").code == "tabular.file.docx"
