"""The evidence log and witnesses on the command line. 存证与见证命令。"""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from .frame import Answer, Session, command, group
from .words import t

evidence = group("evidence", "The log that proves what was done. 存证日志。")
witness = group("witness", "Watch that logs of nodes only grow. 见证服务。")
state_option = click.option(
    "--state", type=click.Path(path_type=Path), default=Path("witness.sqlite3"), show_default=True,
    help="The file of the witness. 见证文件。",
)  # fmt: skip


@command("status", group=evidence)
def status(session: Session) -> Answer:
    """How the log stands. 存证概况。"""
    from yiwang.kernel.evidence import services

    found = services.describe_log(session.actor)
    if found is None:
        return Answer({"log": None}, [t("Nothing was entered yet")])
    told = {
        "origin": found.origin, "entries": found.size, "evidenced": found.shown,
        "waiting": found.waiting, "keys": list(found.keys), "trouble": found.trouble,
    }  # fmt: skip
    line = f"{found.origin}  {found.shown}/{found.size} (+{found.waiting})"
    return Answer(told, [line, *found.keys, *([found.trouble] if found.trouble else [])])


@command("new-epoch", group=evidence)
@click.option("--reason", required=True, help="Why the old log cannot go on. 原因。")
def new_epoch(session: Session, *, reason: str) -> Answer:
    """Begin another log where a backup was put back; a signed notice says so. 开启新纪元。"""
    from yiwang.kernel.evidence import services

    log = services.open_epoch(session.actor, reason=reason)
    line = t("The log %(origin)s is open; give its keys to the witnesses:", origin=log.origin)
    return Answer({"origin": log.origin, "keys": log.keys}, [line, *log.keys])


@command("resume", group=evidence)
@click.option("--reason", required=True, help="How you know that nothing was lost. 依据。")
def resume(session: Session, *, reason: str) -> Answer:
    """Go on with the log after a restore, where nothing was done after the backup. 恢复后续用。"""
    from yiwang.kernel.evidence import services

    services.resume_log(session.actor, reason=reason)
    return Answer({"resumed": True}, [t("The evidence log goes on.")])


@command("init", group=witness, django=False)
@click.argument("name")
@state_option
def make_witness(_session: Session, *, name: str, state: Path) -> Answer:
    """Make a witness with a key of its own; prints the public half. 新建见证方。"""
    from yiwang.kernel.evidence.witness import WitnessFile

    key = WitnessFile(state).create(name)
    return Answer({"key": key.text}, [key.text])


@command("trust", group=witness, django=False)
@click.argument("key")
@state_option
def trust_log(_session: Session, *, key: str, state: Path) -> Answer:
    """Watch a log, by the Ed25519 key that its node shows. 信任日志。"""
    from yiwang.kernel.evidence.witness import WitnessFile

    found = WitnessFile(state).trust(key)
    return Answer({"log": found.name}, [t("The log %(name)s is watched now.", name=found.name)])


@command("list", group=witness, django=False)
@state_option
def list_logs(_session: Session, *, state: Path) -> Answer:
    """The logs that are watched, and how large each was seen. 日志列表。"""
    from yiwang.kernel.evidence.witness import WitnessFile

    file = WitnessFile(state)
    logs = [{"log": one.key.name, "size": one.size} for one in file.list_logs()]
    told = {"key": file.key.text, "logs": logs, "forks": file.count_forks()}
    return Answer(told, [file.key.text, *(f"{one['log']}  {one['size']}" for one in logs)])


@command("run", group=witness, django=False)
@state_option
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen at. 监听地址。"
)
@click.option("--port", default=8400, show_default=True, help="Port to listen at. 端口。")
def run(session: Session, *, state: Path, host: str, port: int) -> Answer:
    """Answer nodes that ask for a signature, until stopped. 运行见证服务。"""
    from yiwang.kernel.evidence.witness import serve

    server = serve(state, host, port)
    bound = server.server_address[1]
    session.say(
        "The witness answers at http://%(host)s:%(port)s/add-checkpoint", host=host, port=bound
    )
    with contextlib.suppress(KeyboardInterrupt), server:
        server.serve_forever()
    return Answer({"stopped": True}, [t("Stopped.")])
