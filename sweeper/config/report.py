"""Gathers everything that is wrong with a config, to tell it in file order."""

from __future__ import annotations

from sweeper.config.nodes import Mark
from sweeper.errors import ConfigError, Problem


class Report:
    """The problems found so far in one file."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._found: list[tuple[int, int, Problem]] = []

    def add(self, mark: Mark, path: str, message: str, hint: str = "") -> None:
        """Note one problem; ``path`` is the dotted key, empty for the whole file."""
        where = f"{self._file}:{mark.line}:{mark.column}"
        problem = Problem(message, where=where, path=path, hint=hint)
        if (mark.line, mark.column, problem) not in self._found[-20:]:
            self._found.append((mark.line, mark.column, problem))

    def __bool__(self) -> bool:
        return bool(self._found)

    def error(self) -> ConfigError:
        """All problems as one error, in the order of the file."""
        ordered = sorted(self._found, key=lambda item: item[:2])
        return ConfigError(problem for _, _, problem in ordered)


def join(path: str, key: str | int) -> str:
    """The path of something inside ``path``: ``points[2]``, ``parameters.batch_size``."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key
