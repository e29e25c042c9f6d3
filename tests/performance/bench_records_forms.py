"""Answers of a form checked in a second, on one core, beside plain validators. 表单校验基准。

    python -m tests.performance.bench_records_forms [--peer FOLDER]

An application for a food licence: 27 fields with elements, code sets, dates, money, a place, people
in a group and files, and conditions; 2,000 applications, each with numbers of its own. `--peer`
names a folder into which jsonschema was installed (`pip install --target`); it is given the
published schema of the same form and asked only whether an application is valid, while ours reads
every value, asks check characters and code sets, works out conditions and gives what programs hold.
All in turns within one run; the medians of the turns, in processor seconds.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

FILES = {
    "app.yaml": "{app: bench, title: {zh: 食品经营}, owner: B01}",
    "permissions.yaml": "permissions: [{roles: [engineer], may: [see, create, edit], rows: all}]",
    "entities/licence.yaml": """
entity: licence
title: {zh: 食品经营许可申请, en: Application for a food licence}
titled_by: name
fields:
  name: {label: {zh: 经营者名称}, required: true, longest: 60}
  credit_code: {label: {zh: 统一社会信用代码}, element: credit_code, required: true}
  form: {label: {zh: 主体业态}, required: true, choices: {sale: {zh: 食品销售}, catering: {zh: 餐饮服务}, canteen: {zh: 单位食堂}}}
  address: {label: {zh: 经营场所}, required: true}
  division: {label: {zh: 行政区划}, kind: choice, code_set: province, required: true}
  place: {label: {zh: 位置}, kind: point}
  area: {label: {zh: 经营面积}, kind: number, decimals: 2, required: true}
  kitchen: {label: {zh: 厨房面积}, kind: number, decimals: 2}
  capital: {label: {zh: 注册资本}, kind: money}
  staff: {label: {zh: 从业人数}, kind: integer, required: true}
  opened: {label: {zh: 拟开业日期}, kind: date, required: true}
  leased: {label: {zh: 租赁期至}, kind: date}
  owned: {label: {zh: 自有房屋}, kind: boolean}
  scope: {label: {zh: 经营项目}, kind: choices, required: true, choices: {hot: {zh: 热食类}, cold: {zh: 冷食类}, raw: {zh: 生食类}, cake: {zh: 糕点类}, drink: {zh: 自制饮品}, packed: {zh: 预包装食品}}}
  online: {label: {zh: 网络经营}, kind: boolean}
  site: {label: {zh: 网址}, longest: 120}
  keeper: {label: {zh: 法定代表人}, element: person_name, required: true}
  keeper_id: {label: {zh: 身份证号}, element: resident_id, required: true}
  keeper_phone: {label: {zh: 手机号}, element: mobile_phone, required: true}
  sex: {label: {zh: 性别}, kind: choice, code_set: sex}
  agent: {label: {zh: 委托代理人}, element: person_name}
  agent_phone: {label: {zh: 代理人手机}, element: mobile_phone}
  post_code: {label: {zh: 邮政编码}, element: postcode}
  visited: {label: {zh: 现场核查时间}, kind: datetime}
  note: {label: {zh: 情况说明}, kind: longtext}
  members:
    label: {zh: 食品安全管理人员}
    kind: group
    most: 20
    required: true
    fields:
      name: {label: {zh: 姓名}, element: person_name, required: true}
      id_number: {label: {zh: 身份证号}, element: resident_id, required: true}
      since: {label: {zh: 任职日期}, kind: date}
  photos: {label: {zh: 平面图}, kind: files, types: [image/jpeg, image/png, application/pdf], most: 5}
""",
    "forms/licence.yaml": """
form: licence
entity: licence
title: {zh: 食品经营许可申请}
sections:
  - title: {zh: 主体}
    fields: [name, credit_code, form, address, division, place, area, capital, staff, opened, leased, owned]
  - title: {zh: 餐饮}
    if: form != 'sale'
    fields: [{field: kitchen, required: true}]
  - title: {zh: 经营}
    fields: [scope, online, {field: site, if: online, required: true}]
  - title: {zh: 人员}
    fields: [keeper, keeper_id, keeper_phone, sex, agent, agent_phone, post_code, members]
  - title: {zh: 材料}
    fields: [visited, note, photos]
""",
}
MANY, TURNS = 2_000, 7
GOAL, VALIDATOR, WHOLE = 50_000, 50, 10
"""A second; the validator beside jsonschema; the whole check beside jsonschema, which only validates."""


def main() -> None:
    """Measure and print. 测量。"""
    parser = argparse.ArgumentParser(prog="python -m tests.performance.bench_records_forms")
    parser.add_argument("--peer", default="", help="folder with jsonschema")
    options = parser.parse_args()
    _prepare()
    from yiwang.kernel.records.services.declaring import check_values, read_bundle, schema_of
    from yiwang.kernel.records.types import InvalidValues

    bundle = read_bundle(FILES)
    entity, form = bundle.entities["bench.licence"], bundle.forms["bench.licence"]
    good = list(draw_applications(MANY))
    typed = [one | {"name": f" {one['name']} ", "area": f"{one['area']} "} for one in good]
    wrong = [one | {"keeper_phone": "123", "area": "x", "opened": "2026-02-30"} for one in good]

    def refused(values: Any) -> None:
        try:
            check_values(entity, values, form=form)
        except InvalidValues as told:
            if len(told.problems) != 3:
                raise

    work: dict[str, tuple[Callable[[Any], object], Sequence[Any]]] = {
        "checked and read": (lambda one: check_values(entity, one, form=form), good),
        "typed with spaces": (lambda one: check_values(entity, one, form=form), typed),
        "refused, three wrong": (refused, wrong),
        **_peers(schema_of(entity, form), good, options.peer),
    }
    report(measure(work))


def _peers(
    schema: dict[str, Any], good: Sequence[Any], folder: str
) -> dict[str, tuple[Callable[[Any], object], Sequence[Any]]]:
    import jsonschema_rs

    bare = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    found = {"jsonschema-rs, valid or not": (bare.is_valid, good)}
    sys.path.append(folder)
    try:
        import jsonschema
    except ImportError:
        return found
    plain = jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    return {**found, "jsonschema, valid or not": (plain.is_valid, good[: MANY // 20])}


def measure(work: dict[str, tuple[Callable[[Any], object], Sequence[Any]]]) -> dict[str, float]:
    """How often a second each piece is done, the median of the turns. 测量。"""
    taken: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(TURNS):
        for name, (one, values) in work.items():
            begin = time.process_time()
            for value in values:
                one(value)
            taken[name].append(len(values) / (time.process_time() - begin))
    return {name: median(rates) for name, rates in taken.items()}


def report(found: dict[str, float]) -> None:
    """Print rates, ratios, goals. 报告。"""
    ours = found["checked and read"]
    print(f"{'27 fields':<30}{'a second':>12}{'ours is':>12}")
    for name, rate in found.items():
        print(f"{name:<30}{rate:>12,.0f}{ours / rate:>11.2f}x")
    for name, rate in (("validated", found["jsonschema-rs, valid or not"]), ("whole check", ours)):
        print(f"{name}: goal {GOAL:,} a second: {'met' if rate >= GOAL else 'MISSED'}")
    pure = found.get("jsonschema, valid or not")
    if pure:
        _goal("validator beside jsonschema", found["jsonschema-rs, valid or not"] / pure, VALIDATOR)
        _goal("whole check beside jsonschema", ours / pure, WHOLE)


def _goal(name: str, ratio: float, goal: int) -> None:
    print(f"{name}: {ratio:.0f}x, goal {goal}x {'met' if ratio >= goal else 'MISSED'}")


def draw_applications(many: int) -> Any:
    """Valid applications, no two alike, the same in each run. 生成申请。"""
    draw = random.Random(27)
    for number in range(many):
        catering = draw.random() < 0.6
        yield {
            "name": f"南宁市{draw.choice('青秀兴宁江南')}{draw.choice('福兴隆安')}记第{number}食品店",
            "credit_code": _credit_code(draw),
            "form": "catering" if catering else "sale",
            "address": f"广西南宁市青秀区民族大道{draw.randint(1, 200)}号{draw.randint(1, 30)}栋",
            "division": "450000",
            "place": f"{108 + draw.random():.6f},{22 + draw.random():.6f}",
            "area": round(draw.uniform(10, 900), 2),
            **({"kitchen": round(draw.uniform(5, 90), 2)} if catering else {}),
            "capital": f"{draw.randint(1, 500)}0000.00",
            "staff": draw.randint(1, 60),
            "opened": f"2026-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}",
            "leased": f"2030-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}",
            "owned": draw.random() < 0.3,
            "scope": draw.sample(["hot", "cold", "raw", "cake", "drink"], draw.randint(1, 4)),
            "online": True,
            "site": f"https://example.com/shops/{number}",
            "keeper": draw.choice("王李张刘陈") + draw.choice(["小明", "秀英", "伟", "芳"]),
            "keeper_id": _identity(draw),
            "keeper_phone": f"138{draw.randint(0, 99999999):08}",
            "sex": draw.choice("12"),
            "agent": draw.choice("赵钱孙") + "代理",
            "agent_phone": f"139{draw.randint(0, 99999999):08}",
            "post_code": "530022",
            "visited": f"2026-03-{draw.randint(1, 28):02}T09:30:00+08:00",
            "note": "经营场所与申请一致，已整改到位。",
            "members": [
                {"name": "李" + draw.choice(["强", "敏"]), "id_number": _identity(draw),
                 "since": "2025-09-01"}
                for _ in range(draw.randint(1, 3))
            ],
            "photos": [{"id": f"bench1:{number}", "name": "平面图.png", "type": "image/png", "size": 1000}],
        }  # fmt: skip


def _identity(draw: random.Random) -> str:
    from yiwang.kernel.standards.services import id_check_digit

    first = f"450103{draw.randint(1960, 2000)}{draw.randint(1, 12):02}{draw.randint(1, 28):02}"
    first += f"{draw.randint(1, 999):03}"
    return first + id_check_digit(first)


def _credit_code(draw: random.Random) -> str:
    from yiwang.kernel.standards.services import credit_check_digit

    first = f"91450103MA5K{draw.randint(0, 99999):05}"
    return first + credit_check_digit(first)


def _prepare() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    main()
