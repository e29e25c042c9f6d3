"""How fast granted rows leave: Arrow, Delta Sharing, pages of JSON, files. 授权交付基准。

    python -m tests.performance.bench_delivery [--rows 1000000]

A node is started with one register of people and one grant of four columns, one of them a token.
In one run: the Arrow stream over HTTP beside the same query in process, and beside our own pages of
JSON (a thousand rows each, of which fifty are fetched); the unmodified client of Delta Sharing to
pandas beside pandas reading the same Parquet file, and beside the pages; making the copy beside a
bare COPY of DuckDB of the same columns: without masks, and with a column of tokens.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from tests.conformance.environments import HERE, python_of
from tests.operations.conftest import Node

TURNS = 3
PAGES, PAGE = 50, 1000
COLUMNS = ("姓名", "身份证号", "街道", "状态")

SETUP = """
from datetime import timedelta
from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.base.clock import today
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.catalog.models import Item, Resource
from yiwang.nets.share.exchange.models import Grant, Request, Terms
from yiwang.kernel.files import services as files
columns = {columns!r}
blocks = (
    [(f"王{{at % 997}}", f"9901{{at:014d}}", f"街道{{at % 40}}", "在业") for at in range(first, min(first + 50000, {rows}))]
    for first in range(0, {rows}, 50000)
)
for code in ("B1", "B2"):
    identity.create_organization(SYSTEM, code=code, name=code, kind="department")
info, _ = identity.create_account(SYSTEM, name="bench-reader", organization_code="B2", password="Rain-on-the-roof-7", must_change_password=False)
identity.grant_role(SYSTEM, info.id, "steward")
with acting(SYSTEM, "bench.land", on=Ref("bench", "1")) as act:
    table = pool.create_table(act, name="bench")
    version = pool.commit(act, table, pool.stage_rows(list(columns), blocks, profile=False))
resource = Resource.objects.create(code="3B1/000001", name="人口", owner="B1", table=version.table_id,
    sharing_type="conditional", publish_date=today())
for place, (name, element) in enumerate(zip(columns, ("person_name", "resident_id", "", ""))):
    Item.objects.create(resource=resource, name=name, position=place, element=element)
until = today() + timedelta(days=30)
common = dict(resource=resource, organization="B2", until=until)
def allow(number, masks):
    request = Request.objects.create(number=number, account="x", purpose_kind="contact", purpose="基准", duty="基准",
        columns=columns, method="api", volume=10**9, state="granted", **common)
    grant = Grant.objects.create(request=request, purpose="基准", account="x", mask_key=files.create_key(), **common)
    Terms.objects.create(grant=grant, number=1, columns=columns, masks=masks, begins=today(), until=until,
        quota=10**12, rate=10**6, account="x", act_id="x")
    return grant
grant, whole = allow("GX-1", {{"身份证号": "token"}}), allow("GX-2", {{}})
token, secret = identity.issue_token(SYSTEM, name="bench", account_id=info.id)
print(grant.id, whole.id, info.id, secret)
"""

IN_PROCESS = """
import json, time
from pathlib import Path
from statistics import median
import pyarrow as pa, pyarrow.ipc
from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.identity import services as identity
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.delta import services as delta
from yiwang.nets.share.exchange import services as exchange
actor = identity.get_actor({account!r})
plan = exchange.make_plan(actor, {grant!r})
shown = exchange.show_sql(plan)
listed = ", ".join(f"{{shown.get(one, pool.quote_name(one))}} AS {{pool.quote_name(one)}}" for one in plan.columns)
plain = ", ".join(map(pool.quote_name, plan.columns))
relation = pool.relation(plan.version.id)
folder = delta.copies_folder()
def timed(work):
    found = []
    for _ in range({turns} + 1):
        begun = time.perf_counter(); work(); found.append(time.perf_counter() - begun)
    return median(found[1:])
def query():
    with pool.engine() as connection:
        return connection.execute(f"SELECT {{listed}} FROM {{relation}}").to_arrow_table()
def copy(columns):
    target = folder / "bare.parquet"
    with pool.engine(reach=[folder]) as connection:
        connection.execute(f"COPY (SELECT {{columns}} FROM {{relation}}) TO {{pool.quote_text(target)}} (FORMAT parquet, COMPRESSION zstd)")
def make(grant):
    from yiwang.nets.share.delta.models import Copy
    Copy.objects.all().delete()
    delta.ensure_copy(actor, grant)
found = dict(query=timed(query), masked_bare=timed(lambda: copy(listed)), masked=timed(lambda: make({grant!r})),
    bare=timed(lambda: copy(plain)), copy=timed(lambda: make({whole!r})))
found["file"] = str(delta.path_of(delta.ensure_copy(actor, plan.grant.id)[1], "rows"))
found["size"] = Path(found["file"]).stat().st_size
Path({profile!r}).write_text(delta.make_profile(actor, plan.grant.id, endpoint="NODE"))
print(json.dumps(found))
"""


def measure(rows: int) -> dict[str, Any]:
    """Set a node up and time each way. 测量。"""
    with tempfile.TemporaryDirectory(prefix="yiwang-bench-") as folder:
        node, profile = Node(Path(folder) / "home"), Path(folder) / "bench.share"
        node.run("init")
        made = node.python(SETUP.format(rows=rows, columns=COLUMNS))
        grant, whole, account, secret = made.splitlines()[-1].split()
        text = IN_PROCESS.format(
            account=account, grant=grant, whole=whole, turns=TURNS, profile=str(profile)
        )
        found: dict[str, Any] = json.loads(node.python(text).splitlines()[-1])
        with node.running() as running:
            running.first_page()
            base = running.address("/api/v1")
            profile.write_text(profile.read_text().replace("NODE", f"{base}/delta-sharing"))
            found |= _over_http(base, grant, secret, rows)
            found |= _with_pandas(profile, found["file"])
    return found


def _over_http(base: str, grant: str, secret: str, rows: int) -> dict[str, float]:
    import io
    import urllib.request

    import pyarrow.ipc

    def get(path: str) -> bytes:
        ask = urllib.request.Request(
            f"{base}/exchange/grants/{grant}/{path}", headers={"Authorization": f"Bearer {secret}"}
        )
        with urllib.request.urlopen(ask) as answer:
            return bytes(answer.read())

    def stream() -> None:
        table = pyarrow.ipc.open_stream(io.BytesIO(get("arrow"))).read_all()
        assert table.num_rows == rows

    def page() -> None:
        after = 0
        for _ in range(PAGES):
            after = json.loads(get(f"rows?limit={PAGE}&after={after}"))["next_after"]

    return {"arrow": _timed(stream), "pages": _timed(page) * rows / (PAGES * PAGE)}


def _with_pandas(profile: Path, file: str) -> dict[str, float]:
    """The client in its own environment, which also reads the file as it lies there."""
    done = subprocess.run(
        [python_of("delta_sharing"), HERE / "delta_sharing" / "timing.py", profile, file, str(TURNS)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _timed(work: Callable[[], Any]) -> float:
    taken = []
    for _ in range(TURNS + 1):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return median(taken[1:])


def report(found: dict[str, Any], rows: int) -> None:
    """Print figures and goals. 报告。"""
    one = found
    print(f"{rows:,} rows, {len(COLUMNS)} columns, {one['size'] / 1e6:.1f} MB as Parquet")
    print(f"the query in process {one['query']:.2f} s; pages of JSON {one['pages']:.1f} s")
    print(
        f"Arrow over HTTP {one['arrow']:.2f} s: {one['query'] / one['arrow']:.2f} of the query in "
        f"process (goal 0.9), {one['pages'] / one['arrow']:.0f} times the pages (goal 20)"
    )
    for form in ("delta", "parquet"):
        print(
            f"Delta Sharing to pandas, {form} {one[form]:.2f} s: "
            f"{one['pages'] / one[form]:.1f} times the pages (goal 5), "
            f"{one[form] / one['local']:.2f} of reading the file locally (goal 2)"
        )
    print(
        f"making the copy {one['copy']:.2f} s: {one['copy'] / one['bare']:.2f} of a bare COPY (goal "
        f"2); with a column of tokens {one['masked']:.2f} s: {one['masked'] / one['masked_bare']:.2f} "
        f"of a bare COPY that makes the same tokens, {one['masked'] / one['bare']:.2f} of one without"
    )


def main() -> None:
    """Measure and report. 入口。"""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    report(measure(rows), rows)


if __name__ == "__main__":
    main()
