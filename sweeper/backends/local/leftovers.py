"""What imports leave behind in the memory of a parent that its children would share, and a cold start would not."""

from __future__ import annotations

import gc
import os
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import ModuleType

_QUIET_DEVICES = ("/dev/null", "/dev/urandom", "/dev/random", "/dev/zero")


def found(
    *,
    before: Iterable[str],
    opened: Mapping[str, str],
    path: Sequence[str],
    is_library: Callable[[str], bool],
    modules: Mapping[str, ModuleType] | None = None,
) -> Iterator[str]:
    """Every reason not to fork.

    ``before`` are the modules that were there before the imports, ``opened`` the descriptors that came with them,
    ``is_library`` whether a file is not the user's own.
    """
    modules = modules if modules is not None else dict(sys.modules)
    for name in shadowed(modules, path, is_library):
        yield f"a file of yours has the name of the module {name}, which is loaded already"
    for name in sorted(set(own(modules, is_library)) - set(before)):
        yield f"one of the trainer's libraries imports {name}, which is your own and may change between trials"
    for number, link in sorted(opened.items()):
        if link not in _QUIET_DEVICES and not link.startswith("/dev/nvidia") and not _read_only(number, link):
            yield f"importing the trainer's libraries leaves {link} open"
    if generators():
        yield "importing the trainer's libraries makes a random generator, whose draws all trials would share"


def shadowed(modules: Mapping[str, ModuleType], path: Sequence[str], is_library: Callable[[str], bool]) -> list[str]:
    """Loaded modules in whose place a cold start would find a file of the user's."""
    loaded = {name for name, module in modules.items() if "." not in name and name != "sweeper" and _is_file(module)}
    hidden = set()
    for folder in path:
        if is_library(os.path.join(folder, "module.py")):
            break  # what comes later in the path hides nothing of Python's own
        hidden |= {
            name for name in _importable(folder or ".") if name in loaded and not _lies_in(modules[name], folder)
        }
    return sorted(hidden)


def own(modules: Mapping[str, ModuleType], is_library: Callable[[str], bool]) -> Iterator[str]:
    """Loaded modules that are neither installed nor part of Python."""
    for name, module in modules.items():
        file = getattr(module, "__file__", None)
        if not file or not os.path.isabs(file):  # made up, as torch.ops is
            continue
        if name.partition(".")[0] not in ("sweeper", "__main__", "__mp_main__") and not is_library(file):
            yield name


def generators() -> list[object]:
    """Random generators other than the global ones, which each trial seeds for itself."""
    named = getattr(sys.modules.get("tempfile"), "_RandomNameSequence", None)
    numpy = sys.modules.get("numpy.random")
    kinds = {random.Random, *(getattr(numpy, kind, random.Random) for kind in ("RandomState", "Generator"))}
    items = [item for item in gc.get_objects() if type(item) in kinds or type(item) is named]
    known = [random._inst, getattr(sys.modules.get("numpy.random.mtrand"), "_rand", None)]
    known += [getattr(item, "_rng", None) for item in items if type(item) is named]  # these look at the pid themselves
    return [item for item in items if type(item) in kinds and not any(item is one for one in known)]


def _is_file(module: ModuleType) -> bool:
    """Built-in and frozen modules are found before any folder is looked at."""
    origin = getattr(getattr(module, "__spec__", None), "origin", None)
    return origin not in (None, "built-in", "frozen")


def _lies_in(module: ModuleType, folder: str) -> bool:
    file = getattr(module, "__file__", None) or ""
    return os.path.realpath(file).startswith(os.path.join(os.path.realpath(folder or "."), ""))


def _importable(folder: str) -> set[str]:
    """The names of what lies in a folder and could be imported."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return set()
    files = {entry.name.partition(".")[0] for entry in entries if entry.name.endswith((".py", ".so", ".pyc"))}
    folders = {e.name for e in entries if e.is_dir() and os.path.exists(os.path.join(e.path, "__init__.py"))}
    return files | folders


def _read_only(number: str, link: str) -> bool:
    if not link.startswith("/"):
        return False
    try:
        with open(f"/proc/self/fdinfo/{number}", encoding="ascii") as file:
            flags = next(int(line.split()[1], 8) for line in file if line.startswith("flags:"))
    except (OSError, StopIteration):
        return True
    return flags & os.O_ACCMODE == os.O_RDONLY
