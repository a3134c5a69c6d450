"""What a trainer requires, as pip takes it: checked before it is written where only another machine would refuse it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from sweeper.errors import Problem, ProblemsError
from sweeper.model import Trainer


def required(trainer: Trainer) -> tuple[str, ...]:
    """What the config lists, ``cloud_requires`` too, each once, as written. Raises ProblemsError with all bad ones."""
    listed = [("trainer.requires", text) for text in trainer.requires]
    listed += [("trainer.cloud_requires", text) for text in trainer.cloud_requires]
    problems = [problem for path, text in listed if (problem := _problem(text, path))]
    if problems:
        raise ProblemsError(problems)
    return tuple(dict.fromkeys(text.strip() for _, text in listed))


def missing(wanted: Sequence[str], offered: Iterable[str]) -> tuple[str, ...]:
    """Those of the requirements whose distribution is not among the offered ones."""
    have = {distribution(text) for text in offered}
    return tuple(text for text in wanted if distribution(text) not in have)


def distribution(requirement: str) -> str:
    """The canonical name of what a requirement asks for; empty where it cannot be read."""
    from packaging.requirements import InvalidRequirement, Requirement  # a local sweep does without
    from packaging.utils import canonicalize_name

    try:
        return canonicalize_name(Requirement(requirement).name)
    except InvalidRequirement:
        return ""


def _problem(text: str, path: str) -> Problem | None:
    from packaging.requirements import InvalidRequirement, Requirement  # a local sweep does without

    hint = "such as scikit-learn, scikit-learn>=1.3 or scikit-learn==1.5.*; pip's other forms are not passed on"
    try:
        url = Requirement(text).url
    except InvalidRequirement:
        # A line that pip would take for an option or an address may hold a password.
        shown = "an address" if "://" in text else f"'{text}'"
        return Problem(f"expected the name of a distribution, with versions if need be, got {shown}", "", path, hint)
    if url is None:
        return None
    name, address = Requirement(text).name, urlsplit(url)
    if address.scheme == "file" or "://" not in url:
        return Problem(f"'{name}' is at an address of this machine: no other one could install it", "", path, hint)
    if "@" in address.netloc and address.netloc.partition("@")[0] != "git":
        return Problem(f"the address of '{name}' holds a user's name or password: it would be in the package", "", path)
    return None
