"""Pure: the tokens inside an action to pipelines, commands and operands."""

from typing import Any

from nerdpy.errors import TemplateError
from nerdpy.gotemplate.lexer import Token, quoted
from nerdpy.gotemplate.literals import BadLiteral, character_of, number_of, text_of
from nerdpy.gotemplate.nodes import (
    Chain,
    Command,
    Dot,
    Field,
    Literal,
    Name,
    Nil,
    Operand,
    Pipe,
    Variable,
)

DEEPEST_PARENTHESES = 60
_OPERANDS = {"bool", "char", "dot", "field", "name", "number", "nil", "raw", "string", "variable", "("}


class ExpressionParser:
    """A cursor over the tokens, and the grammar of pipelines."""

    def __init__(self, tokens: list[Token], functions: frozenset[str]) -> None:
        self.tokens = tokens
        self.functions = functions
        self.variables = ["$"]
        """Those in scope, innermost last."""
        self.at = 0
        self.action_line = 0
        self.paren_depth = 0

    # the cursor

    def next(self) -> Token:
        token = self.peek()
        self.at += 1
        return token

    def peek(self) -> Token:
        return self.tokens[min(self.at, len(self.tokens) - 1)]

    def back(self) -> None:
        self.at -= 1

    def peek_solid(self) -> Token:
        """The next token that is no space; the spaces are skipped."""
        while self.peek().kind == "space":
            self.at += 1
        return self.peek()

    def next_solid(self) -> Token:
        self.peek_solid()
        return self.next()

    # faults

    def fault(self, message: str) -> TemplateError:
        line = self.tokens[min(max(self.at - 1, 0), len(self.tokens) - 1)].line
        return TemplateError(f"template: :{line}: {message}")

    def unexpected(self, token: Token, context: str) -> TemplateError:
        if token.kind != "error":
            return self.fault(f"unexpected {token} in {context}")
        started = ""
        if self.action_line and self.action_line != token.line:
            within = "" if token.text.endswith(" action") else " in action"
            started = f"{within} started at :{self.action_line}"
        return self.fault(f"{token}{started}")

    def expect(self, kind: str, context: str) -> Token:
        token = self.next_solid()
        if token.kind != kind:
            raise self.unexpected(token, context)
        return token

    # the grammar

    def pipeline(self, context: str, closing: str) -> Pipe:
        """Everything up to the token of kind `closing`, which is consumed."""
        position = self.peek_solid().position
        variables, is_assignment = self._declarations(context)
        commands: list[Command] = []
        while (token := self.next_solid()).kind != closing:
            if token.kind not in _OPERANDS:
                raise self.unexpected(token, context)
            self.back()
            commands.append(self._command())
        self._check(commands, context)
        return Pipe(position, tuple(commands), tuple(variables), is_assignment)

    def _check(self, commands: list[Command], context: str) -> None:
        """Only the first command may start with something that is not executable."""
        if not commands:
            raise self.fault(f"missing value for {context}")
        for stage, command in enumerate(commands[1:], 2):
            if isinstance(command.arguments[0], Literal | Dot | Nil):
                raise self.fault(f"non executable command in pipeline stage {stage}")

    def _declarations(self, context: str) -> tuple[list[str], bool]:
        """`$x :=`, `$x =`, and for range `$i, $x :=`; nothing consumed if there is none."""
        variables: list[str] = []
        while self.peek_solid().kind == "variable":
            start = self.at
            name = self.next().text
            following = self.peek_solid()
            if following.kind in {":=", "="}:
                self.next()
                self.variables.append(name)
                return [*variables, name], following.kind == "="
            if following.kind != ",":
                self.at = start
                break
            self.next()
            variables.append(name)
            self.variables.append(name)
            if context != "range" or len(variables) > 1:
                raise self.fault(f"too many declarations in {context}")
            if self.peek_solid().kind not in {"variable", "right", ")"}:
                raise self.fault("range can only initialize variables")
        return variables, False

    def _command(self) -> Command:
        position = self.peek_solid().position
        arguments: list[Operand] = []
        while True:
            self.peek_solid()
            operand = self._operand()
            if operand is not None:
                arguments.append(operand)
            token = self.next()
            if token.kind == "space":
                continue
            if token.kind in {"right", ")"}:
                self.back()
            elif token.kind != "|":
                raise self.unexpected(token, "operand")
            break
        if not arguments:
            raise self.fault("empty command")
        return Command(position, tuple(arguments))

    def _operand(self) -> Operand | None:
        term = self._term()
        if term is None or self.peek().kind != "field":
            return term
        position = self.peek().position
        names: list[str] = []
        while self.peek().kind == "field":
            names.append(self.next().text[1:])
        if isinstance(term, Field):
            return Field(position, (*term.names, *names))
        if isinstance(term, Variable):
            return Variable(position, (*term.names, *names))
        if isinstance(term, Literal | Nil | Dot):
            raise self.fault(f"unexpected . after term {quoted(str(term))}")
        return Chain(position, term, tuple(names))

    def _term(self) -> Operand | None:
        token = self.next_solid()
        simple: dict[str, Any] = {
            "name": self._name,
            "variable": self._variable,
            "(": self._parenthesised,
            "number": self._literal,
            "char": self._literal,
            "string": self._literal,
            "raw": self._literal,
            "bool": self._literal,
            "dot": lambda token: Dot(token.position),
            "nil": lambda token: Nil(token.position),
            "field": lambda token: Field(token.position, (token.text[1:],)),
        }
        if token.kind in simple:
            operand: Operand = simple[token.kind](token)
            return operand
        self.back()
        return None

    def _name(self, token: Token) -> Name:
        if token.text not in self.functions:
            raise self.fault(f"function {quoted(token.text)} not defined")
        return Name(token.position, token.text)

    def _variable(self, token: Token) -> Variable:
        if token.text not in self.variables:
            raise self.fault(f"undefined variable {quoted(token.text)}")
        return Variable(token.position, (token.text,))

    def _parenthesised(self, token: Token) -> Pipe:
        self.paren_depth += 1
        if self.paren_depth > DEEPEST_PARENTHESES:
            raise self.fault("parentheses are nested too deep")
        pipe = self.pipeline("parenthesized pipeline", ")")
        self.paren_depth -= 1
        return pipe

    def _literal(self, token: Token) -> Literal:
        read: dict[str, Any] = {"number": number_of, "char": character_of, "bool": "true".__eq__}
        kind = {"char": "number", "raw": "string"}.get(token.kind, token.kind)
        try:
            value = read.get(token.kind, text_of)(token.text)
        except BadLiteral as error:
            raise self.fault(str(error)) from None
        return Literal(token.position, kind, value, token.text)
