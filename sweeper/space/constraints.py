"""Constraints between parameters: arithmetic, comparisons and, or, not, in; compiled to closures, never to Python.

Comparisons chain as in mathematics (``8 <= a * b <= 512``). A constraint that names a parameter which is absent from a
point, because its ``when`` does not hold there, does not apply to that point.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sweeper.errors import UserError
from sweeper.lean import dataclass
from sweeper.model import Value
from sweeper.space.expressions import Constant, Evaluate, Fold, Node, Sign, compiled
from sweeper.space.identity import value_text
from sweeper.space.operators import Wrong, truth
from sweeper.space.parser import Parser
from sweeper.space.tokens import fail


@dataclass(frozen=True, slots=True)
class Constraint:
    """A parsed constraint."""

    text: str
    names: tuple[str, ...]
    """The parameters it speaks of, in the order it first names them."""
    tree: Node
    evaluate: Evaluate
    """From the values of the names."""

    def holds(self, values: Sequence[Value]) -> bool:
        """Whether it holds for these values of ``names``. UserError where the values do not fit the operators."""
        try:
            return truth(self.evaluate(values))
        except Wrong as wrong:
            point = ", ".join(f"{name}={value_text(value)}" for name, value in zip(self.names, values, strict=True))
            raise UserError(f"{wrong}, in {self.text!r} where {point}", path="constraints", hint=wrong.hint) from None


def parse(text: str, names: Collection[str]) -> Constraint:
    """A constraint from its text. UserError with the column, and the nearest name where a name is unknown."""
    parser = Parser(text, names)
    tree = parser.whole()
    if isinstance(tree, (Fold, Sign)) or (isinstance(tree, Constant) and isinstance(tree.value, (int, float))):
        fail(text, 1, "expected a comparison, found a number", hint="compare it, as in `a * b <= 512`")
    if not parser.used:
        fail(text, 1, "the constraint names no parameter", hint="a name in quotes is a string")
    return Constraint(text, tuple(parser.used), tree, compiled(tree, {name: i for i, name in enumerate(parser.used)}))
