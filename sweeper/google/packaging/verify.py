"""Proves a package before it costs money: installed into a clean environment, its trainer asked for ``--help``."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sweeper.errors import UserError
from sweeper.google.packaging.environments import INSTALLING, Environment, is_unreachable, make
from sweeper.google.packaging.package import Package
from sweeper.google.packaging.programs import Done, run, shown, surrounded
from sweeper.model import Trainer

ANSWERING = 120.0
"""Seconds that ``--help`` may take; importing a large framework for the first time takes many."""
_FIND = "import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)"
_MISSING = re.compile(r"No module named '([\w.]+)'")
_SKIP = "--no-verify leaves this check out"


@dataclass(frozen=True)
class _Proof:
    """What is proven, and with what."""

    package: Package
    trainer: Trainer
    environ: Mapping[str, str] = field(repr=False)
    installing: float
    answering: float


def verify(
    package: Package,
    trainer: Trainer,
    *,
    python: str,
    cache: Path,
    environ: Mapping[str, str],
    say: Callable[[str], None],
    installing: float = INSTALLING,
    answering: float = ANSWERING,
) -> None:
    """Raises UserError where pip cannot install it or the trainer does not answer. Proven once for each digest."""
    proven = cache / f"{package.digest}-{_key(trainer, python, environ)}.json"
    if proven.is_file():
        return
    say(f"checking that {package.filename} installs into a clean environment and starts (once; {_SKIP})")
    proof = _Proof(package, trainer, environ, installing, answering)
    with tempfile.TemporaryDirectory(prefix="sweeper-verify-", ignore_cleanup_errors=True) as folder:
        _install(proof, environment := make(Path(folder) / "venv", python=python, environ=environ), Path(folder))
        _ask(proof, environment, Path(folder))
    _remember(proven, package, trainer, python)


def _install(proof: _Proof, environment: Environment, folder: Path) -> None:
    file = folder / proof.package.filename
    file.write_bytes(proof.package.data)
    done = environment.install(str(file), patience=proof.installing)
    if done.code == 0:
        return
    if is_unreachable(done):
        what, hint = (
            "pip could not reach the package index, so the package cannot be proven",
            f"without network, {_SKIP}",
        )
    elif done.code is None:
        what, hint = f"pip took longer than {proof.installing:g} s to install the package", _SKIP
    else:
        what, hint = f"pip cannot install the package (exit code {done.code})", f"check trainer.requires; {_SKIP}"
    raise _failed(proof, what, done, hint)


def _ask(proof: _Proof, environment: Environment, folder: Path) -> None:
    module, empty = proof.trainer.module, folder / "empty"
    empty.mkdir()
    # Not the checkout's: what the package lacks must not be found there.
    own = {name: text for name, text in proof.trainer.env.items() if name != "PYTHONPATH"}
    helps = proof.trainer.usage != "none"
    arguments = ("-m", module, "--help") if helps else ("-c", _FIND, module)
    done = environment.run(arguments, cwd=empty, more=own, patience=proof.answering)
    if done.code == 0 or (helps and _answers(done)):
        return
    asked = f"python -m {module} --help" if helps else f"finding the module {module}"
    how = f"took longer than {proof.answering:g} s" if done.code is None else f"failed (exit code {done.code})"
    raise _failed(proof, f"the package installs, but {asked} {how}", done, _what_to_try(proof, done))


def _answers(done: Done) -> bool:
    """A trainer whose docopt was told not to help: it refuses ``--help``, and shows its usage."""
    text = done.output.lower()
    return done.code is not None and "usage:" in text and "traceback (most recent" not in text


def _what_to_try(proof: _Proof, done: Done) -> str:
    found = _MISSING.findall(done.output)
    if not found:
        return _SKIP
    if found[-1].partition(".")[0] == proof.trainer.module.partition(".")[0]:
        return f"{found[-1]} is not in the package: `sweeper plan --files` says what is, and why not"
    return f"list what brings '{found[-1]}' in trainer.requires; {_SKIP}"


def _failed(proof: _Proof, what: str, done: Done, hint: str) -> UserError:
    lines = shown(done.output, {**proof.environ, **proof.trainer.env})
    return UserError(f"{what}\n{lines}" if lines else what, where=proof.package.filename, hint=hint)


def _key(trainer: Trainer, python: str, environ: Mapping[str, str]) -> str:
    """The interpreter's version, since a path may get a newer one, and what the trainer was asked."""
    version = sys.version
    if python != sys.executable:
        ask = [python, "-I", "-c", "import sys; print(sys.version)"]
        version = run(ask, cwd=Path("/"), env=surrounded(environ), patience=ANSWERING).output
    text = "\0".join((version, os.path.abspath(python), trainer.module, trainer.usage))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _remember(proven: Path, package: Package, trainer: Trainer, python: str) -> None:
    facts = {"package": package.filename, "digest": package.digest, "module": trainer.module, "python": python}
    proven.parent.mkdir(parents=True, exist_ok=True)
    beside = proven.with_suffix(f".{os.getpid()}.new")
    beside.write_text(json.dumps(facts, indent=1), encoding="utf-8")
    os.replace(beside, proven)
