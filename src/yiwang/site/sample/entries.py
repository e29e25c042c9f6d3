"""What the catalogue says of the sample city's registers. 示例目录信息。"""

from __future__ import annotations

from .truths import SampleFile

PERSONAL = {"person_name", "resident_id", "social_security_number", "bank_card", "phone"}


def describe_entry(one: SampleFile) -> dict[str, str]:
    """The core catalogue fields of a register; one with persons is shared on conditions. 目录核心字段。"""
    personal = bool(PERSONAL & set(one.elements.values()))
    return {
        "abstract": f"示例数据：{one.name}，共 {one.rows} 条，由程序生成，不含真实个人信息。",
        "sharing_type": "conditional" if personal else "unconditional",
        "sharing_basis": "含个人信息，按履职需要申请，限核对用途。" if personal else "",
        "open_type": "closed" if personal else "open",
        "update_cycle": "monthly" if personal else "yearly",
    }
