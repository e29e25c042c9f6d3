"""The fictional city 云州市: its divisions, organizations and people in office. 示例城市概况。

Division codes begin with 99, which GB/T 2260 gives to nobody, so no identity number, credit code
or place here can be a real one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from yiwang.kernel.base.text import msg

CITY, CITY_CODE, PROVINCE, PROVINCE_CODE = "云州市", "990100", "云岭省", "990000"
DISTRICTS = {
    "990102": "东湖区",
    "990103": "西岭区",
    "990104": "南浦区",
    "990121": "北溪县",
    "990122": "云河县",
}
STREETS_PER_DISTRICT = 16
_FIRST = "清明安和永兴长春文昌瑞华景福丰宁"
_SECOND = ("河", "桥", "山", "园", "泉")
COMMUNITIES = ("东风", "向阳", "和平", "新华")
STREETS_WITH_COMMUNITIES = 2
GRIDS = 2

OrganizationKind = Literal["bureau", "department", "district", "street", "community", "grid"]


@dataclass(frozen=True, slots=True)
class SampleOrganization:
    """One organization of the city. 示例机构。"""

    code: str
    name: str
    short_name: str
    kind: OrganizationKind
    parent_code: str = ""
    region_code: str = CITY_CODE


@dataclass(frozen=True, slots=True)
class SampleAccount:
    """One account of the city; `purpose` says to a newcomer what it shows. 示例账号。"""

    full_name: str
    name: str
    organization: str
    title: str
    role: str
    purpose: str


BUREAU = "YZ-SJJ"
DEPARTMENTS = {
    "YZ-GAJ": ("云州市公安局", "公安局"),
    "YZ-MZJ": ("云州市民政局", "民政局"),
    "YZ-RSJ": ("云州市人力资源和社会保障局", "人社局"),
    "YZ-SCJG": ("云州市市场监督管理局", "市场监管局"),
    "YZ-SWJ": ("云州市税务局", "税务局"),
    "YZ-ZJJ": ("云州市住房和城乡建设局", "住建局"),
    "YZ-TJJ": ("云州市统计局", "统计局"),
    "YZ-WJW": ("云州市卫生健康委员会", "卫健委"),
    "YZ-JYJ": ("云州市教育局", "教育局"),
    "YZ-YBJ": ("云州市医疗保障局", "医保局"),
    "YZ-ZRZY": ("云州市自然资源和规划局", "自然资源局"),
    "YZ-CGJ": ("云州市城市管理局", "城管局"),
}

ACCOUNTS = (
    SampleAccount("王晓云", "wang.minzheng", "YZ-MZJ", "数据专员", "steward",
                  msg("data steward of civil affairs: deliver files, see own resources")),
    SampleAccount("李慕白", "li.shichang", "YZ-SCJG", "数据专员", "steward",
                  msg("data steward of market supervision: deliver files, see own resources")),
    SampleAccount("陈知远", "chen.chayue", "YZ-MZJ", "科员", "viewer",
                  msg("reads what civil affairs holds")),
    SampleAccount("赵一川", "zhao.gongcheng", BUREAU, "数据工程师", "engineer",
                  msg("data engineer of the bureau: all resources, comparisons, elements")),
    SampleAccount("孙望舒", "sun.juzhang", BUREAU, "局长", "director",
                  msg("director of the bureau: figures and results")),
    SampleAccount("刘一鸣", "liu.jiedao", "YZ-990102001", "街道专员", "steward",
                  msg("steward of a street: hands surveys on to communities, urges them")),
    SampleAccount("何安", "he.shequ", "YZ-990102001001", "社区专员", "steward",
                  msg("steward of a community: answers surveys, hands them on to grids")),
    SampleAccount("马若清", "ma.wangge", "YZ-99010200100101", "网格员", "viewer",
                  msg("grid worker: checks houses on the phone")),
    SampleAccount("周恒", "zhou.xitong", BUREAU, "系统管理员", "sysadmin",
                  msg("system administrator: organizations and accounts, no business data")),
    SampleAccount("吴静", "wu.anquan", BUREAU, "安全管理员", "secadmin",
                  msg("security administrator: roles and locks, no business data")),
    SampleAccount("郑明", "zheng.shenji", BUREAU, "审计员", "auditor",
                  msg("auditor: the ledger, no business data")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Street:
    """A street or township with its nine-digit code. 街道乡镇。"""

    code: str
    name: str
    county_code: str
    county: str


def list_streets() -> list[Street]:
    """Every street and township of the city; names are unique in it. 街道乡镇清单。"""
    streets = []
    for row, (county_code, county) in enumerate(DISTRICTS.items()):
        kind = "街道" if county.endswith("区") else "镇"
        for number in range(STREETS_PER_DISTRICT):
            name = f"{_FIRST[number]}{_SECOND[row]}{kind}"
            streets.append(Street(f"{county_code}{number + 1:03d}", name, county_code, county))
    return streets


def list_sample_organizations() -> list[SampleOrganization]:
    """The bureau, departments, districts, streets, some communities and grids; parents first. 机构清单。"""
    found = [SampleOrganization(BUREAU, "云州市数据局", "数据局", "bureau")]
    found += [
        SampleOrganization(code, name, short, "department")
        for code, (name, short) in DEPARTMENTS.items()
    ]
    found += [
        SampleOrganization(f"YZ-{code}", f"云州市{name}", name, "district", "", code)
        for code, name in DISTRICTS.items()
    ]
    found += [
        SampleOrganization(
            f"YZ-{street.code}",
            f"{street.county}{street.name}",
            street.name,
            "street",
            f"YZ-{street.county_code}",
            street.code,
        )
        for street in list_streets()
    ]
    for street in list_streets()[:STREETS_WITH_COMMUNITIES]:
        found += _below(street)
    return found


def _below(street: Street) -> list[SampleOrganization]:
    """The communities of a street with their grids, coded as divisions and grids are: 9, 12, 14 digits."""
    found = []
    for number, name in enumerate(COMMUNITIES, 1):
        code = f"{street.code}{number:03d}"
        above = f"YZ-{code}"
        found.append(
            SampleOrganization(
                above, f"{street.name}{name}社区", f"{name}社区", "community",
                f"YZ-{street.code}", code,
            )
        )  # fmt: skip
        found += [
            SampleOrganization(
                f"{above}{grid:02d}", f"{street.name}{name}社区第{grid}网格", f"{name}{grid}格",
                "grid", above, code,
            )
            for grid in range(1, GRIDS + 1)
        ]  # fmt: skip
    return found
