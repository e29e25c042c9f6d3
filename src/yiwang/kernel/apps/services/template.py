"""The files that `yiwang app new` writes. 应用模板文件。"""

from __future__ import annotations

from collections.abc import Mapping

TEMPLATE: Mapping[str, str] = {
    "app.yaml": """\
# What the app is called, and whose data it keeps. 应用说明。
app: «APP»
title: {zh: «TITLE»}
version: '1.0'
owner: «OWNER»            # the code of the organization whose data these are 数据主管机构编码
# needs: [other_app]      # apps that must be installed first 依赖的应用
""",
    "entities/place.yaml": """\
# What is kept: one file for each kind of record. 业务对象。
entity: place
title: {zh: 场所, en: Place}
titled_by: name
key: [code]               # what tells two of them apart 唯一键
search: [name, address]
fields:
  code: {label: {zh: 编号, en: Number}, required: true, longest: 20}
  name: {label: {zh: 名称, en: Name}, required: true}
  kind: {label: {zh: 类别, en: Kind}, choices: {indoor: {zh: 室内, en: Indoor}, outdoor: {zh: 室外, en: Outdoor}}}
  address: {label: {zh: 地址, en: Address}, element: address}
  area: {label: {zh: 面积, en: Area}, kind: number, decimals: 2, unit: {zh: 平方米, en: m²}}
  opened: {label: {zh: 启用日期, en: Opened}, kind: date}
""",
    "entities/permit.yaml": """\
entity: permit
title: {zh: 使用许可, en: Permit}
titled_by: purpose
fields:
  place: {label: {zh: 场所编号, en: Place number}}
  purpose: {label: {zh: 用途, en: Purpose}, required: true}
  days: {label: {zh: 天数, en: Days}, kind: integer}
  status: {label: {zh: 结果, en: Result}, required: true, choices: {granted: {zh: 同意, en: Granted}, refused: {zh: 不同意, en: Refused}}}
""",
    "forms/place.yaml": """\
# How it is filled in; without such a file all fields stand on one page. 表单。
form: place
entity: place
title: {zh: 登记场所, en: Register a place}
sections:
  - title: {zh: 基本信息, en: Basics}
    fields: [code, name, kind]
  - title: {zh: 位置, en: Where}
    fields: [address, {field: area, if: kind == 'indoor'}, opened]
""",
    "views/places.yaml": """\
# How they are shown; each order and filter gets an index. 视图。
view: places
entity: place
title: {zh: 场所, en: Places}
columns: [code, name, kind, opened]
filters: [kind]
order: [-opened]
""",
    "rules/permit.yaml": """\
# What good data are: a record that breaks a rule is kept, and found. 质量规则。
entity: permit
rules:
  - {code: days, title: {zh: 天数在 1 至 366 之间, en: From 1 to 366 days}, kind: range, field: days, min: 1, max: 366}
  - {code: place_is_known, title: {zh: 场所编号须已登记, en: The place is on the register}, kind: reference, field: place, resource: place, item: code}
""",
    "permissions.yaml": """\
# Who may do what, with which records. Nobody else may do anything. 授权。
permissions:
  - roles: [engineer]
    may: [see, create, edit, remove, export, import, history, reveal]
    rows: all
  - roles: [steward]
    may: [see, create, edit, export, history]
    rows: own             # of their organization and those below it 本机构及下级
  - roles: [viewer]
    may: [see]
    rows: own
""",
    "cases/permit.yaml": """\
# What is in hand: steps, who decides, how long it may take. 流程。
case: «APP».permit
title: {zh: 使用申请, en: Apply for use}
prefix: SQ
fields:
  place: {label: {zh: 场所编号, en: Place number}}
  purpose: {label: {zh: 用途, en: Purpose}}
  days: {label: {zh: 天数, en: Days}, kind: integer}
start: {roles: [viewer, steward], edits: [place, purpose, days], needs: [purpose, days], to: office}
oversees: [engineer]
limits:
  promised: {within: 5 working days, yellow: 1 working day}
nodes:
  office:
    title: {zh: 部门审核, en: Department}
    who: {role: steward, of: starter, not_starter: true}
    actions:
      agree: {label: {zh: 同意, en: Agree}, to: long}
      refuse: {label: {zh: 不同意, en: Refuse}, to: refused, opinion: required}
  long:
    title: {zh: 分流, en: Long or short}
    route:
      - {if: days > 3, to: director}
      - {to: granted}
  director:
    title: {zh: 领导审批, en: Director}
    who: {role: director}
    actions:
      agree: {label: {zh: 同意, en: Agree}, to: granted}
      refuse: {label: {zh: 不同意, en: Refuse}, to: refused, opinion: required}
  granted:
    title: {zh: 已同意, en: Granted}
    ends: granted
    keeps:                # the record that stays of it 办结后登记
      - {entity: «APP».permit, values: {place: place, purpose: purpose, days: days, status: "'granted'"}}
  refused:
    title: {zh: 未同意, en: Refused}
    ends: refused
    keeps:
      - {entity: «APP».permit, values: {place: place, purpose: purpose, days: days, status: "'refused'"}}
""",
    "tests/long_use.yaml": """\
# Run before every install, then undone. 安装前运行的用例。
test: long_use
people:
  wang: {role: viewer, of: office}
  li: {role: steward, of: office}
  mayor: {role: director, of: bureau}
  zhao: {role: steward, of: elsewhere}
given:
  - {by: li, create: place, as: hall, values: {code: H-1, name: 一号会议室, kind: indoor, area: 60.5}}
when:
  - {by: wang, start: permit, as: request, data: {place: H-1, purpose: 培训, days: 5}}
  - {by: zhao, act: request, refused: apps.test.no_task}
  - {by: li, act: request}
  - {by: mayor, act: request, action: agree}
  - {by: wang, edit: hall, values: {name: 改名}, refused: any}
then:
  - {case: request, ended: granted}
  - {by: li, entity: permit, count: 1}
  - {by: zhao, entity: permit, count: 0}
  - {by: zhao, unseen: hall}
  - {entity: permit, rule: place_is_known, rows: 0}   # so many records break that quality rule
  - {by: li, record: hall, values: {name: 一号会议室}}
""",
}
