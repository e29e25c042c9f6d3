"""Answering with the bytes of a file, whole or a part of it. 文件应答。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
PARTIAL, BEYOND = 206, 416


@dataclass(frozen=True, slots=True)
class Span:
    """Which bytes of how many. 字节范围。"""

    start: int
    size: int
    whole: int

    @property
    def partial(self) -> bool:
        """Whether it is less than all. 是否部分。"""
        return self.size < self.whole


def read_span(request: HttpRequest, whole: int) -> Span | None:
    """The bytes that a request asks for; None where it asks beyond the end. 读取范围。

    One range is honoured; several, or what is no range, give the whole, as RFC 9110 (14.2) allows.
    """
    found = RANGE.fullmatch(request.headers.get("Range", "").strip())
    if not found or not (found[1] or found[2]):
        return Span(0, whole, whole)
    if not found[1]:
        start, end = max(whole - int(found[2]), 0), whole - 1
        return Span(start, end - start + 1, whole) if int(found[2]) and whole else None
    start = int(found[1])
    end = min(int(found[2]) if found[2] else whole - 1, whole - 1)
    if found[2] and int(found[2]) < start:
        return Span(0, whole, whole)
    return Span(start, end - start + 1, whole) if start < whole else None


def refuse_span(whole: int) -> HttpResponse:
    """Nothing of the file is there. 范围无效。"""
    return HttpResponse(status=BEYOND, headers={"Content-Range": f"bytes */{whole}"})


def send(
    blocks: Iterator[bytes], span: Span, *, name: str, kind: str = "application/octet-stream"
) -> HttpResponseBase:
    """The bytes as a file to keep, never cached. 发送文件。"""
    answer = StreamingHttpResponse(blocks, status=PARTIAL if span.partial else 200)
    return describe_file(answer, span, name=name, kind=kind)


def describe_file(
    answer: HttpResponseBase, span: Span, *, name: str, kind: str = "application/octet-stream"
) -> HttpResponseBase:
    """The headers of a file, alone where only its head is asked. 文件头。"""
    answer.headers["Content-Type"] = kind
    answer.headers["Content-Length"] = str(span.size)
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    if span.partial:
        last = span.start + span.size - 1
        answer.headers["Content-Range"] = f"bytes {span.start}-{last}/{span.whole}"
    return answer
