"""seml: ``fixed``, ``grid`` and ``random`` parameters and sub-configs, expanded as its ``generate_configs`` does."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping as MappingType

from sweeper.config.nodes import Mapping, Mark, Node, Scalar
from sweeper.config.report import join
from sweeper.config.scalars11 import resolve11
from sweeper.formats.foreign import domains
from sweeper.formats.foreign.draft import Draft
from sweeper.formats.foreign.expand import MOST_POINTS, as_list, expanded
from sweeper.formats.foreign.keys import Keys
from sweeper.formats.foreign.program import script
from sweeper.formats.foreign.seml_values import draw, drawn, levels, said
from sweeper.lean import dataclass, field, replace
from sweeper.model import Value

TITLE = "seml"
resolved = resolve11
_RESERVED = ("fixed", "grid", "random")


@dataclass(frozen=True)
class _Level:
    """The parameters that hold at one level, by their dotted names."""

    fixed: MappingType[str, Value] = field(default_factory=dict)
    grid: MappingType[str, Keys] = field(default_factory=dict)
    random: MappingType[str, Keys] = field(default_factory=dict)
    samples: int | None = None
    seed: int | None = None

    def below(self, other: _Level) -> _Level:
        """What a sub-config makes of it: its own definitions win."""
        own = {*other.fixed, *other.grid, *other.random}
        mine = [{name: one for name, one in kind.items() if name not in own} for kind in self._kinds()]
        fixed, grid, drawn = ({**old, **new} for old, new in zip(mine, other._kinds(), strict=True))
        samples = self.samples if other.samples is None else other.samples
        seed = self.seed if other.seed is None else other.seed
        return _Level(fixed, grid, drawn, samples, seed)  # type: ignore[arg-type]

    def _kinds(self) -> tuple[MappingType[str, object], ...]:
        return self.fixed, self.grid, self.random


def is_mine(root: Node) -> bool:
    """It has seml:, or one of its sections with typed parameters."""
    if not isinstance(root, Mapping):
        return False
    return "seml" in root.entries or bool({"grid", "random", "fixed"} & set(root.entries))


def read(root: Node, draft: Draft) -> None:
    """Fill in the draft."""
    draft.reads_numbers = True  # it reads text as Python literals
    keys = Keys(root, "", draft)
    if (section := keys.below("seml")) is not None and (file := section.text("executable")) is not None:
        script(draft, section.mark("executable"), "seml.executable", file)
    else:
        draft.notes.append("seml.executable is missing: trainer.task is a guess")
    draft.notes.append("seml names no metric: trials are ranked by accuracy, maximize; write metric: to say it")
    draft.notes.append("seml passes name=value after `with`, as sacred takes it; here each is passed as --name=value")
    keys.leave("seml", "slurm")
    for key in keys:
        if key.startswith("+"):
            keys.lose(key, "a named config of sacred", "it is left out")
    leaves = list(_leaves(keys, _Level(), "", draft))
    if draft.report:
        return
    if len(leaves) == 1 and not (leaves[0][1].grid and leaves[0][1].random):
        _alone(leaves[0][1], root.mark, draft)
    else:
        _several(leaves, root.mark, draft)


def _leaves(keys: Keys, above: _Level, name: str, draft: Draft) -> list[tuple[str, _Level]]:
    """The configs that are run: sub-configs without further ones, each with everything above it."""
    level = above.below(_level(keys, draft))
    subs = [
        key
        for key in keys
        if key not in (*_RESERVED, "seml", "slurm") and isinstance(keys.get(key), Mapping) and not key.startswith("+")
    ]
    if not subs:
        if not (level.fixed or level.grid or level.random):
            draft.wrong(keys.node.mark, keys.path, "no parameters: expected fixed, grid or random")
        return [(name, level)]
    found = []
    for key in subs:
        below = keys.below(key)
        assert below is not None
        found += _leaves(below, level, join(name, key), draft)
    return found


def _level(keys: Keys, draft: Draft) -> _Level:
    fixed: dict[str, Value] = {}
    if (node := keys.get("fixed")) is not None:
        _flatten(node, "", keys.at("fixed"), fixed, draft)
    grid = dict(_typed(keys.below("grid"), ""))
    drawn = keys.below("random")
    for name in [name for name in (*fixed, *grid) if name.startswith("+")]:
        _named(name, keys, fixed, grid)
    level = _Level(fixed, grid, {})
    if drawn is not None:
        samples, seed = drawn.whole("samples", 1), drawn.whole("seed")
        if samples is None:
            drawn.wrong("samples", "missing: how many samples are drawn")
        level = replace(level, random=dict(_typed(drawn, "")), samples=samples, seed=seed)
    names = [*level.fixed, *level.grid, *level.random]
    for name in {one for one in names if names.count(one) > 1}:
        keys.draft.wrong(keys.node.mark, name, "it stands in several of fixed, grid and random", "keep one of them")
    return level


def _named(name: str, keys: Keys, fixed: dict[str, Value], grid: dict[str, Keys]) -> None:
    """A config of sacred's that is called by its name: as good as any other value, but for what it does."""
    mark = grid[name].node.mark if name in grid else keys.node.mark
    plain = name.removeprefix("+").removesuffix(".name")
    if plain.endswith(".priority"):
        keys.draft.lose(mark, name, "named configs are loaded in an order", "there is none")
    else:
        keys.draft.lose(mark, name, "it names a config of sacred's", f"the name is passed as --{plain}")
        if name in grid:
            grid[plain] = grid[name]
        else:
            fixed[plain] = fixed[name]
    (grid if name in grid else fixed).pop(name)


def _flatten(node: Node, prefix: str, path: str, found: dict[str, Value], draft: Draft) -> None:
    if isinstance(node, Mapping):
        for key, entry in node.entries.items():
            _flatten(entry.node, f"{prefix}.{key}" if prefix else key, join(path, key), found, draft)
    else:
        found[prefix] = said(node, path, draft)


def _typed(keys: Keys | None, prefix: str) -> list[tuple[str, Keys]]:
    """Parameters by their dotted names; a collection is the names inside it."""
    found: list[tuple[str, Keys]] = []
    for key in keys or ():
        assert keys is not None
        node = keys.get(key)
        if not isinstance(node, Mapping):
            if key not in ("samples", "seed"):
                keys.wrong(key, "expected a mapping with type:")
            continue
        inner, name = Keys(node, keys.at(key), keys.draft), f"{prefix}{key}"
        kind = node.entries["type"].node if "type" in node.entries else None
        if not isinstance(kind, Scalar):
            found += _typed(inner, f"{name}.")
        elif kind.text == "parameter_collection":
            found += _typed(inner.below("params"), f"{name}.")
        else:
            found.append((name, inner))
    return found


def _axes(level: _Level, draft: Draft) -> list[dict[str, list[Value]]]:
    """The axes of a grid: parameters with the same ``zip_id`` are one."""
    axes: dict[str, dict[str, list[Value]]] = {}
    for name, keys in level.grid.items():
        values = levels(keys, draft)
        if not values and not draft.report:
            keys.wrong("options", "expected at least one value")
        axes.setdefault(keys.text("zip_id") or f"={name}", {})[name] = values
    for zip_id, columns in axes.items():
        if len({len(values) for values in columns.values()}) > 1:
            shown = ", ".join(f"{name}: {len(values)}" for name, values in columns.items())
            mark = level.grid[next(iter(columns))].node.mark
            draft.wrong(mark, "zip_id", f"parameters of zip_id {zip_id} have different numbers of values ({shown})")
    return list(axes.values())


def _alone(level: _Level, mark: Mark, draft: Draft) -> None:
    """A single config: axes of a grid, or ranges to draw from."""
    for name, value in level.fixed.items():
        draft.parameters[name] = value
        draft.places[name] = mark
    if level.random:
        draft.method, draft.trials, draft.seed = "random", level.samples, level.seed
        for name, keys in level.random.items():
            draft.add(name, keys.node, drawn(keys, draft))
        if level.seed is not None:
            draft.notes.append(f"seed {level.seed}: the same seed draws other values here than in seml")
        return
    for columns in _axes(level, draft):
        rows = list(dict.fromkeys(zip(*columns.values(), strict=False)))
        if len(columns) == 1:
            (name,) = columns
            node = level.grid[name].node
            # What is the same is added to the collection once. Where there is nothing, that was told already.
            if columns[name]:
                draft.add(name, node, domains.choices(draft, node.mark, name, columns[name], once_anyway=True))
        elif not draft.report:
            draft.together.append({name: [row[i] for row in rows] for i, name in enumerate(columns)})


def _several(leaves: list[tuple[str, _Level]], mark: Mark, draft: Draft) -> None:
    """Sub-configs, or samples for each point of a grid: every point is listed."""
    points: list[dict[str, Value]] = []
    for name, level in leaves:
        axes = [
            [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=False)]
            for columns in _axes(level, draft)
        ]
        if draft.report:
            return
        if len(points) + math.prod(map(len, axes)) * (level.samples or 1 if level.random else 1) > MOST_POINTS:
            draft.wrong(mark, name, f"more than {MOST_POINTS} points", "make it several sweeps")
            return
        samples = _samples(level, draft)
        if draft.report:
            return
        if level.random:
            draft.notes.append(f"{name or 'random'}: its {level.samples} samples are drawn once, here, and listed")
        points += [{**point, **level.fixed, **sample} for point in expanded(axes) for sample in samples]
    as_list(draft, mark, "the sub-configs", points, once_anyway=True)


def _samples(level: _Level, draft: Draft) -> list[dict[str, Value]]:
    """The same samples for every point of the grid, as in seml; not its own numbers."""
    if not level.random:
        return [{}]
    source, found = random.Random(level.seed or 0), {name: drawn(keys, draft) for name, keys in level.random.items()}
    if draft.report:
        return []
    return [{name: draw(domain, source) for name, domain in found.items()} for _ in range(level.samples or 0)]
