"""Pure: run a parsed template on a value: statements, variables, output."""

from collections.abc import Iterable, Mapping
from typing import Any

from nerdpy.gotemplate.arguments import ExpressionEvaluator
from nerdpy.gotemplate.functions import Function
from nerdpy.gotemplate.lexer import quoted
from nerdpy.gotemplate.nodes import Action, Branch, Call, Jump, Parsed, Statement, Text
from nerdpy.gotemplate.printing import printed, shown
from nerdpy.gotemplate.values import INVALID, is_true, kind_of, sorted_items

DEEPEST_CALLS = 50
"""Templates calling templates; a template that calls itself for ever is a mistake, not a crash."""


class _Break(Exception):
    """`{{break}}`."""


class _Continue(Exception):
    """`{{continue}}`."""


class Evaluator(ExpressionEvaluator):
    """One execution of one template."""

    def __init__(
        self, template: Parsed, value: Any, functions: Mapping[str, Function], *, is_missing_key_error: bool
    ) -> None:
        super().__init__(template.text, value, functions, is_missing_key_error=is_missing_key_error)
        self.template = template
        self.pieces: list[str] = []
        self.depth = 0

    def run(self) -> str:
        try:
            self._all(self.template.body, self.variables[0][1])
        except RecursionError:
            raise self.fault("the template is nested too deep") from None
        return "".join(self.pieces)

    def _all(self, statements: Iterable[Statement], dot: Any) -> None:
        for statement in statements:
            self._one(statement, dot)

    def _one(self, statement: Statement, dot: Any) -> None:
        match statement:
            case Text():
                self.pieces.append(statement.text)
            case Action():
                self._write(statement, dot)
            case Branch(kind="range"):
                self._range(statement, dot)
            case Branch():
                self._if_or_with(statement, dot)
            case Call():
                self._call(statement, dot)
            case Jump():
                raise _Break if statement.kind == "break" else _Continue

    def _write(self, action: Action, dot: Any) -> None:
        value = self.pipeline(action.pipe, dot)
        if action.pipe.variables:
            return
        if kind_of(value) == "func":
            raise self.fault(f"can't print {action.pipe} of type func")
        self.pieces.append(shown(value))

    def _if_or_with(self, branch: Branch, dot: Any) -> None:
        mark = len(self.variables)
        value = self.pipeline(branch.pipe, dot)
        if is_true(value):
            self._all(branch.body, value if branch.kind == "with" else dot)
        else:
            self._all(branch.otherwise, dot)
        del self.variables[mark:]

    def _range(self, branch: Branch, dot: Any) -> None:
        outer = len(self.variables)
        value = self.pipeline(branch.pipe, dot)
        if kind_of(value) == "int" and len(branch.pipe.variables) > 1:
            raise self.fault(f"can't use {value} to iterate over more than one variable")
        mark = len(self.variables)
        is_empty = True
        for key, item in self._items(value):
            is_empty = False
            self._set_loop_variables(branch, key, item)
            try:
                self._all(branch.body, item)
            except _Continue:
                pass
            except _Break:
                break
            finally:
                del self.variables[mark:]
        if is_empty:
            self._all(branch.otherwise, dot)
        del self.variables[outer:]

    def _set_loop_variables(self, branch: Branch, key: Any, item: Any) -> None:
        """The last variable gets the element, the one before it the index or key."""
        names = branch.pipe.variables
        for name, value in zip(reversed(names), (item, key), strict=False):
            if branch.pipe.is_assignment:
                self.assign(name, value)
            else:
                self.variables.append((name, value))

    def _items(self, value: Any) -> Iterable[tuple[Any, Any]]:
        match kind_of(value):
            case "slice":
                return enumerate(value)
            case "map":
                return sorted_items(value)
            case "int":
                return ((number, number) for number in range(value))
            case "invalid" | "nil":
                return ()
        raise self.fault(f"range can't iterate over {printed(value)}")

    def _call(self, call: Call, dot: Any) -> None:
        self.at_node(call)
        if call.name not in self.template.defined:
            raise self.fault(f"template {quoted(call.name)} not defined")
        if self.depth == DEEPEST_CALLS:
            raise self.fault(f"exceeded maximum template depth ({DEEPEST_CALLS})")
        value = self.pipeline(call.pipe, dot) if call.pipe else INVALID
        outer, self.variables = self.variables, [("$", value)]
        outer_name, self.name = self.name, call.name
        self.depth += 1
        self._all(self.template.defined[call.name], value)
        self.depth -= 1
        self.variables, self.name = outer, outer_name
