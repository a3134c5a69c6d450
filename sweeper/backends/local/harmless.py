"""Which statements of a module can run before or after an import without making a difference to it."""

from __future__ import annotations

import ast

HARMLESS_CALLS = frozenset(
    {"getLogger", "logging.getLogger", "namedtuple", "collections.namedtuple", "TypeVar", "Path", "frozenset", "tuple"}
    | {"pathlib.Path", "re.compile", "dict", "list", "set", "float", "int", "str", "object", "field", "NewType"}
)
"""Calls that no import can notice."""
_HARMLESS_DECORATORS = frozenset(
    {"dataclass", "dataclasses.dataclass", "staticmethod", "classmethod", "property", "abstractmethod", "overload"}
    | {"contextmanager", "contextlib.contextmanager", "cache", "functools.cache", "lru_cache", "functools.lru_cache"}
    | {"wraps", "functools.wraps", "total_ordering", "functools.total_ordering", "abc.abstractmethod", "final"}
)


def harmless(statement: ast.stmt) -> bool:
    """Whether running it, while its module is imported, is nothing that a later import could notice."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            defaults = [*statement.args.defaults, *(default for default in statement.args.kw_defaults if default)]
            return _plain(statement) and all(map(_quiet, defaults))
        case ast.ClassDef():
            made = [*statement.bases, *(keyword.value for keyword in statement.keywords)]
            return _plain(statement) and all(map(_quiet, made)) and all(map(harmless, statement.body))
        case ast.Pass() | ast.Global() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=targets, value=value):
            return all(isinstance(target, (ast.Name, ast.Tuple)) for target in targets) and _quiet(value)
        case ast.AugAssign(target=ast.Name(), value=value):
            return _quiet(value)
        case ast.AnnAssign(target=ast.Name(), value=value):
            return value is None or _quiet(value)
        case _:
            return False


def _plain(statement: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """Whether its decorators run none of the trainer's own code."""
    for decorator in statement.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        text = ast.unparse(called)
        if text not in _HARMLESS_DECORATORS and not text.endswith((".setter", ".deleter")):
            return False
    return True


def _quiet(value: ast.expr) -> bool:
    """An expression that calls nothing which an import could notice."""
    calls = (node for node in ast.walk(value) if isinstance(node, ast.Call))
    return all(ast.unparse(call.func) in HARMLESS_CALLS for call in calls)
