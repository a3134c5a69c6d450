"""Says what is wrong with sweeper's own command line; docopt itself only prints the usage."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sweeper.errors import UserError

_OPTION = r"--[a-z]+(?:-[a-z]+)*"


def explain(argv: Sequence[str], usage: str, commands: Sequence[str]) -> UserError:
    """The first word that does not fit; failing that, the usage line of the verb that was meant."""
    if problem := unknown(argv, usage):
        return problem
    verb = _verb(argv, usage)
    if verb not in commands:
        what = f"there is no command '{verb}'" if verb else "expected a command"
        return UserError(what, hint=_meant(verb, commands) or f"there are {', '.join(commands)}")
    line = _line(verb, usage)
    return _misplaced(argv, usage, verb, line) or UserError(
        f"that is not how `sweeper {verb}` is used", hint=f"usage: {line}"
    )


def own_usage(verb: str, usage: str) -> str:
    """The part of the usage text that is about one verb: its lines, its options and those of all verbs."""
    head, _, rest = usage.partition("Usage:\n")
    lines, _, rest = rest.partition("\n\n")
    usages = re.split(r"\n(?=  sweeper )", lines)
    own = "\n".join(one for one in usages if one.startswith(f"  sweeper {verb} "))
    options = re.findall(r"^  (?:-\w )?(--[\w-]+).*$", rest, re.MULTILINE)
    named = {option: re.search(rf"{option}\b(?!-)", lines) is not None for option in options}
    mine = {option for option in options if not named[option] or re.search(rf"{option}\b(?!-)", own)}
    described = [
        line for line in rest.splitlines() if (found := re.match(r"  (?:-\w )?(--[\w-]+)", line)) and found[1] in mine
    ]
    return f"{head}Usage:\n{own}\n\nOptions:\n" + "\n".join(described) + "\n"


def unknown(argv: Sequence[str], usage: str) -> UserError | None:
    """The first option that sweeper does not have; a beginning of one counts as unknown."""
    known = list(_values(usage))
    for word in _options(argv):
        if word.startswith("--") and word not in known:
            return UserError(f"there is no option {word}", hint=_meant(word, known))
        if not word.startswith("--") and word != "-h":
            return UserError(f"there is no option {word}", hint="`sweeper --help` lists them")
    return None


def _misplaced(argv: Sequence[str], usage: str, verb: str, line: str) -> UserError | None:
    """An option that other verbs have, one without its value, or one with a value that it does not take."""
    values = _values(usage)
    here = {*re.findall(_OPTION, line), "--home", "--json"}
    for at, word in enumerate(argv):
        name, equals, _ = word.partition("=")
        if name not in values:
            continue
        if name not in here:
            return UserError(f"`sweeper {verb}` takes no {name}", hint=f"usage: {line}")
        if values[name] and not equals and at + 1 == len(argv):
            return UserError(f"{name} needs a value", hint=f"{name}={values[name]}")
        if equals and not values[name]:
            return UserError(f"{name} takes no value", hint=f"usage: {line}")
    return None


def _values(usage: str) -> dict[str, str]:
    """Each long option and its value's name, empty for a flag, from the descriptions."""
    return dict(re.findall(rf"^  (?:-\w )?({_OPTION})(?:=(<[a-z]+>))?  ", usage, re.MULTILINE)) | {"--version": ""}


def _line(verb: str, usage: str) -> str:
    """The verb's line of the usage, with those that go on with it."""
    found = re.search(rf"^  sweeper {verb} .*(?:\n   +.*)*", usage, re.MULTILINE)
    return re.sub(r"\s+", " ", found[0]).strip() if found else f"sweeper {verb}"


def _options(argv: Sequence[str]) -> Iterator[str]:
    for word in argv:
        if word == "--":
            return
        if word.startswith("-") and word != "-" and not re.fullmatch(r"-\d+", word):
            yield word.partition("=")[0]


def _verb(argv: Sequence[str], usage: str) -> str:
    """The first word that is neither an option nor the value of one."""
    values = _values(usage)
    before = ""
    for word in argv:
        if not word.startswith("-") and not values.get(before):
            return word
        before = word
    return ""


def _meant(word: str, known: Sequence[str]) -> str:
    from sweeper.config.names import nearest  # only where something is wrong: it brings the whole config package

    found = nearest(word, known) if word else None
    return f"did you mean {found}?" if found else ""
