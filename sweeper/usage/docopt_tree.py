"""Reads the pattern that docopt itself makes of a usage text; docopt 0.6.2 and docopt-ng alike."""

from __future__ import annotations

import importlib
from typing import Any

from sweeper.lean import dataclass
from sweeper.usage.schema import RESERVED, UsageLine

docopt: Any = importlib.import_module("docopt")
"""Untyped: the stubs of docopt declare one function, and the two distributions differ in the others."""


_OPTIONAL = frozenset({"Optional", "AnyOptions", "NotRequired", "OptionsShortcut"})
_ANY_OPTIONS = frozenset({"AnyOptions", "OptionsShortcut"})


@dataclass(frozen=True, slots=True)
class Tree:
    """A usage text as docopt sees it. The nodes are docopt's own, hence untyped."""

    usage: str
    """The text of the usage lines, from ``usage:`` on."""
    root: Any
    options: tuple[Any, ...]
    described: frozenset[str]


def read(text: str) -> Tree:
    """The pattern, repeats marked. Raises what docopt raises, and what it trips over in a broken text."""
    usage, body, described = _sections(text)
    options = list(described)
    root = docopt.parse_pattern(docopt.formal_usage(body), options)
    mentioned = set(root.flat(docopt.Option))
    for shortcut in _nodes(root, _ANY_OPTIONS):
        shortcut.children = [option for option in described if option not in mentioned]
    root.fix()
    return Tree(usage, root, tuple(options), frozenset(option.name for option in described))


def _sections(text: str) -> tuple[str, str, list[Any]]:
    if hasattr(docopt, "parse_docstring_sections"):
        sections = docopt.parse_docstring_sections(text)
        docopt.lint_docstring(sections)
        described = [*docopt.parse_options(sections.before_usage), *docopt.parse_options(sections.after_usage)]
        return sections.usage_header + sections.usage_body, sections.usage_body, described
    usage = docopt.printable_usage(text)
    return usage, usage, docopt.parse_defaults(text)


def usage_lines(tree: Tree) -> tuple[UsageLine, ...]:
    """The alternatives of the usage, each with what it takes, needs and orders."""
    words = tree.usage[tree.usage.lower().index("usage:") + len("usage:") :].split()
    if not words:
        raise ValueError("docopt takes an empty usage; a trainer has at least a name")
    texts: list[list[str]] = []
    for word in words:
        if word == words[0]:
            texts.append([])
        texts[-1].append(word)
    top = tree.root.children[0]
    branches = top.children if type(top).__name__ == "Either" else [top]
    if len(branches) != len(texts):
        return (_line(" ".join(words), tree.root),)
    return tuple(_line(" ".join(parts), branch) for parts, branch in zip(texts, branches, strict=True))


def _line(text: str, node: Any) -> UsageLine:
    positional = dict.fromkeys(leaf.name for leaf in node.flat() if not isinstance(leaf, docopt.Option))
    return UsageLine(text, frozenset(leaf.name for leaf in node.flat()), _needs(node), tuple(positional))


def _needs(node: Any) -> tuple[frozenset[str], ...]:
    if not hasattr(node, "children"):
        return (frozenset({node.name}),)
    if type(node).__name__ in _OPTIONAL:
        return ()
    inner = [_needs(child) for child in node.children]
    if type(node).__name__ == "Either":
        return (frozenset().union(*(need for needs in inner for need in needs)),) if all(inner) else ()
    return tuple(need for needs in inner for need in needs)


def is_free(name: str, node: Any) -> bool:
    """Whether giving the option can change nothing else about a match.

    True only where every way through the pattern meets the option exactly once, as an optional leaf that is
    always tried: then it is consumed if given, not missed if absent, and the rest matches as it did without.
    Docopt matches options by name wherever they stand, so no other element can take it.
    """
    kind = type(node).__name__
    if kind == "OneOrMore":
        return False
    if kind == "Either":
        return all(_is_free_branch(name, child) for child in node.children if not _only_exits(child))
    inside = [child for child in node.children if any(leaf.name == name for leaf in child.flat())]
    if len(inside) != 1:
        return False
    (child,) = inside
    if kind not in _OPTIONAL:
        return _is_free_branch(name, child)
    # Inside [...] a group that fails gives back what it took, so only a leaf or another [...] will do.
    if not hasattr(child, "children"):
        return type(child.value) not in (int, list)
    return type(child).__name__ in _OPTIONAL and is_free(name, child)


def _only_exits(node: Any) -> bool:
    """An alternative such as ``task --help``: no trial ever matches it."""
    return any(need <= RESERVED for need in _needs(node))


def _is_free_branch(name: str, node: Any) -> bool:
    return hasattr(node, "children") and is_free(name, node)


def _nodes(node: Any, kinds: frozenset[str]) -> list[Any]:
    if type(node).__name__ in kinds:
        return [node]
    return [found for child in getattr(node, "children", ()) for found in _nodes(child, kinds)]
