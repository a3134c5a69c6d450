"""``sweeper emulator``: Google's services on this machine (start), and what points programs at them (env)."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sweeper.errors import UserError
from sweeper.surroundings import Surroundings

if TYPE_CHECKING:
    from sweeper.emulator.context import Options

PORT = 8765
DIR = ".sweeper-emulator"
CLOCKS = ("real", "fake")
PROVISIONING = 2.0
"""Seconds: long enough to see a job waiting, short enough to wait for it."""


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Serve until asked to end, or print the exports."""
    return env(parsed, here) if parsed["env"] else start(parsed, here)


def start(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """In the foreground, until ^C or a SIGTERM."""
    try:
        # aiohttp comes with the extra only.
        from sweeper.emulator.server import serve
    except ImportError as error:
        hint = 'pip install "sweeper[emulator]"'
        raise UserError(f"the emulator needs a library that is not installed: {error.name}", hint=hint) from None
    options = _options(parsed, here)

    async def main() -> None:
        stop = asyncio.Event()
        for one in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(one, stop.set)
        await serve(options, ready=lambda url: here.show(f"listening on {url}"), stop=stop)

    asyncio.run(main())
    return 0


def env(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Of the emulator that runs in that folder; where none does, of one that would be started so."""
    from sweeper.emulator.env import exports

    folder = here.cwd / (parsed["--dir"] or DIR)
    for line in exports(_running(folder) or _would_be(parsed), folder):
        here.show(line)
    return 0


def _running(folder: Path) -> str | None:
    try:
        url: str = json.loads((folder / "address.json").read_text(encoding="utf-8"))["url"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return url


def _would_be(parsed: Mapping[str, Any]) -> str:
    host = parsed["--host"] or "127.0.0.1"
    return f"http://{f'[{host}]' if ':' in host else host}:{_port(parsed)}"


def _options(parsed: Mapping[str, Any], here: Surroundings) -> Options:
    from sweeper.emulator.context import Options

    clock = parsed["--clock"] or CLOCKS[0]
    if clock not in CLOCKS:
        raise UserError(f"no clock is called {clock!r}", where="--clock", hint=f"one of {', '.join(CLOCKS)}")
    return Options(
        dir=here.cwd / (parsed["--dir"] or DIR),
        host=parsed["--host"] or "127.0.0.1",
        port=_port(parsed),
        faults=parsed["--faults"] or "",
        seed=_whole(parsed, "--seed", 0),
        slots=_whole(parsed, "--slots", 0, least=1) or None,
        quota=parsed["--quota"] or "",
        simulate=_seconds(parsed, "--simulate"),
        provisioning=_provisioning(parsed),
        clock=clock,
        study_engine=_engine(parsed),
    )


def _engine(parsed: Mapping[str, Any]) -> str:
    from sweeper.emulator.tuning.engines.registry import BAYESIAN, DEFAULT

    name: str = parsed["--study-engine"] or DEFAULT
    if name not in BAYESIAN:
        hint = f"one of {', '.join(BAYESIAN)}"
        raise UserError(f"no study engine is called {name!r}", where="--study-engine", hint=hint)
    return name


def _port(parsed: Mapping[str, Any]) -> int:
    port = _whole(parsed, "--port", PORT, least=0)
    if port > 65535:
        raise UserError(f"expected a port, got {port}", where="--port", hint="at most 65535; 0 is any that is free")
    return port


def _whole(parsed: Mapping[str, Any], option: str, default: int, *, least: int | None = None) -> int:
    text = parsed[option]
    if text is None:
        return default
    try:
        value = int(text)
    except ValueError:
        raise UserError(f"expected a whole number, got {text!r}", where=option) from None
    if least is not None and value < least:
        raise UserError(f"expected at least {least}, got {value}", where=option)
    return value


def _provisioning(parsed: Mapping[str, Any]) -> float:
    """Where nothing is run, nothing is waited for unless it is asked for."""
    asked = _seconds(parsed, "--provisioning")
    return asked if asked is not None else PROVISIONING if parsed["--simulate"] is None else 0.0


def _seconds(parsed: Mapping[str, Any], option: str) -> float | None:
    text = parsed[option]
    if text is None:
        return None
    try:
        value = float(text.removesuffix("s"))
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise UserError(f"expected seconds, got {text!r}", where=option, hint="for example 0.5 or 30s")
    return value
