"""Makes one environment: the interpreter's own libraries below, the job's packages and what they lack on top."""

from __future__ import annotations

import ensurepip
import os
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata, util
from pathlib import Path

from sweeper.emulator.runner.members import check
from sweeper.emulator.runner.packages import CannotRun, Package
from sweeper.emulator.runner.processes import Processes

TAIL = 15
"""How many of pip's last lines a failed job shows."""

WHEELS_SINCE = (70, 1)
"""The setuptools that builds wheels without the package ``wheel``."""


def build(folder: Path, packages: Sequence[Package], *, processes: Processes, environ: Mapping[str, str]) -> None:
    """Make it in this folder, which must not be there yet. Raises CannotRun."""
    for package in packages:
        check(package)
    venv.EnvBuilder(symlinks=True, with_pip=False).create(folder)
    site = site_packages(folder)
    # The folders are appended to the path as they are: the .pth files in them, by which editable
    # installs bring in a checkout, are not followed.
    (site / "beneath.pth").write_text("".join(f"{path}\n" for path in libraries()), encoding="utf-8")
    if not packages:
        return
    pip = _Pip(folder, processes, environ)
    files = list(_write(folder / "packages", packages))
    # As the services do: first the packages themselves, whatever is installed under their names, then what they need.
    alone = ("--no-deps", "--force-reinstall", *files)
    if not (_needs_no_network(packages) and pip.install("--no-build-isolation", "--no-cache-dir", *alone)):
        pip.must_install(*alone)
    needs = [need for found in metadata.distributions(path=[str(site)]) for need in found.requires or ()]
    if needs:
        pip.must_install("--", *dict.fromkeys(needs))


def python(folder: Path) -> Path:
    """The environment's interpreter."""
    return folder / "bin" / "python"


def site_packages(folder: Path) -> Path:
    """Where the environment's own packages lie."""
    return folder / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"


def libraries() -> list[str]:
    """The folders with what this interpreter has installed."""
    return [path for path in sys.path if path.endswith(("site-packages", "dist-packages")) and os.path.isdir(path)]


def surroundings() -> str:
    """What an environment depends on besides its packages: the interpreter, and what it has installed."""
    installed = [name for path in libraries() for name in sorted(os.listdir(path)) if name.endswith("-info")]
    return "\n".join([sys.version, sys.base_prefix, *libraries(), *installed])


class _Pip:
    """The emulator's own pip, run by the environment's interpreter; else the one that Python brings along."""

    def __init__(self, folder: Path, processes: Processes, environ: Mapping[str, str]) -> None:
        self._folder = folder
        self._processes = processes
        self._environ = dict(environ)
        if util.find_spec("pip") is None:
            bundled = sorted(Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl"))
            self._environ["PYTHONPATH"] = os.pathsep.join(map(str, bundled))

    def install(self, *arguments: str) -> bool:
        options = ["--disable-pip-version-check", "--no-input", "--no-compile", "--no-color", "--progress-bar=off"]
        argv = [str(python(self._folder)), "-m", "pip", "install", *options, *arguments]
        with open(self._folder / "pip.log", "ab") as log:
            child = self._processes.spawn(
                argv, cwd=self._folder, env=self._environ, stdout=log, stderr=subprocess.STDOUT
            )
            return child.wait() == 0

    def must_install(self, *arguments: str) -> None:
        if not self.install(*arguments):
            lines = (self._folder / "pip.log").read_text(encoding="utf-8", errors="replace").splitlines()
            errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
            head = f"the packages could not be installed: {errors[-1] if errors else 'pip failed'}"
            raise CannotRun("\n".join([head, *lines[-TAIL:]]))


def _write(folder: Path, packages: Sequence[Package]) -> Iterator[str]:
    """Each in a folder of its own: two addresses may end alike."""
    for number, package in enumerate(packages):
        file = folder / str(number) / package.filename
        file.parent.mkdir(parents=True)
        file.write_bytes(package.data)
        yield str(file)


def _needs_no_network(packages: Sequence[Package]) -> bool:
    """Whether they can be built, if at all, with the setuptools that is here, which spares fetching another one."""
    return all(package.filename.endswith(".whl") for package in packages) or _builds_wheels()


def _builds_wheels() -> bool:
    try:
        version = tuple(int(part) for part in metadata.version("setuptools").split(".")[:2])
    except (metadata.PackageNotFoundError, ValueError):
        return False
    return version >= WHEELS_SINCE or util.find_spec("wheel") is not None
