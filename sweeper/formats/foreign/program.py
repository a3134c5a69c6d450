"""The program of another tool's file as a trainer of a sweep: a module, and the folder it stands in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sweeper.config.nodes import Mark
from sweeper.formats.foreign.draft import Draft

_MODULE = r"[^\W\d]\w*(\.[^\W\d]\w*)*"
_PYTHON = re.compile(r"(.*/)?python[0-9.]*")


def script(draft: Draft, mark: Mark, path: str, file: str) -> None:
    """A script's path: Python puts its folder before all others, as ``package:`` does."""
    folder, _, name = file.removeprefix("./").rpartition("/")
    stem = name.removesuffix(".py")
    if not name.endswith(".py") or not re.fullmatch(_MODULE, stem) or "." in stem:
        draft.lose(mark, path, f"the program is {file}, which `python -m` cannot run", "trainer.task is a guess")
        return
    draft.module, draft.package = stem, folder or None


def started(draft: Draft, mark: Mark, path: str, command: Sequence[str]) -> list[str]:
    """The program of a whole command line; returns its arguments."""
    words = list(command)
    env = []
    if words and words[0].rpartition("/")[2] == "env":
        words.pop(0)
    while words and re.fullmatch(r"[A-Za-z_]\w*=.*", words[0]):
        env.append(words.pop(0))
    draft.env |= dict(one.split("=", 1) for one in env)
    if words and _PYTHON.fullmatch(words[0]):
        words.pop(0)
        while words and words[0] in ("-u", "-O", "-B"):
            words.pop(0)
        if len(words) > 1 and words[0] == "-m":
            draft.module = words[1]
            if not re.fullmatch(_MODULE, words[1]):
                draft.module = None
                draft.lose(mark, path, f"the program is the module {words[1]}", "trainer.task is a guess")
            return words[2:]
        if words and not words[0].startswith("-"):
            script(draft, mark, path, words[0])
            return words[1:]
    place = next((i for i, word in enumerate(words) if word.endswith(".py")), None)
    if place == 0:
        script(draft, mark, path, words[0])
        return words[1:]
    if place is not None:
        draft.lose(mark, path, f"the program is started by {' '.join(words[:place])}", "by python -m")
        script(draft, mark, path, words[place])
        return words[place + 1 :]
    if words:
        draft.lose(mark, path, f"the program is {' '.join(words)}, not one of Python's", "trainer.task is a guess")
    return []
