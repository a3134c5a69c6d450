"""A source distribution by the project's own ``setup.py`` or ``pyproject.toml``, made in a copy of it."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sweeper.errors import UserError
from sweeper.google.packaging.archive import mode_of, unpack
from sweeper.google.packaging.environments import Environment, is_unreachable, make
from sweeper.google.packaging.layout import PYPROJECT, Layout, read_pyproject
from sweeper.google.packaging.paths import on_disk
from sweeper.google.packaging.programs import Done, run, shown, surrounded

PATIENCE = 600.0
LEGACY = "setuptools.build_meta:__legacy__"
"""What PEP 517 has for a setup.py alone."""
_CALL = Path(__file__).with_name("backend_call.py")


@dataclass(frozen=True)
class _Build:
    """One copy, one backend."""

    layout: Layout
    folder: Path
    environ: Mapping[str, str]
    backend: str
    backend_path: tuple[str, ...]
    requires: tuple[str, ...]

    @property
    def copy(self) -> Path:
        """The project's copy; its name says nothing of the checkout's."""
        return self.folder / "project"


def build_project(layout: Layout, contents: Mapping[str, bytes], *, environ: Mapping[str, str]) -> dict[str, bytes]:
    """The files of the backend's archive, as it made them. Raises UserError with the backend's last lines."""
    with tempfile.TemporaryDirectory(prefix="sweeper-package-", ignore_cleanup_errors=True) as folder:
        build = _plan(layout, Path(folder), environ)
        _copy(contents, build.copy)
        environment = _environment(build, build.requires)
        more = _call(build, environment, "get_requires_for_build_sdist")
        if lacking := _lacking(more, environment):
            environment = _environment(build, (*build.requires, *lacking))
        name = _call(build, environment, "build_sdist")
        try:
            return unpack((build.folder / "made" / os.path.basename(name)).read_bytes())
        except (OSError, ValueError) as error:
            raise _failed(build, f"made an archive that cannot be used: {error}") from None


def _plan(layout: Layout, folder: Path, environ: Mapping[str, str]) -> _Build:
    system = read_pyproject(layout.root).get("build-system", {})
    backend = system.get("build-backend", LEGACY)
    requires = tuple(system.get("requires", ("setuptools>=40.8.0",)))
    path = tuple(system.get("backend-path", ()))
    if not isinstance(backend, str) or not all(isinstance(text, str) for text in (*requires, *path)):
        raise UserError("expected names in [build-system]", where=str(layout.root / PYPROJECT))
    return _Build(layout, folder, environ, backend, path, requires)


def _copy(contents: Mapping[str, bytes], into: Path) -> None:
    for path, content in contents.items():
        file = on_disk(into, path)
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file, "wb") as stream:
            stream.write(content)
        os.chmod(file, mode_of(content))


def _environment(build: _Build, requires: Sequence[str]) -> Environment | None:
    """Where the backend runs: None = sweeper's own interpreter has all it needs, and no network is."""
    if not _lacking(requires, None):
        return None
    made = make(Path(tempfile.mkdtemp(dir=build.folder)) / "venv", python=sys.executable, environ=build.environ)
    done = made.install("--quiet", *requires)
    if done.code != 0:
        why = "pip could not reach the package index" if is_unreachable(done) else "pip could not install"
        raise _failed(build, f"needs {', '.join(requires)} to build: {why}", done)
    return made


def _lacking(requires: Any, environment: Environment | None) -> tuple[str, ...]:
    """What is not installed in sweeper's own interpreter; to a new environment, everything is new."""
    from importlib.metadata import PackageNotFoundError, version  # a local sweep does without

    from packaging.requirements import InvalidRequirement, Requirement

    def is_here(text: str) -> bool:
        try:
            wanted = Requirement(text)
            if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
                return True
            return not wanted.extras and wanted.url is None and wanted.specifier.contains(version(wanted.name), True)
        except (PackageNotFoundError, InvalidRequirement):
            return False

    return tuple(text for text in requires if environment is not None or not is_here(text))


def _call(build: _Build, environment: Environment | None, hook: str) -> Any:
    made, answer = build.folder / "made", build.folder / f"{hook}.json"
    made.mkdir(exist_ok=True)
    python = environment.python if environment else sys.executable
    arguments = [build.backend, json.dumps(build.backend_path), hook, str(made), str(answer)]
    command = [python, str(_CALL), *arguments]
    done = run(command, cwd=build.copy, env=surrounded(build.environ), patience=PATIENCE)
    if done.code != 0 or not answer.exists():
        raise _failed(build, "cannot be built into a source distribution", done)
    return json.loads(answer.read_text(encoding="utf-8"))


def _failed(build: _Build, what: str, done: Done | None = None) -> UserError:
    late = " (it took too long)" if done and done.code is None else ""
    lines = f"\n{shown(done.output, build.environ)}" if done else ""
    return UserError(
        f"{what}{late}{lines}",
        where=str(build.layout.root / build.layout.project),
        hint="with trainer.requires in the config, only the trainer's package is packed, with a generated setup.py",
    )
