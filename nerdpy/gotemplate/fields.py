"""Pure: `.Name` of a value: a method, a struct's field or a map's key."""

from collections.abc import Mapping
from functools import partial
from types import FunctionType
from typing import Any

from nerdpy.gotemplate.compare import BadCall
from nerdpy.gotemplate.functions import Function
from nerdpy.gotemplate.values import INVALID, NIL_POINTER, Struct, is_struct, type_name

_TYPES = {str: "string", int: "int", "str": "string", "int": "int"}


class FieldFinder:
    """How a missing map key is taken belongs to the execution, so this is an object."""

    def __init__(self, is_missing_key_error: bool) -> None:
        self.is_missing_key_error = is_missing_key_error

    def method_of(self, value: Any, name: str) -> Function | None:
        """The CamelCase method of a dataclass instance, ready to be called."""
        if not name[:1].isupper() or not is_struct(value) or isinstance(value, Struct):
            return None
        method = getattr(type(value), name, None)
        if not isinstance(method, FunctionType):
            return None
        names = method.__code__.co_varnames[1 : method.__code__.co_argcount]
        types = tuple(_TYPES.get(method.__annotations__.get(each, ""), "any") for each in names)
        return Function(partial(method, value), types)

    def find(self, value: Any, name: str, *, has_arguments: bool) -> Any:
        """The field's or key's value; BadCall if there is none."""
        if value is INVALID:
            if self.is_missing_key_error:
                raise BadCall(f'nil data; no entry for key "{name}"')
            return INVALID
        if value is None:
            raise BadCall(f"nil pointer evaluating interface {{}}.{name}")
        if value is NIL_POINTER:
            raise BadCall(f"nil pointer evaluating *object.{name}")
        if is_struct(value):
            return self._of_struct(value, name, has_arguments)
        if isinstance(value, Mapping):
            return self._of_map(value, name, has_arguments)
        raise BadCall(f"can't evaluate field {name} in type {type_name(value)}")

    def _of_struct(self, value: Any, name: str, has_arguments: bool) -> Any:
        try:
            found = value.find(name) if isinstance(value, Struct) else _attribute(value, name)
        except KeyError:
            raise BadCall(f"can't evaluate field {name} in type {type_name(value)}") from None
        if has_arguments:
            raise BadCall(f"{name} has arguments but cannot be invoked as function")
        return NIL_POINTER if found is None else found

    def _of_map(self, value: Mapping[Any, Any], name: str, has_arguments: bool) -> Any:
        if has_arguments:
            raise BadCall(f"{name} is not a method but has arguments")
        if name in value:
            return value[name]
        if self.is_missing_key_error:
            raise BadCall(f'map has no entry for key "{name}"')
        return INVALID


def _attribute(value: Any, name: str) -> Any:
    """A dataclass's field or property; only capitalised names are public, as in Go."""
    if not name[:1].isupper() or not hasattr(value, name):
        raise KeyError(name)
    return getattr(value, name)
