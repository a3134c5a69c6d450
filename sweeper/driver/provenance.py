"""What a sweep leaves behind of its surroundings: enough to run one of its trials again by hand."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sweeper.model import Sweep

_SKIPPED = frozenset({"__pycache__", ".git", ".venv", ".sweeper", ".ipynb_checkpoints"})
_KINDS = frozenset({".py", ".json", ".yaml", ".yml", ".toml", ".cfg", ".ini", ".txt", ""})
"""Files of a package that can change what a trial does; data is named on the command line."""
LONGEST_DIFF = 4 << 20


def package_of(file: Path, module: str) -> Path:
    """What belongs to a trainer: its top folder, or its one file."""
    depth = module.count(".")
    folder = file.parent if file.name in ("__main__.py", "__init__.py") else file
    for _ in range(depth):
        folder = folder.parent
    return folder if depth or folder.is_dir() else file


def digest(package: Path) -> str:
    """SHA-256 of the trainer's sources: names and contents, in a fixed order."""
    total = hashlib.sha256()
    for path in _sources(package):
        content = path.read_bytes()
        total.update(f"{path.relative_to(package.parent)}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def _sources(package: Path) -> Iterator[Path]:
    if package.is_file():
        yield package
        return
    for path in sorted(package.rglob("*")):
        inside = path.relative_to(package).parts
        if path.suffix in _KINDS and not _SKIPPED.intersection(inside) and path.is_file():
            yield path


def repository(cwd: Path, environ: Mapping[str, str]) -> Path | None:
    """``cwd`` where git would find a repository; asking git takes longer than a short trial."""
    found = "GIT_DIR" in environ or any((folder / ".git").exists() for folder in (cwd, *cwd.parents))
    return cwd if found else None


def facts(sweep: Sweep, *, cwd: Path | None, python: str, code: str, packages: Mapping[str, str]) -> dict[str, Any]:
    """Versions, commit (none without a ``cwd``) and digest, as ``provenance.json`` has them."""
    return {
        "sweep": sweep.name,
        "config": sweep.path,
        "trainer": sweep.trainer.module,
        "code_sha256": code,
        "git_commit": _git(cwd, "rev-parse", "HEAD").strip(),
        "python": sys.version.partition(" ")[0],
        "interpreter": python,
        "platform": "-".join(os.uname()[i] for i in (0, 2, 4)),
        "packages": dict(sorted(packages.items())),
    }


def token() -> str:
    """Six characters that tell apart two sweeps of one name."""
    return os.urandom(3).hex()


def leave(folder: Path, sweep: Sweep, facts: Mapping[str, Any], *, cwd: Path | None) -> None:
    """Write the sweep's config, facts and uncommitted changes into its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text(sweep.text, encoding="utf-8")
    (folder / "provenance.json").write_text(json.dumps(facts, indent=1))
    (folder / "code.diff").write_text(_git(cwd, "diff", "HEAD", "--no-color", "--no-ext-diff"), encoding="utf-8")


def _git(cwd: Path | None, *args: str) -> str:
    """What git says; nothing where there is no git, no repository or no commit."""
    if cwd is None:
        return ""
    import subprocess

    try:
        found = subprocess.run(
            ["git", *args], cwd=cwd, capture_output=True, timeout=30, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return found.stdout[:LONGEST_DIFF].decode("utf-8", "replace") if found.returncode == 0 else ""
