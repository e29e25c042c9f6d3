"""The catalogue in the words that harvesters read. 目录采集服务。"""

from .describing import Sheet, describe_sheet
from .jsonld import write_jsonld
from .paging import MOST, list_things, open_sheet
from .turtle import write_turtle

__all__ = [
    "MOST",
    "Sheet",
    "describe_sheet",
    "list_things",
    "open_sheet",
    "write_jsonld",
    "write_turtle",
]
