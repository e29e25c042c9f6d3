"""What to tell the sender of a file that is no table. 拒收说明。"""

from __future__ import annotations

from yiwang.kernel.base.text import msg

from .errors import FileRefused

_SHEET = msg("%(file)s is %(kind)s, not a table. Save the table as XLSX or CSV and send that.")
_REASONS: dict[str, tuple[str, str]] = {
    "empty": ("", msg("%(file)s is empty (0 bytes). Ask for it again.")),
    "encrypted": (
        "",
        msg("%(file)s is protected by a password. Remove the password and send it again."),
    ),
    "pdf": ("PDF", _SHEET),
    "docx": ("Word", _SHEET),
    "doc": ("Word", _SHEET),
    "pptx": ("PowerPoint", _SHEET),
    "ppt": ("PowerPoint", _SHEET),
    "odf": ("OpenDocument", _SHEET),
    "ofd": ("OFD", _SHEET),
    "rtf": ("RTF", _SHEET),
    "xml": ("XML", _SHEET),
    "image": ("PNG/JPEG/GIF", _SHEET),
    "dump": (
        "",
        msg(
            "%(file)s is a dump of a database. Ask for each table as CSV or XLSX, or for an account that may read them."
        ),
    ),
    "access": (
        "Access",
        msg("%(file)s is a %(kind)s database. Export each table as XLSX or CSV and send those."),
    ),
    "sqlite": (
        "SQLite",
        msg("%(file)s is a %(kind)s database. Export each table as XLSX or CSV and send those."),
    ),
    "xlsb": ("XLSB", msg("%(file)s is an %(kind)s workbook. Save it as XLSX and send that.")),
}
_UNKNOWN = msg(
    "%(file)s is of a kind (%(kind)s) that cannot be read here. Save it as XLSX or CSV and send that."
)


def refuse_format(kind: str, file: str) -> FileRefused:
    """The refusal of a format with what to do. 拒收某种格式。"""
    if kind in {"7z", "rar", "bzip2", "xz", "zstd"}:
        return FileRefused(
            "tabular.file.packed",
            msg("%(file)s is packed as %(kind)s. Pack it as ZIP or GZ, or send it unpacked."),
            file=file,
            kind=kind,
        )
    called, message = _REASONS.get(kind, (kind, _UNKNOWN))
    return FileRefused(f"tabular.file.{kind}", message, file=file, kind=called or kind)
