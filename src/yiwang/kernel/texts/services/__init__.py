"""The door to read texts. 文本判读服务。"""

from .permissions import TRAIN
from .sorting import forget_removed, sort_texts
from .topics import (
    GroupLine,
    GroupView,
    Member,
    get_group,
    join_group,
    leave_group,
    list_groups,
    list_sorted_entities,
)
from .training import (
    find_texts,
    list_categories,
    list_models,
    measure_model,
    suggest_category,
    train_model,
)

__all__ = [
    "TRAIN",
    "GroupLine",
    "GroupView",
    "Member",
    "find_texts",
    "forget_removed",
    "get_group",
    "join_group",
    "leave_group",
    "list_categories",
    "list_groups",
    "list_models",
    "list_sorted_entities",
    "measure_model",
    "sort_texts",
    "suggest_category",
    "train_model",
]
