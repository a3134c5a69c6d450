"""``sweeper launch``: run the sweep, or what is left of it."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sweeper.commands.reading import read_config
from sweeper.model import Sweep
from sweeper.surroundings import Surroundings


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Read the config, and start what takes long to start; the rest of the program is loaded beside that."""
    gc.disable()  # nothing of what is loaded is garbage
    sweep = read_config(parsed, here)
    if parsed["--smoke"]:
        return _smoke(sweep, parsed, here)
    with _begun(sweep, parsed, here):
        from sweeper.commands.launching import work as launching

        gc.freeze()
        gc.enable()
        return launching.run(sweep, parsed, here)


def _smoke(sweep: Sweep, parsed: Mapping[str, Any], here: Surroundings) -> int:
    from sweeper.driver.smoke import smoke_of  # no other launch pays for it

    small = smoke_of(sweep)
    with _begun(small.sweep, parsed, here):
        from sweeper.commands.launching import smoking

        gc.freeze()
        gc.enable()
        return smoking.launch(sweep, small, parsed, here)


@contextmanager
def _begun(sweep: Sweep, parsed: Mapping[str, Any], here: Surroundings) -> Iterator[None]:
    if sweep.backend != "local" or parsed["--detach"]:
        yield
        return
    from sweeper.backends.local import ahead, make
    from sweeper.driver.trainers import interpreter, with_path
    from sweeper.lean import replace

    running = replace(sweep, trainer=with_path(sweep.trainer, here))
    parallel = parsed["--parallel"] or ""
    make.begin(
        running,
        here,
        parallel=int(parallel) if parallel.isdecimal() else None,
        python=interpreter(running.trainer, here),
    )
    try:
        yield
    finally:
        ahead.drop()
