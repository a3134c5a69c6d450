"""W&B's ``program`` and ``command``: how a trial is started, and how its values are written.

After ``create_sweep_command`` and ``create_sweep_command_args`` of wandb/sdk/launch/sweeps/utils.py.
"""

from __future__ import annotations

import re

from sweeper.config.nodes import Mark, Scalar
from sweeper.formats.foreign.draft import Draft
from sweeper.formats.foreign.keys import Keys
from sweeper.formats.foreign.program import started
from sweeper.formats.options import options
from sweeper.lean import dataclass
from sweeper.model import Value

_DEFAULT = ("${env}", "${interpreter}", "${program}", "${args}")
_MACRO = re.compile(r"\$\{(\w+)\}")
_VARIABLE = re.compile(r"\$\{envvar:([A-Z0-9_]*)\}")
_PLAIN = ("args", "args_no_equals", "args_no_boolean_flags")
_OTHER = {
    "args_no_hyphens": "name=value",
    "args_append_hydra": "+name=value",
    "args_override_hydra": "++name=value",
    "args_json": "one JSON text",
    "args_json_file": "a JSON file",
}


@dataclass(frozen=True)
class Style:
    """How the agent writes values."""

    macro: str | None
    """None where the command receives none of them."""

    def value(self, value: object, mark: Mark, path: str, draft: Draft) -> Value:
        """A value as it stands on W&B's command line: what Python's ``str`` makes of it."""
        if isinstance(value, bool):
            return value if self.macro == "args_no_boolean_flags" else str(value)
        if value is None:
            draft.warn(mark, path, "W&B's agent fails on null; here the word None is passed")
            return "None"
        if isinstance(value, (list, dict)):
            return str(value)
        assert isinstance(value, (str, int, float))
        return value


def command(keys: Keys, draft: Draft) -> Style:
    """The trainer, what is always passed to it, and how the values are."""
    program = keys.text("program")
    words = [(one.text, one.mark) for one in keys.items("command") if isinstance(one, Scalar)]
    if not words:
        words = [(one, keys.mark("program")) for one in _DEFAULT]
    macros = [found[1] for word, _ in words if (found := _MACRO.fullmatch(word))]
    used = [one for one in macros if one in (*_PLAIN, *_OTHER)]
    line = _line(words, program, keys, draft)
    args = started(draft, keys.mark("command"), "command", line) if line else []
    notes: list[str] = []
    for name, value in options(args, notes).items():
        draft.parameters[name] = {"value": list(value)} if isinstance(value, tuple) else value
        draft.places[name] = keys.mark("command")
    for note in notes:
        keys.lose("command", note.partition(": ")[2].partition(" is left out")[0] + " is passed", "it is left out")
    if program is None and draft.module is None:
        draft.notes.append("the file names no program: trainer.task is a guess")
    if used and used[0] in _OTHER:
        keys.lose("command", f"values are passed as {_OTHER[used[0]]} (${{{used[0]}}})", "as --name=value")
    return Style(used[0] if used else None)


def _line(words: list[tuple[str, Mark]], program: str | None, keys: Keys, draft: Draft) -> list[str]:
    """The command without the values that vary."""
    line: list[str] = []
    for word, mark in words:
        found = _MACRO.fullmatch(word)
        macro = found[1] if found else None
        if variable := _VARIABLE.search(word):
            draft.lose(mark, "command", f"the variable {variable[1]} is filled in by each agent", "it is left out")
        elif macro == "program":
            if program is None:
                draft.wrong(mark, "command", "${program} stands for program:, which is missing")
                return []
            line.append(program)
        elif macro == "interpreter":
            line.append("python")
        elif macro != "env" and macro not in _PLAIN and macro not in _OTHER:
            line.append(word)
    if program is not None and not any(word == program for word in line):
        keys.warn("command", f"the command does not run program: {program}; W&B runs the command, and only that")
    return line
