"""YAML text to a tree of nodes; built from the parser's events, so that no text can make it run away."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from sweeper.config.assemble import Builder, Resolved
from sweeper.config.nodes import Mapping, Mark, Node, Sequence
from sweeper.config.report import Report, join
from sweeper.config.scalars import resolve

# Alternatives, not one set: Python needs 10 ms to compile a set with that wide a range in it.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]|[\ud800-\udfff]|\ufeff|[\ufffe-\uffff]")


def compose(
    text: str,
    report: Report,
    resolved: Callable[[str], Resolved] = resolve,
    tagged: Callable[[str, str], Resolved] | None = None,
) -> Node | None:
    """The tree of the only document in ``text``; None where there is none, and the report says why.

    ``resolved`` is what unquoted text means: YAML 1.2, unless another tool's file is read as that tool does. ``tagged``
    is what a scalar with a tag such as ``!!float`` means; without it tags are refused, all others always.
    """
    text = text.removeprefix("\ufeff")
    if bad := _UNPRINTABLE.search(text):
        name = "a byte order mark" if bad[0] == "\ufeff" else f"the character {bad[0]!a}"
        report.add(_mark_at(text, bad.start()), "", f"{name} cannot be part of a config", "delete it")
        return None
    builder = Builder(report, resolved, tagged)
    for event in _events(text, report):
        if not builder.take(event):
            break
    _complain(builder, report)
    if builder.root is None and not report:
        report.add(Mark(1, 1), "", "the file is empty: expected a sweep", "start with trainer: and parameters:")
    return builder.root if builder.ended else None


def _complain(builder: Builder, report: Report) -> None:
    """Tell what the builder disliked; a tree is walked for the paths only when there is something to tell."""
    paths = dict(_paths(builder.root, "")) if builder.complaints and builder.root is not None else {}
    for complaint in builder.complaints:
        path = paths.get(id(complaint.owner), "")
        path = join(path, complaint.key) if complaint.key else path
        report.add(complaint.mark, path, complaint.message, complaint.hint)


def _paths(node: Node, path: str) -> Iterator[tuple[int, str]]:
    yield id(node), path
    if isinstance(node, Sequence):
        for i, item in enumerate(node.items):
            yield from _paths(item, join(path, i))
    elif isinstance(node, Mapping):
        for key, entry in node.entries.items():
            yield from _paths(entry.node, join(path, key))


def _events(text: str, report: Report) -> Iterator[Any]:
    import yaml  # 15 ms: only where a config is really parsed

    try:
        # The parser in C is ten times faster; some wheels of PyYAML come without it.
        yield from yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        place, start = error.problem_mark or error.context_mark, error.context_mark
        mark = Mark(place.line + 1, place.column + 1) if place else Mark(1, 1)
        problem = (error.problem or str(error)).splitlines()[0]
        hint = _syntax_hint(text, mark)
        if not hint and start is not None and text.rstrip().count("\n") < mark.line - 1:
            hint = f"what starts in line {start.line + 1}, column {start.column + 1} has no end"
        report.add(mark, "", f"not valid YAML: {problem}", hint)
    except (yaml.YAMLError, ValueError) as error:
        report.add(Mark(1, 1), "", f"not valid YAML: {str(error).splitlines()[0]}")


def _syntax_hint(text: str, mark: Mark) -> str:
    lines = text.splitlines()
    line = lines[mark.line - 1] if mark.line <= len(lines) else ""
    before, here = line[: mark.column - 1], line[mark.column - 1 : mark.column]
    if here == "\t" or "\t" in re.match(r"\s*", line)[0]:  # type: ignore[index] # it matches every line
        return "YAML indents with spaces; there is a tab here"
    if here in {"@", "`", "%", "|", ">"}:
        return f"text that starts with {here} needs quotes"
    if before.rstrip().endswith(("}", "]", '"', "'")):
        return "if it is text, put quotes around all of it"
    if ": " in before and here == ":":
        return "text with a colon and a space in it needs quotes"
    return ""


def _mark_at(text: str, offset: int) -> Mark:
    line = text.count("\n", 0, offset) + 1
    return Mark(line, offset - (text.rfind("\n", 0, offset) + 1) + 1)
