"""Search words made anew. 重建检索索引命令。"""

from __future__ import annotations

from yiwang.kernel.base.text import msg

from .frame import Answer, Session, command
from .words import t


@command("reindex")
def reindex(session: Session) -> Answer:
    """Make the search index anew from its entries. 重建检索索引。"""
    from yiwang.kernel.search.services import rebuild_index

    session.say(msg("Making the search index anew"))
    count = rebuild_index()
    return Answer({"entries": count}, [t("%(count)s entries can be found", count=count)])
