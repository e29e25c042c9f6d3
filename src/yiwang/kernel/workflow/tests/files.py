"""Case types that the tests use, as files. 测试用流程定义。"""

LEAVE = """
case: demo.leave
title: {zh: 请假, en: Leave}
prefix: QJ
fields:
  days: {label: {zh: 天数, en: Days}, kind: number}
  why: {label: {zh: 事由, en: Why}}
  note: {label: {zh: 备注, en: Note}, kind: longtext}
start: {roles: [viewer, steward, engineer], edits: [days, why], needs: [days], to: leader}
oversees: [director]
limits:
  legal: {within: 20工作日}
  promised: {within: 5 working days, yellow: 1 working day}
nodes:
  leader:
    title: {zh: 部门审批, en: Department}
    who: {role: steward, of: starter}
    limit: {within: 2 working days, yellow: 0.5 working days}
    edits: [note]
    actions:
      agree: {label: {zh: 同意, en: Agree}, to: long}
      refuse: {label: {zh: 不同意, en: Refuse}, to: refused, opinion: required}
  long:
    title: {zh: 分流, en: Long or short}
    route:
      - {if: 天数 > 3, to: director}
      - {to: granted}
  director:
    title: {zh: 领导审批, en: Director}
    who: {role: director}
    skip_same: true
    actions:
      agree: {label: {zh: 同意, en: Agree}, to: granted}
      refuse: {label: {zh: 不同意, en: Refuse}, to: refused}
  granted: {title: {zh: 已准假, en: Granted}, ends: granted}
  refused: {title: {zh: 未准假, en: Refused}, ends: refused}
"""

BOARD = """
case: demo.board
title: {zh: 会签, en: Board}
prefix: HQ
fields:
  members: {label: {zh: 成员, en: Members}, kind: people}
  text: {label: {zh: 正文, en: Text}}
start: {roles: [viewer, steward, engineer], edits: [members, text], needs: [members], to: draft}
oversees: [director]
nodes:
  draft:
    title: {zh: 拟稿, en: Draft}
    who: {starter: true}
    edits: [text]
    actions:
      agree: {label: {zh: 提交, en: Submit}, to: board}
      drop: {label: {zh: 作废, en: Drop}, to: dropped}
  board:
    title: {zh: 会签, en: Board}
    who: {each: members}
    sign: {rule: ratio, amount: 0.6}
    actions:
      agree: {label: {zh: 同意, en: Agree}, to: final}
      refuse: {label: {zh: 反对, en: Refuse}, to: draft}
  final:
    title: {zh: 签发, en: Sign}
    who: {handled: draft}
    actions:
      agree: {label: {zh: 签发, en: Sign}, to: done}
      refuse: {label: {zh: 退稿, en: Reject}, to: dropped}
  done: {title: {zh: 已签发, en: Signed}, ends: signed}
  dropped: {title: {zh: 作废, en: Dropped}, ends: dropped}
"""

COPIED = """
case: demo.notice
title: {zh: 发文, en: Paper}
prefix: FW
fields:
  members: {label: {zh: 成员, en: Members}, kind: people}
  text: {label: {zh: 正文, en: Text}}
start: {roles: [viewer, steward, engineer], edits: [members, text], to: check}
oversees: [director]
cc: [{starter: true}]
nodes:
  check:
    title: {zh: 核稿, en: Check}
    who: {role: steward, of: starter}
    cc: [{field: members}]
    actions:
      agree: {label: {zh: 同意, en: Agree}, to: issued, cc: [{role: director}, {handled: check}]}
      refuse: {label: {zh: 退稿, en: Reject}, to: dropped}
  issued: {title: {zh: 已发, en: Issued}, ends: issued, cc: [{role: steward, of: D02}]}
  dropped: {title: {zh: 作废, en: Dropped}, ends: dropped}
"""

TASKS = """
case: demo.instruction
title: {zh: 交办, en: Instruction}
prefix: JB
fields:
  departments: {label: {zh: 承办单位, en: Departments}, kind: organizations, levels: [department], reach: city}
  text: {label: {zh: 内容, en: Text}}
start: {roles: [director, engineer], edits: [departments, text], needs: [text], to: split}
oversees: [director]
nodes:
  split:
    title: {zh: 分办, en: Split}
    children:
      type: demo.part
      each: departments
      into: department
      data: {text: text}
      join: {rule: all}
    then: [{to: review}]
  review:
    title: {zh: 汇总, en: Review}
    who: {starter: true}
    actions:
      agree: {label: {zh: 办结, en: Close}, to: done}
  done: {title: {zh: 办结, en: Done}, ends: done}
"""

PART = """
case: demo.part
title: {zh: 承办, en: Part}
prefix: CB
fields:
  department: {label: {zh: 单位, en: Department}, kind: organization}
  text: {label: {zh: 内容, en: Text}}
  answer: {label: {zh: 反馈, en: Answer}}
start: {roles: [director, engineer], edits: [department, text], to: handle}
oversees: [director]
nodes:
  handle:
    title: {zh: 办理, en: Handle}
    who: {role: steward, of: department}
    edits: [answer]
    needs: [answer]
    progress: 0.5
    actions:
      agree: {label: {zh: 反馈, en: Answer}, to: done}
  done: {title: {zh: 已反馈, en: Answered}, ends: answered}
"""

ORDER = """
case: demo.order
title: {zh: 督办, en: Instruction}
fields:
  days: {label: {zh: 天数}, kind: integer}
  members: {label: {zh: 人员}, kind: people}
  departments: {label: {zh: 牵头单位}, kind: organizations}
  helpers: {label: {zh: 协办单位}, kind: organizations}
  unit: {label: {zh: 承办单位}, kind: organization}
  role: {label: {zh: 分工}, choices: {lead: {zh: 牵头}, support: {zh: 协办}}}
  percent: {label: {zh: 进度}, kind: integer}
start: {roles: [viewer, steward, director, engineer], edits: [members, departments, helpers, days], to: doing}
oversees: [engineer]
limits:
  promised: {within: 5 working days, by: days, yellow: 1 working day}
urges: {every: 1 working day, chain: [{role: director}, {assigner: true}]}
nodes:
  doing:
    title: {zh: 办理}
    who: {each: members}
    sign: {rule: any}
    progress: percent
    feedback: {every: 1 working day, edits: [percent], needs: [percent]}
    requests: [delay, cancel]
    actions:
      agree: {label: {zh: 办结}, to: done}
      refuse: {label: {zh: 分解}, to: parts}
      drop: {label: {zh: 重来}, to: doing}
  parts:
    title: {zh: 分办}
    children:
      type: demo.order
      each: departments
      into: unit
      weight: "3"
      give: {role: "'lead'"}
      belongs: true
      more:
        - {each: helpers, weight: "1", give: {role: "'support'"}}
    then: [{to: doing}]
  done:
    title: {zh: 办结}
    ends: done
"""
