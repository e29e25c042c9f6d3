"""How forms are drawn, and how a service's refusal gets into one. 表单。

`{{ form }}` draws the error summary and every field with label, help and errors. It works in any
template because Django asks `Renderer` for the templates.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.renderers import DjangoTemplates
from django.utils.translation import gettext_lazy

from yiwang.kernel.base.errors import YiwangError

from .failures import explain


class Renderer(DjangoTemplates):
    """Our templates for forms and fields. 表单渲染器。"""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"


class DropZone(forms.FileInput):
    """A place to drop files; without script an ordinary file field. 文件投放区。"""

    template_name = "ui/forms/dropzone.html"

    def __init__(self, *, multiple: bool = True, attrs: dict[str, Any] | None = None) -> None:
        # Where it holds, the widget itself adds the attribute.
        self.allow_multiple_selected = multiple
        super().__init__(attrs)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:  # noqa: ARG002
        """What was sent: several where several came, so that a form can refuse them. 取文件。"""
        found = files.getlist(name) if hasattr(files, "getlist") else [files.get(name)]
        return found if self.allow_multiple_selected or len(found) > 1 else next(iter(found), None)


class FilesField(forms.FileField):
    """One or many files; cleans to a list. 多文件字段。"""

    widget = DropZone

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Files"))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        files: Sequence[Any] = data if isinstance(data, list | tuple) else [data]
        cleaned = [super(FilesField, self).clean(file, initial) for file in files or [None]]
        return [file for file in cleaned if file]


class ReasonForm(forms.Form):
    """Why somebody decides so. 理由表单。"""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class FileForm(ReasonForm):
    """One file, and why it is taken in. 单个文件与理由表单。"""

    upload = FilesField(label=gettext_lazy("File"), widget=DropZone(multiple=False))
    field_order = ("upload", "reason")


class DateField(forms.DateField):
    """A date, picked or typed as 2026-11-22. 日期字段。"""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        super().__init__(**kwargs)


def add_failure(form: forms.Form, error: YiwangError, field: str | None = None) -> None:
    """Put a service's refusal where the user can act on it. 添加业务错误。

    `field` names the form's field at fault; left out, `error.extra["field"]` is taken where the
    form has it, else the sentence stands above the form.
    """
    named = field or error.extra.get("field")
    form.add_error(named if named in form.fields else None, explain(error))
