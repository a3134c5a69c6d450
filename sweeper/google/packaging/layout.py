"""Which folder a trainer's distribution is made from, what is its own in there, and who says how it is built."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sweeper.errors import UserError
from sweeper.model import Trainer

SETUP = "setup.py"
PYPROJECT = "pyproject.toml"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things are."""

    root: Path
    """The folder that the trainer's top package, or its one module, is in."""
    top: str
    """That package's folder or that module's file, by its name in the root."""
    source: str
    """The file that ``python -m`` runs, below the root, with slashes."""
    project: str = ""
    """The project's own ``setup.py`` or ``pyproject.toml``, where it is the one to build with."""

    @property
    def name(self) -> str:
        """What the trainer is imported as."""
        return self.top.removesuffix(".py")

    @property
    def is_package(self) -> bool:
        """A folder, not one file."""
        return not self.top.endswith(".py")


def layout(trainer: Trainer, source: Path) -> Layout:
    """From the module's name and its file. Raises UserError for a pyproject.toml that cannot be read."""
    source = Path(os.path.abspath(source))
    at = source.parent if source.name in ("__main__.py", "__init__.py") else source
    for _ in range(trainer.module.count(".")):
        at = at.parent
    project = "" if trainer.requires else _project(at.parent)
    return Layout(at.parent, at.name, source.relative_to(at.parent).as_posix(), project)


def _project(root: Path) -> str:
    """What gcloud's ``--package-path`` would build with, and pip since."""
    described = read_pyproject(root)
    if "build-system" in described or "project" in described or "poetry" in described.get("tool", {}):
        return PYPROJECT
    return SETUP if (root / SETUP).is_file() else ""


def read_pyproject(root: Path) -> dict[str, Any]:
    """The project's pyproject.toml; nothing where there is none."""
    file = root / PYPROJECT
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UserError(f"cannot be read: {error}", where=str(file)) from None
