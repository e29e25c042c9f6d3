"""Apps that make it as hard as they can to keep a secret.

`village`: own, mine and where filters, several grants with different masks, personal titles, links
to rows and entities that a reader may not see, groups with personal members, computed fields over
hidden ones, views that place records by what is hidden, unique keys, words to search.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

import yaml

from .inventing import LETTERS

Files = Mapping[str, str]

APP = """
app: village
title: {zh: 村务, en: Village}
version: 1.0.0
owner: B01
"""

RESIDENT = """
entity: resident
title: {zh: 居民, en: Resident}
titled_by: name
key: [number]
search: [name, remark]
fields:
  name: {label: {zh: 姓名, en: Name}, element: person_name, required: true}
  number: {label: {zh: 证号, en: Number}, element: resident_id}
  phone: {label: {zh: 电话, en: Phone}, element: mobile_phone}
  born: {label: {zh: 生日, en: Born}, kind: date}
  level: {label: {zh: 公开级别, en: Level}, choices: {public: {zh: 公开}, inner: {zh: 内部}, closed: {zh: 保密}}}
  helped: {label: {zh: 帮扶, en: Helped}, kind: boolean}
  income: {label: {zh: 收入, en: Income}, kind: money}
  debt: {label: {zh: 欠款, en: Debt}, kind: money}
  rest: {label: {zh: 结余, en: Rest}, kind: money, computed: "income - debt"}
  remark: {label: {zh: 备注, en: Remark}}
  diary: {label: {zh: 日记, en: Diary}, kind: longtext}
  home: {label: {zh: 住处, en: Home}, kind: point}
  family:
    label: {zh: 家人, en: Family}
    kind: group
    most: 5
    fields:
      kin: {label: {zh: 称呼, en: Kin}}
      call: {label: {zh: 电话, en: Phone}, element: mobile_phone}
"""

VISIT = """
entity: visit
title: {zh: 走访, en: Visit}
titled_by: subject
search: [subject]
fields:
  subject: {label: {zh: 主题, en: Subject}, required: true}
  resident: {label: {zh: 居民, en: Resident}, kind: link, to: resident}
  file: {label: {zh: 卷宗, en: File}, kind: link, to: dossier}
  place: {label: {zh: 单位, en: Place}, kind: organization}
  visitor: {label: {zh: 走访人, en: Visitor}, kind: person}
  began: {label: {zh: 开始, en: Began}, kind: datetime}
  ended: {label: {zh: 结束, en: Ended}, kind: datetime}
  minutes: {label: {zh: 时长, en: Minutes}, kind: integer}
  mood: {label: {zh: 情绪, en: Mood}, choices: {calm: {zh: 平静}, upset: {zh: 不满}}}
  topics: {label: {zh: 话题, en: Topics}, kind: choices, choices: {land: {zh: 土地}, water: {zh: 用水}}}
  findings: {label: {zh: 发现, en: Findings}, kind: longtext}
  spot: {label: {zh: 地点, en: Spot}, kind: point}
  papers: {label: {zh: 材料, en: Papers}, kind: files}
"""

DOSSIER = """
entity: dossier
title: {zh: 卷宗, en: Dossier}
titled_by: name
search: [name]
fields:
  name: {label: {zh: 卷名, en: Name}, required: true}
  body: {label: {zh: 正文, en: Body}, kind: longtext}
"""

PERMIT = """
entity: permit
title: {zh: 许可, en: Permit}
titled_by: code
key: [code]
unique: [[holder, kind]]
search: [code, holder]
fields:
  code: {label: {zh: 编号, en: Code}, required: true}
  holder: {label: {zh: 持有人, en: Holder}}
  kind: {label: {zh: 种类, en: Kind}, choices: {food: {zh: 餐饮}, shop: {zh: 零售}}}
  open: {label: {zh: 有效, en: Open}, kind: boolean}
  until: {label: {zh: 到期, en: Until}, kind: date}
  fee: {label: {zh: 费用, en: Fee}, kind: money}
  above: {label: {zh: 上级许可, en: Above}, kind: link, to: permit}
"""

PERMISSIONS = """
permissions:
  - roles: [engineer]
    may: [see, create, edit, remove, export, import, history, reveal]
    rows: all
    clear: [name, number, phone, family]
    on: [resident]
  - roles: [engineer]
    may: [see, create, edit, remove, export, import, history]
    rows: all
    on: [visit, dossier, permit]

  - roles: [director]
    may: [see, export, history]
    rows: all
    hide: [income, debt, rest, diary, home]
    on: [resident]
  - roles: [director]
    may: [see, history]
    rows: all
    hide: [findings, spot, began, papers]
    on: [visit]
  - roles: [director]
    may: [see, export]
    rows: all
    where: "open = true"
    on: [permit]

  - roles: [steward]
    may: [see, create, edit, remove, history, export, import, reveal]
    rows: own
    clear: [phone]
    edits: [name, number, phone, level, helped, remark, family]
    hide: [diary]
    on: [resident]
  - roles: [steward]
    may: [see]
    rows: all
    where: "level = 'public'"
    hide: [income, debt, rest, diary, remark]
    on: [resident]
  - roles: [steward]
    may: [see, create, edit, remove, history, import]
    rows: own
    on: [visit]
  - roles: [steward]
    may: [see, create, edit]
    rows: mine
    on: [permit]

  - roles: [viewer]
    may: [see, history]
    rows: mine
    clear: [name, number, phone, family]
    on: [resident]
  - roles: [viewer]
    may: [see]
    rows: all
    where: "helped = true and level in ('public', 'inner')"
    hide: [number, born, income, debt, rest, diary, home, family]
    on: [resident]
  - roles: [viewer]
    may: [see]
    rows: all
    where: "mood = 'calm' and minutes < 7000030"
    hide: [file, visitor, findings, ended]
    on: [visit]
  - roles: [viewer]
    may: [see, create, edit, remove]
    rows: own
    where: "kind = 'shop'"
    hide: [fee]
    edits: [code, holder, kind, open]
    on: [permit]
"""

FORMS = {
    "forms/resident.yaml": """
form: resident
entity: resident
title: {zh: 居民登记}
sections:
  - title: {zh: 基本}
    fields: [name, number, phone, level, helped]
  - title: {zh: 其他}
    fields: [income, debt, diary, remark, family]
""",
    "forms/visit_steps.yaml": """
form: visit_steps
entity: visit
title: {zh: 走访登记}
style: steps
sections:
  - title: {zh: 一}
    fields: [subject, resident, file]
  - title: {zh: 二}
    fields: [minutes, mood, {field: findings, if: "mood == 'upset'"}]
""",
}

VIEWS = {
    "views/residents.yaml": """
view: residents
entity: resident
title: {zh: 居民表}
columns: [name, number, phone, level, income, rest, remark, family]
filters: [level, helped]
""",
    "views/rich.yaml": """
view: rich
entity: resident
title: {zh: 高收入}
columns: [name, level]
where: "income > 4800010"
""",
    "views/levels.yaml": """
view: levels
entity: resident
title: {zh: 级别看板}
kind: board
by: level
columns: [name, phone, debt]
""",
    "views/homes.yaml": """
view: homes
entity: resident
title: {zh: 住处图}
kind: map
at: home
columns: [name]
""",
    "views/visits.yaml": """
view: visits
entity: visit
title: {zh: 走访表}
columns: [subject, resident, file, place, visitor, minutes, findings]
filters: [mood]
""",
    "views/days.yaml": """
view: days
entity: visit
title: {zh: 走访日历}
kind: calendar
since: began
until: ended
columns: [subject, findings]
""",
    "views/line.yaml": """
view: line
entity: visit
title: {zh: 走访时间轴}
kind: timeline
since: began
until: ended
columns: [subject]
""",
    "views/spots.yaml": """
view: spots
entity: visit
title: {zh: 走访地图}
kind: map
at: spot
columns: [subject, minutes]
""",
    "views/permits.yaml": """
view: permits
entity: permit
title: {zh: 许可表}
columns: [code, holder, fee, above]
filters: [kind, open]
order: [code]
""",
}

DASHBOARDS: Files = {
    "dashboards/state.yaml": """
dashboard: state
title: {zh: 村情, en: State of the village}
blocks:
  - kind: figures
    entity: resident
    measures:
      - {label: {zh: 人数}}
      - {label: {zh: 收入}, of: sum, field: income}
  - {kind: figures, entity: resident, measures: [{label: {zh: 低保}, when: "helped = true"}]}
  - {kind: table, entity: resident, by: [remark]}
  - {kind: table, entity: resident, by: [level, {field: born, each: month}]}
  - {kind: bars, entity: resident, by: [_level3]}
  - {kind: table, entity: visit, by: [resident, place], measures: [{label: {zh: 时长}, of: avg, field: minutes}]}
  - {kind: bars, entity: visit, by: [file]}
  - {kind: figures, entity: permit, measures: [{label: {zh: 费用}, of: share, when: "fee > 500"}]}
  - {kind: records, entity: permit, columns: [code, holder, fee, above]}
  - {kind: table, entity: permit, by: [holder], where: "fee > 0"}
""",
    "dashboards/numbers.yaml": """
dashboard: numbers
title: {zh: 统计}
blocks:
  - {kind: table, entity: visit, by: [mood], measures: [{label: {zh: 时长}, of: sum, field: minutes}]}
  - {kind: bars, entity: resident, by: [helped]}
""",
}

VILLAGE: Files = {
    "app.yaml": APP,
    "entities/resident.yaml": RESIDENT,
    "entities/visit.yaml": VISIT,
    "entities/dossier.yaml": DOSSIER,
    "entities/permit.yaml": PERMIT,
    "permissions.yaml": PERMISSIONS,
    **FORMS,
    **VIEWS,
    **DASHBOARDS,
}


def mark_labels(files: Files) -> Files:
    """The same app with a canary in the label of every field and the title of every part.

    A label that expressions use stays as it is.
    """
    serials = count(90_000)
    used = " ".join(_expressions(files))
    found = dict(files)
    for name, text in files.items():
        if name.partition("/")[0] in ("entities", "views", "forms"):
            told = _load(text)
            _mark(told["title"], serials)
            for field in told.get("fields", {}).values() if "entities" in name else ():
                if not any(label in used for label in field["label"].values()):
                    _mark(field["label"], serials)
            found[name] = yaml.safe_dump(told, allow_unicode=True, sort_keys=False)
    return found


class _Loader(yaml.SafeLoader):
    """As declared files are read: `on` is a word."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern) for tag, pattern in known if not tag.endswith(":bool") or first in "tTfF"
    ]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _load(text: str) -> Any:
    return yaml.load(text, _Loader)


def _mark(label: dict[str, str], serials: count[int]) -> None:
    token = "zq" + str(next(serials)).translate(LETTERS) + "x"
    for language in label:
        label[language] += token


def _expressions(files: Files) -> list[str]:
    found: list[str] = []

    def gather(told: Any) -> None:
        if isinstance(told, dict):
            found.extend(str(one) for key, one in told.items() if key in ("if", "computed"))
            for one in told.values():
                gather(one)
        elif isinstance(told, list):
            for one in told:
                gather(one)

    for text in files.values():
        gather(_load(text))
    return found
