"""Pure: the value of an expression: pipelines, fields, methods, calls and their arguments."""

from collections.abc import Callable, Mapping
from typing import Any

from nerdpy.errors import TemplateError
from nerdpy.gotemplate.compare import BadCall
from nerdpy.gotemplate.fields import FieldFinder
from nerdpy.gotemplate.functions import Function
from nerdpy.gotemplate.lexer import quoted
from nerdpy.gotemplate.literals import MOST_POSITIVE
from nerdpy.gotemplate.nodes import Chain, Command, Dot, Field, Literal, Name, Nil, Operand, Pipe, Variable
from nerdpy.gotemplate.values import INVALID, is_true, kind_of, type_name

ABSENT: Any = object()
"""There is no value piped into this command."""

Arguments = tuple[Operand, ...]
_KINDS = {"string": "string", "int": "int"}
_LITERALS = {"string": ("string", "string"), "int": ("number", "integer")}


class ExpressionEvaluator:
    """The variables in scope, and the node at work, which messages name."""

    def __init__(
        self, text: str, value: Any, functions: Mapping[str, Function], *, is_missing_key_error: bool
    ) -> None:
        self.text = text
        self.name = ""
        self.functions = functions
        self.variables: list[tuple[str, Any]] = [("$", value)]
        self.node: Any = None
        self.finder = FieldFinder(is_missing_key_error)

    def at_node(self, node: Any) -> None:
        self.node = node

    def fault(self, message: str) -> TemplateError:
        """An error that says where: line, column in bytes, template, expression."""
        if self.node is None:
            return TemplateError(f"template: {self.name}: {message}")
        before = self.text[: self.node.position]
        line = 1 + before.count("\n")
        column = len(before.rpartition("\n")[2].encode(errors="surrogateescape"))
        where = f":{line}:{column}: executing {quoted(self.name)} at <{self.node}>"
        return TemplateError(f"template: {where}: {message}")

    def assign(self, name: str, value: Any) -> None:
        for place in range(len(self.variables) - 1, -1, -1):
            if self.variables[place][0] == name:
                self.variables[place] = (name, value)
                return
        raise self.fault(f"undefined variable: {name}")

    def _variable(self, name: str) -> Any:
        for known, value in reversed(self.variables):
            if known == name:
                return value
        raise self.fault(f"undefined variable: {name}")

    def pipeline(self, pipe: Pipe, dot: Any) -> Any:
        self.at_node(pipe)
        value: Any = ABSENT
        for command in pipe.commands:
            value = self._command(command, dot, value)
            if value is None:
                value = INVALID
        for name in pipe.variables:
            if pipe.is_assignment:
                self.assign(name, value)
            else:
                self.variables.append((name, value))
        return value

    def _command(self, command: Command, dot: Any, final: Any) -> Any:
        first, arguments = command.arguments[0], command.arguments[1:]
        match first:
            case Field():
                self.at_node(first)
                return self._fields(dot, first.names, arguments, dot, final)
            case Chain():
                return self._chain(first, dot, arguments, final)
            case Name():
                self.at_node(first)
                return self._function(first, command, dot, final)
            case Variable(names=(_, _, *_)):
                self.at_node(first)
                value = self._variable(first.names[0])
                return self._fields(value, first.names[1:], arguments, dot, final)
        return self._single(first, arguments, dot, final)

    def _single(self, operand: Operand, arguments: Arguments, dot: Any, final: Any) -> Any:
        """What takes no arguments: a constant, a plain variable, parentheses."""
        if not isinstance(operand, Pipe):
            self.at_node(operand)
        if isinstance(operand, Variable):
            value = self._variable(operand.names[0])
            self._refuse_arguments(operand, arguments, final)
            return value
        self._refuse_arguments(operand, arguments, final)
        return self.pipeline(operand, dot) if isinstance(operand, Pipe) else self._constant(operand, dot)

    def _constant(self, operand: Operand, dot: Any) -> Any:
        match operand:
            case Dot():
                return dot
            case Literal():
                if (
                    operand.kind == "number"
                    and operand.value > MOST_POSITIVE
                    and isinstance(operand.value, int)
                ):
                    raise self.fault(f"{operand} overflows int")
                return operand.value
            case Nil():
                raise self.fault("nil is not a command")
        raise self.fault(f"can't evaluate command {quoted(str(operand))}")

    def _refuse_arguments(self, operand: Operand, arguments: Arguments, final: Any) -> None:
        if arguments or final is not ABSENT:
            raise self.fault(f"can't give argument to non-function {operand}")

    def _chain(self, chain: Chain, dot: Any, arguments: Arguments, final: Any) -> Any:
        self.at_node(chain)
        value = self._argument(chain.of, dot, "any")
        return self._fields(value, chain.names, arguments, dot, final)

    def _fields(self, value: Any, names: tuple[str, ...], arguments: Arguments, dot: Any, final: Any) -> Any:
        """`.A.B.C args`: the arguments go to the last one, which must then be a method."""
        for name in names[:-1]:
            value = self._field(value, name, (), dot, ABSENT)
        return self._field(value, names[-1], arguments, dot, final)

    def _field(self, value: Any, name: str, arguments: Arguments, dot: Any, final: Any) -> Any:
        method = self.finder.method_of(value, name)
        if method is not None:
            return self._called(name, method, arguments, dot, final)
        try:
            return self.finder.find(value, name, has_arguments=bool(arguments) or final is not ABSENT)
        except BadCall as error:
            raise self.fault(str(error)) from None

    def _function(self, name: Name, command: Command, dot: Any, final: Any) -> Any:
        arguments = command.arguments[1:]
        if name.name in {"and", "or"}:
            return self._short_circuit(name, arguments, dot, final)
        return self._called(name.name, self.functions[name.name], arguments, dot, final, node=command)

    def _short_circuit(self, name: Name, arguments: Arguments, dot: Any, final: Any) -> Any:
        """The first argument that decides, or the last; those behind it are not evaluated."""
        if not arguments and final is ABSENT:
            raise self.fault(f"wrong number of args for {name}: want at least 1 got 0")
        value: Any = INVALID
        for argument in arguments:
            value = self._argument(argument, dot, "any")
            if is_true(value) == (name.name == "or"):
                return value
        return value if final is ABSENT else final

    def _called(
        self, name: str, function: Function, arguments: Arguments, dot: Any, final: Any, node: Any = None
    ) -> Any:
        node = node or self.node
        count = len(arguments) + (final is not ABSENT)
        wanted = len(function.parameters)
        if count < wanted or (count > wanted and function.rest is None):
            least = "at least " if function.rest else ""
            raise self.fault(f"wrong number of args for {name}: want {least}{wanted} got {count}")
        values = [
            self._argument(argument, dot, _type_at(function, place))
            for place, argument in enumerate(arguments)
        ]
        if final is not ABSENT:
            values.append(self._checked(final, _type_at(function, len(arguments))))
        return self._result(name, function.call, values, node)

    def _result(self, name: str, call: Callable[..., Any], values: list[Any], node: Any) -> Any:
        try:
            return call(*values)
        except BadCall as error:
            self.at_node(node)
            raise self.fault(f"error calling {name}: {error}") from None

    def _argument(self, operand: Operand, dot: Any, wanted: str) -> Any:
        """The value of one argument, which must be of the type `wanted`."""
        match operand:
            case Literal():
                self.at_node(operand)
                return self._literal(operand, wanted)
            case Nil():
                self.at_node(operand)
                if wanted != "any":
                    raise self.fault(f"cannot assign nil to {wanted}")
                return None
            case Dot():
                self.at_node(operand)
                return self._checked(dot, wanted)
        return self._checked(self._command(Command(operand.position, (operand,)), dot, ABSENT), wanted)

    def _literal(self, literal: Literal, wanted: str) -> Any:
        if wanted not in _LITERALS:
            if wanted != "any":
                raise self.fault(f"can't handle {literal} for arg of type {wanted}")
            return self._constant(literal, None)
        kind, said = _LITERALS[wanted]
        is_whole = (
            wanted != "int" or literal.value == int(literal.value) if literal.kind == "number" else True
        )
        if literal.kind != kind or not is_whole:
            raise self.fault(f"expected {said}; found {literal}")
        return int(literal.value) if wanted == "int" else literal.value

    def _checked(self, value: Any, wanted: str) -> Any:
        if wanted == "any":
            return value
        if value is INVALID:
            raise self.fault(f"invalid value; expected {wanted}")
        is_texts = (
            wanted == "[]string" and kind_of(value) == "slice" and all(isinstance(x, str) for x in value)
        )
        if not is_texts and kind_of(value) != _KINDS.get(wanted):
            raise self.fault(f"wrong type for value; expected {wanted}; got {type_name(value)}")
        return value


def _type_at(function: Function, place: int) -> str:
    return function.parameters[place] if place < len(function.parameters) else function.rest or "any"
