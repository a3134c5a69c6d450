"""The warm parent: has imported what the trainer imports, and forks one child per trial."""

from __future__ import annotations

import contextlib
import gc
import os
import random
import runpy  # noqa: F401  # imported here so that no child pays for it
import sys
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, NoReturn

from sweeper.backends.local import child, finish, hazards, imports, leftovers, output, process, watched
from sweeper.backends.local.channel import Lines
from sweeper.backends.local.parent import Parent
from sweeper.backends.local.settings import Warm


class Warmed(NamedTuple):
    """What the imports left."""

    preloaded: frozenset[str]
    changed: frozenset[str]
    """Variables that the libraries have set: as after a cold start, what the libraries say wins."""
    printed: bytes
    walk: imports.Walk


def main(settings: Warm, lines: Lines, keepers: tuple[process.Process, ...]) -> NoReturn:
    """Import, say ``ready`` or why not, then fork a trial for every request; ``keepers`` watch over this process."""
    warmed, problems = _warm_up(settings)
    if problems:
        lines.send({"cold": problems})
        os._exit(0)

    me = process.this()
    # Looked up here: going through a table of thousands makes a child copy the pages of all that is in it.
    own = [name for name in sys.modules if name.partition(".")[0] == "sweeper"]
    finders = _of_the_user(sys.path_importer_cache)

    def become(request: child.Request) -> NoReturn:
        child.prepare(request, keepers=(*keepers[:1], me, *keepers[1:]))
        if warmed.printed:
            os.write(1, warmed.printed)
        os.environ.update({name: text for name, text in request.env.items() if name not in warmed.changed})
        _be_fresh(settings.threads, own, finders)
        finish.run(request.argv, preloaded=warmed.preloaded)

    parent = Parent(lines, become, stale=imports.Edits(settings.module, warmed.walk).matter)
    lines.send({"ready": sorted(name for name in warmed.preloaded if "." not in name)})
    # Moved out of the collector's sight: children neither copy these pages nor look through them at exit.
    gc.freeze()
    parent.serve()
    os._exit(0)


def _warm_up(settings: Warm) -> tuple[Warmed, list[str]]:
    os.chdir(settings.cwd)
    if not sys.flags.safe_path:
        sys.path[0] = os.getcwd()  # as `python -m` has it
    output.redirect(output.anonymous())
    before, opened = set(sys.modules), hazards.descriptors()
    stop = watched.watch(settings.watched)
    walk = imports.read(settings.module, sys.path)
    _import_all(walk.imports)
    seen = stop()
    if settings.threads != 1 and hazards.thread_pools():
        with contextlib.suppress(ImportError):
            __import__("threadpoolctl")
    problems = list(
        hazards.found(variables_read=seen.read, trial_threads=settings.threads, modules=sys.modules)
    ) + list(
        leftovers.found(
            before=before,
            opened={number: link for number, link in hazards.descriptors().items() if opened.get(number) != link},
            path=sys.path,
            is_library=imports.is_library,
        )
    )
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    finish.flush_c()
    return Warmed(frozenset(sys.modules), seen.changed, output.printed(), walk), problems


def _import_all(wanted: Iterable[imports.Import]) -> None:
    for one in wanted:
        try:
            __import__(one.name, {}, {}, one.names, 0)
        except BaseException:  # each trial meets it again, and reports it in its own log
            return


def _of_the_user(cache: Mapping[str, Any]) -> list[Any]:
    """The finders whose folder an edit may change between two trials, even within a tick of the file system's clock."""
    return [
        finder
        for folder, finder in cache.items()
        if hasattr(finder, "invalidate_caches") and not imports.is_library(os.path.join(folder, "module.py"))
    ]


def _be_fresh(threads: int, own: Iterable[str], finders: Iterable[Any]) -> None:
    """What a new interpreter would have drawn or measured for itself; ``own`` modules are not the trial's."""
    hazards.limit_threads(threads)
    random.seed()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    if "torch" in sys.modules:  # not torch.seed(), which would wake the other devices as well
        sys.modules["torch"].default_generator.seed()
    if "multiprocessing.process" in sys.modules:
        sys.modules["multiprocessing.process"].current_process().authkey = os.urandom(32)
    for finder in finders:  # a module edited since the parent listed its folder must be found
        finder.invalidate_caches()
    for name in own:
        del sys.modules[name]
