"""What ``sweeper export`` is given: a config's file, else the config that a sweep was last launched with."""

from __future__ import annotations

from sweeper.backends import registry
from sweeper.commands.shared import existing
from sweeper.config import load, parse
from sweeper.errors import UserError
from sweeper.model import Sweep
from sweeper.surroundings import Surroundings


def source(text: str, *, to: str | None, here: Surroundings) -> Sweep:
    """The sweep as the config of the backend ``to`` would have it. Raises UserError where there is neither."""
    backends = tuple(registry.BACKENDS)
    if "/" in text or (here.cwd / text).is_file() or not (here.home / "ledger.db").exists():
        return load(text, backends=backends, backend=to)
    with existing(here) as ledger:
        try:
            row = ledger.find_sweep(text)
        except UserError as error:
            (problem,) = error.problems
            raise UserError(f"there is no file '{text}', and {problem.message}", hint=problem.hint) from None
    if not row.config:
        raise UserError(f"the config of {row.id} was not kept", hint="it was not launched from a file: export the file")
    return parse(row.config, path=row.config_path, backends=backends, backend=to)
