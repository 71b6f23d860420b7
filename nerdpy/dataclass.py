"""`@dataclass` as in the standard library, but without the code that it generates and compiles for every
class, and without its import.

The standard one costs 0.5 to 1.5 ms for each frozen class at import, and a command imports a hundred of
them: half of nerdpy's start-up, measured; and it brings `inspect`, which takes 5 ms more. Here all classes
share the same few methods, which look at the fields; making an instance takes 2 us more, of which a command
makes some hundreds. `fields`, `replace`, `asdict` and `is_dataclass` of the standard library work on these
classes, and type checkers see the standard decorator.
"""

import sys
from collections.abc import Mapping
from types import MappingProxyType, SimpleNamespace
from typing import TYPE_CHECKING, Any

__all__ = ["asdict", "dataclass", "field", "fields", "is_dataclass", "replace"]

_FIELDS, _PARAMS = "__dataclass_fields__", "__dataclass_params__"
MISSING: Any = type("Missing", (), {"__repr__": lambda self: "MISSING"})()
"""Stands for a default that a field has not."""


class Field:
    """One field, with the attributes that the standard library's functions look for."""

    name = ""
    type: Any = None
    init = True
    hash = None

    def __init__(
        self,
        default: Any = MISSING,
        default_factory: Any = MISSING,
        *,
        repr: bool = True,
        compare: bool = True,
        metadata: Mapping[str, Any] = MappingProxyType({}),
        kw_only: Any = MISSING,
    ) -> None:
        self.default, self.default_factory = default, default_factory
        self.repr, self.compare, self.metadata, self.kw_only = repr, compare, metadata, kw_only

    @property
    def _field_type(self) -> Any:
        """What tells the standard library's `fields` that this is one."""
        import dataclasses

        return dataclasses._FIELD  # type: ignore[attr-defined]


if TYPE_CHECKING:
    from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
else:

    def dataclass(kind=None, /, **options):
        """The decorator; of its options `frozen`, `kw_only`, `eq` and `order` are known, `repr` is always
        made."""
        if kind is None:
            return lambda decorated: _made(decorated, **options)
        return _made(kind)

    def field(**options):
        """A field that is more than its default; `default_factory` makes one for each instance."""
        return Field(**options)

    def fields(kind):
        """The fields of a class or an instance, in order; also of a standard one."""
        return tuple(getattr(kind, _FIELDS).values())

    def is_dataclass(kind):
        """Is this a class made by the decorator, or an instance of one?"""
        return hasattr(kind if isinstance(kind, type) else type(kind), _FIELDS)

    def replace(instance, /, **changes):
        """The same value, but for these fields."""
        return type(instance)(
            **{name: getattr(instance, name) for name in getattr(instance, _FIELDS)} | changes
        )

    def asdict(instance):
        """All fields with their values, and so on inside of them and of lists, tuples and dicts."""
        return {name: _plain(getattr(instance, name)) for name in getattr(instance, _FIELDS)}


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return type(value)([_plain(one) for one in value])
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return asdict(value) if hasattr(type(value), _FIELDS) else value


def _made(
    kind: type,
    *,
    frozen: bool = False,
    kw_only: bool = False,
    eq: bool = True,
    order: bool = False,
    repr: bool = True,
) -> type:
    found: dict[str, Any] = {}
    for parent in reversed(kind.__mro__[1:]):
        found.update(getattr(parent, _FIELDS, {}))
    for name, annotation in _annotations(kind).items():
        found[name] = _field(kind, name, annotation, kw_only)
    setattr(kind, _FIELDS, found)
    setattr(kind, _PARAMS, SimpleNamespace(frozen=frozen, eq=eq, order=order, repr=repr))
    positional = tuple(name for name, one in found.items() if not one.kw_only)
    methods: dict[str, Any] = {"__init__": _init, "__repr__": _repr, "__match_args__": positional}
    if eq:
        methods |= {"__eq__": _eq, "__hash__": _hash if frozen else None}
    if frozen:
        methods |= {"__setattr__": _refuse_setting, "__delattr__": _refuse_deleting}
    if order:
        methods |= {"__lt__": _lt, "__le__": _le, "__gt__": _gt, "__ge__": _ge}
    for name, method in methods.items():
        if name in {"__eq__", "__hash__", "__repr__"} and name in vars(kind) and vars(kind)[name] is not None:
            continue  # the class has its own
        setattr(kind, name, method)
    return kind


def _annotations(kind: type) -> dict[str, Any]:
    if sys.version_info >= (3, 14):
        import annotationlib  # annotations are evaluated lazily there, and need not be evaluated here

        return annotationlib.get_annotations(kind, format=annotationlib.Format.FORWARDREF)
    annotations: dict[str, Any] = vars(kind).get("__annotations__", {})
    return annotations


def _field(kind: type, name: str, annotation: Any, kw_only: bool) -> Any:
    given = vars(kind).get(name, MISSING)
    is_field = isinstance(given, Field)
    one = given if is_field else Field(given)
    one.name, one.type = name, annotation
    if one.kw_only is MISSING:
        one.kw_only = kw_only
    if is_field and one.default is MISSING:
        delattr(kind, name)
    elif is_field:
        setattr(kind, name, one.default)
    return one


def _init(self: Any, *args: Any, **given: Any) -> None:
    values = self.__dict__
    if args:
        _take_positional(self, args, given)
    for name, one in self.__dataclass_fields__.items():
        if name in given:
            values[name] = given.pop(name)
        elif one.default is not MISSING:
            values[name] = one.default
        elif one.default_factory is not MISSING:
            values[name] = one.default_factory()
        else:
            raise TypeError(f"{type(self).__name__}() misses the argument {name!r}")
    if given:
        raise TypeError(f"{type(self).__name__}() got an unexpected argument {next(iter(given))!r}")


def _take_positional(self: Any, args: tuple[Any, ...], given: dict[str, Any]) -> None:
    names = type(self).__match_args__
    if len(args) > len(names):
        raise TypeError(
            f"{type(self).__name__}() takes {len(names)} positional arguments, {len(args)} were given"
        )
    for name, value in zip(names, args, strict=False):
        if name in given:
            raise TypeError(f"{type(self).__name__}() got two values for {name!r}")
        given[name] = value


def _values(self: Any) -> tuple[Any, ...]:
    return tuple(getattr(self, name) for name, one in self.__dataclass_fields__.items() if one.compare)


def _repr(self: Any) -> str:
    shown = [f"{name}={getattr(self, name)!r}" for name, one in self.__dataclass_fields__.items() if one.repr]
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _eq(self: Any, other: object) -> Any:
    return _values(self) == _values(other) if other.__class__ is self.__class__ else NotImplemented


def _hash(self: Any) -> int:
    return hash(_values(self))


def _refuse_setting(self: Any, name: str, value: object) -> None:
    raise _frozen(f"cannot assign to field {name!r}")


def _refuse_deleting(self: Any, name: str) -> None:
    raise _frozen(f"cannot delete field {name!r}")


def _frozen(sentence: str) -> AttributeError:
    from dataclasses import FrozenInstanceError

    return FrozenInstanceError(sentence)


def _lt(self: Any, other: object) -> Any:
    return _values(self) < _values(other) if other.__class__ is self.__class__ else NotImplemented


def _le(self: Any, other: object) -> Any:
    return _values(self) <= _values(other) if other.__class__ is self.__class__ else NotImplemented


def _gt(self: Any, other: object) -> Any:
    return _values(self) > _values(other) if other.__class__ is self.__class__ else NotImplemented


def _ge(self: Any, other: object) -> Any:
    return _values(self) >= _values(other) if other.__class__ is self.__class__ else NotImplemented
