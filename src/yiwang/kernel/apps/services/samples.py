"""Files that the test of an app sends: small, and truly of the kind that their name says. 用例附件。"""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile

from yiwang.kernel.base.errors import InvalidInput

_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
_PHOTO = "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA="
_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def _zip(*members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in members:
            archive.writestr(name, "<x/>")
    return out.getvalue()


CONTENTS: Mapping[str, bytes] = {
    ".png": base64.b64decode(_PIXEL),
    ".jpg": base64.b64decode(_PHOTO),
    ".pdf": _PDF,
    ".txt": "样例\n".encode(),
    ".csv": "名称,数量\n样例,1\n".encode(),
    ".docx": _zip("[Content_Types].xml", "word/document.xml"),
    ".xlsx": _zip("[Content_Types].xml", "xl/workbook.xml"),
    ".zip": _zip("a.txt"),
    ".exe": b"MZ\x90\0\3\0\0\0",
}
"""What a file of that ending holds; the last is there to be refused. 样例内容。"""


def sample_upload(name: str) -> UploadedFile[bytes]:
    """A file of that name, as a browser sends it; InvalidInput where its ending is none of ours. 样例附件。"""
    content = CONTENTS.get(PurePosixPath(name).suffix.lower())
    if content is None:
        raise InvalidInput(
            "apps.test.file", "A test can send files that end in %(endings)s", endings=", ".join(CONTENTS)
        )  # fmt: skip
    return SimpleUploadedFile(name, content)


def send_samples(
    values: Mapping[str, Any], keep: Callable[[str, UploadedFile[bytes]], Any]
) -> dict[str, Any]:
    """Values in which each `{file: name}` was sent for its field by `keep`. 上传样例。"""
    return {
        key: [keep(key, sample_upload(one["file"])) if _is_sample(one) else one for one in value]
        if isinstance(value, list)
        else value
        for key, value in values.items()
    }


def _is_sample(one: Any) -> bool:
    return isinstance(one, Mapping) and set(one) == {"file"} and isinstance(one["file"], str)
