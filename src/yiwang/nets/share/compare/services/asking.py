"""What to compare by: expressions read, proposed and tried out. 比对方案。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import VersionInfo
from yiwang.kernel.query import services as query
from yiwang.kernel.query.types import Call, Field, KeyPair, Schema
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services.permissions import LOOK
from yiwang.nets.share.compare.types import Proposal, Request, Trial

from .permissions import RUN
from .sides import side_sql

# What these give still has the head and the tail of what they were given.
WHOLE = frozenset({"trim", "nfkc", "upper", "lower", "id15to18", "fold_brackets"})
TRIED = 2_000
PROPOSED = 5
SHOWN = 5
SECONDS = 20.0


def get_side(actor: Actor, resource: str) -> tuple[catalog.Resource, VersionInfo]:
    """A resource that the actor may look into, and its newest version. 取比对一侧。"""
    found = catalog.get_resource(actor, resource)
    actor.require(LOOK, organization=found.owner)
    version = pool.find_latest(found.table) if found.table else None
    if version is None:
        raise InvalidInput("compare.side.empty", "%(name)s holds no data yet", name=found.name)
    return found, version


def read_request(
    left: VersionInfo,
    right: VersionInfo,
    keys: Sequence[str],
    values: Sequence[str] = (),
    alternate: str = "",
) -> Request:
    """Read the expressions against the columns of both sides. 解析比对方案。

    InvalidInput names the place in the text that cannot be read.
    """
    schemas = Schema(left.columns), Schema(right.columns)

    def read(texts: Sequence[str]) -> tuple[KeyPair, ...]:
        return tuple(
            pair for text in texts if text.strip() for pair in query.parse_key_pairs(text, *schemas)
        )

    request = Request(read(keys), read(values), read([alternate]))
    if not request.keys:
        raise InvalidInput("compare.key.missing", "Say by what key to compare, such as code = code")
    return request


def write_pairs(pairs: Sequence[KeyPair]) -> list[str]:
    """Pairs as text that reads back the same. 写出表达式。"""
    return [f"{query.write_text(pair.left)} = {query.write_text(pair.right)}" for pair in pairs]


def propose_pairs(actor: Actor, left: str, right: str) -> tuple[list[str], list[str]]:
    """Key pairs and value pairs worth trying. 推荐比对项。

    Columns bound to, or looking like, the same element; else columns of the same name. Those that
    identify something come as keys: the resources' keys, elements that are match keys, and columns
    without repetition.
    """
    keys, values = _rank_pairs(actor, left, right)
    return list(keys), values


def _rank_pairs(actor: Actor, left: str, right: str) -> tuple[dict[str, int], list[str]]:
    """Key pairs with how well they tell things apart, the best first; and value pairs."""
    (mine, left_version), (theirs, right_version) = get_side(actor, left), get_side(actor, right)
    pairs = _alike(mine.id, theirs.id, left_version, right_version)
    unique = {column.name for column in pool.profile(left_version.id) if column.unique}
    keys = [one for one in pairs if one[0] in mine.key or one[0] in unique or _matches(one[2])]
    keys.sort(key=lambda one: (-_rank(one[2]), one[0] not in mine.key, one[0] not in unique))
    values = [_equal(a, b) for a, b, element in pairs if (a, b, element) not in keys]
    return {_equal_in(*pair): _rank(pair[2]) for pair in keys}, values


def propose_keys(actor: Actor, left: str, right: str) -> list[Proposal]:
    """The key pairs worth trying, tried on the first rows, the best first. 推荐键。

    Names and phone numbers come last however many of them meet: they repeat and are shared.
    """
    keys, _ = _rank_pairs(actor, left, right)
    (_, left_version), (_, right_version) = get_side(actor, left), get_side(actor, right)
    shares = [_distinct_shares(left_version), _distinct_shares(right_version)]
    found = []
    for text in list(keys)[:PROPOSED]:
        pair = query.parse_key_pair(text)
        distinct = min(
            shares[side].get(name, 0.0)
            for side, node in enumerate((pair.left, pair.right))
            for name in query.list_fields(node)
        )
        found.append(Proposal(text, try_keys(actor, left, right, [text]), distinct))
    return sorted(found, key=lambda one: (keys[one.text] > 0, one.worth), reverse=True)


def _distinct_shares(version: VersionInfo) -> dict[str, float]:
    return {
        column.name: column.distinct / column.filled if column.filled else 0.0
        for column in pool.profile(version.id)
    }


def try_keys(actor: Actor, left: str, right: str, keys: Sequence[str]) -> Trial:
    """Sample values of the key expressions, and how many of the first left keys are met. 试算键。

    Holders of `share.compare.run` who may look into both. Personal values are masked, the look
    is on record; nothing else is stored.
    """
    actor.require(RUN, organization=actor.organization)
    (mine, left_version), (theirs, right_version) = get_side(actor, left), get_side(actor, right)
    request = read_request(left_version, right_version, keys)
    sides = [
        side_sql(left_version.id, "left", Request(request.keys)),
        side_sql(right_version.id, "right", Request(request.keys)),
    ]
    with pool.engine(seconds=SECONDS) as connection:
        connection.execute(
            f"CREATE TEMP TABLE tried AS SELECT k FROM {sides[0].sql} LIMIT {TRIED}",
            sides[0].params,
        )
        met = connection.execute(
            f"SELECT count(*) FROM tried SEMI JOIN {sides[1].sql} AS r USING (k)", sides[1].params
        ).fetchone()
        tried = connection.execute("SELECT count(k) FROM tried").fetchone()
        samples = [
            connection.execute(f"SELECT k FROM {side.sql} LIMIT {SHOWN}", side.params).fetchall()
            for side in sides
        ]
    sights = [
        catalog.sight_of(actor, mine, left_version.columns),
        catalog.sight_of(actor, theirs, right_version.columns),
    ]
    record_sides(actor, request, sights, rows=(SHOWN, SHOWN), place="comparison trial")
    masks = [
        mask_of([pair.left for pair in request.keys], sights[0].masks),
        mask_of([pair.right for pair in request.keys], sights[1].masks),
    ]
    shown = [
        tuple(show_key(row[0], mask) for row in rows)
        for rows, mask in zip(samples, masks, strict=True)
    ]
    return Trial(shown[0], shown[1], tried[0] if tried else 0, met[0] if met else 0)


def mask_of(nodes: Sequence[query.Node], masks: Mapping[str, str]) -> tuple[str, ...]:
    """For each part of a key what masks it, or nothing. 键的脱敏。

    Only what leaves a value whole is masked like its column; of anything worked out otherwise
    nothing shows, since its head and tail are not those that the mask was made for.
    """
    return tuple(_mask(node, masks) for node in nodes)


def _mask(node: query.Node, masks: Mapping[str, str]) -> str:
    if not any(name in masks for name in query.list_fields(node)):
        return ""
    while isinstance(node, Call) and node.function in WHOLE:
        node = node.arguments[0]
    return masks[node.name] if isinstance(node, Field) else catalog.HIDDEN


def join_masks(mine: Sequence[str], theirs: Sequence[str]) -> tuple[str, ...]:
    """What masks both sides of pairs: what is held against a personal value is one too. 合并脱敏。"""
    return tuple(
        (left or right) if left == right or not (left and right) else catalog.HIDDEN
        for left, right in zip(mine, theirs, strict=True)
    )


def record_sides(
    actor: Actor,
    request: Request,
    sights: Sequence[catalog.Sight],
    *,
    rows: tuple[int, int],
    place: str,
) -> None:
    """A read row for each register whose personal columns are used. 两侧查阅记录。"""
    for side, sight in enumerate(sights):
        used = list_used(request, side)
        catalog.record_look(actor, sight, columns=used, rows=rows[side], place=place)


def list_used(request: Request, side: int) -> set[str]:
    """The columns of the left (0) or right (1) register in the expressions. 所用列。"""
    pairs = [*request.keys, *request.values, *request.alternate]
    return {name for pair in pairs for name in query.list_fields(pair[side])}


def show_key(key: str | None, masks: Sequence[str], separator: str = "\x1f") -> str | None:
    """A key for people, its personal parts masked. 显示键。"""
    if key is None:
        return None
    parts = key.split(separator) if len(masks) > 1 else [key]
    if len(parts) != len(masks):
        return "***" if any(masks) else " / ".join(parts)
    shown = [
        catalog.hide(mask, part) if mask else part for part, mask in zip(parts, masks, strict=True)
    ]
    return " / ".join(part or "" for part in shown)


def _alike(
    left: str, right: str, mine: VersionInfo, theirs: VersionInfo
) -> list[tuple[str, str, str]]:
    bound = {item.effective: item.name for item in catalog.list_items(right) if item.effective}
    pairs = []
    for item in catalog.list_items(left):
        other = bound.get(item.effective) or (item.name if item.name in theirs.columns else "")
        if other in theirs.columns and item.name in mine.columns:
            pairs.append((item.name, other, item.effective))
    return pairs


def _matches(element: str) -> bool:
    known = standards.get_elements().get(element)
    return known is not None and bool(known.match_key)


def _rank(element: str) -> int:
    """How well an element tells one thing from another: numbers that prove themselves, then codes. 键的次序。

    A phone is shared and a name repeats, so both come last.
    """
    known = standards.get_elements().get(element)
    if known is None:
        return 1
    if known.check and known.mask != "phone":
        return 3
    if known.type == "code" and known.mask not in ("phone", "name"):
        return 2
    return 0 if known.mask in ("phone", "name") else 1


def _equal_in(left: str, right: str, element: str) -> str:
    """Both columns under the steps by which the element is matched. 按匹配键写出。"""
    known = standards.get_elements().get(element)
    sides = [query.write_name(left), query.write_name(right)]
    for step in known.match_key if known else ():
        sides = [_apply(step, side) for side in sides]
    return " = ".join(sides)


def _apply(step: str, side: str) -> str:
    """One step of a match key around what stands there; `left:9` keeps nine characters."""
    name, *arguments = step.split(":")
    return f"{name}({', '.join([side, *arguments])})"


def _equal(left: str, right: str) -> str:
    return f"{query.write_name(left)} = {query.write_name(right)}"
