"""Says why docopt refused a command line; docopt itself mostly does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from sweeper.command import Rendering
from sweeper.lean import dataclass
from sweeper.model import Value
from sweeper.usage.outcome import Refused
from sweeper.usage.schema import RESERVED, Schema, UsageLine, parameter_name

Accepts: TypeAlias = Callable[[Mapping[str, Value]], bool]
"""Whether docopt takes the line of a point."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a line was refused: which parameters are to blame, and what to try."""

    names: tuple[str, ...]
    message: str
    hint: str = ""


def explain(
    rendering: Rendering, point: Mapping[str, Value], given: frozenset[str], refused: Refused, accepts: Accepts
) -> list[Reason]:
    """The likeliest reasons. ``given`` are the elements on the line."""
    schema = rendering.schema
    assert schema is not None
    owners = {step.element: step.name for step in rendering.steps + rendering.positionals}
    line = nearest_line(schema, given)
    hint = f"usage: {line.text} ({schema.where})"
    culprit = _odd_argument(rendering, point, accepts)
    if culprit:
        return [Reason((culprit,), _odd_message(schema, point[culprit]), hint)]
    if refused.said:
        said = "; ".join(message for _, message in refused.said)
        blamed = tuple(name for element, name in owners.items() if element in said.replace(":", " ").split())
        return [Reason(blamed[:1], f"docopt says: {said}", hint)]
    missing = [_missing(need, hint) for need in line.needs if not need & given]
    foreign = [
        Reason((owners.get(element, element),), f"the usage line does not take {element}", hint)
        for element in sorted(given - line.elements)
    ]
    return [*missing, *foreign] or [_combination(rendering, point, accepts, hint)]


def _missing(need: frozenset[str], hint: str) -> Reason:
    elements = sorted(need)
    names = tuple(parameter_name(element) for element in elements)
    wanted = [
        name if element.startswith(("-", "<")) else f"{name}: true"
        for name, element in zip(names, elements, strict=True)
    ]
    message = f"the usage line needs {' or '.join(elements)}"
    return Reason(names if len(names) == 1 else (), message, f"add {' or '.join(wanted)} to parameters; {hint}")


def nearest_line(schema: Schema, given: frozenset[str]) -> UsageLine:
    """The usage line that fits best; never one that only prints and exits, if there is another."""

    def distance(line: UsageLine) -> tuple[bool, int]:
        missing = sum(1 for need in line.needs if not need & given)
        return any(need <= RESERVED for need in line.needs), missing + len(given - line.elements)

    return min(schema.lines, key=distance)


def _combination(rendering: Rendering, point: Mapping[str, Value], accepts: Accepts, hint: str) -> Reason:
    """Parameters of which any one, left out, makes docopt accept the rest."""
    present = [step.name for step in rendering.steps if point.get(step.name) not in (None, False)]
    either = tuple(
        name for name in present if accepts({other: value for other, value in point.items() if other != name})
    )
    if len(either) > 1:
        return Reason(either, f"docopt does not take {' and '.join(either)} together", hint)
    if either:
        return Reason(either, f"docopt does not take {either[0]} with the rest of the line", hint)
    counted = [step for step in rendering.steps if step.repeats and step.name in present]
    if counted:
        return Reason((counted[0].name,), f"docopt does not take {counted[0].element} this many times", hint)
    return Reason((), "docopt refuses the line", hint)


def _odd_argument(rendering: Rendering, point: Mapping[str, Value], accepts: Accepts) -> str | None:
    """The positional parameter whose value, were it a plain word, docopt would accept."""
    for step in rendering.positionals:
        value = point.get(step.name)
        if step.kind in ("argument", "pair") and value is not None and not isinstance(value, tuple):
            odd = str(value)[:1] == "-" or (rendering.schema is not None and value in rendering.schema.commands)
            if odd and accepts({**point, step.name: "plain"}):
                return step.name
    return None


def _odd_message(schema: Schema, value: Value) -> str:
    if value in schema.commands:
        return f"docopt takes the value {value!r} for the command {value}"
    return f"docopt takes {str(value)!r} for an option, because of its dash; [--] in the usage line would allow it"
