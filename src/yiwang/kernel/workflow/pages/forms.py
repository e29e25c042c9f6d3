"""The forms of a case: starting, deciding, handing on. 流程表单。"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from yiwang.kernel.base.ids import new_ulid
from yiwang.kernel.ui.forms import DateField, DropZone, FilesField
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.ui.people import PeopleField
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.services import CaseView
from yiwang.kernel.workflow.services.attachments import ERASED, Attachment
from yiwang.kernel.workflow.types import CaseType

from .choices import Choices
from .fields import PersonField, build_fields, read_fields
from .files import ask_files, name_place
from .knowing import KnowingForm
from .opinions import OpinionField
from .proposing import propose_fields

REASON_AT_MOST = 300


def write_reason(*, required: bool, label: Any = "") -> forms.CharField:
    """Why somebody does so. 理由。"""
    label = label or gettext_lazy("Reason")
    return forms.CharField(label=label, required=required, max_length=REASON_AT_MOST)


class StartForm(KnowingForm):
    """What a type asks for at its start. 发起表单。 The key is drawn here, so that a form sent twice is one case."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=40, initial=new_ulid)

    def __init__(
        self,
        case_type: CaseType,
        choices: Choices,
        data: Any = None,
        files: Any = None,
        *,
        given: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(data, files, auto_id="start-%s")
        self.case_type = case_type
        own = build_fields(case_type.fields, case_type.asks, choices, needs=case_type.needs)
        self.keys = {f"f_{key}": key for key in own}
        self.fields["title"] = forms.CharField(
            label=gettext("Title"), required=False, max_length=200,
            help_text=gettext("How everybody sees it in their lists; left empty it is called “%(kind)s”.")
            % {"kind": in_language(case_type.title)},
        )  # fmt: skip
        self.fields |= {f"f_{key}": field for key, field in own.items()}
        if not self.is_bound:
            self.give(case_type.fields, given or {})
        self.know(choices.actor, case_type.fields, {})

    @property
    def filled(self) -> dict[str, Any]:
        """What was filled in, by field of the type. 填报内容。"""
        told = {key: self.cleaned_data[name] for name, key in self.keys.items()}
        return read_fields(self.case_type.fields, told)


class CaseForm(KnowingForm):
    """A form on the page of a case; `task` says which task it means. 流程页表单。"""

    task = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)

    def __init__(
        self,
        view: CaseView,
        choices: Choices,
        verb: str,
        task: str = "",
        data: Any = None,
        *,
        files: Any = None,
    ) -> None:
        super().__init__(data, files, auto_id=f"{verb}-{task[-6:]}-%s", initial={"task": task})
        self.view, self.choices = view, choices
        self.build()

    def build(self) -> None:
        """Add the fields that depend on the case. 动态字段。"""

    @property
    def means(self) -> str:
        """The task that was sent with it. 所指任务。"""
        return str(self.data.get("task", ""))

    @property
    def sent(self) -> list[str]:
        """The ids of the files that came beside the fields. 随附文件。"""
        return [one["id"] for one in self.cleaned_data.get("files", ())]


class FilledForm(CaseForm):
    """A form with fields of the case in it. 含表单项的表单。"""

    def ask(self, keys: tuple[str, ...], needs: tuple[str, ...]) -> None:
        """Put fields of the type into the form. 加入表单项。"""
        data = self.view.state.data
        fields = self.view.type.fields
        own = build_fields(
            fields, keys, self.choices, needs=needs, standing=data, kept=self.view.kept
        )
        own |= propose_fields(self.view.type, own, data)
        self.keys = {f"f_{key}": key for key in own}
        self.fields = {f"f_{key}": field for key, field in own.items()} | self.fields
        self.know(self.choices.actor, fields, data, self.view.kept)

    @property
    def filled(self) -> dict[str, Any]:
        """What was filled in anew, by field of the type: the log tells of no other. 填报内容。"""
        told = {key: self.cleaned_data[name] for name, key in self.keys.items()}
        standing = self.view.state.data
        found = read_fields(self.view.type.fields, told, self.view.kept)
        return {key: value for key, value in found.items() if is_changed(value, standing.get(key))}


def is_changed(value: Any, standing: Any) -> bool:
    """Whether an answer differs from what stands there; nothing is nothing. 是否有变动。"""
    blank: tuple[Any, ...] = (None, "", [])
    return value != standing and not (value in blank and standing in blank)


class DecideForm(FilledForm):
    """What is filled in and said with a decision. 办理表单。"""

    def build(self) -> None:
        self.fields["opinion"] = OpinionField(self.choices.phrases)
        node = self.view.type.nodes[self.view.state.node]
        # What must be filled in must be there only to agree.
        agrees = not self.is_bound or self.data.get("action") == node.positive
        self.ask(node.edits, node.needs if agrees else ())
        asking = [in_language(one.label) for one in node.actions.values() if one.asks_opinion]
        if asking:
            told = {"actions": gettext(", ").join(asking)}
            self.fields["opinion"].help_text = gettext("Must be written for: %(actions)s") % told
        self.fields["files"] = ask_files(self.choices)
        self.fields["copies"] = PeopleField(
            self.choices, label=gettext("Copy to"), required=False, one_line=True,
            help_text=gettext("Names or sign-in names, with commas between; they may read the case."),
        )  # fmt: skip


class ReturnForm(CaseForm):
    """Where a case goes back to. 退回表单。"""

    to = forms.ChoiceField(label=gettext_lazy("Back to the step"))
    reason = write_reason(required=True)
    straight = forms.BooleanField(
        label=gettext_lazy("Afterwards directly back here, without the steps between"),
        required=False,
    )

    def build(self) -> None:
        nodes = self.view.type.nodes
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (key, in_language(nodes[key].title))
            for key in self.view.state.earlier()
            if key in nodes
        ]
        self.fields["files"] = ask_files(self.choices)


class PersonForm(CaseForm):
    """Somebody else, and why. 指定人员表单。"""

    needs_reason = True

    def build(self) -> None:
        self.fields["to"] = PersonField(self.choices, label=gettext("Whom to ask"))
        self.fields["reason"] = write_reason(required=self.needs_reason)


class TransferForm(PersonForm):
    """转办 form. 转办表单。"""


class DelegateForm(PersonForm):
    """委派 form. 委派表单。"""

    needs_reason = False


class SignersForm(CaseForm):
    """加签 form. 加签表单。"""

    mode = forms.ChoiceField(
        label=gettext_lazy("When they sign"),
        choices=[
            ("before", gettext_lazy("Before me: they answer, then I decide")),
            ("with", gettext_lazy("Beside me: each of them must agree too")),
            ("after", gettext_lazy("After me: I agree now, then they sign")),
        ],
    )

    def build(self) -> None:
        self.fields["people"] = PeopleField(self.choices, label=gettext("Whom to ask"))
        self.fields["reason"] = write_reason(required=False)
        if self.view.own and self.view.own.kind not in ("main", "added"):
            field = self.fields["mode"]
            field.choices = field.choices[:1]  # type: ignore[attr-defined]


class SupplementForm(CaseForm):
    """补正 form: what is missing, and why. 补正表单。"""

    def build(self) -> None:
        fields = self.view.type.fields
        keys = self.view.type.nodes[self.view.state.node].supplements or tuple(fields)
        choices = [(key, in_language(fields[key].label)) for key in keys]
        self.fields["fields"] = forms.MultipleChoiceField(
            label=gettext("What is missing or wrong"), choices=choices,
            widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip
        self.fields["note"] = write_reason(
            required=True, label=gettext("What the applicant is told")
        )


class SupplyForm(FilledForm):
    """What was asked for. 补正提交表单。"""

    note = write_reason(required=False, label=gettext_lazy("Remark"))

    def build(self) -> None:
        asked = tuple(key for key in self.view.state.asked if key in self.view.type.fields)
        self.fields["files"] = ask_files(self.choices)
        self.ask(asked, asked)


class AttachForm(CaseForm):
    """More files, without deciding. 补充附件表单。"""

    def build(self) -> None:
        self.fields["files"] = ask_files(self.choices, required=True)


class FileForm(CaseForm):
    """One of the files that may be withdrawn, and why. 撤下附件表单。"""

    file = forms.ChoiceField(label=gettext_lazy("File"))
    reason = write_reason(required=True)

    def build(self) -> None:
        self.fields["file"].choices = [  # type: ignore[attr-defined]
            (one.file["id"], f"{one.file['name']} ({name_place(self.view, one)})")
            for one in self.list_files()
        ]

    def list_files(self) -> list[Attachment]:
        """Those that stand beside the fields: one's own, or all for who oversees. 可撤下附件。"""
        me, above = self.choices.actor.id, self.view.may_oversee
        attached = self.view.state.attached
        found = services.list_attachments(self.view.entries)
        return [one for one in found if (above or one.by == me) and one.file["id"] in attached]


class EraseForm(FileForm):
    """One of all files whose content there still is. 销毁附件内容表单。"""

    def list_files(self) -> list[Attachment]:
        return [one for one in services.list_attachments(self.view.entries) if one.status != ERASED]


class WhyForm(CaseForm):
    """Only why. 理由表单。"""

    reason = write_reason(required=True)


class MaybeWhyForm(CaseForm):
    """Why, if one likes. 可选理由表单。"""

    reason = write_reason(required=False, label=gettext_lazy("Remark"))


class MigrateForm(CaseForm):
    """Where a case goes on under a newer version. 迁移表单。"""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    node = forms.ChoiceField(label=gettext_lazy("Goes on at the step"))
    reason = write_reason(required=True)

    def build(self) -> None:
        if self.view.newer is None:
            return
        self.initial["version"] = self.view.newer.version
        nodes = [one for one in self.view.newer.nodes.values() if not one.ends]
        choices = [(one.key, in_language(one.title)) for one in nodes]
        self.fields["node"].choices = choices  # type: ignore[attr-defined]
        self.initial["node"] = self.view.state.node


class AbsenceForm(forms.Form):
    """Who is away, when, and who stands in. 请假代理表单。"""

    from_date = DateField(label=gettext_lazy("First day away"))
    until_date = DateField(label=gettext_lazy("First day back"))
    reason = write_reason(required=False)
    field_order = ("account", "agent", "from_date", "until_date", "reason")

    def __init__(self, choices: Choices, data: Any = None, *, others: bool = False) -> None:
        super().__init__(data, auto_id="away-%s")
        if others:
            help_text = gettext("Left empty it is you. Write a name or sign-in name.")
            self.fields["account"] = PersonField(
                choices, label=gettext("Who is away"), required=False, help_text=help_text
            )
        self.fields["agent"] = PersonField(choices, label=gettext("Stand-in"))
        self.order_fields(self.field_order)


class TypeForm(forms.Form):
    """A case type to publish. 发布流程定义表单。"""

    upload = FilesField(
        label=gettext_lazy("File of the case type (YAML)"),
        widget=DropZone(multiple=False, attrs={"accept": ".yaml,.yml"}),
    )
    reason = write_reason(required=False, label=gettext_lazy("What is new"))

    def clean_upload(self) -> Any:
        """One file at a time: where several come, which of them was refused must be plain. 单个文件。"""
        (upload, *more) = self.cleaned_data["upload"]
        if more:
            raise ValidationError(gettext("Publish one file at a time"))
        return upload
