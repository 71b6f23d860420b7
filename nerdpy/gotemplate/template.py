"""Pure: a Go template, parsed once and rendered on any number of values."""

from collections.abc import Mapping
from typing import Any

from nerdpy.dataclass import dataclass
from nerdpy.gotemplate.evaluate import Evaluator
from nerdpy.gotemplate.functions import ALL, Function
from nerdpy.gotemplate.nodes import Parsed
from nerdpy.gotemplate.parser import parsed


@dataclass(frozen=True)
class Template:
    """What `--format` gives: Go's text/template with docker's functions."""

    text: str
    tree: Parsed
    functions: Mapping[str, Function]

    @classmethod
    def parse(cls, text: str, *, functions: Mapping[str, Function] = ALL) -> "Template":
        """Parse, or raise TemplateError with the line."""
        return cls(text, parsed(text, frozenset(functions)), functions)

    def render(self, value: Any, *, is_missing_key_error: bool = False) -> str:
        """The text for one value; TemplateError, with the position, where it does not fit.

        A missing key of a mapping prints `<no value>`, or is an error (Go's `missingkey=error`).
        """
        evaluator = Evaluator(self.tree, value, self.functions, is_missing_key_error=is_missing_key_error)
        return evaluator.run()
