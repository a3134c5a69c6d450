"""Hydra: the overrides of a multirun, ``lr=0.1,0.01 model=a,b``, whose product its basic sweeper runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sweeper.config.loader import compose
from sweeper.config.nodes import Mapping, Mark, Node, Scalar
from sweeper.config.report import Report
from sweeper.config.scalars11 import resolve11
from sweeper.formats.foreign import domains
from sweeper.formats.foreign.draft import Draft
from sweeper.formats.foreign.hydra_values import BadOverride, Interval, Unlisted, swept
from sweeper.formats.foreign.program import started

TITLE = "Hydra"
TRIALS = 20
_MULTIRUN = ("-m", "--multirun")
_KEY = re.compile(r"(?P<sign>\+\+|\+|~|)(?P<name>[\w./\-$]+)(@[\w.:\-]*)?")
_PIECE = re.compile(r"""'[^']*'|"(?:\\.|[^"\\])*"|\\.""", re.DOTALL)
_WORD = re.compile(rf"""#[^\n]*|(?:{_PIECE.pattern}|[^\s'"\\]|['"\\])+""", re.DOTALL)
_OVERRIDE = re.compile(r"(\+\+|\+|~)?[A-Za-z_][\w./@:\-]*=")


def is_mine(file: str, text: str, root: Node | None) -> bool:
    """``hydra.sweeper.params`` of a config, or words of which one is an override and none a key of YAML."""
    if _params(root) is not None:
        return True
    words = [word for word, _ in tokens(text)]
    return any(_OVERRIDE.match(word) for word in words) and not any(word.endswith(":") for word in words)


def _params(root: Node | None) -> Mapping | None:
    for key in ("hydra", "sweeper", "params"):
        entry = root.entries.get(key) if isinstance(root, Mapping) else None
        root = None if entry is None else entry.node
    return root if isinstance(root, Mapping) else None


def read(text: str, draft: Draft) -> None:
    """Fill in the draft."""
    params = _params(compose(text, Report(draft.file), resolve11))
    if params is not None:
        _noted(draft)
        draft.notes.append("the rest of the config is the program's own: only hydra.sweeper.params is taken over")
        for key, entry in params.entries.items():
            shown = entry.node.text if isinstance(entry.node, Scalar) else ""
            _override(f"{key}={shown}", entry.mark, draft)
    else:
        _line(list(tokens(text)), draft)
    if any(isinstance(one, dict) and "min" in one for one in draft.parameters.values()):
        draft.method, draft.trials = "random", TRIALS
    if not draft.parameters and not draft.report and not draft.losses:
        draft.wrong(Mark(1, 1), "", "expected overrides: name=value", 'for example "lr=0.1,0.01 model=a,b"')


def _line(words: list[tuple[str, Mark]], draft: Draft) -> None:
    """A whole command line, or its overrides alone."""
    first = next((i for i, (word, _) in enumerate(words) if _OVERRIDE.match(word)), len(words))
    program = [word for word, _ in words[:first]]
    while program and program[-1] in _MULTIRUN:
        program.pop()
    if program:
        rest = [one for one in started(draft, words[0][1], "the command", program) if one not in _MULTIRUN]
        if rest:
            draft.lose(words[0][1], "the command", f"{' '.join(rest)} is passed", "it is left out")
    _noted(draft)
    for word, mark in words[first:]:
        if word not in _MULTIRUN:
            _override(word, mark, draft)


def _noted(draft: Draft) -> None:
    if draft.module is None:
        draft.notes.append("overrides name no program: trainer.task is a guess")
    draft.notes.append("Hydra takes name=value; here each is passed as --name=value")
    draft.notes.append("overrides name no metric: trials are ranked by accuracy, maximize; write metric: to say it")


def _override(word: str, mark: Mark, draft: Draft) -> None:
    key, equals, value = word.partition("=")
    found = _KEY.fullmatch(key)
    if found is None or not (equals or found["sign"] == "~"):
        draft.wrong(mark, word, "expected name=value")
        return
    name = found["name"].replace("/", ".")
    if found["sign"] == "~":
        draft.lose(mark, key, "it is taken out of the config", "nothing is passed")
        return
    if name.startswith("hydra."):
        draft.notes.append(f"{draft.at(mark)}: {name} is Hydra's own: it is left out")
        return
    if name != key:
        draft.notes.append(f"{draft.at(mark)}: {key} is passed as --{name}")
    _add(name, value, mark, draft)


def _add(name: str, value: str, mark: Mark, draft: Draft) -> None:
    if draft.listed > domains.MOST_LISTED:
        return  # told already
    node = Scalar(mark, value, value)
    try:
        values, is_sweep = swept(value)
        if not domains.fits(draft, mark, name, len(values) if "range(" in value else 0):
            return
    except BadOverride as bad:
        draft.wrong(mark, name, str(bad))
    except Unlisted as unlisted:
        draft.lose(mark, name, str(unlisted), "it is left out")
    except Interval as interval:
        low, high = interval.args
        message = "Hydra's basic sweeper refuses an interval; other sweepers draw from it"
        draft.lose(mark, name, message, f"{TRIALS} points are drawn at random from the whole space")
        draft.add(name, node, domains.span(draft, mark, name, low, high))
    else:
        if "${" in value:
            draft.lose(mark, name, f"Hydra fills in {value}", "the text itself is passed")
        if is_sweep:
            draft.add(name, node, domains.choices(draft, mark, name, values))
        else:
            draft.add(name, node, values[0])


def tokens(text: str) -> Iterator[tuple[str, Mark]]:
    """Words as a shell makes them of the text, each with its place; ``#`` at the start of one begins a comment."""
    for found in _WORD.finditer(text):
        if not found[0].startswith("#"):
            start = found.start()
            mark = Mark(text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start))
            yield _PIECE.sub(_unquoted, found[0]), mark


def _unquoted(piece: re.Match[str]) -> str:
    written = piece[0]
    if written[0] == "\\":
        return written[1:].replace("\n", "")
    return written[1:-1] if written[0] == "'" else re.sub(r'\\(["\\])', r"\1", written[1:-1])
