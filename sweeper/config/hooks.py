"""``on_finish:`` and ``on_failure:``: a command, an address, or a mapping that says more."""

from __future__ import annotations

from urllib.parse import urlsplit

from sweeper.config.check import Section
from sweeper.config.nodes import Mark
from sweeper.config.report import Report
from sweeper.model import Hook

WAYS = ("command", "url", "url_from")


def build_hook(root: Section, name: str, report: Report) -> Hook | None:
    """One of the two; None where it is not there."""
    match root.values.get(name):
        case None:
            return None
        case str(url):
            _check_address(url, root.mark(name), name, report)
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
    if isinstance(url := section.values.get("url"), str):
        _check_address(url, section.mark("url"), section.at("url"), report)
    said = [way for way in WAYS if section.has(way)]
    if not said:
        report.add(root.mark(name), name, "expected a command, a url or a url_from", "[python, notify.py]")
    elif len(said) > 1:
        message = f"{' and '.join(said)}: it can be only one of them"
        report.add(section.mark(said[1]), section.at(said[1]), message, f"delete {said[1]}")
    elif said == ["command"] and section.has("headers"):
        message = "headers belong to an address, a command has none"
        report.add(section.mark("headers"), section.at("headers"), message, "a command sees all variables as they are")


def _check_address(url: str, mark: Mark, path: str, report: Report) -> None:
    """What a pattern cannot say. A password is not repeated, and would stay in the ledger."""
    try:
        parts = urlsplit(url)
        if "@" in parts.netloc:
            hint = (
                "keep it in a variable: headers: {Authorization: NOTIFY_TOKEN}, or url_from where a path is the secret"
            )
            report.add(mark, path, "an address holds no user or password, which would stay in the ledger", hint)
        elif not parts.hostname:
            report.add(
                mark, path, f"expected an address with a host, got {url!r}", "for example https://example.org/hook"
            )
        else:
            _ = parts.port
    except ValueError as error:
        said = "no address" if "@" in url else f"no address: {error}"
        report.add(mark, path, said, "for example https://example.org:8443/hook")
