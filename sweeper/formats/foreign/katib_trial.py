"""Katib's ``trialTemplate``: the program, what is always passed to it, and the option of each parameter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sweeper.config.forms import IMAGE
from sweeper.config.nodes import Mapping as MappingNode
from sweeper.config.nodes import Mark, Node, Scalar, Sequence
from sweeper.formats.foreign.draft import Draft
from sweeper.formats.foreign.keys import Keys
from sweeper.formats.foreign.program import started
from sweeper.formats.options import options
from sweeper.lean import dataclass
from sweeper.model import Value

_REFERENCE = re.compile(r"\$\{trialParameters\.([^}]+)\}")


@dataclass(frozen=True)
class Received:
    """What a trial's command line is made of."""

    options: Mapping[str, str]
    """The option that gets each parameter's value, by the parameter's name in the search space."""
    constants: Mapping[str, Value]
    mark: Mark


def received(template: Keys, draft: Draft) -> Received | None:
    """Read the first container that refers to the parameters; None where there is no spec to read."""
    references: dict[str, str] = {}
    for one in template.items("trialParameters"):
        keys = Keys(one, template.at("trialParameters"), draft)
        if (name := keys.text("name")) and (reference := keys.text("reference")):
            references[name] = reference
    spec = template.get("trialSpec")
    container = next(iter(sorted(_containers(spec), key=_refers, reverse=True)), None) if spec is not None else None
    if container is None:
        draft.notes.append("there is no trialSpec: how the parameters are passed is not known; trainer.task is a guess")
        return None
    words = [*_words(container, "command"), *_words(container, "args")]
    if len(words) == 3 and words[0].rpartition("/")[2] in ("sh", "bash") and words[1] == "-c":
        words = words[2].split()
    image = container.entries.get("image")
    if image is not None and isinstance(image.node, Scalar):
        if re.fullmatch(IMAGE.pattern, image.node.text):
            draft.image = image.node.text
        else:
            draft.notes.append(
                f"{draft.at(image.node.mark)}: {image.node.text} is no address of an image: it is left out"
            )
    rest = started(draft, container.mark, "trialSpec", words)
    if draft.image is not None and draft.package is not None:
        where = f"{draft.at(container.mark)}: trialSpec: the program is {draft.package}/{draft.module}.py of the image"
        draft.notes.append(f"{where}; sweeper runs python -m {draft.module} there")
        draft.package = None
    return _line(rest, references, container.mark, draft)


def _line(words: list[str], references: dict[str, str], mark: Mark, draft: Draft) -> Received:
    found: dict[str, str] = {}
    fixed: list[str] = []
    for i, word in enumerate(words):
        refers = _REFERENCE.search(word)
        if refers is None:
            fixed.append(word)
            continue
        option, equals, value = word.partition("=")
        if not equals and fixed and fixed[-1].startswith("--") and i and words[i - 1] == fixed[-1]:
            option, value = fixed.pop(), word
        name = references.get(refers[1], refers[1])
        if not option.startswith("-") or value != refers[0]:
            message = f"{word} is passed"
            draft.lose(mark, "trialSpec", message, f"--{name}=value" if value else "as an option")
            option = f"--{name}"
        found[name] = option
    notes: list[str] = []
    constants = options(fixed, notes)
    for note in notes:
        message = note.removeprefix("args: ").partition(" is left out")[0] + " is passed"
        draft.lose(mark, "trialSpec", message, "it is left out")
    return Received(found, constants, mark)


def _containers(node: Node) -> Iterator[MappingNode]:
    """Every container of whatever kind of job this is."""
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _containers(item)
    elif isinstance(node, MappingNode):
        for key, entry in node.entries.items():
            if key == "containers" and isinstance(entry.node, Sequence):
                yield from (one for one in entry.node.items if isinstance(one, MappingNode))
            else:
                yield from _containers(entry.node)


def _refers(container: MappingNode) -> bool:
    return any(_REFERENCE.search(word) for key in ("command", "args") for word in _words(container, key))


def _words(container: MappingNode, key: str) -> list[str]:
    entry = container.entries.get(key)
    items = entry.node.items if entry is not None and isinstance(entry.node, Sequence) else ()
    return [one.text for one in items if isinstance(one, Scalar)]
