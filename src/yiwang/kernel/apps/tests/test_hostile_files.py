"""Apps made to do harm are refused, with file and line, and nothing of them stays. 恶意应用文件。"""

from __future__ import annotations

import io
import struct
import warnings
import zipfile

import pytest

from yiwang.kernel.apps import services
from yiwang.kernel.apps.models import InstalledApp
from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.declared import MOST_PROBLEMS
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.identity import services as identity

GOOD = services.new_app("rooms", title="场所管理", owner="B01")
ENTITY = "entity: big\ntitle: {zh: 大}\ntitled_by: f0\nfields:\n  f0: {label: {zh: 名}}\n"
NAME = "entities/big.yaml"


def pack(*more, method=zipfile.ZIP_DEFLATED):
    target = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(target, "w", method) as packed:
        warnings.simplefilter("ignore")
        for name, data in (*GOOD.items(), *more):
            packed.writestr(name, data)
    return bytearray(target.getvalue())


def damaged(method):
    """What is packed in the first file is no such stream."""
    data = pack(method=method)
    at = data.index(b"app.yaml") + len(b"app.yaml")
    for offset in range(12):
        data[at + offset] ^= 0x77
    return data


def linked():
    link = zipfile.ZipInfo("entities/zlink.yaml")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    return pack((link, "/etc/passwd"))


def misnamed():
    """A name that says it is UTF-8 and is not."""
    data = pack(("entities/abc.yaml", "a: 1"))
    at = data.rindex(b"entities/abc.yaml")
    data[at + 9 : at + 12] = b"\xff\xfe\xfd"
    data[at - 38 : at - 36] = struct.pack("<H", 0x800)
    return data


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (damaged(zipfile.ZIP_DEFLATED), "apps.files.archive"),
        (damaged(zipfile.ZIP_LZMA), "apps.files.archive"),
        (pack(method=zipfile.ZIP_BZIP2), "apps.files.archive"),
        (misnamed(), "apps.files.archive"),
        (linked(), "apps.files.link"),
        (pack(("app.yaml", "app: other")), "apps.files.twice"),
        (pack(("../../evil.yaml", "a: 1")), "apps.files.unknown"),
        (pack(("views/a.yaml", b"#" * 9_000_000)), "apps.files.large"),
    ],
    ids=["deflate", "lzma", "bzip2", "name", "link", "twice", "path", "bomb"],
)
def test_a_zip_that_is_no_app_is_refused_in_words(data, code):
    with pytest.raises(InvalidInput) as error:
        services.read_archive(io.BytesIO(data), "a.zip")

    assert error.value.code == code


def test_a_link_in_a_folder_is_named_and_not_left_out(tmp_path):
    for name, text in GOOD.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "entities" / "zlink.yaml").symlink_to("/etc/passwd")

    with pytest.raises(InvalidInput) as error:
        services.read_folder(tmp_path)

    assert error.value.code == "apps.files.link"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (ENTITY + "help: &a {zh: x}\n", "declared.file.alias", 6),
        (ENTITY + "help: " + "[" * 5000, "declared.file.deep", 6),
        (ENTITY + "help: {zh: a\0b}\n", "declared.file.unreadable", 6),
        (ENTITY + 'help: {zh: "a\\0b"}\n', "declared.file.character", 6),
        (ENTITY + 'help: {zh: "a\\x07b"}\n', "declared.file.character", 6),
    ],
)
def test_what_no_declaration_holds_is_refused_with_its_line(text, code, line):
    identity.create_organization(SYSTEM, code="B01", name="市数据局", kind="bureau")

    problems = services.find_problems({**GOOD, NAME: text})
    with pytest.raises(InvalidInput):
        services.install_app(identity.installer_actor(), {**GOOD, NAME: text})

    assert [(one.code, one.extra["file"], one.extra["line"]) for one in problems] == [
        (code, NAME, line)
    ]
    assert not InstalledApp.objects.exists()


@pytest.mark.django_db
def test_a_file_of_nothing_but_wrong_keys_is_told_in_part():
    text = ENTITY + "".join(f"k{number}: 1\n" for number in range(20_000))

    assert len(services.find_problems({**GOOD, NAME: text})) == MOST_PROBLEMS


@pytest.mark.django_db
def test_too_many_fields_are_refused_with_the_reason():
    text = ENTITY + "".join(f"  f{n}: {{label: {{zh: 字{n}}}}}\n" for n in range(1, 1000))

    (problem,) = services.find_problems({**GOOD, NAME: text})

    assert "more than 200" in problem.detail


CASE = """case: rooms.bad
title: {zh: 坏}
fields: {d: {label: {zh: 单位}, kind: organizations}}
start: {roles: [viewer], edits: [d], to: a}
nodes:
  a:
    title: {zh: 甲}
    who: {role: steward, of: starter}
    keeps: [{entity: rooms.permit, values: {place: d}}]
    actions: {ok: {label: {zh: 好}, to: b}}
  b:
    title: {zh: 乙}
    children: {type: rooms.permit, each: d, into: place}
    then: [{to: z}]
  z: {title: {zh: 完}, ends: done}
"""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("type: rooms.permit", "type: other.permit", "apps.case.type", 13),
        ("entity: rooms.permit", "entity: rooms.nothing", "apps.case.entity", 9),
        ("{place: d}", "{nothing: d}", "apps.case.field", 9),
    ],
)
def test_a_case_that_names_what_there_is_not_is_refused_with_its_line(old, new, code, line):
    assert services.find_problems({**GOOD, "cases/bad.yaml": CASE}) == []

    problems = services.find_problems({**GOOD, "cases/bad.yaml": CASE.replace(old, new, 1)})

    assert [(one.code, one.extra["line"]) for one in problems] == [(code, line)]
