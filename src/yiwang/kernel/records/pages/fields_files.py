"""Questions answered with files. 附件项。

Files are kept as they come, whatever else is wrong with the form; the page names those it has.
"""

from __future__ import annotations

from typing import Any

from django.utils.datastructures import MultiValueDict

from yiwang.kernel.base.errors import InvalidInput, TooMany
from yiwang.kernel.files.services import File, name_kind, show_size
from yiwang.kernel.records.services.uploads import find_uploads, keep_upload
from yiwang.kernel.records.types import Field
from yiwang.kernel.ui.failures import explain
from yiwang.kernel.ui.forms import DropZone

from .questions import Question
from .sources import Sources

MOST = 20
"""Files that a field takes which names no number. 默认附件数。"""


class FilesWidget(DropZone):
    """The files there are, each with a button to take it away, and a place for more. 附件控件。"""

    template_name = "records/files.html"

    def __init__(self, key: str, *, multiple: bool, accept: str) -> None:
        self.key = key
        super().__init__(multiple=multiple, attrs={"accept": accept} if accept else None)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        told = super().get_context(name, None, attrs)
        told["widget"]["kept"] = [
            {
                "id": one["id"],
                "name": one["name"],
                "about": f"{name_kind(one['type'])}, {show_size(int(one['size']))}",
            }
            for one in value or ()
        ]
        told["widget"]["key"] = self.key
        return told

    def format_value(self, value: Any) -> Any:
        return value


class FilesQuestion(Question):
    """Files, each kept when it comes. 附件。"""

    def __init__(self, field: Field, sources: Sources, **kwargs: Any) -> None:
        self.field, self.sources = field, sources
        self.most = field.most or MOST
        widget = FilesWidget(field.key, multiple=self.most > 1, accept=",".join(field.types))
        super().__init__(widget=widget, **kwargs)

    def take(self, sent: Any, files: MultiValueDict[str, Any], name: str) -> Any:
        kept = self._kept(sent.getlist(f"{name}-kept"))
        for upload in files.getlist(name):
            try:
                if len(kept) >= self.most:
                    raise InvalidInput(
                        "records.upload.most",
                        "%(name)s was not kept: at most %(most)s files",
                        name=upload.name,
                        most=self.most,
                    )
                kept.append(
                    keep_upload(self.sources.desk, self.sources.code, self.field.key, upload)
                )
            except (InvalidInput, TooMany) as error:
                self.faults.setdefault(name, []).append(explain(error))
        return kept or None

    def _kept(self, ids: list[str]) -> list[File]:
        """Those that the page had: of the record, or sent before."""
        standing = {one["id"]: one for one in self.sources.standing.get(self.field.key) or ()}
        ids = list(dict.fromkeys(ids))[: self.most]
        known = standing | find_uploads(self.sources.desk, self.sources.code, self.field.key, ids)
        return [known[one] for one in ids if one in known]

    def settle(self, answer: Any) -> Any:
        return answer
