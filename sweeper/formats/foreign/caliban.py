"""caliban: ``experiment.json``, expanded as its ``expand_experiment_config`` expands it.

A mapping of values and lists, whose product is run; compound keys that move together; or a list of such mappings.
"""

from __future__ import annotations

import re

from sweeper.config.loader import compose
from sweeper.config.nodes import Mapping, Node, Scalar, Sequence, found
from sweeper.config.report import Report, join
from sweeper.config.scalars import resolve
from sweeper.formats.foreign import domains
from sweeper.formats.foreign.draft import Draft
from sweeper.formats.foreign.expand import as_list, expanded
from sweeper.formats.foreign.keys import plain_value
from sweeper.model import Value

TITLE = "caliban"
_KEY = re.compile(r"[^\s,\][]+")


def is_mine(file: str, text: str, root: Node | None) -> bool:
    """JSON of values and lists only, or a list of such."""
    bare = without_comments(text)
    if bare.lstrip()[:1] not in ("{", "["):
        return False
    root = compose(bare, Report(file), resolve)
    maps = root.items if isinstance(root, Sequence) else (root,)
    return bool(maps) and all(isinstance(one, Mapping) and one.entries and _is_flat(one) for one in maps)


def _is_flat(node: Mapping) -> bool:
    return not any(isinstance(entry.node, Mapping) for entry in node.entries.values())


def read(text: str, draft: Draft) -> None:
    """Fill in the draft."""
    root = compose(without_comments(text), draft.report, resolve)
    if root is None or draft.report:
        return
    draft.notes.append("an experiment.json names no program: trainer.task is a guess")
    draft.notes.append("it names no metric: trials are ranked by accuracy, maximize; write metric: to say it")
    maps = root.items if isinstance(root, Sequence) else (root,)
    if not maps:
        draft.wrong(root.mark, "", "an empty list: there is nothing to run")
    elif len(maps) == 1:
        _grid(maps[0], "" if maps[0] is root else "[0]", draft)
    else:
        axes = [_axes(one, f"[{i}]", draft) for i, one in enumerate(maps)]
        if not draft.report:
            points = (point for one in axes for point in expanded(one))
            as_list(draft, root.mark, "the list", points, once_anyway=False)


def _grid(node: Node, path: str, draft: Draft) -> None:
    for name, at, entry in _entries(node, path, draft):
        names = _names(name, at, entry, draft)
        rows = _rows(names, entry, at, draft)
        if not rows:
            continue
        if len(names) == 1:
            values = domains.choices(draft, entry.mark, at, [row[0] for row in rows])
            draft.add(names[0], entry, values if isinstance(entry, Sequence) or values is None else values[0])
            continue
        once = list(dict.fromkeys(rows))
        if len(once) < len(rows):
            draft.lose(entry.mark, at, f"{len(rows) - len(once)} of its rows are the same as others", "each once")
        for one in names:
            draft.add(one, entry, "taken")
            draft.parameters.pop(one, None)
        if len(once) == 1:
            draft.parameters |= dict(zip(names, once[0], strict=True))
        else:
            draft.together.append({one: [row[i] for row in once] for i, one in enumerate(names)})


def _axes(node: Node, path: str, draft: Draft) -> list[list[dict[str, Value]]]:
    axes, seen = [], set()
    for name, at, entry in _entries(node, path, draft):
        names = _names(name, at, entry, draft)
        for one in names:
            if one in seen:
                draft.wrong(entry.mark, at, f"{one} is given twice", "caliban silently takes the first: keep one")
            seen.add(one)
        axes.append([dict(zip(names, row, strict=True)) for row in _rows(names, entry, at, draft)])
    return axes


def _entries(node: Node, path: str, draft: Draft) -> list[tuple[str, str, Node]]:
    if not isinstance(node, Mapping):
        draft.wrong(node.mark, path, f"expected keys and values, got {found(node)}")
        return []
    return [(name, join(path, name), entry.node) for name, entry in node.entries.items()]


def _names(name: str, path: str, node: Node, draft: Draft) -> list[str]:
    """A key, or the keys of a compound one: ``[a,b]``."""
    compound = name.startswith("[") and name.endswith("]")
    names = [one.strip() for one in name[1:-1].split(",")] if compound else [name]
    if not all(_KEY.fullmatch(one) for one in names):
        draft.wrong(node.mark, path, f"'{name}' is no key of caliban's", "write name, or [name,name]")
    return names


def _rows(names: list[str], node: Node, path: str, draft: Draft) -> list[tuple[Value, ...]]:
    """The values of each name, row by row; none after a complaint."""
    if isinstance(node, Sequence) and not node.items:
        draft.wrong(node.mark, path, "an empty list: caliban runs nothing at all")
        return []
    if len(names) == 1:
        items = node.items if isinstance(node, Sequence) else (node,)
        return [(_value(one, path, draft),) for one in items]
    if not isinstance(node, Sequence):
        draft.wrong(node.mark, path, f"a compound key takes a list, got {found(node)}")
        return []
    rows = node.items if isinstance(node.items[0], Sequence) else (node,)
    for row in rows:
        if not isinstance(row, Sequence) or len(row.items) != len(names):
            draft.wrong(row.mark, path, f"expected a list of {len(names)} values, one for each of the key's names")
            return []
    return [tuple(_value(one, path, draft) for one in row.items) for row in rows if isinstance(row, Sequence)]


def _value(node: Node, path: str, draft: Draft) -> Value:
    """Flags are true or false; everything else stands on the command line as Python prints it."""
    if isinstance(node, Scalar) and node.value is None:
        draft.wrong(node.mark, path, "caliban takes no null", "leave the key out")
        return ""
    value = plain_value(node, path, draft)
    return value if isinstance(value, (str, int, float)) else str(value)


def without_comments(text: str) -> str:
    """The text with ``#`` and ``//`` comments blanked, so that every other character stays in its place."""
    found = re.compile(r'"(?:\\.|[^"\\\n])*"|(?:#|//)[^\n]*')
    return found.sub(lambda one: one[0] if one[0][0] == '"' else " " * len(one[0]), text)
