"""`@dataclass` as in the standard library, but without the code that it generates and compiles for every
class.

The standard one costs 0.5 to 1.5 ms for each frozen class at import, and a command imports a hundred of
them: half of
nerdpy's start-up, measured. Here all classes share the same few methods, which look at the fields; making an
instance takes 2 us more, of which a command makes some hundreds. `fields`, `replace`, `asdict` and
`is_dataclass` of
the standard library work on these classes, and type checkers see the standard decorator.
"""

import dataclasses
import sys
from dataclasses import MISSING, Field, FrozenInstanceError, asdict, field, fields, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

__all__ = ["asdict", "dataclass", "field", "fields", "replace"]

_FIELDS, _PARAMS = "__dataclass_fields__", "__dataclass_params__"

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(kind=None, /, **options):
        """The decorator; of its options `frozen`, `kw_only`, `eq` and `order` are known, `repr` is always
        made."""
        if kind is None:
            return lambda decorated: _made(decorated, **options)
        return _made(kind)


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
    one: Any = given if isinstance(given, Field) else field(default=given)
    one.name, one.type = name, annotation
    one._field_type = dataclasses._FIELD  # type: ignore[attr-defined]  # what `fields` looks for
    if one.kw_only is MISSING:
        one.kw_only = kw_only
    if isinstance(given, Field):
        if one.default is MISSING:
            delattr(kind, name)
        else:
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
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_deleting(self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _lt(self: Any, other: object) -> Any:
    return _values(self) < _values(other) if other.__class__ is self.__class__ else NotImplemented


def _le(self: Any, other: object) -> Any:
    return _values(self) <= _values(other) if other.__class__ is self.__class__ else NotImplemented


def _gt(self: Any, other: object) -> Any:
    return _values(self) > _values(other) if other.__class__ is self.__class__ else NotImplemented


def _ge(self: Any, other: object) -> Any:
    return _values(self) >= _values(other) if other.__class__ is self.__class__ else NotImplemented
