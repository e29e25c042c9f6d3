"""Pleas brought to where a plan wants them, by the people and services that do it in a city."""

from __future__ import annotations

from collections.abc import Mapping

from yiwang.kernel.base.act import SYSTEM, Actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.files.tests.samples import PDF, sent
from yiwang.kernel.notify.models import Webhook
from yiwang.kernel.notify.services.hooks import telling
from yiwang.kernel.notify.types import HOOK_KINDS
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.models import BulkRun, Case, Push, Task
from yiwang.kernel.workflow.services import feeds
from yiwang.kernel.workflow.services.pushing.spreading import spread_push

from .pleas import CLERK, COPIED, Plea, plan_pleas, question

People = Mapping[str, Actor]
HOLDER = {"sort": "low-steward", "office": "steward"}


def plant_pleas(actors: People, twist: int) -> dict[str, str]:
    """All cases of a world; the id of each label: cases, their files, a push, a run, a feed."""
    hear_everything()
    ids: dict[str, str] = {}
    for plea in plan_pleas(twist):
        ids |= plant(actors, plea)
    ids |= ask_streets(actors, twist)
    run = services.urge_cases(actors["all-three"], [ids["plea#0"]], key="run",
                              note=plan_pleas(twist)[0].said["all-three"])  # fmt: skip
    assert BulkRun.objects.filter(pk=run.pk).exists()
    return ids | {"run#0": run.pk, "feed#0": feeds.make_feed(actors["steward"], language="zh-hans")}


def hear_everything() -> None:
    """An address outside that wants every kind of message; nothing is ever sent there."""
    Webhook.objects.create(
        label="外部", address="https://ear.example/", kinds=list(HOOK_KINDS),
        sealed=b"", secret_key="", made_by=SYSTEM.id, made_at=now(),
    )  # fmt: skip
    telling._known.read_at = float("-inf")


def plant(actors: People, plea: Plea) -> dict[str, str]:
    """One plea, and its files."""
    values, clerk = plea.values, actors[CLERK]
    field = services.find_newest("demo.plea")[1].fields["scan"]
    scan = services.keep_upload(
        clerk, "demo.plea", field, sent(values["name"], content(values["scan"]))
    )
    told = {key: values[key] for key in ("body", "phone", "number", "price", "place")} | {
        "scan": [scan]
    }
    case = services.start_case(clerk, "demo.plea", told, title=values["title"])
    ids = {plea.label: case.pk, f"{plea.label}.scan": scan["id"]}
    if plea.step == "sort":
        return ids
    return ids | send_on(actors, plea, case)


def send_on(actors: People, plea: Plea, case: Case) -> dict[str, str]:
    """To the office, with an opinion, a file beside it and a copy; from there as far as it comes."""
    street = actors["low-steward"]
    beside = services.keep_upload(
        street, "demo.plea", services.BESIDE, sent(plea.values["beside name"], content(plea.beside))
    )
    services.act_on_task(
        street, task_of(case), "sent", data={"department": "D01"}, files=[beside["id"]],
        opinion=plea.said["low-steward"], copies=[actors[COPIED].id],
    )  # fmt: skip
    if plea.step == "ended":
        services.act_on_task(actors["steward"], task_of(case), "done")
    if "engineer" in plea.said:
        services.suspend(actors["engineer"], case.pk, reason=plea.said["engineer"])
    return {f"{plea.label}.beside": beside["id"]}


def task_of(case: Case) -> str:
    """The open task of a case."""
    return Task.objects.filter(case=case, status="open").values_list("pk", flat=True)[0]


def ask_streets(actors: People, twist: int) -> dict[str, str]:
    """A question that a case of its own takes to every street."""
    case = services.start_case(actors["engineer"], "demo.question", {"call": question(twist)})
    push = Push.objects.get(case=case)
    spread_push(push.pk, lambda *_: None)
    word = Case.objects.get(code="demo.word")
    return {"question#0": case.pk, "push#0": push.pk, "word#0": word.pk}


def content(text: str) -> bytes:
    """A file with a canary in it."""
    return PDF + text.encode()
