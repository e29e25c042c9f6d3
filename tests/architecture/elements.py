"""Writes the reference of data elements from the package. `python -m tests.architecture.elements`"""

from __future__ import annotations

from pathlib import Path

from yiwang.kernel.standards.shipped import vendor_code_sets, vendor_elements
from yiwang.kernel.standards.types import SUBJECTS, CodeSetVersion, Element

TITLES = {
    "person": "People 人员",
    "organization": "Organizations and enterprises 机构与企业",
    "place": "Places and addresses 地点与地址",
    "time": "Times and periods 时间",
    "money": "Money and accounts 金额与账户",
    "licence": "Licences and services 证照与办事",
    "event": "Events and requests 事件与诉求",
    "vehicle": "Vehicles 车辆",
    "property": "Houses and land 房屋与土地",
    "insurance": "Social insurance and assistance 社会保险与救助",
    "education": "Education 教育",
    "health": "Health 卫生健康",
    "project": "Projects and contracts 项目与合同",
    "environment": "Environment 环境",
    "device": "Devices and facilities 设备与设施",
    "general": "General 通用",
}
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "elements.md"
HEAD = """# Data elements 数据元

<!-- Written by `make docs` from the package; do not edit. -->

Each datum is defined once. The definition checks values, masks them, reads them, makes the key
that comparisons join on, and is suggested for columns by heading and values. How to change one or
add your own: [Add a data element](../howto/add-an-element.md).

Columns: **format** in the notation of GB/T 19488 (`an18` exactly 18 letters and digits, `n..12,2`
up to 12 digits, two of them decimals); **check** a check function; **grade** 1 public, 2 internal,
3 sensitive, 4 most sensitive; **P** personal; **mask** what remains visible; **match key** the steps
that make the comparison key.

## Elements 数据元

{summary}
"""
TABLE = """
| Code | 中文 | English | Type | Format | Code set | Check | Grade | P | Mask | Match key | Source |
|---|---|---|---|---|---|---|---|---|---|---|---|
"""
SETS = """
## Code sets 代码集

| Code set | 中文 | Version | Valid from | Until | Codes | Source |
|---|---|---|---|---|---|---|
"""


def write_page() -> str:
    """The page as it should stand."""
    by_subject: dict[str, list[Element]] = {subject: [] for subject in SUBJECTS}
    for element in vendor_elements().values():
        by_subject[element.subject].append(element)
    parts = [HEAD.replace("{summary}", summary(by_subject))]
    for subject, elements in by_subject.items():
        parts += [f"\n### {TITLES[subject]}\n", TABLE, *map(element_row, elements), "\n"]
        parts += map(definition, elements)
    return "".join([*parts, SETS, *map(code_set_row, vendor_code_sets())])


def summary(by_subject: dict[str, list[Element]]) -> str:
    """How many there are, and of what."""
    count = sum(map(len, by_subject.values()))
    each = " · ".join(f"{TITLES[key]} {len(found)}" for key, found in by_subject.items())
    return f"{count} elements in {len(by_subject)} subjects: {each}."


def element_row(element: Element) -> str:
    cells = [
        f"`{element.code}`",
        element.zh,
        element.en,
        element.type,
        f"`{element.format}`".replace("|", " / "),
        f"`{element.code_set}`" if element.code_set else "",
        element.check and f"`{element.check}`",
        str(element.grade),
        "P" if element.personal else "",
        element.mask,
        ", ".join(element.match_key),
        element.source_standard,
    ]
    return f"| {' | '.join(cells)} |\n"


def definition(element: Element) -> str:
    aliases = "、".join(element.aliases)
    return (
        f"**{element.zh} {element.en}** (`{element.code}`): {element.definition}"
        f" {element.definition_en}<br>Headings 列名: {aliases}\n\n"
    )


def code_set_row(version: CodeSetVersion) -> str:
    until = version.valid_until.isoformat() if version.valid_until else ""
    cells = [
        f"`{version.code_set}`",
        version.zh,
        version.version,
        version.valid_from.isoformat(),
        until,
        str(len(version.codes)),
        version.source_standard,
    ]
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    PAGE.write_text(write_page(), "utf-8")
