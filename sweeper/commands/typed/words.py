"""What may come next on a command line that is being typed: the question that the shells' scripts ask."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sweeper.commands.typed.itself import Described, Itself, line_of, options_in, said_of

CONFIG, FILE, FOLDER = ":config", ":file", ":folder"
"""Answers that leave it to the shell: it knows how its user writes the names of files."""
_KINDS = {"<config>": CONFIG, "<file>": FILE, "<dir>": FOLDER, "<d>": FOLDER}

Answer = tuple[str, str]
"""(what to insert, what it is)"""


def tell(words: Sequence[str], itself: Itself, environ: Mapping[str, str]) -> int:
    """Print the answer, within the time of a key press."""
    for line in answer(words, itself, Path.cwd() / environ.get("SWEEPER_HOME", ".sweeper")):
        print(line)
    return 0


def answer(words: Sequence[str], itself: Itself, home: Path) -> list[str]:
    """Lines of ``word<tab>meaning``, those that begin as the last of ``words`` does; or one that names a kind of file.

    Whatever goes wrong, there is nothing to say: whoever pressed Tab asked no question that an error would answer.
    """
    try:
        *before, last = words
        typed = _Typed(itself, tuple(before), last, home)
        found = [one for one in typed.next() if one[0].startswith((last, ":"))]
    except Exception:
        return []
    return ["\t".join(filter(None, one)) for one in dict.fromkeys(found)]


class _Typed:
    """The words before the unfinished one, and what they mean."""

    def __init__(self, itself: Itself, before: tuple[str, ...], last: str, home: Path) -> None:
        self.itself, self.before, self.last = itself, before, last
        everything = {one.name: one for one in options_in(itself.usage)}
        self.options = everything
        words = [word for at, word in enumerate(before) if not self._is_of_an_option(at)]
        self.verb, self.arguments = (words[0], words[1:]) if words else ("", [])
        given = [word.removeprefix("--home=") for word in before if word.startswith("--home=")]
        given += [before[at + 1] for at, word in enumerate(before[:-1]) if word == "--home"]
        self.home = Path.cwd() / given[-1] if given else home

    def _is_of_an_option(self, at: int) -> bool:
        return self.before[at].startswith("-") or (at > 0 and self._takes_a_value(self.before[at - 1]))

    def _takes_a_value(self, word: str) -> bool:
        return word in self.options and bool(self.options[word].value)

    def next(self) -> Iterator[Answer]:
        """All that may stand in the place of the last word."""
        name, equals, _ = self.last.partition("=")
        if "--" in self.before:
            return
        if equals and name.startswith("--"):
            for word, says in self._values(self.options[name]):
                yield (word if word.startswith(":") else f"{name}={word}"), says
        elif self.before and self._takes_a_value(self.before[-1]):
            yield from self._values(self.options[self.before[-1]])
        elif self.last.startswith("-"):
            yield from self._options()
        elif not self.verb:
            yield from self._verbs()
        elif self.verb in self.itself.verbs:
            yield from self._argument()

    def _verbs(self) -> Iterator[Answer]:
        yield from ((verb, said_of(self.itself, verb)) for verb in self.itself.verbs)

    def _options(self) -> Iterator[Answer]:
        given = {word.partition("=")[0] for word in self.before}
        mine = [one.name for one in options_in(self.itself.usage_of(self.verb))] if self.verb else ["--version"]
        for name in dict.fromkeys([*mine, "--home", "--json", "--help"]):
            if name not in given:
                one = self.options[name]
                yield (f"{name}=" if one.value else name), one.says

    def _argument(self) -> Iterator[Answer]:
        places = re.findall(r"\(([^()]*)\)|(<\w+>)\]?(\.\.\.)?", line_of(self.itself, self.verb))
        at = min(len(self.arguments), len(places) - 1)
        choice, alone, many = places[at]
        if at < len(self.arguments) and not many:
            return
        for word in (choice or alone).split("|"):
            yield from self._of_kind(word.strip())

    def _of_kind(self, word: str) -> Iterator[Answer]:
        named = {"<sweep>": self._sweeps, "<trial>": self._trials, "<verb>": self._verbs}
        if word in named:
            yield from named[word]()
        elif word in _KINDS:
            yield _KINDS[word], ""
        elif not word.startswith("<"):
            yield word, ""

    def _values(self, option: Described) -> Iterator[Answer]:
        if option.value in _KINDS:
            yield _KINDS[option.value], ""
        yield from ((word, "") for word in _listed(option.name))

    def _sweeps(self) -> Iterator[Answer]:
        from sweeper.glance import sweeps

        found = sweeps(self.home)
        for row in found:
            yield row[1], f"{row[3]} trials, {row[2]}"
        for row in found:
            if self.last.startswith(row[1]):  # who has typed a whole name and goes on means one of that name
                yield row[0], f"{row[3]} trials, {row[2]}"

    def _trials(self) -> Iterator[Answer]:
        from sweeper.glance import trials

        for trial, number, state in trials(self.home, self.arguments[0], self.last):
            if trial not in self.arguments:
                yield trial, f"#{number} {state}"


def _listed(option: str) -> Sequence[str]:
    """The values of an option that takes one of a few; each list is where the check of that option has it."""
    match option:
        case "--backend":
            from sweeper.backends.registry import BACKENDS

            return BACKENDS
        case "--to":
            from sweeper.formats.foreign.registry import WRITERS
            from sweeper.formats.registry import FORMATS
            from sweeper.formats.trackers import TRACKERS

            return (*FORMATS, *WRITERS, *TRACKERS)
        case "--from":
            from sweeper.formats.foreign.registry import TOOLS
            from sweeper.formats.registry import FORMATS

            return (*FORMATS, *TOOLS)
        case "--clock":
            from sweeper.commands.emulator import CLOCKS

            return CLOCKS
        case "--study-engine":
            from sweeper.emulator.tuning.engines.registry import BAYESIAN

            return tuple(BAYESIAN)
        case _:
            return ()
