"""The three engines' words for each function. 三种引擎的方言。

DuckDB: `translate` builds its map anew for each row and `upper` knows all of Unicode, so the
cheap test comes first and most rows leave there. NFKC is built from its NFC: nothing at all for
plain rows, one change of characters for full-width ones, and character by character for the rest.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from string import ascii_lowercase, ascii_uppercase

from .engine import Engine, coalesce, concatenate, quote_constant, quote_name
from .functions import FUNCTIONS, ID_CHECKS, ID_WEIGHTS
from .tables import (
    BLANK_PATTERN,
    BRACKETS_FROM,
    BRACKETS_TO,
    FULL_WIDTH,
    FULL_WIDTH_PATTERN,
    HALF_WIDTH,
    SPACES,
    UNSTABLE_PATTERN,
    compatibility_foldings,
)
from .types import Dialect, Literal, Value

_constant = quote_constant
_SPACE_CLASS = f"[{SPACES}]"
_BRACKET_CLASS = "[" + "".join(map(re.escape, BRACKETS_FROM)) + "]"
# What registers hold of full-width forms, nearly always; replacing these few one after the other
# is many times faster than `translate`, which stays for all others.
_COMMON = {"（": "(", "）": ")", "：": ":", "，": ",", "　": " "}
_UPPER = f"translate(«0», '{ascii_lowercase}', '{ascii_uppercase}')"
_LOWER = f"translate(«0», '{ascii_uppercase}', '{ascii_lowercase}')"
_FOLD = f"translate(«0», {_constant(BRACKETS_FROM)}, {_constant(BRACKETS_TO)})"
_SEPARATOR = "\x1f"


def _check_digit() -> str:
    """SQL of the GB 11643 check character over the 15 digits in «0»; the century is 19.

    A digit's value is its place in 123456789: unlike a cast it cannot fail where an engine
    computes both branches of a CASE ahead of time.
    """
    sources = [1, 2, 3, 4, 5, 6, None, None, *range(7, 16)]
    terms = [
        f"{weight} * strpos('123456789', substr(«0», {place}, 1))"
        for weight, place in zip(ID_WEIGHTS, sources, strict=True)
        if place
    ]
    century = ID_WEIGHTS[6] * 1 + ID_WEIGHTS[7] * 9
    return f"substr('{ID_CHECKS}', 1 + ({' + '.join(terms)} + {century}) % 11, 1)"


def _longer_id(matches: str) -> str:
    longer = f"substr(«0», 1, 6) || '19' || substr(«0», 7, 9) || {_check_digit()}"
    return f"CASE WHEN {matches} THEN {longer} ELSE «0» END"


def _replace_common(argument: str) -> str:
    for full, plain in _COMMON.items():
        argument = f"replace({argument}, '{full}', '{plain}')"
    return argument


def _without_common(pattern: str) -> str:
    """The class that matches what `pattern` matches, save the common ones."""
    if pattern.startswith("[^"):
        return f"{pattern[:-1]}{''.join(_COMMON)}]"
    return "[" + "".join(re.escape(char) for char in BRACKETS_FROM if char not in _COMMON) + "]"


def _duckdb_fold(pattern: str, whole: str) -> str:
    """Nothing for plain rows, a few replacements for most others, `whole` for the rest."""
    return (
        f"CASE WHEN NOT regexp_matches(«0», {_constant(pattern)}) THEN «0»"
        f" WHEN NOT regexp_matches(«0», {_constant(_without_common(pattern))})"
        f" THEN {_replace_common('«0»')} {whole} END"
    )


def _duckdb_case(letters: str, engine_word: str, whole: str) -> str:
    """Only rows with such letters change; the engine's own word where it means a to z alone."""
    return (
        f"CASE WHEN NOT regexp_matches(«0», '[{letters}]') THEN «0»"
        f" WHEN NOT regexp_matches(«0», {_constant(_without_common(UNSTABLE_PATTERN))})"
        f" THEN {engine_word}(«0») ELSE {whole} END"
    )


def _duckdb_trim() -> str:
    """The engine's own trim takes some of the spaces, quickly; mostly these are all there are."""
    edges = _constant(f"^{_SPACE_CLASS}|{_SPACE_CLASS}$")
    return (
        f"CASE WHEN NOT regexp_matches(«0», {edges}) THEN «0»"
        f" WHEN NOT regexp_matches(trim(«0»), {edges}) THEN trim(«0»)"
        f" ELSE trim(«0», {_constant(SPACES)}) END"
    )


def _duckdb_nfkc() -> str:
    sources, targets = compatibility_foldings()
    listed = f"string_split({_constant(_SEPARATOR.join(targets))}, {_constant(_SEPARATOR)})"
    spot = f"strpos({_constant(sources)}, yw_c)"
    unstable = _constant(UNSTABLE_PATTERN)
    each = (
        f"CASE WHEN regexp_matches(yw_c, {unstable}) AND {spot} > 0 THEN {listed}[{spot}]"
        " ELSE yw_c END"
    )
    whole = (
        "nfc_normalize(array_to_string(list_transform("
        f"regexp_extract_all(«0», '(?s).'), lambda yw_c: {each}), ''))"
    )
    plain = f"translate(«0», {_constant(FULL_WIDTH)}, {_constant(HALF_WIDTH)})"
    return _duckdb_fold(
        UNSTABLE_PATTERN,
        f"WHEN regexp_full_match(«0», {_constant(FULL_WIDTH_PATTERN)}) THEN {plain} ELSE {whole}",
    )


def _duckdb_once(template: str) -> str:
    return f"list_transform([«0»], lambda yw_v: {template.replace('«0»', 'yw_v')})[1]"


def _bind_duckdb(literal: Literal) -> Value:
    value = literal.value
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


DUCKDB = Engine(
    functions={
        "left": "left(«0», «1»)",
        "right": "right(«0», «1»)",
        "substring": "substring(«0», «1», «2»)",
        "trim": _duckdb_trim(),
        "nfkc": _duckdb_nfkc(),
        "upper": _duckdb_case("a-z", "upper", _UPPER),
        "lower": _duckdb_case("A-Z", "lower", _LOWER),
        "digits": "CASE WHEN regexp_full_match(«0», '[0-9]*') THEN «0» "
        "ELSE regexp_replace(«0», '[^0-9]+', '', 'g') END",
        "id15to18": _longer_id("regexp_full_match(«0», '[0-9]{15}')"),
        "fold_brackets": _duckdb_fold(_BRACKET_CLASS, f"ELSE {_FOLD}"),
        "replace": "replace(«0», «1», «2»)",
        "concat": concatenate,
        "length": "length(«0»)",
        "coalesce": coalesce,
        "blank": f"COALESCE(regexp_full_match(«0», {_constant(BLANK_PATTERN)}), TRUE)",
        "empty": "COALESCE(«0» = '', TRUE)",
    },
    places={
        "text": "CAST(? AS VARCHAR)",
        "integer": "CAST(? AS BIGINT)",
        "decimal": "CAST(? AS DECIMAL(30, 15))",
        "date": "CAST(? AS DATE)",
        "datetime": "CAST(? AS TIMESTAMP)",
        "boolean": "CAST(? AS BOOLEAN)",
    },
    tests={
        "!=": "COALESCE(«0» <> «1», TRUE)",
        "contains": "contains(«0», «1»)",
        "startswith": "starts_with(«0», «1»)",
        "endswith": "ends_with(«0», «1»)",
    },
    bind=_bind_duckdb,
    collation="",
    false="FALSE",
    quote=quote_name,
    bind_once=_duckdb_once,
)


def _bind_sqlite(literal: Literal) -> Value:
    value = literal.value
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    if isinstance(value, (date, Decimal)):
        return str(value)
    return int(value) if isinstance(value, bool) else value


SQLITE = Engine(
    functions={
        "left": "substr(«0», 1, «1»)",
        "right": "substr(«0», max(1, length(«0») - «1» + 1))",
        "substring": "substr(«0», «1», «2»)",
        "trim": f"trim(«0», {_constant(SPACES)})",
        "upper": "upper(«0»)",
        "lower": "lower(«0»)",
        "replace": "replace(«0», «1», «2»)",
        "concat": concatenate,
        "length": "length(«0»)",
        "coalesce": coalesce,
        "empty": "COALESCE(«0» = '', 1)",
        **{
            name: f"yw_{name}(«0»)"
            for name in ("nfkc", "digits", "id15to18", "fold_brackets", "blank")
        },
    },
    places={
        "text": "?",
        "integer": "?",
        "decimal": "CAST(? AS NUMERIC)",
        "date": "?",
        "datetime": "?",
        "boolean": "?",
    },
    tests={
        "!=": "COALESCE(«0» <> «1» COLLATE BINARY, 1)",
        "contains": "(instr(«0», «1») > 0)",
        "startswith": "(substr(«0», 1, length(«1»)) = «1» COLLATE BINARY)",
        "endswith": "(substr(«0», max(1, length(«0») - length(«1») + 1)) = «1» COLLATE BINARY)",
    },
    bind=_bind_sqlite,
    collation=" COLLATE BINARY",
    false="0",
    quote=quote_name,
)


def _percent(sql: str) -> str:
    """Psycopg reads `%` as the start of a place."""
    return sql.replace("%", "%%")


def _postgres_once(template: str) -> str:
    computed = template.replace("«0»", "yw_v")
    return f"(SELECT {computed} FROM (SELECT «0» AS yw_v) AS yw_s)"  # noqa: S608 - no input


POSTGRESQL = Engine(
    functions={
        "left": "left(«0», «1»)",
        "right": "right(«0», «1»)",
        "substring": "substr(«0», «1», «2»)",
        "trim": f"btrim(«0», {_constant(SPACES)})",
        "nfkc": "normalize(«0», NFKC)",
        "upper": _UPPER,
        "lower": _LOWER,
        "digits": "regexp_replace(«0», '[^0-9]+', '', 'g')",
        "id15to18": _percent(_longer_id("«0» ~ '^[0-9]{15}$'")),
        "fold_brackets": _percent(_FOLD),
        "replace": "replace(«0», «1», «2»)",
        "concat": concatenate,
        "length": "length(«0»)",
        "coalesce": coalesce,
        "blank": _percent(f"COALESCE(«0» ~ {_constant(f'^(?:{BLANK_PATTERN})$')}, TRUE)"),
        "empty": "COALESCE(«0» = '', TRUE)",
    },
    places={
        "text": "CAST(%s AS text)",
        "integer": "CAST(%s AS bigint)",
        "decimal": "CAST(%s AS numeric)",
        "date": "CAST(%s AS date)",
        "datetime": "CAST(%s AS timestamptz)",
        "boolean": "CAST(%s AS boolean)",
    },
    tests={
        "!=": "COALESCE(«0» <> «1», TRUE)",
        "contains": "(strpos(«0», «1») > 0)",
        "startswith": "starts_with(«0», «1»)",
        "endswith": "(right(«0», length(«1»)) = «1»)",
    },
    bind=lambda literal: literal.value,
    collation=' COLLATE "C"',
    false="FALSE",
    quote=lambda name: _percent(quote_name(name)),
    bind_once=_postgres_once,
)

ENGINES: dict[Dialect, Engine] = {"duckdb": DUCKDB, "sqlite": SQLITE, "postgresql": POSTGRESQL}

SQLITE_FUNCTIONS = {
    f"yw_{name}": FUNCTIONS[name].compute
    for name in ("nfkc", "digits", "id15to18", "fold_brackets", "blank")
}
