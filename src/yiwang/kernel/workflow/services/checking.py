"""What a schema cannot say about a case type: that its steps hang together. 流程定义检查。"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from yiwang.kernel.base.declared import Document, Path
from yiwang.kernel.base.errors import InvalidInput, YiwangError
from yiwang.kernel.calendar.services import check_promise
from yiwang.kernel.calendar.types import WorkCalendar
from yiwang.kernel.calendar.vendor import vendor_years
from yiwang.kernel.expressions.services import check_table
from yiwang.kernel.workflow.types import OWN, Branch, CaseType, Field, Keep, Node, Push, Who

from .checking_guards import can_be_taken
from .checking_parts import PARTS, Found, compiles, no_such_role
from .guards import FACTS, compile_guard, compile_table


def check_case_type(document: Document, case_type: CaseType) -> None:
    """Raise InvalidInput for the first thing that does not hang together. 检查流程定义。"""
    for check in CHECKS:
        for path, code, message, extra in check(case_type):
            raise document.refuse(path, code, message, **extra)


def list_problems(document: Document, case_type: CaseType) -> list[InvalidInput]:
    """Everything wrong with it, for a tool that shows all. 问题清单。"""
    # Ways can only be followed where they lead somewhere.
    checks = PLAIN if any(_unknown_nodes(case_type)) else CHECKS
    found = (one for check in checks for one in check(case_type))
    return [document.refuse(path, code, message, **extra) for path, code, message, extra in found]


def list_ways(node: Node) -> Iterator[tuple[Path, Branch]]:
    """Every way on from a node, with its place in the file. 出口。"""
    here: Path = ("nodes", node.key)
    for key, action in node.actions.items():
        yield from _numbered((*here, "actions", key), action.branches)
    for key, heard in node.hears.items():
        yield from _numbered((*here, "hears", key), heard.branches)
    yield from _numbered((*here, "route"), node.route)
    yield from _numbered((*here, "then"), node.then)


def _numbered(path: Path, branches: Sequence[Branch]) -> Iterator[tuple[Path, Branch]]:
    for at, branch in enumerate(branches):
        yield (*path, at), branch


def _unknown_nodes(case_type: CaseType) -> Iterator[Found]:
    ways: list[tuple[Path, str]] = [(("start", "to"), case_type.first)]
    ways += [
        (path, branch.to) for node in case_type.nodes.values() for path, branch in list_ways(node)
    ]
    for path, to in ways:
        if to not in case_type.nodes:
            yield path, "workflow.type.node", "there is no step %(node)s", {"node": to or "—"}


def _unknown_fields(case_type: CaseType) -> Iterator[Found]:
    for path, key in _named_fields(case_type):
        if key not in case_type.fields:
            yield path, "workflow.type.field", "there is no field %(field)s", {"field": key}


def _named_fields(case_type: CaseType) -> Iterator[tuple[Path, str]]:
    for name, keys in (("edits", case_type.asks), ("needs", case_type.needs)):
        yield from (((("start", name, at)), key) for at, key in enumerate(keys))
    for node in case_type.nodes.values():
        here: Path = ("nodes", node.key)
        lists = {"edits": node.edits, "needs": node.needs, "supplements": node.supplements}
        for name, keys in lists.items():
            yield from (((*here, name, at), key) for at, key in enumerate(keys))
        if node.children:
            yield from (
                ((*here, "children", "data", into), key) for into, key in node.children.data.items()
            )
        if node.push:
            yield from _pushed_fields((*here, "push"), node.push)
        if node.look_up:
            told = [*node.look_up.match.values(), *node.look_up.gives]
            yield from (((*here, "look_up"), key) for key in told)
    yield from _matched_fields(case_type)
    for key, one in case_type.suggests.items():
        yield from ((("suggests", key), name) for name in (key, *one.of))
    for path, who in _rules_of_who(case_type):
        named = ((name, getattr(who, name)) for name in ("field", "each"))
        yield from (((*path, name), key) for name, key in named if key)


def _matched_fields(case_type: CaseType) -> Iterator[tuple[Path, str]]:
    for key, field in case_type.fields.items():
        for theirs, mine in field.known.match if field.known else ():
            yield ("fields", key, "known", "match", theirs), mine


def _pushed_fields(here: Path, push: Push) -> Iterator[tuple[Path, str]]:
    if push.under not in ("", OWN):
        yield (*here, "under"), push.under
    if push.until:
        yield (*here, "until"), push.until
    yield from (((*here, "data", into), key) for into, key in push.data.items())


def _levels_fit(case_type: CaseType) -> Iterator[Found]:
    for key, field in case_type.fields.items():
        if field.levels and field.kind not in ("organization", "organizations"):
            yield (
                ("fields", key, "levels"), "workflow.type.levels",
                "only fields for organizations have levels", {},
            )  # fmt: skip
        if field.reach == "city" and not field.levels:
            yield (
                ("fields", key, "reach"), "workflow.type.reach",
                "a field that reaches the whole city says in levels which organizations it means", {},
            )  # fmt: skip


def _pushes_wait(case_type: CaseType) -> Iterator[Found]:
    """What is pushed names organizations and a day, and people wait for the answers."""
    kinds = {"under": ("organization", "organizations"), "until": ("date",)}
    for node in case_type.nodes.values():
        if node.push is None:
            continue
        if not node.decides:
            yield (
                ("nodes", node.key, "push"), "workflow.type.push",
                "step %(node)s sends to others, so somebody must decide there when it is over",
                {"node": node.key},
            )  # fmt: skip
        for name, wanted in kinds.items():
            field = case_type.fields.get(getattr(node.push, name))
            if field and field.kind not in wanted:
                yield (
                    ("nodes", node.key, "push", name), "workflow.type.push_field",
                    "%(field)s must be one of these kinds: %(kinds)s",
                    {"field": field.key, "kinds": ", ".join(wanted)},
                )  # fmt: skip


def _needed_not_asked(case_type: CaseType) -> Iterator[Found]:
    """What must be filled must be there to fill."""
    message = "%(field)s is needed here but not among what can be filled"
    for key in set(case_type.needs) - set(case_type.asks):
        yield ("start", "needs"), "workflow.type.needs", message, {"field": key}
    for node in case_type.nodes.values():
        for key in set(node.needs) - set(node.edits):
            yield ("nodes", node.key, "needs"), "workflow.type.needs", message, {"field": key}


def _names_are_clear(case_type: CaseType) -> Iterator[Found]:
    """A name in a condition means one field, and never hides what the kernel knows of a case."""
    taken = {key: key for key in case_type.fields} | dict.fromkeys(FACTS, "")
    message = "%(name)s names two things; conditions could not tell them apart"
    for key, field in case_type.fields.items():
        for name in {key, *field.label.values()}:
            if taken.setdefault(name, key) != key or (name == key and key in FACTS):
                yield ("fields", key), "workflow.type.name", message, {"name": name}


def _files_are_files(case_type: CaseType) -> Iterator[Found]:
    """What limits files says nothing of anything else, and no data element describes a file."""
    plain = Field("", {})
    for key, field in case_type.fields.items():
        limits = (field.types, field.most, field.megabytes, field.camera)
        others = limits != (plain.types, plain.most, plain.megabytes, plain.camera)
        if field.element if field.kind == "files" else others:
            yield (
                ("fields", key), "workflow.type.files",
                "%(field)s: types, most, megabytes and camera are for files, element is not",
                {"field": key},
            )  # fmt: skip


def _who_is_clear(case_type: CaseType) -> Iterator[Found]:
    for path, who in _rules_of_who(case_type):
        sources = [
            who.starter,
            who.assigner,
            who.handled,
            who.field,
            who.role,
            who.each and not who.role,
        ]
        if sum(map(bool, sources)) != 1:
            yield (
                path, "workflow.type.who",
                "who does it must have one source: starter, assigner, handled, field, or role (with of or each)", {},
            )  # fmt: skip
        elif who.handled and who.handled not in case_type.nodes:
            yield path, "workflow.type.node", "there is no step %(node)s", {"node": who.handled}


def _rules_of_who(case_type: CaseType) -> Iterator[tuple[Path, Who]]:
    if case_type.fallback:
        yield ("fallback",), case_type.fallback
    for at, who in enumerate(case_type.urges.chain if case_type.urges else ()):
        yield ("urges", "chain", at), who
    if case_type.escalates:
        yield ("escalates",), case_type.escalates
    yield from _numbered_who((), case_type.copies)
    for node in case_type.nodes.values():
        here: Path = ("nodes", node.key)
        if node.who:
            yield (*here, "who"), node.who
        yield from _numbered_who(here, node.copies)
        for key, action in node.actions.items():
            yield from _numbered_who((*here, "actions", key), action.copies)


def _roles_exist(case_type: CaseType) -> Iterator[Found]:
    """Whoever is asked, starts, reads or oversees holds a role that people can be given."""
    sets: list[tuple[Path, frozenset[str]]] = [
        (("start", "roles"), case_type.starts),
        (("oversees",), case_type.oversees),
        (("reads",), case_type.reads),
        (("reads_all",), case_type.reads_all),
    ]
    for path, roles in sets:
        yield from no_such_role(path, roles)
    for path, who in _rules_of_who(case_type):
        if who.role:
            yield from no_such_role((*path, "role"), {who.role})


def _numbered_who(path: Path, rules: Sequence[Who]) -> Iterator[tuple[Path, Who]]:
    for at, who in enumerate(rules):
        yield (*path, "cc", at), who


def _guards_compile(case_type: CaseType) -> Iterator[Found]:
    for node in case_type.nodes.values():
        for path, branch in list_ways(node):
            if not branch.guard:
                continue
            try:
                compile_guard(case_type, branch.guard)
            except YiwangError as error:
                yield path, error.code, error.message, error.extra


def _keeps_compile(case_type: CaseType) -> Iterator[Found]:
    told: list[tuple[Path, tuple[Keep, ...]]] = [
        (("keeps",), case_type.keeps),
        (("terminated",), case_type.terminated),
    ]
    told += [(("nodes", node.key, "keeps"), node.keeps) for node in case_type.nodes.values()]
    for here, keeps in told:
        for at, keep in enumerate(keeps):
            for key, text in keep.values.items():
                yield from compiles(case_type, (*here, at, "values", key), text, kept=True)


def _ways_end(case_type: CaseType) -> Iterator[Found]:
    """The last of several ways needs no guard: a case must never stand without a way on."""
    for node in case_type.nodes.values():
        told = [*node.actions.values(), *node.hears.values()]
        groups = [*(one.branches for one in told), node.route, node.then]
        for branches in groups:
            if branches and branches[-1].guard:
                yield (
                    ("nodes", node.key), "workflow.type.default",
                    "the last way of step %(node)s must have no condition, so that one always holds",
                    {"node": node.key},
                )  # fmt: skip
            if any(not branch.guard for branch in branches[:-1]):
                yield (
                    ("nodes", node.key), "workflow.type.shadowed",
                    "in step %(node)s a way after one without condition is never taken",
                    {"node": node.key},
                )  # fmt: skip


def _reachable(case_type: CaseType) -> Iterator[Found]:
    seen = _reach([case_type.first], lambda key: [b.to for _, b in list_ways(case_type.nodes[key])])
    for key in case_type.nodes:
        if key not in seen:
            yield (
                ("nodes", key), "workflow.type.unreachable",
                "no way leads to step %(node)s", {"node": key},
            )  # fmt: skip


def _ends_reached(case_type: CaseType) -> Iterator[Found]:
    """From every step an end must be in reach."""
    into: dict[str, list[str]] = {key: [] for key in case_type.nodes}
    for node in case_type.nodes.values():
        for _, branch in list_ways(node):
            into[branch.to].append(node.key)
    ends = [key for key, node in case_type.nodes.items() if node.ends]
    seen = _reach(ends, lambda key: into[key])
    for key in case_type.nodes:
        if key not in seen:
            yield (
                ("nodes", key), "workflow.type.dead_end",
                "from step %(node)s no end can be reached", {"node": key},
            )  # fmt: skip


def _circles(case_type: CaseType) -> Iterator[Found]:
    """A circle of routes without people would never stop."""
    routes = {key: node for key, node in case_type.nodes.items() if node.route}
    for key, node in routes.items():
        onward = [branch.to for branch in node.route]
        seen = _reach(onward, lambda at: [b.to for b in routes[at].route] if at in routes else [])
        if key in seen:
            yield (
                ("nodes", key), "workflow.type.circle",
                "step %(node)s leads back to itself without anybody deciding", {"node": key},
            )  # fmt: skip


def _reach(begin: Sequence[str], onward: Callable[[str], Sequence[str]]) -> set[str]:
    seen: set[str] = set()
    todo = list(begin)
    while todo:
        key = todo.pop()
        if key not in seen:
            seen.add(key)
            todo.extend(onward(key))
    return seen


def _tables_decide(case_type: CaseType) -> Iterator[Found]:
    """Tables without gaps in what they fill, and nothing in them that never counts."""
    for node in case_type.nodes.values():
        if node.table and node.table not in case_type.tables:
            message = "there is no decision table %(table)s"
            yield (
                ("nodes", node.key, "decide"),
                "workflow.type.table",
                message,
                {"table": node.table},
            )
    for name in case_type.tables:
        try:
            table = compile_table(case_type, name)
        except YiwangError as error:
            yield ("tables", name), error.code, error.message, error.extra
            continue
        for output in sorted(set(table.outputs) - set(case_type.fields)):
            yield (
                ("tables", name, "outputs"), "workflow.type.field",
                "there is no field %(field)s", {"field": output},
            )  # fmt: skip
        for problem in check_table(table):
            if problem.level == "error":
                yield ("tables", name), problem.code, problem.message, problem.extra


def _promise_keeps_law(case_type: CaseType) -> Iterator[Found]:
    """What is promised must not end after what the law asks."""
    legal, promised = case_type.limits.get("legal"), case_type.limits.get("promised")
    if not legal or not promised:
        return
    try:
        check_promise(promised.within, legal.within, WorkCalendar(dict(vendor_years())))
    except InvalidInput as error:
        yield ("limits", "promised"), error.code, error.message, error.extra


PLAIN: tuple[Callable[[CaseType], Iterator[Found]], ...] = (
    _unknown_nodes,
    _unknown_fields,
    _needed_not_asked,
    _names_are_clear,
    _files_are_files,
    _levels_fit,
    _pushes_wait,
    _who_is_clear,
    _tables_decide,
    _promise_keeps_law,
    _guards_compile,
    _keeps_compile,
    _ways_end,
    can_be_taken,
    _roles_exist,
    *PARTS,
)
CHECKS = (*PLAIN, _circles, _reachable, _ends_reached)
