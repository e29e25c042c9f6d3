"""A question sent to communities, and a city of districts, streets and communities. 测试用下发。"""

from yiwang.kernel.base.act import SYSTEM, Actor
from yiwang.kernel.identity import services as identity
from yiwang.kernel.workflow import services

ASK = """
case: demo.ask
title: {zh: 摸排, en: Survey}
prefix: MP
fields:
  areas: {label: {zh: 范围, en: Areas}, kind: organizations}
  topic: {label: {zh: 事项, en: Topic}}
  until: {label: {zh: 截止日期, en: Until}, kind: date}
start: {roles: [engineer], edits: [areas, topic, until], needs: [areas], to: collect}
oversees: [director]
nodes:
  collect:
    title: {zh: 摸排中, en: Collecting}
    who: {starter: true}
    push: {type: demo.reply, level: community, under: areas, into: place, data: {topic: topic}, until: until}
    actions:
      agree: {label: {zh: 结束, en: Close}, to: done}
  done: {title: {zh: 已结束, en: Closed}, ends: closed}
"""

REPLY = """
case: demo.reply
title: {zh: 填报, en: Reply}
prefix: TB
fields:
  place: {label: {zh: 社区, en: Community}, kind: organization}
  topic: {label: {zh: 事项, en: Topic}}
  count: {label: {zh: 数量, en: Count}, kind: integer}
start: {roles: [engineer], edits: [topic], to: fill}
oversees: [director]
nodes:
  fill:
    title: {zh: 填报, en: Fill in}
    who: {role: steward, of: starter}
    edits: [count]
    needs: [count]
    actions:
      agree: {label: {zh: 上报, en: Report}, to: done}
      spread: {label: {zh: 分派网格, en: Hand to grids}, to: grids}
  grids:
    title: {zh: 网格填报, en: Grids}
    who: {role: steward, of: starter}
    push: {type: demo.reply, level: grid, under: organization, into: place, data: {topic: topic}}
    actions:
      agree: {label: {zh: 汇总上报, en: Report}, to: done}
  done: {title: {zh: 已上报, en: Reported}, ends: reported}
"""


def make_city(streets: int = 2, communities: int = 3) -> None:
    """Two districts; streets, communities and two grids below each community."""
    for district in ("Q1", "Q2"):
        _make(district, "", "district")
        for at in range(streets):
            street = _make(f"{district}-{at}", district, "street")
            for number in range(communities):
                community = _make(f"{street}-{number}", street, "community")
                for grid in ("a", "b"):
                    _make(f"{community}-{grid}", community, "grid")


def _make(code: str, parent: str, kind: str) -> str:
    identity.create_organization(
        SYSTEM, code=code, name=f"机构{code}", parent_code=parent, kind=kind
    )
    return code


def make_person(name: str, role: str, organization: str) -> Actor:
    """Somebody with a role in an organization."""
    info, _ = identity.create_account(
        SYSTEM, name=name, organization_code=organization, must_change_password=False,
        password="Rain-on-the-roof-7",
    )  # fmt: skip
    identity.grant_role(SYSTEM, info.id, role)
    return identity.get_actor(info.id)


def publish(engineer: Actor) -> None:
    """Both types: what answers before what asks."""
    for text in (REPLY, ASK):
        services.publish_case_type(engineer, text)
