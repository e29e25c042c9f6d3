"""What comparisons register at start. 登记。"""

from __future__ import annotations

from yiwang.kernel.base.text import msg
from yiwang.kernel.ui.menu import add_menu

from .services import READ

add_menu(
    "compare:list",
    msg("Comparisons"),
    section=msg("Data sharing"),
    permission=READ,
    order=240,
    icon="compare",
)
