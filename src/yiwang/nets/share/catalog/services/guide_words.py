"""The columns and words of the national guide to catalogues. 政务信息资源目录编制指南的栏目与用语。

Sheets are written with the first heading and the first word of each line and read with all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yiwang.nets.share.catalog.types import (
    CatalogueClass,
    DataFormat,
    OpenType,
    SharingType,
    UpdateCycle,
)

HEADINGS: Mapping[str, Sequence[str]] = {
    "name": ("信息资源名称", "资源名称", "目录名称", "name"),
    "code": ("信息资源代码", "资源代码", "目录代码", "code"),
    "catalogue_class": ("信息资源分类", "分类", "catalogue class"),
    "owner": ("信息资源提供方代码", "提供方代码", "机构代码", "owner"),
    "owner_name": ("信息资源提供方", "提供方", "提供单位", "责任部门", "owner name"),
    "abstract": ("信息资源摘要", "资源摘要", "摘要", "abstract"),
    "data_format": ("信息资源格式", "资源格式", "格式", "format"),
    "item": ("信息项名称", "信息项", "数据项", "字段名称", "item"),
    # The type of an item and the day of publishing go out only: the platform knows them better.
    "item_type": ("数据类型", "信息项类型", "type"),
    "description": ("信息项说明", "字段说明", "description"),
    "element": ("数据元", "数据元短名", "element"),
    "sharing_type": ("共享类型", "共享属性", "sharing type"),
    "sharing_basis": ("共享条件或依据", "共享条件", "不予共享依据", "sharing basis"),
    "open_type": ("是否向社会开放", "开放类型", "开放属性", "openness"),
    "update_cycle": ("更新周期", "更新频率", "update cycle"),
    "publish_date": ("发布日期", "publish date"),
}

WORDS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "catalogue_class": {
        CatalogueClass.BASE: ("基础信息资源", "基础类", "基础", "base"),
        CatalogueClass.THEME: ("主题信息资源", "主题类", "主题", "theme"),
        CatalogueClass.DEPARTMENT: ("部门信息资源", "部门类", "部门", "department", ""),
    },
    "data_format": {
        DataFormat.SPREADSHEET: ("电子表格", "xls", "xlsx", "csv", "et", "spreadsheet", ""),
        DataFormat.TABLE: ("数据库", "数据库类", "数据库表", "table"),
        DataFormat.DOCUMENT: ("电子文件", "doc", "docx", "pdf", "wps", "ofd", "document"),
        DataFormat.MEDIA: ("图形图像", "流媒体", "图片", "视频", "音频", "media"),
        DataFormat.STREAM: ("流数据", "接口", "api", "stream"),
    },
    "sharing_type": {
        SharingType.UNSET: ("", "未确定"),
        SharingType.UNCONDITIONAL: ("无条件共享", "无条件", "unconditional"),
        SharingType.CONDITIONAL: ("有条件共享", "有条件", "conditional"),
        SharingType.NONE: ("不予共享", "不共享", "none"),
    },
    "open_type": {
        OpenType.UNSET: ("", "未确定"),
        OpenType.OPEN: ("是", "开放", "无条件开放", "open"),
        OpenType.CONDITIONAL: ("有条件开放", "依申请开放", "conditional"),
        OpenType.CLOSED: ("否", "不开放", "不予开放", "closed"),
    },
    "update_cycle": {
        UpdateCycle.UNSET: ("", "未确定"),
        UpdateCycle.REALTIME: ("实时", "realtime"),
        UpdateCycle.DAILY: ("每日", "每天", "日", "daily"),
        UpdateCycle.WEEKLY: ("每周", "周", "weekly"),
        UpdateCycle.MONTHLY: ("每月", "月", "monthly"),
        UpdateCycle.QUARTERLY: ("每季度", "每季", "季度", "quarterly"),
        UpdateCycle.YEARLY: ("每年", "年", "年度", "yearly"),
        UpdateCycle.IRREGULAR: ("不定期", "其他", "irregular"),
    },
}


def write_word(field: str, value: str) -> str:
    """A stored value in the guide's word. 写出用语。"""
    return WORDS[field][value][0]


def read_word(field: str, text: str) -> str | None:
    """The stored value that a word stands for, or None. 读入用语。"""
    wanted = text.strip().lower()
    for value, words in WORDS[field].items():
        if wanted in words or wanted == value:
            return str(value)
    return None


def example_word(field: str) -> str:
    """A word that the field takes. 示例用语。"""
    return next(words[0] for words in WORDS[field].values() if words[0])
