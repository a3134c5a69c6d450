"""What a service appends to every command line, and the line that makes a trainer take it."""

from __future__ import annotations

from collections.abc import Sequence

from sweeper.usage.explain import Reason
from sweeper.usage.schema import Schema, UsageLine, is_job_dir


def not_taken(schema: Schema, line: UsageLine | None, extras: Sequence[str]) -> Reason:
    """The usage refuses ``extras``, and only those; ``line`` is the usage line that takes the rest."""
    message = f"the service adds {' '.join(extras)}, which the usage does not take"
    option = extras[0]
    near = next((one.name for one in schema.options if is_job_dir(one)), option)
    if near != option:
        return Reason((), message, f"it has {near}: spell that one {option} ({schema.where})")
    return Reason((), message, _line_to_add(schema, line, option))


def swallowed(schema: Schema, extras: Sequence[str]) -> Reason:
    """The usage takes ``extras``, but not as an option with a value: behind ``--`` all are positional."""
    message = f"the service adds {' '.join(extras)}, which goes to the usage's arguments instead of {extras[0]}"
    return Reason((), message, f"declare {extras[0]}, and leave out lists before arguments ({schema.where})")


def _line_to_add(schema: Schema, line: UsageLine | None, option: str) -> str:
    if schema.style == "argparse":
        return f'add to the parser: parser.add_argument("{option}") ({schema.where})'
    described = f"{option}=<dir>  Where the trial's output goes."
    if line is not None and "[options]" in line.text.split():
        return f"add this line to its options: {described} ({schema.where})"
    whole = f"{line.text} [{option}=<dir>]" if line is not None else f"[{option}=<dir>]"
    return f"make its usage line: {whole} ({schema.where})"
