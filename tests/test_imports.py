"""The shape of the code: which part may import which, and which modules may touch the world.

The four tables are meant to be edited, in the change that needs it: a new part, library or edge is a decision.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

WORDS = "lean errors model settings states clock"
DECIDE = "command config space usage search early_stopping metrics results formats"
DO = "ledger backends studies google hooks"

# part -> the parts, or single modules, that it may import; within itself a part is free
MAY_IMPORT = {
    "lean": "",
    "errors": "lean",
    "model": "lean settings",
    "settings": "lean",
    "clock": "",
    "glance": "",
    "surroundings": "lean",
    "states": "errors model",
    "command": f"{WORDS} usage.schema",
    "config": f"{WORDS} space.constraints space.tokens",  # the language of conditions on metrics
    "space": f"{WORDS} config",
    "search": f"{WORDS} config space",
    "early_stopping": WORDS,
    "usage": f"{WORDS} config space command",
    "formats": f"{WORDS} command config space",
    "metrics": WORDS,
    # the ledger's row types; the language of constraints
    "results": f"{WORDS} metrics ledger config.names space.constraints space.tokens",
    "ledger": WORDS,
    "backends": f"{WORDS} command metrics surroundings google",
    "google": f"{WORDS} surroundings config.forms",
    "hooks": f"{WORDS} surroundings ledger results",
    "studies": f"{WORDS} command metrics surroundings formats backends google",
    "emulator": "errors clock model search",  # a server of its own, which searches as sweeper does
    "driver": f"{WORDS} surroundings {DECIDE} {DO}",
    "commands": f"{WORDS} surroundings glance {DECIDE} {DO} driver emulator",
    "api": f"{WORDS} surroundings {DECIDE} {DO} driver commands",
    "cli": f"{WORDS} surroundings {DECIDE} {DO} driver commands",
    "__main__": "cli",
}

# library -> the modules that may import it, in any place
LIBRARIES = {
    "aiohttp": "emulator.*",
    "google_crc32c": "emulator.storage.checksums",
    "docopt": "cli usage.*",
    "google": "google.*",  # google.auth
    "googleapiclient": "google.*",
    "httplib2": "google.*",
    "cmaes": "search.adaptive.evolution",
    "jax": "emulator.tuning.engines.vizier",
    "numpy": "results.* search.adaptive.*",
    "mlflow": "formats.mlflow",
    "optuna": "formats.optuna search.adaptive.genetic search.adaptive.parzen results.importance.forest",
    "packaging": "google.packaging.*",
    "pandas": "results.* api",
    "plotly": "results.report.assets",
    "rich": "commands.*",
    "scipy": "search.* results.tied results.importance.chance",
    "sklearn": "results.importance.forest",
    "sqlalchemy": "formats.hurry",
    "tensorboard": "metrics.tensorboard formats.tensorboard",
    "textual": "commands.screen.*",
    "threadpoolctl": "backends.local.* search.adaptive.threads",
    "vizier": "emulator.tuning.engines.vizier",
    "wandb": "formats.wandb",
    "yaml": "config.*",
}

# library -> the modules that may import it at module level, where every start pays for it
AT_MODULE_LEVEL = {
    "docopt": "cli usage.docopt_*",
    "aiohttp": "emulator.*",
    "numpy": "search.adaptive.*",
    "textual": "commands.screen.*",
    "rich": "commands.screen.*",
}

# edge -> what gives it away, and the modules that may touch it
EDGES = {
    "files": (
        "os shutil tempfile fcntl glob fileinput open() .open() .read_text() .read_bytes() .write_text() "
        ".write_bytes() .mkdir() .unlink() .touch() .exists() .is_file() .is_dir() .iterdir() .glob() .rglob() .stat()",
        "config.read usage.find usage.argparse_* metrics.read ledger.* backends.fake studies.fake backends.local.* "
        "backends.cloud.fetch driver.elsewhere driver.trainers driver.provenance driver.requirements driver.stage "
        "driver.warm_csv formats.tensorboard formats.wandb google.claim google.credentials google.gcloud google.lease "
        "google.packaging.* "
        "google.prices.table "
        "google.storage google.upload google.staging hooks.* results.report.assets commands.* cli api emulator.*",
    ),
    "environment": (
        "os.environ os.getenv sys.argv",
        "cli api usage.argparse_probe backends.local.* google.packaging.backend_call hooks.webhook emulator.*",
    ),
    "processes": (
        "subprocess signal select multiprocessing ctypes runpy",
        "usage.find usage.argparse_* driver.provenance driver.requirements google.packaging.programs backends.local.* "
        "commands.* hooks.child emulator.*",
    ),
    "network": (
        "socket ssl http urllib.request",
        "google.wire backends.local.* commands.reporting.server hooks.webhook emulator.*",
    ),
    "time": (
        "time datetime",
        "clock backends.cloud.times formats.optuna google.objects google.patience google.prices.age google.wire "
        "backends.local.* commands.* hooks.child emulator.*",
    ),
    "database": ("sqlite3", "glance ledger.* emulator.*"),
    "terminal": (
        "print() input() sys.stdout sys.stderr sys.stdin getpass curses",
        "cli commands.* hooks.webhook usage.argparse_probe backends.local.*",
    ),
    "chance": ("secrets uuid os.urandom", "driver.* backends.local.* emulator.*"),
}


def test_every_part_imports_only_what_lies_below_it():
    wrong = []
    for module, name in _imports_of_ours():
        part, other = _part(module), _part(name)
        if part not in MAY_IMPORT:
            wrong.append(f"{part} is new: say in MAY_IMPORT what it may import")
        elif other != part and not {other, name} & set(MAY_IMPORT[part].split()):
            wrong.append(f"{module} imports {name}")
    assert not sorted(set(wrong))


def test_no_module_imports_itself_by_way_of_others():
    graph: dict[str, set[str]] = {}
    for module, name in _imports_of_ours():
        graph.setdefault(module, set()).add(name)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(reversed(error.args[1])))


def test_the_trainer_and_sweeper_do_not_know_each_other():
    assert not [m for m, tree in _sources("trainer") if any(i.split(".")[0] == "sweeper" for i, _ in _imports(tree))]
    assert not [m for m, tree in _sources("sweeper") if any(i.split(".")[0] == "trainer" for i, _ in _imports(tree))]


def test_libraries_are_imported_only_where_they_are_meant_to_be():
    wrong = []
    for module, tree in _sources("sweeper"):
        for name, at_module_level in _imports(tree):
            library = name.split(".")[0]
            if library in sys.stdlib_module_names or library in ("sweeper", "__future__"):
                continue
            if not _listed(module, LIBRARIES.get(library, "")):
                wrong.append(f"{module} imports {library}")
            elif at_module_level and not _listed(module, AT_MODULE_LEVEL.get(library, "")):
                wrong.append(f"{module} imports {library} at module level")
    assert not sorted(set(wrong))


def test_importing_every_module_loads_no_library():
    apart = ("search.adaptive.", "commands.screen.")
    sources = [m for m, _ in _sources("sweeper") if m != "__main__" and not m.startswith(apart)]
    names = [f"sweeper.{m}".removesuffix(".__init__") for m in sources]
    heavy = LIBRARIES.keys() - AT_MODULE_LEVEL.keys() | {"numpy", "rich", "textual"}
    code = f"import sys\nfor m in {names}: __import__(m)\nprint(*sys.modules.keys() & {heavy})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


@pytest.mark.parametrize("edge", EDGES)
def test_only_the_modules_that_are_meant_to_touch_the(edge):
    signs, allowed = EDGES[edge]
    wrong = [
        f"{module} uses {', '.join(found)}"
        for module, tree in _sources("sweeper")
        if (found := sorted(_signs(tree) & set(signs.split()))) and not _listed(module, allowed)
    ]
    assert not wrong


@pytest.mark.parametrize("edge", EDGES)
def test_no_module_is_listed_that_leaves_alone_the(edge):
    signs, allowed = EDGES[edge]
    users = [module for module, tree in _sources("sweeper") if _signs(tree) & set(signs.split())]
    modules = [module for module, _ in _sources("sweeper")]
    assert not [entry for entry in allowed.split() if entry in modules and entry not in users]


def _listed(module: str, entries: str) -> bool:
    return any(fnmatchcase(module, entry) for entry in entries.split())


def _part(module: str) -> str:
    return module.split(".")[0]


@cache
def _sources(package: str) -> tuple[tuple[str, ast.Module], ...]:
    """(dotted name below the package, its syntax tree) of every module, ``__init__`` by that name."""
    files = sorted((ROOT / package).rglob("*.py"))
    return tuple(
        (".".join(f.relative_to(ROOT / package).with_suffix("").parts), ast.parse(f.read_text())) for f in files
    )


def _imports_of_ours() -> Iterator[tuple[str, str]]:
    """(module, the module of ours it imports), by names below ``sweeper``; the root's lazy API is left out."""
    ours = {module.removesuffix(".__init__") for module, _ in _sources("sweeper")}
    for module, tree in _sources("sweeper"):
        if module == "__init__":
            continue
        for name, _ in _imports(tree):
            parts = name.split(".")
            if parts[0] != "sweeper" or name in ("sweeper", "sweeper.__version__"):
                continue
            below, parent = ".".join(parts[1:]), ".".join(parts[1:-1])
            yield module.removesuffix(".__init__"), below if below in ours else parent or below


def _imports(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """(full dotted name, whether at module level) of every import that runs; those for typing alone are left out."""
    pending: list[tuple[ast.AST, bool]] = [(tree, True)]
    while pending:
        node, top = pending.pop()
        if isinstance(node, ast.Import):
            yield from ((alias.name, top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((f"{node.module}.{alias.name}", top) for alias in node.names)
        elif isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            pending.extend((child, top) for child in node.orelse)
        else:
            inner = top and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            pending.extend((child, inner) for child in ast.iter_child_nodes(node))


def _signs(tree: ast.Module) -> set[str]:
    """Everything that could give an edge away: imported names, dotted names, called names and methods."""
    found = set()
    for name, _ in _imports(tree):
        parts = name.split(".")
        found |= {".".join(parts[:i]) for i in range(1, len(parts) + 1)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.add(f"{node.value.id}.{node.attr}")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.add(f"{node.func.id}()")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            found.add(f".{node.func.attr}()")
    return found
