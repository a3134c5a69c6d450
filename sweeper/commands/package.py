"""``sweeper package``: the trainer as the distribution that cloud jobs install, for those who submit it themselves."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sweeper.commands.packing import as_json, packed
from sweeper.commands.writing import replace_whole
from sweeper.errors import UserError
from sweeper.surroundings import Surroundings


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Make it, prove it, write it."""
    from sweeper.google.packaging.verify import verify  # --help does without

    made = packed(parsed, here)
    package, trainer = made.package, made.sweep.trainer
    folder = _folder(parsed["--out"])
    if not parsed["--no-verify"]:
        cache = here.home / "verified"
        verify(package, trainer, python=made.python, cache=cache, environ=here.environ, say=here.say)
    file = folder / package.filename
    _write(file, package.data)
    if parsed["--json"]:
        here.show(json.dumps({"path": str(file), **as_json(package)}))
        return 0
    here.show(str(file))
    here.say(f"sha256 {package.digest}, {len(package.data)} bytes")
    for line in _hints(file, trainer.module):
        here.say(line)
    return 0


def _folder(name: str) -> Path:
    folder = Path(name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"--out: cannot make the folder {folder}: {error.strerror}", hint="name another one") from None
    return folder


def _write(file: Path, data: bytes) -> None:
    try:
        replace_whole(file, data)
    except OSError as error:
        raise UserError(f"--out: cannot write {file}: {error.strerror}", hint="name another folder") from None


def _hints(file: Path, module: str) -> list[str]:
    pool = f"machine-type=n1-standard-4,replica-count=1,executor-image-uri=IMAGE,python-module={module}"
    address = f"--python-package-uris=gs://BUCKET/{file.name}"
    return [
        "to run it as a job of your own:",
        f"  gcloud storage cp {shlex.quote(str(file))} gs://BUCKET/",
        f"  gcloud ai custom-jobs create --region=REGION --display-name=NAME {shlex.quote(address)} "
        f"{shlex.quote(f'--worker-pool-spec={pool}')} --args=--NAME=VALUE,...",
    ]
