"""Templates of the user's: parsed and rendered, with docker's words in front of what is wrong."""

from typing import TYPE_CHECKING, Any

from nerdpy.errors import TemplateError
from nerdpy.output.cells import harmless
from nerdpy.output.console import Console

if TYPE_CHECKING:
    from nerdpy.gotemplate.template import Template

JSON = "json"
BAD_TEMPLATE = 64
"""docker's exit code for a template that cannot be parsed, in `info`, `version`, `events` and `inspect`."""


def parse_template(text: str, *, exit_code: int = 1) -> "Template":
    """Parse what the user gave, or say where it is wrong."""
    from nerdpy.gotemplate.template import Template

    try:
        return Template.parse(text)
    except TemplateError as error:
        said = "template parsing error" if exit_code == BAD_TEMPLATE else "failed to parse template"
        raise TemplateError(f"{said}: {error.message}", exit_code=exit_code) from None


def render(template: "Template", value: Any) -> str:
    try:
        return template.render(value)
    except TemplateError as error:
        raise TemplateError(f"failed to execute template: {error.message}") from None


def write(console: Console, text: str) -> None:
    """Data to stdout; on a terminal, control characters that came with it are made visible."""
    console.write(harmless(text, keeps="\t\n") if console.is_terminal_out else text)
