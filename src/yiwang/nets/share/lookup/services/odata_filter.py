"""`$filter` of OData as a tree of the query language. OData 筛选。

    either   = both { "or" both }
    both     = test { "and" test }
    test     = one [ ( "eq" | "ne" | "gt" | "ge" | "lt" | "le" ) one | "in" "(" fixed { "," fixed } ")" ]
    one      = "not" one | 'text' | number | "null" | "true" | "false" | name
             | name "(" either { "," either } ")" | "(" either ")"

OData knows true, false and null where the query language knows true and false. So a condition is
read as two trees: when it is true, and when it is false; `not` changes places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, NoReturn

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.query import services as query
from yiwang.kernel.query.services import build_call, build_compare, build_in, find_field, read_value
from yiwang.kernel.query.types import (
    All,
    IsNull,
    Literal,
    Node,
    Not,
    Operator,
    Schema,
    Some,
)
from yiwang.nets.share.lookup.types import FILTER_LENGTH, ROW, Unsupported

DEPTH = 10
SIGNS: Mapping[str, Operator] = {
    "eq": "=", "ne": "!=", "gt": ">", "ge": ">=", "lt": "<", "le": "<=",
}  # fmt: skip
TESTS: Mapping[str, Operator] = {
    "contains": "contains", "startswith": "startswith", "endswith": "endswith",
}  # fmt: skip
NOT_HERE = frozenset(
    [
        "tolower",
        "toupper",
        "indexof",
        "matchesPattern",
        "year",
        "month",
        "day",
        "hour",
        "minute",
        "second",
        "fractionalseconds",
        "date",
        "time",
        "totaloffsetminutes",
        "now",
        "mindatetime",
        "maxdatetime",
        "round",
        "floor",
        "ceiling",
        "cast",
        "isof",
        "any",
        "all",
        "has",
        "add",
        "sub",
        "mul",
        "div",
        "divby",
        "mod",
        "case",
        "substringof",
        "geo",
    ]
)
TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?[0-9]+(?:\.[0-9]+)?)(?![\w.:-])"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>[(),])|(?P<end>$))"
)


class Token(NamedTuple):
    """One word of a filter and where it stands, from 1. 词。"""

    kind: str
    value: str
    position: int


@dataclass(frozen=True, slots=True)
class Truth:
    """A condition: when it is true, and when it is false; else it is null. 三值条件。"""

    yes: Node
    no: Node

    @classmethod
    def of(cls, node: Node) -> Truth:
        """A condition that is never null. 二值条件。"""
        return cls(node, Not(node))


class Null:
    """The word `null`. 空值。"""


Found = Node | Truth | Null | bool


def read_filter(text: str, names: Mapping[str, str]) -> str:
    """`$filter` in the text of the query language; `names` gives columns by short names. 读 OData 筛选。

    InvalidInput says where it cannot be read, Unsupported what this node does not do.
    """
    if not text.strip():
        return ""
    if len(text) > FILTER_LENGTH:
        raise InvalidInput(
            "lookup.filter.too_long", "A filter has at most %(most)s characters", most=FILTER_LENGTH
        )
    found = Reader(text, Schema(list(names))).read()
    return query.write_text(query.rename_fields(found.yes, names))


class Reader:
    """One reading of one filter. 筛选解析器。"""

    def __init__(self, text: str, schema: Schema) -> None:
        self.tokens = list(_cut(text))
        self.schema = schema
        self.index = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def read(self) -> Truth:
        """The whole filter as one condition. 整个条件。"""
        found = self._truth(self.either())
        if self.token.kind != "end":
            self.refuse()
        return found

    def either(self) -> Found:
        """Conditions with `or` between, or one value. 或。"""
        self._deepen()
        found = self._both()
        while self._take("or"):
            left, right = self._truth(found), self._truth(self._both())
            found = Truth(Some((left.yes, right.yes)), All((left.no, right.no)))
        self.depth -= 1
        return found

    def _both(self) -> Found:
        found = self._test()
        while self._take("and"):
            left, right = self._truth(found), self._truth(self._test())
            found = Truth(All((left.yes, right.yes)), Some((left.no, right.no)))
        return found

    def _test(self) -> Found:
        left = self._one()
        position = self.token.position
        for word, sign in SIGNS.items():
            if self._take(word):
                return self._compare(sign, left, self._one(), position)
        return self._in(left, position) if self._take("in") else left

    def _one(self) -> Found:
        if self._take("not"):
            self._deepen()
            item = self._truth(self._one())
            self.depth -= 1
            return Truth(item.no, item.yes)
        found = self.token
        self.index += found.kind != "end"
        if found.kind == "text":
            return Literal(found.value[1:-1].replace("''", "'"), "text")
        if found.kind == "number":
            kind = "decimal" if "." in found.value else "integer"
            return read_value(found.value, kind, found.position)  # type: ignore[arg-type]
        if found.value == "(":
            inner = self.either()
            self._need(")")
            return inner
        if found.kind == "name":
            return self._named(found)
        self.index -= found.kind != "end"
        return self.refuse()

    def _named(self, found: Token) -> Found:
        if self._take("("):
            return self._call(found)
        words: Mapping[str, Found] = {"null": Null(), "true": True, "false": False}
        if found.value in words:
            return words[found.value]
        if found.value == ROW:
            raise Unsupported(
                "lookup.filter.row", "Rows cannot be chosen by their number; follow the next link"
            )
        return find_field(self.schema, found.value, found.position)

    def _call(self, name: Token) -> Found:
        given = [self._value(self.either())]
        while self._take(","):
            given.append(self._value(self.either()))
        self._need(")")
        if name.value in TESTS and len(given) == 2:
            test = build_compare(TESTS[name.value], given[0], given[1], name.position)
            return _null_if_absent(test, given)
        if name.value == "substring" and len(given) == 3:
            given[1] = _from_one(given[1])
            return build_call("substring", given, name.position)
        if name.value in ("length", "trim", "concat"):
            return build_call(name.value, given, name.position)
        raise Unsupported(
            "lookup.filter.unsupported",
            "Position %(position)s: %(name)s is not supported here; there are contains, startswith, endswith, length, trim, concat and substring with three arguments",
            position=name.position, name=name.value[:40],
        )  # fmt: skip

    def _compare(self, sign: Operator, left: Found, right: Found, position: int) -> Truth:
        if isinstance(left, Null | bool):
            left, right, sign = right, left, _mirrored(sign)
        if isinstance(right, Null):
            return _compare_null(sign, self._value(left))
        if isinstance(right, bool):
            return _compare_truth(sign, self._truth(left), wanted=right) or self.refuse()
        mine, theirs = self._value(left), self._value(right)
        found = build_compare(sign, mine, theirs, position)
        if sign not in ("=", "!=") or isinstance(mine, Literal) or isinstance(theirs, Literal):
            return Truth.of(found)
        same = Some(
            (build_compare("=", mine, theirs, position), All((IsNull(mine), IsNull(theirs))))
        )
        return Truth.of(same if sign == "=" else Not(same))

    def _in(self, left: Found, position: int) -> Truth:
        item = self._value(left)
        self._need("(")
        options = [self._fixed()]
        while self._take(","):
            options.append(self._fixed())
        self._need(")")
        return Truth.of(build_in(item, options, position))

    def _fixed(self) -> Literal:
        found = self._one()
        return found if isinstance(found, Literal) else self.refuse(back=1)

    def _truth(self, found: Found) -> Truth:
        return found if isinstance(found, Truth) else self.refuse()

    def _value(self, found: Found) -> Node:
        return self.refuse() if isinstance(found, Truth | Null | bool) else found

    def _deepen(self) -> None:
        self.depth += 1
        if self.depth > DEPTH:
            raise InvalidInput(
                "lookup.filter.too_deep", "A filter is nested at most %(most)s deep", most=DEPTH
            )

    def _take(self, word: str) -> bool:
        found = self.token.kind in ("name", "sign") and self.token.value == word
        self.index += found
        return found

    def _need(self, sign: str) -> None:
        if not self._take(sign):
            self.refuse()

    def refuse(self, back: int = 0) -> NoReturn:
        """Say where the filter went wrong. 报错。"""
        _refuse(self.tokens[self.index - back])


def _cut(text: str) -> Iterator[Token]:
    place = 0
    while True:
        found = TOKEN.match(text, place)
        if found is None:
            _refuse(Token("", text[place:].strip()[:20], place + 1))
        kind = str(found.lastgroup)
        yield Token(kind, found[kind], found.start(kind) + 1)
        if kind == "end":
            return
        place = found.end()


def _refuse(token: Token) -> NoReturn:
    raise InvalidInput(
        "lookup.filter.unexpected",
        "The filter cannot be read at position %(position)s (“%(found)s”). It reads like: street eq 'East Lake' and not contains(name,'x'); all values are texts in single quotes",
        position=token.position, found=token.value[:40],
    )  # fmt: skip


def _null_if_absent(test: Node, given: list[Node]) -> Truth:
    """A function over an absent value is null: neither true nor false."""
    there = [Not(IsNull(one)) for one in given if not isinstance(one, Literal)]
    return Truth(test, All((Not(test), *there)))


def _compare_null(sign: Operator, item: Node) -> Truth:
    if sign == "=":
        return Truth.of(IsNull(item))
    # Nothing is greater or less than null, and nothing is as great.
    never = All((IsNull(item), Not(IsNull(item))))
    return Truth.of(Not(IsNull(item)) if sign == "!=" else never)


def _compare_truth(sign: Operator, item: Truth, *, wanted: bool) -> Truth | None:
    same = Truth.of(item.yes if wanted else item.no)
    if sign == "=":
        return same
    return Truth(same.no, same.yes) if sign == "!=" else None


def _mirrored(sign: Operator) -> Operator:
    turned: Mapping[Operator, Operator] = {">": "<", ">=": "<=", "<": ">", "<=": ">="}
    return turned.get(sign, sign)


def _from_one(place: Node) -> Node:
    """OData counts characters from 0, the query language from 1."""
    if isinstance(place, Literal) and isinstance(place.value, int):
        return Literal(place.value + 1, "integer")
    return place
