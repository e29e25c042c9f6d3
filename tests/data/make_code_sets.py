"""Writes the code lists that are taken from public registers. 代码集生成。

`python -m tests.data.make_code_sets FOLDER`: FOLDER holds `china-division` (statistics) and `quhua`
(civil affairs), as their publishers pack them. Countries and currencies come from Unicode CLDR, as
Babel carries it: their codes are those of ISO 3166-1 and ISO 4217. What is written is plain public
facts; source and vintage stand in the YAML beside each list.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from textwrap import wrap

from babel import Locale
from babel.core import get_global
from babel.numbers import get_territory_currencies

CODE_SETS = Path(__file__).resolve().parents[2] / "src/yiwang/kernel/standards/vendor/code_sets"
Row = tuple[str, str, str]
# Territories of CLDR that ISO 3166-1 does not list.
NO_COUNTRIES = frozenset(wrap("ACCPCQDGEAEUEZICQOTAUNXAXBXKZZ", 2))
IN_CHINA = {
    "HK": ("中国香港", "Hong Kong, China"),
    "MO": ("中国澳门", "Macao, China"),
    "TW": ("中国台湾", "Taiwan, China"),
}


def write(name: str, columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> None:
    with (CODE_SETS / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(sorted(rows))


def read_statistics(folder: Path) -> list[Row]:
    """Provinces, cities and counties of the statistics register, six digits each. 统计用区划。"""

    def rows(name: str) -> list[dict[str, str]]:
        return list(csv.DictReader((folder / name).open(encoding="utf-8")))

    provinces = [(row["code"] + "0000", row["name"], "") for row in rows("provinces.csv")]
    cities = [
        (row["code"] + "00", row["name"], row["provinceCode"] + "0000")
        for row in rows("cities.csv")
    ]
    # A city without counties stands below itself: one of the two is enough.
    areas = [
        (row["code"], row["name"], row["cityCode"] + "00")
        for row in rows("areas.csv")
        if row["code"] != row["cityCode"] + "00"
    ]
    return [*provinces, *cities, *areas]


def read_civil(file: Path) -> list[Row]:
    """Provinces, cities and counties of the civil-affairs register, six digits each. 民政区划。

    Counties under no city (municipalities, counties that a province runs) belong to the province.
    """
    found: list[Row] = []
    for name, province in json.loads(gzip.decompress(file.read_bytes()))["provinces"].items():
        top = province["code"][:6]
        found.append((top, name, ""))
        for city_name, city in province["cities"].items():
            above = city["code"][:6] if city["code"] else top
            if city["code"]:
                found.append((above, city_name, top))
            found += [
                (code[:6], county, above)
                for county, code in city["counties"].items()
                if code[:6] != above
            ]
    return found


def write_countries() -> None:
    zh, en = Locale("zh", "Hans").territories, Locale("en").territories
    two = [code for code in zh if len(code) == 2 and code not in NO_COUNTRIES]
    others = {alias: codes[0] for alias, codes in get_global("territory_aliases").items()}
    for kind, holds in (
        ("alpha3", lambda alias: len(alias) == 3 and alias.isalpha()),
        ("numeric", lambda alias: len(alias) == 3 and alias.isdigit()),
    ):
        code_of: dict[str, str] = {}
        for alias, code in sorted(others.items()):
            if holds(alias) and code in two and alias not in WITHDRAWN:
                code_of.setdefault(code, alias)
        assert len(code_of) == len(two), set(two) - set(code_of)
        write(f"countries_{kind}.csv", NAMED, [(code_of[c], *_names(c, zh, en)) for c in two])
    write("countries_alpha2.csv", NAMED, [(c, *_names(c, zh, en)) for c in two])


def _names(code: str, zh: dict[str, str], en: dict[str, str]) -> tuple[str, str]:
    return IN_CHINA.get(code, (zh[code], en[code]))


# Too new for the Chinese names of CLDR.
NEW_MONEY = {"ZWG": "津巴布韦金"}
NAMED = ("code", "name", "name_en")
# Aliases of CLDR that ISO 3166-1 has withdrawn.
WITHDRAWN = frozenset(
    wrap("ANTBURDDRFXXNTZSCGSUNTMPYMDYUGZAR", 3)
    + wrap("172200230249278280530532536582720736810830886890891", 3)
)


def write_currencies() -> None:
    """Money that is tender somewhere on the day the list stands for. 现行货币。"""
    zh, en = Locale("zh", "Hans").currencies, Locale("en").currencies
    day = dt.date(2025, 1, 1)
    codes = {
        one
        for territory in get_global("territory_currencies")
        for one in get_territory_currencies(territory, day, day)
    }
    write("currencies.csv", NAMED, [(c, zh.get(c) or NEW_MONEY[c], en[c]) for c in codes])


def main() -> None:
    folder = Path(sys.argv[1])
    tree = ("code", "name", "parent")
    write("divisions_statistics_2023.csv", tree, read_statistics(folder / "china-division"))
    write("divisions_civil_2025.csv", tree, read_civil(folder / "quhua/divisions_v1.json.gz"))
    write_countries()
    write_currencies()


if __name__ == "__main__":
    main()
