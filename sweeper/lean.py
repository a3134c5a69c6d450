"""Dataclasses that cost next to nothing to define: what the standard library compiles for each class, made when needed.

A launch defines about a hundred of them before its first trial. The standard decorator writes source code for six
methods of each and compiles it, and its module imports ``inspect``: together a third of what starting took. Here
``__init__`` is compiled when the class is first called, and the other methods are functions that all classes share.
For type checkers, and for whoever asks ``dataclasses`` about such a class, it is a dataclass like any other.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from dataclasses import dataclass, field, fields, replace
else:
    _MISSING = object()

    class _Field:
        __slots__ = ("compare", "default", "default_factory", "hash", "name", "repr")

        def __init__(self, default, default_factory, repr, hash, compare):
            self.name = ""
            self.default = default
            self.default_factory = default_factory
            self.repr = repr
            self.compare = compare
            self.hash = compare if hash is None else hash

    def field(*, default=_MISSING, default_factory=_MISSING, repr=True, hash=None, compare=True):
        """As in ``dataclasses``, with the options that are used here."""
        return _Field(default, default_factory, repr, hash, compare)

    def dataclass(cls=None, /, *, frozen=False, slots=False, eq=True):
        """As in ``dataclasses``, with the options that are used here; a class inherits no fields."""
        if cls is None:
            return lambda cls: _made(cls, frozen, slots, eq)
        return _made(cls, frozen, slots, eq)

    def fields(kind):
        """The fields of a class or of an object, each with its name."""
        return tuple(kind.__lean__.values())

    def replace(instance, /, **changes):
        """A copy of which some fields are others."""
        for name in instance.__lean__:
            if name not in changes:
                changes[name] = getattr(instance, name)
        return instance.__class__(**changes)

    def _made(cls, frozen, slots, eq):
        found = {name: _field(name, cls.__dict__.get(name, _MISSING)) for name in cls.__annotations__}
        members = {"__lean__": found, "__match_args__": tuple(found), "__dataclass_fields__": _Standard()}
        members |= {"__init__": _compile_later, "__repr__": _repr}
        if eq:
            members |= {"__eq__": _eq, "__compared__": _getter(found, "compare"), "__hash__": None}
        if frozen:
            members |= {"__setattr__": _refuse, "__delattr__": _refuse}
            members |= {"__hash__": _hash, "__hashed__": _getter(found, "hash")} if eq else {}
        members = {name: value for name, value in members.items() if name not in cls.__dict__ or name == "__hash__"}
        if slots:
            members |= {"__slots__": tuple(found), "__getstate__": _getstate, "__setstate__": _setstate}
            kept = {
                name: value for name, value in cls.__dict__.items() if name not in (*found, "__dict__", "__weakref__")
            }
            made = type(cls)(cls.__name__, cls.__bases__, {**kept, **members})
            made.__qualname__ = cls.__qualname__
            return made
        for name, one in found.items():
            if one.default is not _MISSING:
                setattr(cls, name, one.default)
            elif name in cls.__dict__:
                delattr(cls, name)
        for name, value in members.items():
            setattr(cls, name, value)
        return cls

    def _field(name, default):
        found = default if isinstance(default, _Field) else _Field(default, _MISSING, True, None, True)
        found.name = name
        return found

    def _getter(found, which):
        names = [name for name, one in found.items() if getattr(one, which)]
        return staticmethod(attrgetter(*names) if names else lambda _: ())

    class _Standard:
        """``__dataclass_fields__`` for the standard library's functions, made when they ask."""

        def __get__(self, instance, cls):
            import dataclasses

            options = ("default", "default_factory")
            given = []
            for one in cls.__lean__.values():
                more = {name: getattr(one, name) for name in options if getattr(one, name) is not _MISSING}
                made = dataclasses.field(repr=one.repr, hash=one.hash, compare=one.compare, **more)
                given.append((one.name, cls.__annotations__[one.name], made))
            # A millisecond's work, and `dataclasses.replace` asks each time.
            cls.__dataclass_fields__ = dataclasses.make_dataclass(cls.__name__, given).__dataclass_fields__
            return cls.__dataclass_fields__

    def _compile_later(self, *args, **values):
        cls = type(self)
        cls.__init__ = _init(cls)
        cls.__init__(self, *args, **values)

    def _init(cls):
        """The only generated code: the others can do without, but an ``__init__`` is called a hundred times a trial."""
        known = {"_set": object.__setattr__, "_missing": _MISSING}
        head, body = ["self"], []
        frozen = "__setattr__" in cls.__dict__
        for name, one in cls.__lean__.items():
            value = name
            if one.default_factory is not _MISSING:
                known[f"_make_{name}"] = one.default_factory
                head.append(f"{name}=_missing")
                value = f"_make_{name}() if {name} is _missing else {name}"
            elif one.default is not _MISSING:
                known[f"_default_{name}"] = one.default
                head.append(f"{name}=_default_{name}")
            else:
                head.append(name)
            body.append(f" _set(self, {name!r}, {value})" if frozen else f" self.{name} = {value}")
        if hasattr(cls, "__post_init__"):
            body.append(" self.__post_init__()")
        exec(f"def __init__({', '.join(head)}):\n" + "\n".join(body or [" pass"]), known)
        known["__init__"].__qualname__ = f"{cls.__qualname__}.__init__"
        return known["__init__"]

    def _repr(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name, one in self.__lean__.items() if one.repr)
        return f"{type(self).__qualname__}({shown})"

    def _eq(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self.__compared__(self) == self.__compared__(other)

    def _hash(self):
        return hash(self.__hashed__(self))

    def _getstate(self):
        return [getattr(self, name) for name in self.__lean__]

    def _setstate(self, state):
        for name, value in zip(self.__lean__, state, strict=True):
            object.__setattr__(self, name, value)

    def _refuse(self: Any, name: str, value: Any = None) -> NoReturn:
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot assign to field {name!r}")


__all__ = ["dataclass", "field", "fields", "replace"]
