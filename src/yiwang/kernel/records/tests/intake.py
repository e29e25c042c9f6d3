"""An app whose forms hold every kind of field, in Chinese. 各类字段的表单示例。"""

from __future__ import annotations

INTAKE = {
    "app.yaml": """
app: intake
title: {zh: 巡查登记, en: Intake}
version: '1.0'
owner: B01
""",
    "entities/place.yaml": """
entity: place
title: {zh: 网格, en: Grid cell}
titled_by: name
search: [name]
fields:
  name: {label: {zh: 名称, en: Name}, required: true}
""",
    "entities/visit.yaml": """
entity: visit
title: {zh: 走访, en: Visit}
titled_by: name
key: [credit_code]
search: [name]
help: {zh: 每次走访登记一次。, en: One for each visit.}
fields:
  name: {label: {zh: 店铺名称, en: Name of the shop}, required: true, longest: 60, help: {zh: 以招牌为准, en: As on its sign}}
  credit_code: {label: {zh: 统一社会信用代码, en: Credit code}, element: credit_code}
  keeper: {label: {zh: 经营者, en: Keeper}, element: person_name}
  phone: {label: {zh: 联系电话, en: Phone}, element: mobile_phone}
  kind: {label: {zh: 类别, en: Kind}, required: true, choices: {food: {zh: 餐饮, en: Food}, shop: {zh: 零售, en: Retail}}}
  tags: {label: {zh: 标签, en: Tags}, kind: choices, choices: {new: {zh: 新开, en: New}, star: {zh: 示范, en: Model}, moved: {zh: 搬迁, en: Moved}}}
  trade: {label: {zh: 行业, en: Trade}, choices: {a: {zh: 正餐}, b: {zh: 快餐}, c: {zh: 饮料}, d: {zh: 便利店}, e: {zh: 超市}, f: {zh: 服装}, g: {zh: 五金}, h: {zh: 其他}}}
  area: {label: {zh: 面积, en: Area}, kind: number, decimals: 2, unit: {zh: 平方米, en: m²}}
  rent: {label: {zh: 月租金, en: Rent}, kind: money, unit: {zh: 元, en: CNY}}
  staff: {label: {zh: 从业人数, en: Staff}, kind: integer, default: 1}
  licensed: {label: {zh: 已领证, en: Licensed}, kind: boolean}
  opened: {label: {zh: 开业日期, en: Opened on}, kind: date}
  seen: {label: {zh: 走访时间, en: Visited at}, kind: datetime}
  cell: {label: {zh: 所属网格, en: Grid cell}, kind: link, to: place}
  visitor: {label: {zh: 走访人, en: Visitor}, kind: person}
  bureau: {label: {zh: 主管部门, en: Authority}, kind: organization}
  spot: {label: {zh: 位置, en: Place}, kind: point}
  note: {label: {zh: 备注, en: Note}, kind: longtext}
  members:
    label: {zh: 从业人员, en: Members}
    kind: group
    most: 3
    fields:
      name: {label: {zh: 姓名, en: Name}, element: person_name, required: true}
      phone: {label: {zh: 手机, en: Mobile}, element: mobile_phone}
      joined: {label: {zh: 入职, en: Joined}, kind: date}
      who: {label: {zh: 介绍人, en: Introduced by}, kind: person}
  photos: {label: {zh: 照片, en: Photos}, kind: files, types: [image/jpeg, image/png, application/pdf], most: 2, megabytes: 1}
""",
    "forms/visit.yaml": """
form: visit
entity: visit
title: {zh: 走访登记, en: Register a visit}
help: {zh: 请当面填写。, en: Fill it in on site.}
sections:
  - title: {zh: 店铺, en: The shop}
    fields: [name, credit_code, kind, {field: area, if: 类别 == 'food', required: true}, rent, tags, trade, licensed, opened]
  - title: {zh: 人员, en: People}
    if: kind == 'food'
    help: {zh: 只登记常驻人员。, en: Only who is there all the time.}
    fields: [keeper, phone, staff, {field: members, required: true}]
  - title: {zh: 走访, en: The visit}
    fields: [seen, visitor, bureau, cell, spot, photos, note]
""",
    "forms/walk.yaml": """
form: walk
entity: visit
title: {zh: 分步登记, en: Step by step}
style: steps
sections:
  - title: {zh: 店铺叫什么, en: What is the shop called}
    fields: [name, kind]
  - title: {zh: 面积与人员, en: Area and people}
    if: kind == 'food'
    fields: [{field: area, required: true}, members]
  - title: {zh: 照片与备注, en: Photos and notes}
    fields: [photos, note]
""",
    "permissions.yaml": """
permissions:
  - roles: [engineer]
    may: [see, create, edit, remove, export, import, history, reveal]
    rows: all
  - roles: [engineer]
    may: [see, edit]
    on: [visit]
    rows: all
    clear: [keeper, phone, members]
  - roles: [steward]
    may: [see, create, edit]
    on: [visit]
    rows: own
    hide: [rent]
  - roles: [steward]
    may: [see, create, edit]
    on: [place]
    rows: own
  - roles: [viewer]
    may: [see, create]
    on: [visit]
    rows: own
""",
}
