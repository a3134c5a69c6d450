"""Runs the trainer in a forked child as ``python -m`` would, and ends it as the interpreter would end."""

from __future__ import annotations

import atexit
import builtins
import contextlib
import gc
import io
import os
import runpy
import signal
import sys
import threading
import traceback
import types
from collections.abc import Sequence, Set
from typing import NoReturn


def run(argv: Sequence[str], *, preloaded: Set[str]) -> NoReturn:
    """``argv`` is the interpreter, ``-m``, the module, the arguments. Never returns."""
    code = _run_module(argv)
    interrupted = code is None
    code = _shut_down(code or 0, preloaded=preloaded)
    if interrupted:
        # As the interpreter does, so that whoever waits sees the signal.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    os._exit(code)


def _run_module(argv: Sequence[str]) -> int | None:
    """The exit code; None after ^C."""
    sys.orig_argv[:] = argv
    sys.argv[:] = ["-m", *argv[3:]]
    main = types.ModuleType("__main__")
    main.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = main
    try:
        # What `python -m` itself calls: it runs the module in the __main__ that pickle and multiprocessing look for.
        runpy._run_module_as_main(argv[2])  # type: ignore[attr-defined]
    except SystemExit as stop:
        return _exit_code(stop.code)
    except BaseException as error:
        _report(error)
        return None if isinstance(error, KeyboardInterrupt) else 1
    return 0


def _exit_code(code: object) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    print(code, file=sys.stderr)
    return 1


def _report(error: BaseException) -> None:
    """The traceback, from the frame with which it would begin in a cold start."""
    frames = error.__traceback__
    while frames is not None and "runpy" not in frames.tb_frame.f_code.co_filename:
        frames = frames.tb_next
    error.__traceback__ = frames
    try:
        sys.excepthook(type(error), error, frames)
    except Exception:
        traceback.print_exception(error)


def _shut_down(code: int, *, preloaded: Set[str]) -> int:
    """Join threads, run the exit callbacks, flush, let objects die: all that a normal exit does and others can see."""
    with contextlib.suppress(Exception):
        threading._shutdown()  # type: ignore[attr-defined]
    with contextlib.suppress(Exception):
        atexit._run_exitfuncs()
    code = _flush(code)
    if threading.active_count() == 1:  # a daemon thread may still use what would be taken away
        _clear_modules(preloaded)
    _close_files()
    return _flush(code)


def _flush(code: int) -> int:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            code = code or 120  # the interpreter's own code for this
    return code


def _clear_modules(preloaded: Set[str]) -> None:
    """Drop what the trainer's own modules hold, so that ``__del__`` runs and files are closed."""
    own = [module for name, module in sys.modules.items() if name not in preloaded or name == "__main__"]
    for module in own:
        if isinstance(module, types.ModuleType):
            module.__dict__.clear()
    gc.collect()


def _close_files() -> None:
    """Flush and close what is still open. The parent froze its own objects, so only the trial's are looked at."""
    standard = {id(stream) for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)}
    files = [item for item in gc.get_objects() if isinstance(item, io.IOBase) and id(item) not in standard]
    # Text layers first: closing a buffer below one would lose what the text layer still holds.
    for file in sorted(files, key=lambda item: not isinstance(item, io.TextIOBase)):
        with contextlib.suppress(Exception):
            file.flush()
    for file in files:
        with contextlib.suppress(Exception):
            file.close()
