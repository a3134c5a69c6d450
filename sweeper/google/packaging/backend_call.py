"""Run by file in a process of its own: asks a project's build backend for a source distribution (PEP 517).

Arguments: the backend's name, a JSON list of folders to import it from, the hook, the folder for the result, the file
for the answer. Imports nothing of sweeper.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from typing import Any


def main() -> None:
    """Call the hook; its answer is written as JSON."""
    name, folders, hook, into, answer = sys.argv[1:]
    # Not this file's folder, and not the project's: only a backend that asks for it is imported from there.
    sys.path[:1] = [os.path.abspath(folder) for folder in json.loads(folders)]
    sys.argv[1:] = []
    module, _, attribute = name.partition(":")
    backend: Any = importlib.import_module(module)
    for part in filter(None, attribute.split(".")):
        backend = getattr(backend, part)
    if hook == "build_sdist":
        result = backend.build_sdist(into)
    else:
        result = list(getattr(backend, hook)()) if hasattr(backend, hook) else []
    with open(answer, "w", encoding="utf-8") as file:
        json.dump(result, file)


if __name__ == "__main__":
    main()
