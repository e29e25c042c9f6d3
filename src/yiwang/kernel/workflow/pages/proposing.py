"""Fields for which a value is proposed, for a person to confirm or change. 建议填写。"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext

from yiwang.kernel.texts import services as texts
from yiwang.kernel.texts.types import Suggested
from yiwang.kernel.workflow.types import CaseType, Suggests

OFFERED_AT_MOST = 1_000


def propose_fields(
    case_type: CaseType, own: Mapping[str, forms.Field], data: Mapping[str, Any]
) -> dict[str, forms.Field]:
    """Those of the fields that a type has proposals for, with what is likely in front. 建议控件。

    Only where one is sure enough it is filled in already; what stands there is never replaced.
    """
    return {
        key: _offer(rule, own[key], _ask(rule, data))
        for key, rule in case_type.suggests.items()
        if key in own
    }


def _ask(rule: Suggests, data: Mapping[str, Any]) -> Suggested:
    declared = texts.find_texts(rule.entity)
    told = zip(declared.of, rule.of, strict=False) if declared else ()
    return texts.suggest_category(rule.entity, {name: data.get(key) for name, key in told})


def _offer(rule: Suggests, field: forms.Field, found: Suggested) -> forms.Field:
    """A choice among all categories where they are known, else the field as it is."""
    declared = texts.find_texts(rule.entity)
    known = texts.list_categories(declared) if declared else []
    standing = str(field.initial or "")
    likely = [(one.category, f"{one.category} ({one.confidence:.0%})") for one in found.likely]
    if known and len(known) <= OFFERED_AT_MOST:
        named = {name for name, _ in likely}
        others = [(one, one) for one in dict.fromkeys([*filter(None, [standing]), *known])]
        choices: list[Any] = [("", "—")]
        if likely:
            choices.append((gettext("Proposed"), likely))
        choices.append((gettext("All categories"), [one for one in others if one[0] not in named]))
        made: forms.Field = forms.ChoiceField(choices=choices, required=field.required)
    else:
        made = field
    made.label, made.initial = field.label, standing or found.chosen
    made.help_text = " ".join(filter(None, [str(field.help_text), _say(found)]))
    return made


def _say(found: Suggested) -> str:
    """Whether anything was proposed, and why not: nobody should take silence for an answer."""
    if not found.model:
        return gettext("Nothing is proposed: no model has been trained yet.")
    if not found.chosen:
        return gettext("No category is sure enough to be filled in; the likeliest stand in front.")
    told = {"category": found.chosen, "share": f"{found.likely[0].confidence:.0%}"}
    return gettext("Proposed: %(category)s (%(share)s). Confirm it or choose another.") % told
