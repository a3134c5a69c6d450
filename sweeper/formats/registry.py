"""The formats by the name that the command line gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sweeper.config.nodes import Mapping as MappingNode
from sweeper.config.nodes import Node
from sweeper.config.report import Report
from sweeper.formats import mlengine, vertex
from sweeper.formats.fields import camel
from sweeper.formats.losses import Can
from sweeper.formats.study import Read
from sweeper.lean import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """What a format can say, and how it is written."""

    can: Can
    write: Callable[..., dict[str, Any]]
    """(study, job, name=...) -> the document."""
    read: Callable[[Node, frozenset[str], Report], Read | None]
    """The root, its keys in camelCase, where complaints go -> what the file says."""
    signs: frozenset[str]
    """Keys that no other format has at its root."""
    file: str
    """What a file is called where nobody says it."""


FORMATS: Mapping[str, Format] = {
    "mlengine": Format(mlengine.CAN, mlengine.write, mlengine.read, mlengine.SIGNS, mlengine.FILE),
    "vertex": Format(vertex.CAN, vertex.write, vertex.read, vertex.SIGNS, vertex.FILE),
}


def read(root: Node, report: Report, others: Sequence[str] = ()) -> tuple[str, Read] | None:
    """A file of any format, and the format's name. None after a complaint, which names ``others`` that were tried."""
    keys = frozenset(map(camel, root.entries)) if isinstance(root, MappingNode) else frozenset()
    name = max(FORMATS, key=lambda name: len(FORMATS[name].signs & keys))
    if not FORMATS[name].signs & keys:
        hint = "ML Engine's has trainingInput: or hyperparameters:, Vertex AI's has studySpec:"
        if others:
            hint = f"it looks like none of {', '.join((*FORMATS, *others))}; if it is one, say which: --from=wandb"
        report.add(
            root.mark, "", "this is no tuning config" if not others else "whose file this is cannot be told", hint
        )
        return None
    found = FORMATS[name].read(root, keys, report)
    return (name, found) if found else None
