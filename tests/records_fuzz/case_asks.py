"""Everything that can be asked of cases: each route of the resolver filled, each verb sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from yiwang.kernel.workflow.models import Task
from yiwang.kernel.workflow.pages import bulk, verbs

from .asking import Ask
from .canaries import tokens_of_all
from .pleas import plan_pleas
from .routes import PLACE, list_all_routes, values_of

CASES = "cases/"
LEFT = {
    "cases/away/<str:absence_id>/end/": "one's own absence",
    "cases/people/<slug:field>/": "names of colleagues",
    "cases/types/<str:type_id>/": "of the declarations, not of cases; for engineers only",
    "cases/counted/<str:dashboard>/<int:at>/<str:told>/": "asked of the apps that have dashboards",
}
"""Routes that tell nothing of a single case, and why. 不遍历的地址。"""
SAID = {"reason": "核对", "opinion": "核对", "note": "核对"}
BOXES = ("", "done/", "started/", "copied/", "watched/")
RECORDS = "village.resident"


def list_case_routes() -> list[str]:
    """Every route of cases that is walked."""
    return sorted(one for one in list_all_routes() if one.startswith(CASES) and one not in LEFT)


def fill_case_route(route: str, ids: Mapping[str, str]) -> Iterator[str]:
    """The addresses of a route; files stand below their own case and below another."""
    values = places_of(ids)
    choices = [values_of(place, values, route) for place in PLACE.findall(route)]
    for chosen in product(*choices):
        if "file_id" in route and not _fits(chosen):
            continue
        told = iter(chosen)
        yield "/" + PLACE.sub(lambda _, told=told: next(told), route)


def _fits(chosen: Sequence[str]) -> bool:
    """A file of the case, or one of the first case below the second: not all times all."""
    case, file = chosen[0].strip("⟦⟧"), chosen[1].strip("⟦⟧")
    return file.startswith(f"{case}.") or (case == "plea#1" and file == "plea#0.scan")


def places_of(ids: Mapping[str, str]) -> dict[str, Sequence[str]]:
    """What stands in the places of routes of cases."""
    labels = [f"⟦{one}⟧" for one in ids]
    cases = [
        one for one in labels if "." not in one and not one.startswith(("⟦push", "⟦run", "⟦feed"))
    ]
    return {
        "case_id": cases,
        "file_id": [one for one in labels if "." in one],
        "push_id": ["⟦push#0⟧"],
        "run_id": ["⟦run#0⟧"],
        "secret": ["⟦feed#0⟧"],
        "code": ["demo.plea", "demo.question", "demo.word"],
        "verb": list(dict.fromkeys([*verbs.VERBS, *bulk.VERBS])),
    }


def ask_reads(ids: Mapping[str, str]) -> Iterator[Ask]:
    """Every route, read."""
    for route in list_case_routes():
        if "verb" not in route:
            for address in fill_case_route(route, ids):
                yield Ask(address, kind=f"read {route}")
    yield Ask("/cases/⟦push#0⟧/", kind="read other")
    yield Ask("/cases/sent/⟦push#0⟧/list/", (("format", "csv"),), kind="read targets")
    yield Ask("/cases/sent/⟦push#0⟧/", (("under", "S01"),), kind="read below")


def ask_searches(*, thorough: bool) -> Iterator[Ask]:
    """Every box, searched for what not everybody sees; the first world's words in both."""
    words = sorted(tokens_of_all(plan_pleas(0)[1].parts))[:: 1 if thorough else 5]
    for box in BOXES:
        yield Ask(f"/cases/{box}", (("order", "-since"),), kind=f"box {box}")
        yield Ask(f"/cases/{box}", (("format", "csv"),), kind=f"box {box}")
        for word in words:
            value = word.rpartition(" ")[2]
            yield Ask(f"/cases/{box}", (("q", value), ("search", value)), kind=f"search {box}")


def ask_records() -> Iterator[Ask]:
    """What the cases keep: the list, its export, and the history of each record in it."""
    base = f"/api/v1/records/{RECORDS}"
    yield Ask(f"{base}/", kind="kept list")
    yield Ask(f"{base}/export", (("purpose", "to test"),), kind="kept export")
    yield Ask(f"/records/{RECORDS}/", (("view", "all"),), kind="kept page")
    for place in ("", "history", "history/"):
        yield Ask(f"{base}/⟦kept#0⟧/{place}", kind="kept record")
    for place in ("", "history/"):
        yield Ask(f"/records/{RECORDS}/⟦kept#0⟧/{place}", kind="kept record page")


def ask_verbs(ids: Mapping[str, str], *, thorough: bool) -> Iterator[Ask]:
    """Every verb on the cases: with nothing filled in, and with something in every field."""
    tasks = dict(Task.objects.filter(status="open").values_list("case_id", "pk"))
    for at, verb in enumerate(verbs.VERBS):
        cases = places_of(ids)["case_id"]
        for label in cases if thorough else [cases[at % 4]]:
            task = tasks.get(ids[label.strip("⟦⟧")], "x")
            for form in (_filled(task, ids, label), {"task": task}):
                yield Ask(f"/cases/{label}/do/{verb}/", method="POST", form=form, kind=f"do {verb}")


def _filled(task: str, ids: Mapping[str, str], label: str) -> dict[str, str]:
    file = ids.get(f"{label.strip('⟦⟧')}.beside", "x")
    return SAID | {"task": task, "action": "nosuch", "to": "nobody", "people": "nobody",
                   "file": file, "fields": "phone", "days": "3", "mode": "before"}  # fmt: skip


def ask_others(ids: Mapping[str, str]) -> Iterator[Ask]:
    """What else is sent: watching, bulk deeds, starting, reminding."""
    tasks = list(Task.objects.filter(status="open").order_by("pk").values_list("pk", flat=True))
    cases = [ids[one.strip("⟦⟧")] for one in places_of(ids)["case_id"]]
    for verb in bulk.VERBS:
        form = {"verb": verb, "chosen": cases if verb == "urge" else tasks}
        yield Ask("/cases/chosen/", method="POST", form=form, kind="choose")
        told = form | SAID | {"key": "fuzz", "to": "nobody", "action": "nosuch"}
        yield Ask(f"/cases/chosen/{verb}/", method="POST", form=told, kind=f"together {verb}")
    for label in places_of(ids)["case_id"]:
        yield Ask(f"/cases/{label}/watch/", method="POST", form={"on": "1"}, kind="watch")
    yield Ask(
        "/cases/sent/⟦push#0⟧/remind/", method="POST", form={"who": "everybody"}, kind="remind"
    )
    for code in places_of(ids)["code"]:
        yield Ask(f"/cases/start/{code}/", method="POST", form={"key": "fuzz", "f_days": "x"},
                  kind="start")  # fmt: skip


def ask_unmasking(ids: Mapping[str, str], *, thorough: bool) -> Iterator[Ask]:
    """Everything asked for whole: with a reason, without one, by names there are not."""
    names = ["body", "phone", "number", "price", "scan", "words", "beside", "call"]
    for label in places_of(ids)["case_id"]:
        for chosen in (
            [[one] for one in names] if thorough else [names, *([one] for one in names[3:5])]
        ):
            form = {"names": chosen, "reason": "回访来信人"}
            yield Ask(f"/cases/{label}/unmask/", method="POST", form=form, kind="unmask")
        allowed = {"names": ["body", "phone", "number"], "reason": "回访来信人"}
        yield Ask(f"/cases/{label}/unmask/", method="POST", form=allowed, kind="unmask")
        yield Ask(f"/cases/{label}/unmask/", method="POST", form=allowed | {"reason": ""},
                  kind="unmask without reason")  # fmt: skip
