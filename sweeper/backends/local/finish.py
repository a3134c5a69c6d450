"""Runs the trainer in a forked child as ``python -m`` would, and ends it as the interpreter would end."""

from __future__ import annotations

import atexit
import builtins
import contextlib
import ctypes
import gc
import io
import os
import runpy
import signal
import sys
import threading
import types
import weakref
from collections.abc import Iterable, Sequence, Set
from typing import NoReturn

_UNFLUSHED = 120
"""The interpreter's own exit code where the standard streams could not be flushed."""
_FILE: type[io.IOBase] = io.IOBase.__base__  # type: ignore[assignment]  # without the detour of an abstract class
_SPECIAL = ("path", "argv", "last_type", "last_value", "last_traceback", "last_exc", "path_hooks", "meta_path")
"""What the interpreter takes out of ``sys`` before it clears the modules."""


_AGAIN = 100
"""So many of the parent's modules may a trial have taken out and imported again."""


def run(argv: Sequence[str], *, preloaded: Set[str]) -> NoReturn:
    """``argv`` is the interpreter, ``-m``, the module, the arguments. Never returns."""
    code, interrupted = _run_module(argv)
    code = _shut_down(code, preloaded=preloaded)
    flush_c()
    if interrupted:
        # As the interpreter does, so that whoever waits sees the signal.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    os._exit(code)


_LIBC = ctypes.CDLL(None)


def flush_c() -> None:
    """What extension modules printed with C's own buffers."""
    _LIBC.fflush(None)


def _run_module(argv: Sequence[str]) -> tuple[int, bool]:
    """The exit code, and whether it was ^C."""
    sys.orig_argv[:] = argv
    sys.argv[:] = ["-m", *argv[3:]]
    main = types.ModuleType("__main__")
    names: dict[str, object] = main.__dict__
    names["__builtins__"] = builtins
    if sys.version_info < (3, 14):
        names["__annotations__"] = {}
    sys.modules["__main__"] = main
    del main, names
    failure: BaseException | None = None
    try:
        # What `python -m` itself calls: it runs the module in the __main__ that pickle and multiprocessing look for.
        runpy._run_module_as_main(argv[2])  # type: ignore[attr-defined]
    except BaseException as error:
        failure = error
    # Out of the `except`, so that an error of the hook below is not said to come while handling this one.
    if failure is None:
        return 0, False
    if isinstance(failure, SystemExit):
        return _exit_code(failure.code), False
    return _report(failure), isinstance(failure, KeyboardInterrupt)


def _exit_code(code: object) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return (code if -(2**63) <= code < 2**63 else -1) & 0xFF
    with contextlib.suppress(Exception):
        print(code, file=sys.stderr)
    return 1


def _report(error: BaseException) -> int:
    """The traceback, from the frame with which it would begin in a cold start."""
    frames = error.__traceback__
    while frames is not None and "runpy" not in frames.tb_frame.f_code.co_filename:
        frames = frames.tb_next
    error.__traceback__ = frames
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, frames
    if sys.version_info >= (3, 12):
        sys.last_exc = error
    second: BaseException | None = None
    try:
        sys.excepthook(type(error), error, frames)
    except BaseException as raised:
        second = raised
    if isinstance(second, SystemExit):
        return _exit_code(second.code)
    if second is not None:
        print("Error in sys.excepthook:", file=sys.stderr)
        second.__traceback__ = second.__traceback__ and second.__traceback__.tb_next
        sys.__excepthook__(type(second), second, second.__traceback__)
        print("\nOriginal exception was:", file=sys.stderr)
        sys.__excepthook__(type(error), error, frames)
    return 1


def _shut_down(code: int, *, preloaded: Set[str]) -> int:
    """Join threads, run the exit callbacks, flush, let objects die: all that a normal exit does and others can see."""
    with contextlib.suppress(Exception):
        threading._shutdown()  # type: ignore[attr-defined]
    with contextlib.suppress(Exception):
        atexit._run_exitfuncs()
    flushed = _flush(sys.stdout, sys.stderr)
    files = _files()  # held, for the collector might otherwise close a buffer before the layers above it
    # A daemon thread would stop at this point; here it goes on for a moment, so nothing is taken away from it.
    if threading.active_count() == 1:
        _clear_modules(preloaded, files)
    else:
        threading.excepthook = lambda _: None
    _close([*files, *_files()])
    flushed = _flush(sys.stdout, sys.stderr) and flushed
    _flush(*{id(s): s for s in (sys.__stdout__, sys.__stderr__) if s not in (sys.stdout, sys.stderr)}.values())
    return code if flushed else _UNFLUSHED


def _flush(*streams: object) -> bool:
    """Whether all could be flushed; one that is closed or gone needs none."""
    flushed = True
    for stream in streams:
        if stream is None or getattr(stream, "closed", False):
            continue
        try:
            stream.flush()  # type: ignore[attr-defined]
        except Exception as error:
            flushed = False
            if stream is sys.stdout:
                with contextlib.suppress(Exception):
                    print(f"Exception ignored in: {stream!r}\n{type(error).__name__}: {error}", file=sys.stderr)
    return flushed


def _clear_modules(preloaded: Set[str], files: Sequence[io.IOBase]) -> None:
    """Let the trial's own modules die in the interpreter's order, so that ``__del__`` runs and files are closed.

    First they are only let go, so that finalizers still find their globals; then, the files being closed, what is left
    of them is emptied.
    The parent's modules are kept alive: taking them down costs most of what the fork has saved.
    """
    for name in _SPECIAL:
        if hasattr(sys, name):
            setattr(sys, name, None)
    sys.stdin, sys.stdout, sys.stderr = sys.__stdin__, sys.__stdout__, sys.__stderr__
    sys.excepthook, sys.unraisablehook = sys.__excepthook__, sys.__unraisablehook__
    for signum in signal.valid_signals():
        if callable(signal.getsignal(signum)):
            signal.signal(signum, signal.SIG_DFL)
    own = _imported_since(preloaded)
    left = [weakref.ref(sys.modules[name]) for name in own if isinstance(sys.modules[name], types.ModuleType)]
    for name in own:
        sys.modules[name] = None  # type: ignore[assignment]
    gc.collect()
    _close([*files, *_files()])
    for reference in left:
        module = reference()
        if module is not None:
            _clear(module.__dict__)
    del module
    gc.collect()


def _imported_since(preloaded: Set[str]) -> list[str]:
    """The trial's own modules. They were added last: to look at all would copy the pages of all of the parent's."""
    own, known = ["__main__"] if "__main__" in sys.modules else [], 0
    for name in reversed(sys.modules):
        if name not in preloaded:
            own.append(name)
        elif (known := known + 1) > _AGAIN:
            break
    return own


def _clear(names: dict[str, object]) -> None:
    for private in (True, False):
        for name in [name for name in names if name != "__builtins__"]:
            if not private or (name[:1] == "_" and name[1:2] != "_"):
                names[name] = None


def _files() -> list[io.IOBase]:
    """The trial's open files. The parent froze its own objects, so only the trial's are looked at."""
    standard = {id(stream) for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)}
    return [item for item in gc.get_objects() if isinstance(item, _FILE) and id(item) not in standard]


def _close(files: Iterable[io.IOBase]) -> None:
    """From the outside in: closing a buffer first would lose what the layers above it still hold."""
    for file in sorted(files, key=_depth):
        with contextlib.suppress(Exception):
            file.close()


def _depth(file: io.IOBase) -> int:
    if isinstance(file, io.TextIOBase):
        return 0
    if isinstance(file, io.RawIOBase):
        return 3
    return 2 if type(file).__module__ in ("io", "_io") else 1
