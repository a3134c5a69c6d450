"""The usage text of a trainer, read from its source: its docstring, or the constant passed to ``docopt``."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from sweeper.errors import CheckError, Problem
from sweeper.lean import dataclass
from sweeper.usage.constants import Known, Module, NotConstant, Text, absolute, module_names, run_statements, text

NONE_HINT = "make the text a constant, or set trainer: {usage: none} to go without the check"
_PARAMETERS = ("doc", "docstring")


@dataclass(frozen=True, slots=True)
class UsageText:
    """A docopt usage text and where it is written."""

    text: str
    file: str
    line: int
    options_first: bool = False

    @property
    def where(self) -> str:
        """``file:line``."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class _Call:
    node: ast.Call
    functions: tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...]


def parse_module(source: str, file: str, package: str, load: Callable[[str], Module | None]) -> Module:
    """A module's syntax tree. Raises CheckError at the line that is not Python."""
    try:
        return Module(file, package, source, ast.parse(source), load)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", 1) or 1
        raise CheckError([Problem(f"not Python: {error.args[0]}", where=f"{file}:{line}")]) from None


def usage_text(module: Module) -> UsageText:
    """The text that the trainer gives to docopt. Raises CheckError where only running it would tell."""
    if calls := list(_docopt_calls(module)):
        return _of_calls(module, calls)
    if module.doc and re.search("usage:", module.doc.value, re.IGNORECASE):
        return UsageText(module.doc.value, module.file, module.doc.line)
    for imported in own_imports(module):
        if calls := list(_docopt_calls(imported)):
            return _of_calls(imported, calls)
    raise CheckError([_no_usage(module)])


def own_imports(module: Module, depth: int = 3) -> Iterator[Module]:
    """The trainer's own modules that it imports, nearest first: ``__main__`` often only calls another."""
    seen, queue = {module.file}, [(module, 0)]
    for current, level in queue:
        for name in imports(current) if level < depth else ():
            other = current.load(name)
            if other and other.file not in seen:
                seen.add(other.file)
                queue.append((other, level + 1))
                yield other


def imports(module: Module) -> Iterator[str]:
    """The dotted names of the modules that a module imports, anywhere in it."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = absolute(module.package, node)
            yield source
            yield from (f"{source}.{alias.name}" for alias in node.names)


def _of_calls(module: Module, calls: list[_Call]) -> UsageText:
    found: dict[str, UsageText] = {}
    for call in calls:
        try:
            usage = _of_call(module, call)
        except NotConstant as reason:
            where = f"{module.file}:{call.node.lineno}"
            message = f"the text passed to docopt is not known before the trainer runs: {reason.why}"
            raise CheckError([Problem(message, where=where, hint=NONE_HINT)]) from None
        found.setdefault(usage.text, usage)
    if len(found) > 1:
        lines = ", ".join(str(call.node.lineno) for call in calls)
        message = f"docopt is called with different usage texts (lines {lines})"
        raise CheckError([Problem(message, where=module.file, hint="keep one, or set trainer: {usage: none}")])
    return next(iter(found.values()))


def _of_call(module: Module, call: _Call) -> UsageText:
    names: dict[str, Known] = module_names(module)
    for function in call.functions:
        arguments = function.args
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            names[argument.arg] = NotConstant(argument, f"'{argument.arg}' is an argument of {function.name}()")
        run_statements(module, function.body, names)
    keywords = {word.arg: word.value for word in call.node.keywords}
    node = (
        call.node.args[0] if call.node.args else next((keywords[key] for key in _PARAMETERS if key in keywords), None)
    )
    if node is None:
        raise NotConstant(call.node, "the call passes none")
    found: Text = text(module, node, names)
    first = keywords.get("options_first")
    if first is None and len(call.node.args) > 4:
        first = call.node.args[4]
    return UsageText(found.value, found.file, found.line, isinstance(first, ast.Constant) and first.value is True)


def _docopt_calls(module: Module) -> Iterator[_Call]:
    functions, modules = set(), set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module == "docopt" and not node.level:
            functions |= {alias.asname or alias.name for alias in node.names if alias.name == "docopt"}
            functions |= {"docopt" for alias in node.names if alias.name == "*"}
        elif isinstance(node, ast.Import):
            modules |= {alias.asname or alias.name for alias in node.names if alias.name == "docopt"}

    def is_docopt(node: ast.Call) -> bool:
        match node.func:
            case ast.Name(id=name):
                return name in functions
            case ast.Attribute(value=ast.Name(id=name), attr="docopt"):
                return name in modules
            case _:
                return False

    def walk(node: ast.AST, inside: tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...]) -> Iterator[_Call]:
        if isinstance(node, ast.Call) and is_docopt(node):
            yield _Call(node, inside)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inside = (*inside, node)
        for child in ast.iter_child_nodes(node):
            yield from walk(child, inside)

    return walk(module.tree, ())


def _no_usage(module: Module) -> Problem:
    known = {name.partition(".")[0] for name in imports(module)}
    hint = "write a docopt usage text as the module's docstring, or set trainer: {usage: none}"
    for library, advice in (("argparse", "set trainer: {usage: argparse}"), ("click", "set trainer: {usage: none}")):
        if library in known:
            hint = f"it imports {library}: {advice}"
    return Problem("no usage text: no call of docopt, and no 'usage:' in the docstring", where=module.file, hint=hint)
