"""The tools whose files are read, by the name that ``--from`` gives them, and which of them a file is of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sweeper.command import Rendering
from sweeper.config.assemble import Resolved
from sweeper.config.loader import compose
from sweeper.config.nodes import Mapping as MappingNode
from sweeper.config.nodes import Node
from sweeper.config.report import Report
from sweeper.config.scalars import resolve
from sweeper.config.scalars11 import tagged11
from sweeper.formats.foreign import caliban, determined, hydra, katib, nni, points, seml, to_katib, to_wandb, wandb
from sweeper.formats.foreign.draft import Draft
from sweeper.formats.foreign.outgoing import Outgoing
from sweeper.lean import dataclass
from sweeper.model import Sweep


@dataclass(frozen=True)
class Tool:
    """How one tool's files are known and read."""

    title: str
    is_mine: Callable[[str, str, Node | None], bool]
    """(the file's name, its text, its tree as YAML or JSON) -> it is one of this tool's."""
    read: Callable[[str, Draft], None]
    """(text, draft) -> nothing: what the file says is in the draft, what is wrong in its report."""


@dataclass(frozen=True)
class Writer:
    """How a sweep is written as one tool's file."""

    title: str
    write: Callable[[Sweep, Rendering], tuple[dict[str, Any], Outgoing]]
    file: str
    """What a file is called where nobody says it."""
    commands: tuple[str, ...]
    """What runs it, ``{file}`` for its name."""


def _tree(
    title: str,
    is_mine: Callable[[Node], bool],
    read: Callable[[Node, Draft], None],
    resolved: Callable[[str], Resolved],
) -> Tool:
    """A tool whose files are YAML or JSON."""

    def read_text(text: str, draft: Draft) -> None:
        root = compose(text, draft.report, resolved, tagged11)
        if root is not None and not draft.report:
            read(root, draft)

    return Tool(title, lambda file, text, root: root is not None and is_mine(root), read_text)


TOOLS: Mapping[str, Tool] = {
    "wandb": _tree(wandb.TITLE, wandb.is_mine, wandb.read, wandb.resolved),
    "katib": _tree(katib.TITLE, katib.is_mine, katib.read, katib.resolved),
    "determined": _tree(determined.TITLE, determined.is_mine, determined.read, determined.resolved),
    "nni": Tool(nni.TITLE, nni.is_mine, nni.read),
    "seml": _tree(seml.TITLE, seml.is_mine, seml.read, seml.resolved),
    "csv": Tool(points.TITLE, points.is_mine, points.read),
    "caliban": Tool(caliban.TITLE, caliban.is_mine, caliban.read),
    "hydra": Tool(hydra.TITLE, hydra.is_mine, hydra.read),
}
"""In the order in which a file is tried: from those with unmistakable signs to those with few."""


WRITERS: Mapping[str, Writer] = {
    "wandb": Writer(to_wandb.CAN.title, to_wandb.write, to_wandb.FILE, ("wandb sweep {file}", "wandb agent <sweep>")),
    "katib": Writer(to_katib.CAN.title, to_katib.write, to_katib.FILE, ("kubectl apply -n <namespace> -f {file}",)),
}


def tool_of(file: str, text: str) -> str | None:
    """The name of the tool that the file looks like one of."""
    root = compose(text, Report(file), _forgiving, tagged11)
    return next((name for name, tool in TOOLS.items() if tool.is_mine(file, text, root)), None)


def is_a_sweep(file: str, text: str) -> bool:
    """It is a sweep config of our own, which needs no import."""
    root = compose(text, Report(file), _forgiving, tagged11)
    return (
        isinstance(root, MappingNode)
        and "trainer" in root.entries
        and {"parameters", "points"} & set(root.entries) != set()
    )


def _forgiving(text: str) -> Resolved:
    """Whatever is unclear in YAML 1.2 is text: the tool's own reader decides later."""
    try:
        return resolve(text)
    except ValueError:
        return text
