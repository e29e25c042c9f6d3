"""Numbers known by their form alone: no check character stands in them. 号码格式。

Full matches over canonical text (upper case, no spaces, no hyphens), written so that Python's `re`
and DuckDB's RE2 read them alike. Number ranges that the state still opens (mobile prefixes) are
left open: a new range must not become an error in every register.
"""

from __future__ import annotations

MOBILE = "1[3-9][0-9]{9}"
AREA = r"\(?0(?:10|2[0-57-9]|[3-9][0-9]{2})\)?"
LANDLINE = f"(?:{AREA})?[2-9][0-9]{{6,7}}(?:[转,#X][0-9]{{1,6}})?"
SERVICE = "[48]00[0-9]{7}|1[0-9]{2}|1[0-9]{4}|9[56][0-9]{3,4}"
ABROAD = r"(?:\+86|0086|86)?"

SHORT = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
# I and O are left out of serials; a middle dot often stands after the second character.
HEAD = f"[{SHORT}][A-Z][·•・.]?"
SERIAL = "[0-9A-HJ-NP-Z]"
PLATES = (
    f"{HEAD}{SERIAL}{{5}}",
    f"{HEAD}[A-HJK]{SERIAL}[0-9]{{4}}",  # small new-energy vehicles 小型新能源
    f"{HEAD}[0-9]{{5}}[A-HJK]",  # large ones 大型新能源
    f"{HEAD}{SERIAL}{{4}}[学警挂试超]",
    f"粤Z[·•・.]?{SERIAL}{{4}}[港澳]",
    "使[0-9]{6}|[0-9]{6}使",  # embassies 使馆
    f"{HEAD}[0-9]{{4}}领",  # consulates 领馆
    f"WJ[{SHORT}]?[0-9]{{4}}[0-9TDSHBXJ]",  # armed police 武警
)
PASSPORTS = (
    "[EGKHM][0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|1[45][0-9]{7}|[DSP]E?[0-9]{7,8}",
    "[A-Z]{0,3}[0-9]{6,9}[A-Z]?",  # most foreign ones
)

PLAIN = {"mobile": MOBILE, "phone": MOBILE}
"""Patterns whose every match has the form too, so that one look is enough."""

FORMS = {
    "mobile": ABROAD + MOBILE,
    "landline": f"{LANDLINE}|{SERVICE}",
    "phone": f"{ABROAD}{MOBILE}|{LANDLINE}|{SERVICE}",
    "plate": "|".join(PLATES),
    # First two digits by province; 999077 and 999078 stand for Hong Kong and Macao.
    "postcode": "(?:0[1-7]|1[0-356]|2[0-7]|3[0-6]|4[0-7]|5[1-7]|6[1-7]|7[1-5]|8[1-6])[0-9]{4}"
    "|99907[78]",
    "passport": "|".join(PASSPORTS),
    "hk_macao_permit": "[HM][0-9]{8}(?:[0-9]{2})?",
    "taiwan_permit": r"[0-9]{8}|[0-9]{10}(?:\(?[A-Z]\)?)?",
    "exit_permit": "[CW][0-9A-Z][0-9]{7}|[LT][0-9]{8}",
}
