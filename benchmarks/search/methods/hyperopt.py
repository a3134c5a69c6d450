"""Hyperopt's tree of Parzen estimators, asked trial by trial."""

from __future__ import annotations

import math
from importlib.metadata import version
from typing import Any

from benchmarks.search.methods.protocol import Method, Setting
from sweeper.model import Choices, Parameter, Point, Range, Space
from sweeper.search.hashing import number as hashed

VERSION = f"hyperopt {version('hyperopt')}"


def tpe(setting: Setting) -> Method:
    """``tpe.suggest`` with its defaults; conditions are nested choices."""
    return _Hyperopt(setting)


class _Hyperopt(Method):
    def __init__(self, setting: Setting) -> None:
        import hyperopt

        self._space, self._seed = setting.space, setting.seed
        self._tree = _Tree(setting.space).branch({})
        self._domain = hyperopt.base.Domain(lambda _: 0.0, self._tree)
        self._trials = hyperopt.Trials()
        self._documents: list[Any] = []

    def ask(self, number: int) -> Point:
        import hyperopt

        seed = hashed("hyperopt", self._seed, number) % 2**31
        (new,) = self._trials.new_trial_ids(1)
        self._trials.refresh()
        self._trials.insert_trial_docs(hyperopt.tpe.suggest([new], self._domain, self._trials, seed))
        self._trials.refresh()
        document = self._trials._dynamic_trials[-1]
        document["state"] = hyperopt.JOB_STATE_RUNNING
        self._documents.append(document)
        chosen = {label: values[0] for label, values in document["misc"]["vals"].items() if len(values)}
        found = _flat(hyperopt.space_eval(self._tree, chosen))
        return {one.name: _plain(one, found[one.name]) for one in self._space.parameters if one.name in found}

    def tell(self, number: int, value: float | None) -> None:
        import hyperopt

        failed = {"status": hyperopt.STATUS_FAIL}
        self._documents[number]["result"] = failed if value is None else {"status": "ok", "loss": value}
        self._documents[number]["state"] = hyperopt.JOB_STATE_DONE
        self._trials.refresh()


class _Tree:
    """The space as hyperopt has it: under each value of a choice, the parameters that are present with it."""

    def __init__(self, space: Space) -> None:
        self._parameters = space.parameters
        self._made: dict[str, Any] = {}  # one node for each parameter, also where several values share it

    def branch(self, known: dict[str, Any]) -> dict[str, Any]:
        """The parameters whose condition is just what is known."""
        return {
            one.name: self._node(one)
            for one in self._parameters
            if set(one.when) == set(known) and all(known[name] in one.when[name] for name in known)
        }

    def _node(self, parameter: Parameter) -> Any:
        if parameter.name not in self._made:
            self._made[parameter.name] = self._new(parameter)
        return self._made[parameter.name]

    def _new(self, parameter: Parameter) -> Any:
        from hyperopt import hp

        name = parameter.name
        match parameter.domain:
            case Choices(values):
                return hp.choice(name, [{"": value, **self.branch({name: value})} for value in values])
            case Range(low, high, "log", integer=True):
                return hp.qloguniform(name, math.log(low), math.log(high), 1)
            case Range(low, high, "log"):
                return hp.loguniform(name, math.log(low), math.log(high))
            case Range(low, high, integer=True):
                return hp.uniformint(name, low, high)
            case Range(low, high):
                return hp.uniform(name, low, high)


def _flat(tree: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            found[name] = value[""]
            found |= _flat({inner: node for inner, node in value.items() if inner})
        else:
            found[name] = value
    return found


def _plain(parameter: Parameter, value: Any) -> Any:
    if isinstance(parameter.domain, Choices):
        return value
    inside = min(max(float(value), parameter.domain.min), parameter.domain.max)
    return round(inside) if parameter.domain.integer else inside
