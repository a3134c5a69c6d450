"""The grammar of constraints, by recursive descent over the tokens; what comes out is a tree.

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

from collections.abc import Callable, Collection
from difflib import get_close_matches
from typing import NoReturn

from sweeper.space.expressions import Chain, Constant, Fold, Junction, Name, Node, Not, Sign
from sweeper.space.operators import COMPARISONS
from sweeper.space.tokens import Token, fail, tokens

DEEPEST = 30
"""Levels of nesting."""


class Parser:
    """One method for each line of the grammar."""

    def __init__(self, text: str, names: Collection[str]) -> None:
        self._text, self._names = text, names
        self._tokens = list(tokens(text, names))
        self._position = self._depth = 0
        self.used: dict[str, None] = {}
        """The parameters in the order they are first named."""

    def whole(self) -> Node:
        """The whole text; anything after it is refused."""
        result = self._expression()
        if self._token.kind != "end":
            self._refuse("expected an operator or the end")
        return result

    def _expression(self) -> Node:
        return self._junction("or", self._conjunction)

    def _conjunction(self) -> Node:
        return self._junction("and", self._negation)

    def _junction(self, mark: str, part: Callable[[], Node]) -> Node:
        parts = [part()]
        while self._take(mark):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Junction(mark == "and", tuple(parts))

    def _negation(self) -> Node:
        return Not(self._deeper(self._negation)) if self._take("not") else self._comparison()

    def _comparison(self) -> Node:
        first = self._sum()
        links: list[tuple[str, tuple[Node, ...]]] = []
        while link := self._link():
            links.append(link)
        return Chain(first, tuple(links)) if links else first

    def _link(self) -> tuple[str, tuple[Node, ...]] | None:
        if self._token.kind == "mark" and self._token.text in COMPARISONS:
            return self._advance().text, (self._sum(),)
        negated = self._token.text == "not" and self._tokens[self._position + 1].text == "in"
        if negated:
            self._advance()
        if self._take("in"):
            return "not in" if negated else "in", self._items()
        return None

    def _items(self) -> tuple[Node, ...]:
        if not self._take("["):
            self._refuse("expected a list such as [1, 2] after in")
        items = [self._deeper(self._expression)]
        while self._take(","):
            items.append(self._deeper(self._expression))
        if not self._take("]"):
            self._refuse("expected , or ]")
        return tuple(items)

    def _sum(self) -> Node:
        return self._fold(("+", "-"), self._product)

    def _product(self) -> Node:
        return self._fold(("*", "/", "//", "%"), self._sign)

    def _fold(self, marks: tuple[str, ...], part: Callable[[], Node]) -> Node:
        first = part()
        rest: list[tuple[str, Node]] = []
        while self._token.kind == "mark" and self._token.text in marks:
            rest.append((self._advance().text, part()))
        return Fold(first, tuple(rest)) if rest else first

    def _sign(self) -> Node:
        for mark in ("-", "+"):
            if self._take(mark):
                return Sign(mark, self._deeper(self._sign))
        return self._power()

    def _power(self) -> Node:
        base = self._atom()
        return Fold(base, (("**", self._deeper(self._sign)),)) if self._take("**") else base

    def _atom(self) -> Node:
        if self._token.kind in ("number", "string", "constant"):
            return Constant(self._advance().value)
        if self._token.kind == "name":
            return self._name(self._advance())
        if self._take("("):
            inner = self._deeper(self._expression)
            if not self._take(")"):
                self._refuse("expected )")
            return inner
        return self._refuse("expected a parameter, a number, a string or (")

    def _name(self, token: Token) -> Name:
        if token.text not in self._names:
            near = get_close_matches(token.text, self._names, 1)
            hint = f"did you mean {near[0]}?" if near else f"the parameters are {', '.join(sorted(self._names))}"
            fail(self._text, token.column, f"{token.text!r} is not a parameter", hint=hint)
        self.used[token.text] = None
        return Name(token.text)

    def _deeper(self, part: Callable[[], Node]) -> Node:
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
