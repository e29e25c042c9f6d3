"""An app that the tests use, as files. 测试用应用。"""

FILES = {
    "app.yaml": """
app: demo
title: {zh: 商户管理, en: Shops}
version: '1.0'
owner: D01
""",
    "entities/community.yaml": """
entity: community
title: {zh: 社区, en: Community}
titled_by: name
key: [code]
search: [name]
fields:
  code: {label: {zh: 编码, en: Code}, required: true, longest: 20}
  name: {label: {zh: 名称, en: Name}, required: true}
""",
    "entities/shop.yaml": """
entity: shop
title: {zh: 商户, en: Shop}
titled_by: name
key: [credit_code]
search: [name]
retention: {years: 5, since: opened}
catalogue: {snapshots: daily, cycle: daily, abstract: {zh: 沿街商户}}
fields:
  name: {label: {zh: 名称, en: Name}, required: true, longest: 60}
  credit_code: {label: {zh: 统一社会信用代码, en: Credit code}, element: credit_code}
  keeper: {label: {zh: 经营者, en: Keeper}, element: person_name}
  phone: {label: {zh: 联系电话, en: Phone}, element: mobile_phone}
  kind: {label: {zh: 类别, en: Kind}, required: true, choices: {food: {zh: 餐饮, en: Food}, shop: {zh: 零售, en: Shop}}}
  tags: {label: {zh: 标签, en: Tags}, kind: choices, choices: {new: {zh: 新开}, star: {zh: 示范}}}
  status: {label: {zh: 登记状态, en: Status}, kind: choice, code_set: registration_status}
  area: {label: {zh: 面积, en: Area}, kind: number, decimals: 2, unit: {zh: 平方米}}
  rent: {label: {zh: 租金单价, en: Rent}, kind: money}
  total: {label: {zh: 合计, en: Total}, kind: money, computed: 面积 * rent}
  staff: {label: {zh: 从业人数, en: Staff}, kind: integer, default: 1}
  licensed: {label: {zh: 已领证, en: Licensed}, kind: boolean}
  opened: {label: {zh: 开业日期, en: Opened}, kind: date}
  seen: {label: {zh: 巡查时间, en: Seen}, kind: datetime}
  community: {label: {zh: 所属社区, en: Community}, kind: link, to: community}
  place: {label: {zh: 位置, en: Place}, kind: point}
  note: {label: {zh: 备注, en: Note}, kind: longtext}
  members:
    label: {zh: 从业人员, en: Members}
    kind: group
    most: 3
    fields:
      name: {label: {zh: 姓名, en: Name}, element: person_name, required: true}
      phone: {label: {zh: 手机, en: Phone}, element: mobile_phone}
      pay: {label: {zh: 工资, en: Pay}, kind: money}
      joined: {label: {zh: 入职, en: Joined}, kind: date}
  photos: {label: {zh: 照片, en: Photos}, kind: files, types: [image/jpeg, image/png], most: 2, megabytes: 5}
""",
    "forms/shop.yaml": """
form: shop
entity: shop
title: {zh: 商户登记, en: Register a shop}
style: steps
sections:
  - title: {zh: 基本信息, en: Basics}
    fields: [name, credit_code, kind, {field: area, if: 类别 == 'food', required: true}, rent]
  - title: {zh: 人员, en: People}
    if: kind == 'food'
    fields: [keeper, {field: members, required: true}]
""",
    "views/shops.yaml": """
view: shops
entity: shop
title: {zh: 商户, en: Shops}
columns: [name, kind, community]
filters: [kind, community]
order: [-opened, name]
where: "kind = 'food' and opened <= '$today'"
""",
    "permissions.yaml": """
permissions:
  - roles: [engineer, steward]
    may: [see, create, edit, remove, export, import, history, reveal]
    rows: all
  - roles: [viewer]
    may: [see]
    on: [shop]
    where: "kind = 'food'"
    hide: [rent, total]
""",
}
