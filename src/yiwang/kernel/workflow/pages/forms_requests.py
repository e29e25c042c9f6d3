"""The forms of reports and of what is asked of whoever assigned it. 反馈与申请表单。"""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from .forms import CaseForm, FilledForm, write_reason
from .opinions import OpinionField


class ReportForm(FilledForm):
    """What a step asks to be reported. 反馈表单。"""

    note = write_reason(required=False, label=gettext_lazy("Remark"))

    def build(self) -> None:
        feedback = self.view.type.nodes[self.view.state.node].feedback
        if feedback:
            self.ask(feedback.edits, feedback.needs)


class DelayForm(CaseForm):
    """How much more time, and why. 延期申请表单。"""

    days = forms.IntegerField(
        label=gettext_lazy("How many days more"),
        help_text=gettext_lazy("Counted as the limit is: in working days, if that is."),
        min_value=1,
        max_value=365,
    )
    reason = write_reason(required=True)


class AnswerForm(CaseForm):
    """What is answered to a request. 答复申请表单。"""

    def build(self) -> None:
        self.fields["opinion"] = OpinionField(self.choices.phrases)
        self.fields["opinion"].help_text = gettext_lazy("Must be written to refuse.")
