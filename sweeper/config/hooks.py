"""``on_finish:`` and ``on_failure:``: a command, an address, or a mapping that says more."""

from __future__ import annotations

from sweeper.config.check import Section
from sweeper.config.report import Report
from sweeper.model import Hook

WAYS = ("command", "url", "url_from")


def build_hook(root: Section, name: str, report: Report) -> Hook | None:
    """One of the two; None where it is not there."""
    match root.values.get(name):
        case None:
            return None
        case str(url):
            return Hook(url=url)
        case Section() as section:
            _check(section, root, name, report)
            return Hook(**{**section.values, "headers": _headers(section)})
        case command:
            return Hook(command=tuple(command))


def _headers(section: Section) -> dict[str, str]:
    headers = section.values.get("headers")
    return dict(headers.values) if isinstance(headers, Section) else {}


def _check(section: Section, root: Section, name: str, report: Report) -> None:
    said = [way for way in WAYS if section.has(way)]
    if not said:
        report.add(root.mark(name), name, "expected a command, a url or a url_from", "[python, notify.py]")
    elif len(said) > 1:
        message = f"{' and '.join(said)}: it can be only one of them"
        report.add(section.mark(said[1]), section.at(said[1]), message, f"delete {said[1]}")
    elif said == ["command"] and section.has("headers"):
        message = "headers belong to an address, a command has none"
        report.add(section.mark("headers"), section.at("headers"), message, "a command sees all variables as they are")
