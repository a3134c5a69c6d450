"""The setup.py that sweeper writes: the trainer's own package or module, and what it requires; nothing else."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Sequence

_TEXT = '''"""Written by sweeper: one trainer and what it requires."""

from setuptools import setup

setup(
    name={name},
    version={version},
    packages={packages},
    py_modules={modules},
    package_data={data},
    include_package_data=False,
    install_requires={requires},
)
'''


def package_setup(name: str, version: str, files: Sequence[str], requires: Iterable[str]) -> str:
    """For a package: every folder with modules is one, a file that is no module belongs to the nearest."""
    packages = _packages(files)
    data: dict[str, list[str]] = {}
    for path in files:
        owner = _owner(path, packages)
        if path.rpartition("/")[0] != owner or not path.endswith(".py"):
            # setuptools takes these for patterns.
            data.setdefault(owner.replace("/", "."), []).append(glob.escape(path.removeprefix(f"{owner}/")))
    dotted = [folder.replace("/", ".") for folder in packages]
    return _text(name, version, dotted, [], data, requires)


def module_setup(name: str, version: str, module: str, requires: Iterable[str]) -> str:
    """For a single module."""
    return _text(name, version, [], [module], {}, requires)


def _packages(files: Sequence[str]) -> list[str]:
    """Folders that can be imported; also those without ``__init__.py``, as Python does from the checkout."""
    top = files[0].partition("/")[0]
    folders = {path.rpartition("/")[0] for path in files if path.endswith(".py")}
    with_parents = {
        "/".join(parts[: n + 1]) for folder in folders for parts in [folder.split("/")] for n in range(len(parts))
    }
    return sorted({top} | {folder for folder in with_parents if all(map(str.isidentifier, folder.split("/")))})


def _owner(path: str, packages: Sequence[str]) -> str:
    folder = path.rpartition("/")[0]
    while folder not in packages:
        folder = folder.rpartition("/")[0]
    return folder


def _text(
    name: str,
    version: str,
    packages: Sequence[str],
    modules: Sequence[str],
    data: dict[str, list[str]],
    requires: Iterable[str],
) -> str:
    # ascii: the file reads the same whatever encoding it is taken for.
    return _TEXT.format(
        name=ascii(name),
        version=ascii(version),
        packages=ascii(list(packages)),
        modules=ascii(list(modules)),
        data=ascii(data),
        requires=ascii(list(requires)),
    )
