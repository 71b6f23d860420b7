"""Pure: tokens to statements: actions, control structures, definitions."""

from nerdpy.gotemplate.expressions import ExpressionParser
from nerdpy.gotemplate.lexer import Token, quoted, tokens_of
from nerdpy.gotemplate.literals import BadLiteral, text_of
from nerdpy.gotemplate.nodes import Action, Branch, Call, Jump, Parsed, Pipe, Statement, Text

DEEPEST_BLOCKS = 60
"""Nested control structures; more would exhaust Python's stack."""

Statements = tuple[Statement, ...]


class Parser(ExpressionParser):
    """One template and what it defines."""

    def __init__(self, text: str, functions: frozenset[str]) -> None:
        super().__init__(tokens_of(text), functions)
        self.text = text
        self.defined: dict[str, Statements] = {}
        self.range_depth = 0
        self.block_depth = 0

    def parse(self) -> Parsed:
        statements: list[Statement] = []
        while self.peek().kind != "end":
            if self._starts("define"):
                self._definition()
                continue
            statement = self._statement()
            if isinstance(statement, Token):
                raise self.fault(f"unexpected {_shown(statement)}")
            statements.append(statement)
        return Parsed(self.text, tuple(statements), self.defined)

    def _starts(self, keyword: str) -> bool:
        """Does an action with this keyword begin here?"""
        if self.peek().kind != "left":
            return False
        ahead = next(token for token in self.tokens[self.at + 1 :] if token.kind != "space")
        return ahead.kind == "keyword" and ahead.text == keyword

    def _statement(self) -> Statement | Token:
        """One statement, or the token of the `end` or `else` that ends the list."""
        token = self.next_solid()
        if token.kind == "text":
            return Text(token.text)
        if token.kind != "left":
            raise self.unexpected(token, "input")
        self.action_line = token.line
        try:
            return self._action()
        finally:
            self.action_line = 0

    def _action(self) -> Statement | Token:
        token = self.next_solid()
        if token.kind != "keyword":
            self.back()
            self.peek_solid()
            return Action(self.pipeline("command", "right"))
        if token.text in {"if", "with", "range"}:
            return self._branch(token)
        if token.text in {"end", "else"}:
            return self._ending(token)
        if token.text in {"break", "continue"}:
            return self._jump(token)
        if token.text in {"template", "block"}:
            return self._call() if token.text == "template" else self._block()
        raise self.unexpected(token, "command")

    def _ending(self, token: Token) -> Token:
        """`end` and `else` close their action; `else if` leaves that to the `if`."""
        is_chained = token.text == "else" and self.peek_solid().text in {"if", "with"}
        if not (is_chained and self.peek().kind == "keyword"):
            self.expect("right", token.text)
        return token

    def _until_end(self) -> tuple[Statements, Token]:
        """The statements up to `end` or `else`, and which of them it was."""
        statements: list[Statement] = []
        while self.peek_solid().kind != "end":
            statement = self._statement()
            if isinstance(statement, Token):
                return tuple(statements), statement
            statements.append(statement)
        raise self.fault("unexpected EOF")

    def _branch(self, token: Token) -> Branch:
        self.block_depth += 1
        if self.block_depth > DEEPEST_BLOCKS:
            raise self.fault("control structures are nested too deep")
        variables = len(self.variables)
        pipe = self.pipeline(token.text, "right")
        self.range_depth += token.text == "range"
        body, ending = self._until_end()
        self.range_depth -= token.text == "range"
        otherwise: Statements = ()
        if ending.text == "else":
            otherwise = self._otherwise(token)
        del self.variables[variables:]
        self.block_depth -= 1
        return Branch(token.text, pipe.position, pipe, body, otherwise)

    def _otherwise(self, token: Token) -> Statements:
        """What follows `else`; `else if` and `else with` need no `end` of their own."""
        following = self.peek()
        if following.kind == "keyword" and following.text in {"if", "with"}:
            if following.text != token.text:
                raise self.unexpected(self.next_solid(), "input")
            return (self._branch(self.next_solid()),)
        otherwise, ending = self._until_end()
        if ending.text != "end":
            raise self.fault(f"expected end; found {_shown(ending)}")
        return otherwise

    def _jump(self, token: Token) -> Jump:
        following = self.next_solid()
        if following.kind != "right":
            raise self.unexpected(following, f"{{{{{token.text}}}}}")
        if not self.range_depth:
            raise self.fault(f"{{{{{token.text}}}}} outside {{{{range}}}}")
        return Jump(token.text)

    def _template_name(self, context: str) -> str:
        token = self.next_solid()
        if token.kind not in {"string", "raw"}:
            raise self.unexpected(token, context)
        try:
            return text_of(token.text)
        except BadLiteral as error:
            raise self.fault(str(error)) from None

    def _call(self) -> Call:
        position = self.peek_solid().position
        name = self._template_name("template clause")
        pipe: Pipe | None = None
        if self.next_solid().kind != "right":
            self.back()
            pipe = self.pipeline("template clause", "right")
        return Call(position, name, pipe)

    def _block(self) -> Call:
        position = self.peek_solid().position
        name = self._template_name("block clause")
        pipe = self.pipeline("block clause", "right")
        self._define(name, "block clause")
        return Call(position, name, pipe)

    def _definition(self) -> None:
        self.action_line = self.next_solid().line
        self.next_solid()
        name = self._template_name("define clause")
        self.expect("right", "define clause")
        self.action_line = 0
        self._define(name, "define clause")

    def _define(self, name: str, context: str) -> None:
        """Parse the body of a definition: it sees none of the variables around it."""
        variables, self.variables = self.variables, ["$"]
        range_depth, self.range_depth = self.range_depth, 0
        self.block_depth += 1
        body, ending = self._until_end()
        self.block_depth -= 1
        self.variables, self.range_depth = variables, range_depth
        if ending.text != "end":
            raise self.fault(f"unexpected {_shown(ending)} in {context}")
        if self.defined.get(name) and not _is_blank(body):
            raise self.fault(f"template: multiple definition of template {quoted(name)}")
        if not self.defined.get(name):
            self.defined[name] = () if _is_blank(body) else body


def _is_blank(body: Statements) -> bool:
    return all(isinstance(statement, Text) and not statement.text.strip() for statement in body)


def _shown(token: Token) -> str:
    return f"{{{{{token.text}}}}}"


def parsed(text: str, functions: frozenset[str]) -> Parsed:
    """Parse a template that may use these functions."""
    return Parser(text, functions).parse()
