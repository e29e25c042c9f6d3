"""The kinds of differences between what a file holds and what is landed. 差异种类。"""

from __future__ import annotations

from yiwang.kernel.base.text import msg

DIFFERENCE_KINDS: dict[str, str] = {
    "ragged_short": msg("row with too few fields; the missing ones are nothing"),
    "ragged_long": msg("row with too many fields; the surplus stands in a column of its own"),
    "footer_row": msg("note or total under the table, no row of it"),
    "repeated_header": msg("row that repeats the headings, left out"),
    "column_numbers": msg("row that only numbers the columns, left out"),
    "quote_inside": msg("quotation mark in the wrong place, taken as a letter"),
    "date": msg("stored number shown as a date or time"),
    "number_format": msg("number shown in another form than stored"),
    "rounded": msg("stored with more than 15 digits, shown with 15"),
    "digits_lost": msg("number longer than a sheet can hold: its last digits were lost before"),
    "spreadsheet_zeroed": msg("18 digits whose last three a spreadsheet made zeros"),
    "truncated_16": msg("long number whose digits beyond the fifteenth a spreadsheet made zeros"),
    "scientific": msg("code written as 1.10101E+17: a spreadsheet lost its digits"),
    "not_a_number": msg("number cell that holds no number"),
    "boolean": msg("stored 0 or 1 shown as TRUE or FALSE"),
    "error_value": msg("error of the sheet instead of a value"),
    "formula_without_value": msg("formula whose value was never stored"),
    "text_format": msg("text shown with what its format adds"),
    "text_escape": msg("control character written as an escape in the file"),
    "half_character": msg("half of a character pair, shown as its escape"),
    "binary": msg("bytes that are no text, shown as hexadecimal digits"),
}


def label_kind(kind: str) -> str:
    """The English message id that says what a kind means; an unknown kind is its own. 种类说明。"""
    return DIFFERENCE_KINDS.get(kind, kind)
