"""The files of this folder: one of a tool's each, and beside it the config that is made of it."""

from __future__ import annotations

from pathlib import Path

from sweeper.commands.importing.tool import carried
from sweeper.formats.foreign.registry import TOOLS

HERE = Path(__file__).parent


def files() -> list[Path]:
    """What is imported."""
    return [path for name in TOOLS for path in sorted((HERE / name).iterdir()) if path.suffix != ".config"]


def config(path: Path) -> str:
    """What is made of one of them, losses and all."""
    return carried(path.read_text(), tool=path.parent.name, file=path.name, lossy=True).text


def made(path: Path) -> Path:
    """Where the config is that is made of it."""
    return path.with_suffix(f"{path.suffix}.config")


def write() -> None:
    """Write the configs anew: python -m tests.formats.foreign.golden; read the difference before it is committed."""
    for path in files():
        made(path).write_text(config(path))


if __name__ == "__main__":
    write()
