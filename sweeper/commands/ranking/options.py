"""What ``sweeper results`` is asked for, checked before anything is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sweeper.commands.shared import whole
from sweeper.errors import UserError
from sweeper.lean import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the command line that say which rows, which columns and in what form."""

    top: int | None
    where: str | None
    columns: tuple[str, ...]
    groups: tuple[str, ...]
    attempts: bool
    failures: bool
    importance: bool
    form: str
    """table, csv, json or parquet."""
    file: str | None
    """Where the Parquet goes."""
    as_json: bool


def options_of(parsed: Mapping[str, Any]) -> Options:
    """Raises UserError for options that do not go together."""
    if parsed["--csv"] and parsed["--json"]:
        raise UserError("--csv and --json: choose one")
    if parsed["--csv"] and parsed["--parquet"]:
        raise UserError("--csv and --parquet: choose one")
    for other in ("--columns", "--all-attempts"):
        if parsed["--group-by"] and parsed[other]:
            raise UserError(f"--group-by and {other}: choose one", hint="a group has columns of its own")
    tables = ("--csv", "--parquet", "--where", "--columns", "--group-by", "--all-attempts")
    for instead, others in (("--failures", tables), ("--importance", (*tables, "--failures"))):
        for other in others:
            if parsed[instead] and parsed[other]:
                raise UserError(f"{instead} and {other}: choose one")
    words = {"parquet": parsed["--parquet"], "csv": parsed["--csv"], "json": parsed["--json"]}
    return Options(
        whole(parsed, "--top"),
        parsed["--where"],
        _names(parsed, "--columns"),
        _names(parsed, "--group-by"),
        parsed["--all-attempts"],
        parsed["--failures"],
        parsed["--importance"],
        next((form for form, asked in words.items() if asked), "table"),
        parsed["--parquet"],
        parsed["--json"],
    )


def _names(parsed: Mapping[str, Any], option: str) -> tuple[str, ...]:
    if parsed[option] is None:
        return ()
    names = tuple(name.strip() for name in parsed[option].split(","))
    if "" in names or len(set(names)) < len(names):
        raise UserError(
            f"{option}: expected names with commas between them, each once, got {parsed[option]!r}",
            hint=f"{option}=optimizer,metric",
        )
    return names
