"""Reading filters and expressions from text. 语法分析。

filter     = both { "or" both }
both       = one { "and" one }
one        = "not" one | test
test       = value [ sign value | ["not"] "in" "(" fixed { "," fixed } ")"
| ["not"] "between" value "and" value
| ["not"] ("contains" | "startswith" | "endswith") value
| "is" ["not"] "null" ]
value      = 'text' | number | "true" | "false" | name | name "(" [value { "," value }] ")"
| "(" filter ")"
name       = letters, digits, _ (Chinese too) | "anything in double quotes"
"""

from __future__ import annotations

from typing import NoReturn

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.text import msg

from .building import build_between, build_call, build_compare, build_in, find_field
from .tokens import KEYWORDS, Token, cut
from .types import (
    MAX_DEPTH,
    MAX_NODES,
    TEXT_OPERATORS,
    All,
    IsNull,
    KeyPair,
    Literal,
    Node,
    Not,
    Operator,
    Schema,
    Some,
    Type,
    list_fields,
)
from .values import read_value

_SIGNS: dict[str, Operator] = {
    "=": "=",
    "!=": "!=",
    "<>": "!=",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
}


class Parser:
    """One reading of one text. 解析器。 Depth and count of nodes are bounded."""

    def __init__(self, text: str, schema: Schema) -> None:
        self.tokens = cut(text)
        self.schema = schema
        self.index = 0
        self.depth = 0
        self.nodes = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def take(self, *words: str) -> Token | None:
        """The present word if it is one of these, moving on. 取词。"""
        if not self.token.says(*words):
            return None
        self.index += 1
        return self.tokens[self.index - 1]

    def need(self, word: str) -> Token:
        """The present word, which must be this one. 必须为某词。"""
        return self.take(word) or self.refuse(f"“{word}”")

    def refuse(self, expected: str) -> NoReturn:
        """Say where the text went wrong. 报错。"""
        raise InvalidInput(
            "query.text.unexpected",
            "Position %(position)s: expected %(expected)s, found “%(found)s”",
            position=self.token.position,
            expected=expected,
            found=self.token.shown,
        )

    def end(self) -> None:
        """Nothing may follow. 结束。"""
        if self.token.kind != "end":
            self.refuse(msg("the end of the expression"))

    def filter(self) -> Node:
        """A condition, or any value where a condition could stand. 条件。"""
        self.depth += 1
        self._limit()
        parts = [self._both()]
        while self.take("or"):
            parts.append(self._both())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else Some(_flat(Some, self._tests(parts)))

    def _both(self) -> Node:
        parts = [self._one()]
        while self.take("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else All(_flat(All, self._tests(parts)))

    def _one(self) -> Node:
        if not self.take("not"):
            return self._test()
        self.depth += 1
        self._limit()
        item = self._tests([self._one()])[0]
        self.depth -= 1
        return Not(item)

    def _tests(self, parts: list[Node]) -> list[Node]:
        for part in parts:
            if part.type != "boolean":
                self.refuse(msg("a condition such as a = 'x'"))
        return parts

    def _test(self) -> Node:
        item = self.value()
        found = self.token
        if found.kind == "sign" and found.value in _SIGNS:
            self.index += 1
            return build_compare(_SIGNS[found.value], item, self.value(), found.position)
        if self.take("is"):
            negated = self.take("not")
            self.need("null")
            return Not(IsNull(item)) if negated else IsNull(item)
        if self.take("not"):
            return Not(
                self._word_test(item)
                or self.refuse(msg("in, between, contains, startswith or endswith"))
            )
        return self._word_test(item) or item

    def _word_test(self, item: Node) -> Node | None:
        found = self.token
        if self.take("in"):
            return self._in(item)
        if self.take("between"):
            low = self.value()
            self.need("and")
            return build_between(item, low, self.value(), found.position)
        for operator in TEXT_OPERATORS:
            if self.take(operator):
                return build_compare(operator, item, self.value(), found.position)
        return None

    def _in(self, item: Node) -> Node:
        opening = self.need("(")
        options = [self._fixed()]
        while self.take(","):
            options.append(self._fixed())
        self.need(")")
        return build_in(item, options, opening.position)

    def _fixed(self) -> Literal:
        value = self.value()
        if not isinstance(value, Literal):
            self.refuse(msg("a fixed value"))
        return value

    def value(self) -> Node:
        """A fixed value, a field, a function or something in brackets. 取值。"""
        self.nodes += 1
        self._limit()
        found = self.token
        self.index += found.kind != "end"
        match found.kind:
            case "text":
                return Literal(found.value, "text")
            case "number":
                kind: Type = "decimal" if "." in found.value else "integer"
                return read_value(found.value, kind, found.position)
            case "quoted":
                return self._named(found)
            case "name" if found.value.lower() not in KEYWORDS:
                return self._named(found)
            case "name" if found.says("true", "false"):
                return Literal(found.says("true"), "boolean")
            case "sign" if found.value == "(":
                inner = self.filter()
                self.need(")")
                return inner
        self.index -= found.kind != "end"
        return self.refuse(msg("a field, a function or a value"))

    def _named(self, found: Token) -> Node:
        if found.kind == "name" and self.take("("):
            return self._call(found)
        return find_field(self.schema, found.value, found.position)

    def _call(self, found: Token) -> Node:
        self.depth += 1
        arguments: list[Node] = []
        if not self.take(")"):
            arguments.append(self.value())
            while self.take(","):
                arguments.append(self.value())
            self.need(")")
        self.depth -= 1
        return build_call(found.value, arguments, found.position)

    def _limit(self) -> None:
        if self.depth > MAX_DEPTH:
            raise InvalidInput(
                "query.text.too_deep",
                "The expression is nested more than %(limit)s deep",
                limit=MAX_DEPTH,
            )
        if self.nodes > MAX_NODES:
            raise InvalidInput(
                "query.text.too_large",
                "The expression has more than %(limit)s parts",
                limit=MAX_NODES,
            )


def parse_filter(text: str, schema: Schema) -> Node:
    """A condition over the fields of `schema`, from text. 解析筛选条件。

    Raises InvalidInput with the position (from 1), what was expected and what was found.
    """
    parser = Parser(text, schema)
    found = parser.filter()
    parser.end()
    if found.type != "boolean":
        raise InvalidInput(
            "query.filter.not_a_condition",
            "The filter gives %(type)s; it must be a condition such as a = 'x'",
            type=found.type,
        )
    return found


def parse_expression(text: str, schema: Schema) -> Node:
    """A value over the fields of `schema`, from text. 解析表达式。"""
    parser = Parser(text, schema)
    found = parser.filter()
    parser.end()
    return found


def parse_key_pair(text: str, left: Schema | None = None, right: Schema | None = None) -> KeyPair:
    """`code = left(code, 9)`: the left row's value and the right row's. 解析比对键。

    Without schemas every name is taken as a text field.
    """
    pairs = parse_key_pairs(text, left, right)
    if len(pairs) != 1:
        raise InvalidInput(
            "query.key.more_than_one", "One pair such as code = code is expected here"
        )
    return pairs[0]


def parse_key_pairs(
    text: str, left: Schema | None = None, right: Schema | None = None
) -> list[KeyPair]:
    """`L = R, L = R`: the pairs that together make one key. 解析组合键。"""
    parser = Parser(text, left or Schema.open())
    pairs: list[KeyPair] = []
    while not pairs or parser.take(","):
        parser.schema = left or Schema.open()
        mine = parser.value()
        sign = parser.need("=")
        parser.schema = right or Schema.open()
        theirs = parser.value()
        _check_pair(mine, theirs, sign)
        pairs.append(KeyPair(mine, theirs))
    parser.end()
    return pairs


def _check_pair(left: Node, right: Node, sign: Token) -> None:
    if left.type != "text" or right.type != "text":
        raise InvalidInput(
            "query.key.types",
            "Position %(position)s: both sides must be texts; the left side is %(left)s, "
            "the right side %(right)s",
            position=sign.position,
            left=left.type,
            right=right.type,
        )
    if not list_fields(left) or not list_fields(right):
        raise InvalidInput(
            "query.key.no_field",
            "Position %(position)s: each side must name a field; names in single quotes are texts",
            position=sign.position,
        )


def _flat(kind: type[All | Some], parts: list[Node]) -> tuple[Node, ...]:
    """Parts of parts of the same kind in one row, so that one meaning has one tree."""
    flat: list[Node] = []
    for part in parts:
        flat += part.parts if isinstance(part, (All, Some)) and type(part) is kind else [part]
    return tuple(flat)
