"""The grammar of constraints, by recursive descent over the tokens; what comes out is closures.

expression  = conjunction { "or" conjunction }
conjunction = negation { "and" negation }
negation    = "not" negation | comparison
comparison  = sum { ("<" | "<=" | ">" | ">=" | "==" | "!=") sum | ["not"] "in" list }
list        = "[" expression { "," expression } "]"
sum         = product { ("+" | "-") product }
product     = sign { ("*" | "/" | "//" | "%") sign }
sign        = ("-" | "+") sign | power
power       = atom [ "**" sign ]
atom        = number | "string" | 'string' | parameter | true | false | null | "(" expression ")"

"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from difflib import get_close_matches
from functools import reduce
from typing import NoReturn, TypeAlias

from sweeper.model import Value
from sweeper.space.operators import COMPARISONS, calculate, number, same, truth
from sweeper.space.tokens import Token, fail, tokens

Evaluate: TypeAlias = Callable[[Sequence[Value]], Value]
"""From the values of the names, in the order of their slots."""
Test: TypeAlias = Callable[[Sequence[Value], Value], tuple[bool, Value]]
"""One link of a chain of comparisons: whether it holds, and what the next one compares with."""

DEEPEST = 30
"""Levels of nesting."""


class Parser:
    """Recursive descent over the tokens; each method returns a closure and, if it is sure, ``number``."""

    def __init__(self, text: str, names: Collection[str]) -> None:
        self._text, self._names = text, names
        self._tokens = list(tokens(text, names))
        self._position = self._depth = 0
        self.slots: dict[str, int] = {}

    def whole(self) -> tuple[Evaluate, str]:
        """The whole text; anything after it is refused."""
        result = self._expression()
        if self._token.kind != "end":
            self._refuse("expected an operator or the end")
        return result

    def _expression(self) -> tuple[Evaluate, str]:
        return self._several("or", self._conjunction, lambda parts, at: any(truth(part(at)) for part in parts))

    def _conjunction(self) -> tuple[Evaluate, str]:
        return self._several("and", self._negation, lambda parts, at: all(truth(part(at)) for part in parts))

    def _several(
        self,
        mark: str,
        part: Callable[[], tuple[Evaluate, str]],
        join: Callable[[list[Evaluate], Sequence[Value]], bool],
    ) -> tuple[Evaluate, str]:
        first = part()
        parts = [first[0]]
        while self._take(mark):
            parts.append(part()[0])
        return first if len(parts) == 1 else (lambda at: join(parts, at), "")

    def _negation(self) -> tuple[Evaluate, str]:
        if not self._take("not"):
            return self._comparison()
        inner, _ = self._deeper(self._negation)
        return (lambda at: not truth(inner(at))), ""

    def _comparison(self) -> tuple[Evaluate, str]:
        first, kind = self._sum()
        tests: list[Test] = []
        while test := self._test():
            tests.append(test)
        return (_chain(first, tests), "") if tests else (first, kind)

    def _test(self) -> Test | None:
        if self._token.kind == "mark" and self._token.text in COMPARISONS:
            compare = COMPARISONS[self._advance().text]
            right, _ = self._sum()
            return _comparing(compare, right)
        negated = self._token.text == "not" and self._tokens[self._position + 1].text == "in"
        if negated:
            self._advance()
        if self._take("in"):
            return _member(self._items(), negated=negated)
        return None

    def _items(self) -> list[Evaluate]:
        if not self._take("["):
            self._refuse("expected a list such as [1, 2] after in")
        items = [self._deeper(self._expression)[0]]
        while self._take(","):
            items.append(self._deeper(self._expression)[0])
        if not self._take("]"):
            self._refuse("expected , or ]")
        return items

    def _sum(self) -> tuple[Evaluate, str]:
        return self._calculation(("+", "-"), self._product)

    def _product(self) -> tuple[Evaluate, str]:
        return self._calculation(("*", "/", "//", "%"), self._sign)

    def _calculation(self, marks: tuple[str, ...], part: Callable[[], tuple[Evaluate, str]]) -> tuple[Evaluate, str]:
        first, kind = part()
        rest: list[tuple[str, Evaluate]] = []
        while self._token.kind == "mark" and self._token.text in marks:
            rest.append((self._advance().text, part()[0]))
        return (_folding(first, rest), "number") if rest else (first, kind)

    def _sign(self) -> tuple[Evaluate, str]:
        if self._take("-"):
            inner, _ = self._deeper(self._sign)
            return (lambda at: -number(inner(at))), "number"
        if self._take("+"):
            inner, _ = self._deeper(self._sign)
            return (lambda at: number(inner(at))), "number"
        return self._power()

    def _power(self) -> tuple[Evaluate, str]:
        base, kind = self._atom()
        if not self._take("**"):
            return base, kind
        exponent, _ = self._deeper(self._sign)
        return (lambda at: calculate("**", base(at), exponent(at))), "number"

    def _atom(self) -> tuple[Evaluate, str]:
        token = self._token
        if token.kind in ("number", "string", "constant"):
            value = self._advance().value
            return (lambda at: value), "number" if token.kind == "number" else ""
        if token.kind == "name":
            slot = self._slot(self._advance())
            return (lambda at: at[slot]), ""
        if self._take("("):
            inner = self._deeper(self._expression)
            if not self._take(")"):
                self._refuse("expected )")
            return inner
        return self._refuse("expected a parameter, a number, a string or (")

    def _slot(self, token: Token) -> int:
        if token.text not in self._names:
            near = get_close_matches(token.text, self._names, 1)
            hint = f"did you mean {near[0]}?" if near else f"the parameters are {', '.join(sorted(self._names))}"
            fail(self._text, token.column, f"{token.text!r} is not a parameter", hint=hint)
        return self.slots.setdefault(token.text, len(self.slots))

    def _deeper(self, part: Callable[[], tuple[Evaluate, str]]) -> tuple[Evaluate, str]:
        self._depth += 1
        if self._depth > DEEPEST:
            fail(self._text, self._token.column, f"nested more than {DEEPEST} levels deep")
        result = part()
        self._depth -= 1
        return result

    @property
    def _token(self) -> Token:
        return self._tokens[self._position]

    def _advance(self) -> Token:
        self._position += 1
        return self._tokens[self._position - 1]

    def _take(self, mark: str) -> bool:
        found = self._token.kind == "mark" and self._token.text == mark
        self._position += found
        return found

    def _refuse(self, message: str) -> NoReturn:
        found = "the end" if self._token.kind == "end" else repr(self._token.text)
        hint = "there are no functions; only + - * / // % **, comparisons, and, or, not, in" if found == "'('" else ""
        fail(self._text, self._token.column, f"{message}, found {found}", hint=hint)


def _chain(first: Evaluate, tests: list[Test]) -> Evaluate:
    def evaluate(at: Sequence[Value]) -> bool:
        left = first(at)
        for test in tests:
            ok, left = test(at, left)
            if not ok:
                return False
        return True

    return evaluate


def _comparing(compare: Callable[[Value, Value], bool], right: Evaluate) -> Test:
    def test(at: Sequence[Value], left: Value) -> tuple[bool, Value]:
        value = right(at)
        return compare(left, value), value

    return test


def _member(items: list[Evaluate], *, negated: bool) -> Test:
    return lambda at, left: (any(same(left, item(at)) for item in items) != negated, left)


def _folding(first: Evaluate, rest: list[tuple[str, Evaluate]]) -> Evaluate:
    return lambda at: reduce(lambda left, step: calculate(step[0], left, step[1](at)), rest, first(at))
