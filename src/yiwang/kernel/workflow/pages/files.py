"""Files in the forms of a case, and handing them out. 流程附件页面。

Files are kept as they come, whatever else is wrong with the form; the page names those it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from yiwang.kernel.base.errors import InvalidInput, NotFound, TooMany
from yiwang.kernel.base.text import msg
from yiwang.kernel.files.services import File, name_kind, show_size
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.failures import explain
from yiwang.kernel.ui.forms import DropZone
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.ui.lists import Light
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.services import USE, CaseView
from yiwang.kernel.workflow.services.attachments import BESIDE, Attachment, find_uploads, may_open
from yiwang.kernel.workflow.types import Field

from .choices import Choices

SHOWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
"""What a page shows by itself: pictures that every browser draws and that hold no script."""
LOCKED = "default-src 'none'; sandbox"
STATES = {
    "current": Light(""),
    "withdrawn": Light(msg("Withdrawn"), "yellow"),
    "replaced": Light(msg("Replaced")),
    "erased": Light(msg("Destroyed"), "red"),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form brought: files that the page had, and new ones. 表单附件。"""

    kept: Sequence[str]
    uploads: Sequence[Any]


class FilesInput(DropZone):
    """The files there are, each with a box to leave it out, and a place for more. 附件控件。"""

    template_name = "workflow/files.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """What the page had, and what was chosen now."""
        return Sent(data.getlist(f"{name}-kept"), files.getlist(name) if files else [])

    def format_value(self, value: Any) -> Any:
        """The files as they are: the template names them."""
        return value

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        told = super().get_context(name, None, attrs)
        told["widget"]["kept"] = [
            {"id": one["id"], "name": one["name"], "about": describe(one)} for one in value or ()
        ]
        return told


class AttachmentsField(forms.Field):
    """Files of a case; cleans to what the case is to hold. 附件字段。 Each is kept when it comes, once."""

    def __init__(self, choices: Choices, one: Field, *, required: bool, **more: Any) -> None:
        self.choices, self.one = choices, one
        self.taken: list[File] | None = None
        limits: dict[str, str] = {"accept": ",".join(one.types)} if one.types else {}
        if one.camera:
            limits["capture"] = "environment"
        widget = FilesInput(multiple=one.most > 1, attrs=limits)
        super().__init__(required=required, widget=widget, **more)
        self.help_text = self.help_text or gettext(
            "At most %(most)s files of %(megabytes)s MB each"
        ) % {"most": one.most, "megabytes": one.megabytes}

    def clean(self, value: Any) -> list[File]:
        """The files that stay and those that came; asked again it keeps nothing anew."""
        if self.taken is None:
            self.taken = self._know(value.kept)
            self.faults = [text for upload in value.uploads if (text := self._take(upload))]
        if self.faults:
            raise ValidationError(self.faults)
        if self.required and not self.taken:
            raise ValidationError(gettext("Send at least one file"))
        return self.taken

    def bound_data(self, data: Any, initial: Any) -> Any:  # noqa: ARG002 - Django's shape
        """What a refused form names: what was kept of what it brought."""
        return self.taken if self.taken is not None else self._know(data.kept)

    def _take(self, upload: Any) -> str:
        """Keep one more; gives why not."""
        held = self.taken or []
        try:
            if len(held) >= self.one.most:
                raise InvalidInput(
                    "workflow.upload.most",
                    "%(name)s was not kept: at most %(most)s files",
                    name=upload.name,
                    most=self.one.most,
                )
            kept = services.keep_upload(self.choices.actor, self.choices.code, self.one, upload)
        except (InvalidInput, TooMany) as error:
            return explain(error)
        self.taken = [*held, kept]
        return ""

    def _know(self, ids: Sequence[str]) -> list[File]:
        """Those that the page had: of the case, or sent before."""
        ids = list(dict.fromkeys(ids))[: self.one.most]
        known = {one["id"]: one for one in self.initial or ()}
        if set(ids) - set(known):
            known |= find_uploads(self.choices.actor, self.choices.code, self.one.key, ids)
        return [known[one] for one in ids if one in known]


def ask_files(choices: Choices, *, required: bool = False) -> AttachmentsField:
    """A place for files beside an opinion. 随意见附件。"""
    return AttachmentsField(choices, BESIDE, required=required, label=gettext_lazy("Attachments"))


def describe(one: File) -> str:
    """What a file is and how large. 类型与大小。"""
    return f"{name_kind(one['type'])}, {show_size(int(one['size']))}"


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as the page of a case lists it. 附件行。"""

    file: File
    about: str
    place: str
    by: str
    at: datetime
    light: Light
    ended_by: str
    ended_at: datetime | None
    why: str
    url: str
    picture: str


def list_rows(actor: Any, view: CaseView) -> list[FileRow]:
    """The files of a case as its page shows them. 附件列表。"""
    return [_row(actor, view, one) for one in services.list_attachments(view.entries)]


def _row(actor: Any, view: CaseView, one: Attachment) -> FileRow:
    opens = may_open(actor, view.case, one)
    url = reverse("workflow:file", args=[view.case.pk, one.file["id"]]) if opens else ""
    return FileRow(
        file=one.file,
        about=describe(one.file),
        place=name_place(view, one),
        by=view.names.get(one.by, one.by),
        at=one.at,
        light=STATES[one.status],
        ended_by=view.names.get(one.ended_by, one.ended_by),
        ended_at=one.ended_at,
        why=one.why,
        url=url,
        picture=f"{url}?show=1" if url and one.file["type"] in SHOWN else "",
    )


def name_place(view: CaseView, one: Attachment) -> str:
    """Where a file came: its field, or the step. 附件来源。"""
    field, node = view.type.fields.get(one.field), view.type.nodes.get(one.node)
    if field:
        return in_language(field.label)
    return in_language(node.title) if node else ""


@needs(USE)
@require_safe
def fetch_file(request: HttpRequest, case_id: str, file_id: str) -> HttpResponseBase:
    """A file of a case, to be kept; a picture may be shown. 下载附件。"""
    shown = "show" in request.GET
    found, content = services.open_attachment(actor_of(request), case_id, file_id)
    if shown and found["type"] not in SHOWN:
        content.close()
        raise NotFound("workflow.attachment.unshown", "This file can only be downloaded")
    response = FileResponse(
        content, as_attachment=not shown, filename=found["name"],
        content_type=found["type"] or "application/octet-stream",
    )  # fmt: skip
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = LOCKED
    return response
