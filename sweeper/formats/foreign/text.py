"""A draft as the text of a sweep config, with everything that was lost on the way in comments at its top."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence

from sweeper.formats.foreign.draft import Draft, Lost
from sweeper.formats.imported import MODULE
from sweeper.formats.yamltext import WIDTH, comment, flow, scalar, yaml_text

_NAME = r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,62}"


def lost_in_words(losses: Sequence[Lost]) -> Iterator[str]:
    """One line for each."""
    for loss in losses:
        yield f"{loss.where}: {loss.path}: {loss.message}; instead, {loss.instead}"


def config_text(draft: Draft, *, usage: str) -> str:
    """The whole file."""
    top: dict[str, object] = {"name": _name(draft)} if draft.name else {}
    top["trainer"] = _trainer(draft, usage)
    top["method"] = draft.method
    top |= {"trials": draft.trials} if draft.trials is not None else {}
    top |= {"seed": draft.seed} if draft.seed is not None else {}
    parts = ["\n", yaml_text(top)]
    if draft.metric:
        metric = {"name": draft.metric, "goal": draft.goal or "maximize"}
        parts.append(f"metric: {flow(metric | ({'reduce': draft.reduce} if draft.reduce else {}))}\n")
    if draft.parameters:
        parts += _entries("parameters", draft.parameters)
    if draft.together:
        parts += ["together:\n", *(f"- {flow(clean(one))}\n" for one in draft.together)]
    if draft.points:
        parts += ["points:\n", *(f"- {flow(clean(one))}\n" for one in draft.points)]
    if draft.early_stopping:
        parts.append(f"early_stopping: {flow(draft.early_stopping)}\n")
    if draft.limits:
        parts.append(f"limits: {flow(draft.limits)}\n")
    return comment("\n".join(_head(draft))) + "".join(parts)


def clean(value: object) -> object:
    """A value that YAML can carry: what is nothing or no finite number becomes the word that Python prints for it."""
    if isinstance(value, Mapping):
        return {str(key): clean(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(one) for one in value]
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return str(value)
    return value


def _head(draft: Draft) -> Iterator[str]:
    yield f"Made from {draft.file}, a sweep of {draft.tool}."
    if draft.comments:
        yield ""
        yield from draft.comments
    if draft.losses:
        yield ""
        yield "What a sweep cannot say:"
        yield from (f"- {line}" for line in lost_in_words(draft.losses))
    if draft.warnings or draft.notes:
        yield ""
        yield from (f"warning: {line}" for line in draft.warnings)
        yield from (f"note: {line}" for line in draft.notes)


def _name(draft: Draft) -> str:
    written = draft.name or ""
    if re.fullmatch(_NAME, written):
        return written
    clean_name = re.sub(r"[^A-Za-z0-9_.\-]+", "-", written).strip("-._")[:63] or "sweep"
    draft.notes.append(f"'{written}' is no name of a sweep: it is called {clean_name}")
    return clean_name


def _trainer(draft: Draft, usage: str) -> object:
    module = draft.module or MODULE
    more: dict[str, object] = {"package": draft.package} if draft.package else {}
    more |= {"image": draft.image} if draft.image else {}
    more |= {"env": draft.env} if draft.env else {}
    more |= {"usage": usage} if usage != "docopt" else {}
    return {"module": module, **more} if more else module


def _entries(section: str, entries: Mapping[str, object]) -> Iterator[str]:
    yield f"{section}:\n"
    for name, value in entries.items():
        shown = clean(value)
        line = f"  {scalar(name)}: {flow(shown)}\n"
        if len(line) <= WIDTH:
            yield line
        else:
            yield "".join(f"  {one}\n" for one in yaml_text({name: shown}).splitlines())
