"""The evidence log for auditors, and its files for everybody. 存证页面。"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from yiwang.kernel.base.act import Ref
from yiwang.kernel.base.text import msg
from yiwang.kernel.ui.access import actor_of, needs, public
from yiwang.kernel.ui.lists import Column, Empty, Filter, Light, ListSpec, render_list

from . import services
from .models import Entry
from .types import READ, LogState

FOR_SECONDS, FOR_GOOD = "public, max-age=2", "public, max-age=31536000, immutable"
WAITS, PLACED, DONE = (
    Light(msg("Waits"), "yellow"),
    Light(msg("Waits for witnesses"), "yellow"),
    Light(msg("Evidenced"), "green"),
)


def light_of(entry: Entry) -> Light:
    """How far an entry has come. 存证进度。"""
    if entry.log is None or entry.place is None:
        return WAITS
    return DONE if entry.place < entry.log.shown_size else PLACED


def bundle_of(entry: Entry) -> str:
    """Where the evidence of what an entry is about can be had. 存证包地址。"""
    return f"{reverse('evidence:bundle')}?{urlencode({'about': entry.about})}"


ENTRIES = ListSpec(
    name="evidence.entries",
    columns=(
        Column("at", msg("When"), kind="datetime"),
        Column("kind", msg("Act"), kind="code"),
        Column("about", msg("About"), link=bundle_of, kind="code"),
        Column("place", msg("Place in the log"), lambda row: "—" if row.place is None else row.place, kind="number"),
        Column("state", msg("State"), light_of, kind="light"),
    ),
    filters=(
        Filter("kind", msg("Act"), kind="text"),
        Filter("about", msg("About"), kind="text"),
    ),
    order=("-id",),
    empty=Empty(msg("Nothing was entered yet"), msg("Grants and what is handed out under them are entered here by themselves.")),
)  # fmt: skip


@needs(READ)
def show_log(request: HttpRequest) -> HttpResponseBase:
    """How the log stands, and what was entered. 存证概况。"""
    actor = actor_of(request)
    state = services.describe_log(actor)
    context = {
        "state": state,
        "facts": describe(state) if state else [],
        "witnesses": [(one, light_of_witness(one)) for one in services.list_witnesses(actor)],
        "quorum": services.find_policy().quorum,
    }
    return render_list(
        request, ENTRIES, services.list_entries(actor), title=msg("Evidence"),
        template="evidence/log.html", context=context,
    )  # fmt: skip


def light_of_witness(one: services.WitnessInfo) -> Light:
    """Whether a witness has signed the newest checkpoint. 见证进度。"""
    if one.signed:
        return Light(msg("Signed"), "green")
    return Light(msg("Trouble"), "red") if one.failure else WAITS


def describe(state: LogState) -> Sequence[tuple[str, Any]]:
    """The state of the log as label and value. 状态清单。"""
    return [
        (msg("Name of the log"), state.origin),
        (msg("Entries"), state.size),
        (msg("Of these evidenced"), state.shown),
        (msg("Last checkpoint"), state.shown_at),
        (msg("Waiting for a place"), state.waiting),
        (msg("Oldest act that waits"), state.oldest_at),
    ]


@needs(READ)
def take_bundle(request: HttpRequest) -> HttpResponseBase:
    """The evidence about one thing, for the auditor. 下载存证包。"""
    kind, _, number = request.GET.get("about", "").partition("/")
    return send_bundle(request, Ref(kind[:64], number[:200]))


def send_bundle(request: HttpRequest, ref: Ref) -> HttpResponse:
    """The evidence about a thing as a ZIP; whoever calls let the reader in. 发送存证包。"""
    made = services.make_bundle(actor_of(request), [ref])
    name = f"evidence-{ref.id.rpartition(':')[2]}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(made, content_type="application/zip", headers=headers)


@public
@require_safe
def checkpoint(request: HttpRequest, epoch: int | None = None) -> HttpResponseBase:  # noqa: ARG001
    """The newest evidenced checkpoint. 检查点。"""
    content = services.find_file("checkpoint", epoch).read_bytes()
    headers = {"Cache-Control": FOR_SECONDS}
    return HttpResponse(content, content_type="text/plain; charset=utf-8", headers=headers)


@public
@require_safe
def notice(request: HttpRequest, epoch: int) -> HttpResponseBase:  # noqa: ARG001
    """Why a new epoch was opened, signed by the old log and the new one. 新纪元公告。"""
    content = services.find_file("notice", epoch).read_bytes()
    headers = {"Cache-Control": FOR_SECONDS}
    return HttpResponse(content, content_type="text/plain; charset=utf-8", headers=headers)


@public
@require_safe
def tile(request: HttpRequest, name: str, epoch: int | None = None) -> HttpResponseBase:  # noqa: ARG001
    """A tile or a bundle of entries; it never changes. 分片。"""
    file = services.find_file(f"tile/{name}", epoch)
    headers = {"Cache-Control": FOR_GOOD}
    return FileResponse(file.open("rb"), content_type="application/octet-stream", headers=headers)


@public
@require_safe
def policy(request: HttpRequest) -> HttpResponseBase:  # noqa: ARG001
    """The keys of the log and of its witnesses. 信任策略。"""
    headers = {"Cache-Control": FOR_SECONDS}
    text = services.write_policy()
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)


@public
@require_safe
def script(request: HttpRequest) -> HttpResponseBase:  # noqa: ARG001
    """The script that checks evidence without this node. 核验脚本。"""
    headers = {"Content-Disposition": 'attachment; filename="verify.py"'}
    return HttpResponse(services.read_script(), content_type="text/x-python", headers=headers)


urlpatterns = [
    path("", show_log, name="log"),
    path("bundle/", take_bundle, name="bundle"),
    path("policy", policy, name="policy"),
    path("verify.py", script, name="script"),
    path("checkpoint", checkpoint, name="checkpoint"),
    path("tile/<path:name>", tile, name="tile"),
    path("epochs/<int:epoch>/checkpoint", checkpoint, name="epoch_checkpoint"),
    path("epochs/<int:epoch>/notice", notice, name="notice"),
    path("epochs/<int:epoch>/tile/<path:name>", tile, name="epoch_tile"),
]
