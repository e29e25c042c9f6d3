"""The boxes of whoever is signed in: 待办 已办 我发起的 抄送我的 我关注的. 待办箱。"""

from .counting import count_boxes, list_kinds
from .reading import list_box

__all__ = ["count_boxes", "list_box", "list_kinds"]
