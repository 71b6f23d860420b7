"""`--format` and `--quiet` of listings: a table, JSON lines, or a Go template; rows in, text out.

A row is a frozen dataclass whose fields have docker's template names, and whose CamelCase methods and
properties templates may call as well (nerdpy/dockercompat/row.py has a parent with `Label`, which is not
obligatory). Cells are finished texts: cut, humanised and joined by whoever builds the row, for docker's
`{{.CreatedAt}}` is text, too.

    @dataclass(frozen=True, kw_only=True)
    class NetworkRow(Row):
        ID: str
        Name: str
        Driver: str

    COLUMNS = (("NETWORK ID", "ID"), ("NAME", "Name"), ("DRIVER", "Driver"))

    show_rows(rows, columns=COLUMNS, console=console, format=flags.format, is_quiet=flags.quiet)

A column is a title and either a field's name or a template (`{{.Label "x"}}`). `--quiet` prints
`quiet_field` of each row.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nerdpy.errors import InvalidArgument, TemplateError
from nerdpy.output.cells import harmless
from nerdpy.output.console import Console
from nerdpy.output.table import aligned, table

if TYPE_CHECKING:
    from nerdpy.gotemplate.template import Template

Columns = Sequence[tuple[str, str]]
"""Titles and what stands below: a field's name, or a template."""
JSON = "json"
TABLE = "table"


def show_rows(  # noqa: PLR0913 - the shape of every listing
    rows: Iterable[Any],
    *,
    columns: Columns,
    console: Console,
    format: str = "",
    is_quiet: bool = False,
    quiet_field: str = "ID",
    titles: Mapping[str, str] | None = None,
) -> None:
    """Print a listing the way `--format` and `--quiet` ask for.

    `titles` adds titles of fields that only `table TEMPLATE` can show and `headers.py` does not know.
    """
    format = format.strip(" ")
    if is_quiet and format in {"", TABLE, "wide"}:
        lines = [str(getattr(row, quiet_field)) for row in rows]
        _write(console, "".join(f"{line}\n" for line in lines))
    elif format in {"", TABLE, "wide"}:
        _write(console, _default_table(list(rows), columns))
    elif format.startswith(TABLE):
        names = {field: title for title, field in columns if "{{" not in field} | dict(titles or {})
        _write(console, _template_table(list(rows), format.removeprefix(TABLE), names))
    else:
        line_of = line_renderer(format)
        for row in rows:
            _write(console, line_of(row) + "\n")


def line_renderer(format: str, *, exit_code: int = 1) -> Callable[[Any], str]:
    """A function that renders one row (an event, a sample of stats) by `json` or a template, without newline.

    `exit_code` is for a template that cannot be parsed: 64 in `info`, `version`, `events` and `inspect`.
    """
    format = format.strip(" ")
    if format in {JSON, "{{json .}}"}:
        return row_json
    if format in {"raw", "pretty"}:
        raise InvalidArgument(f'format "{format}" is not supported', hint="use `table`, `json` or a template")
    template = parse_template(_with_escapes(format), exit_code=exit_code)
    return lambda row: render(template, row)


def row_json(row: Any) -> str:
    """A row as docker prints it for `--format json`: keys sorted, HTML escaped."""
    from nerdpy.gotemplate.encode import json_text
    from nerdpy.gotemplate.values import is_struct

    if hasattr(row, "MarshalJSON") or not is_struct(row):
        return json_text(row, is_html_safe=True)
    from nerdpy.dockercompat.row import public_values

    return json_text(public_values(row), is_html_safe=True)


def parse_template(text: str, *, exit_code: int = 1) -> "Template":
    """Parse what the user gave, or say where it is wrong."""
    from nerdpy.gotemplate.template import Template

    try:
        return Template.parse(text)
    except TemplateError as error:
        raise _explained(error, exit_code) from None


def render(template: "Template", value: Any, *, is_missing_key_error: bool = False) -> str:
    try:
        return template.render(value, is_missing_key_error=is_missing_key_error)
    except TemplateError as error:
        raise _explained(error, 1) from None


def _explained(error: TemplateError, exit_code: int) -> TemplateError:
    return TemplateError(f"template parsing error: {error.message}", exit_code=exit_code)


def _with_escapes(text: str) -> str:
    r"""docker reads `\t` and `\n` in a listing's template as tab and newline, wherever they stand."""
    return text.replace("\\t", "\t").replace("\\n", "\n")


def _write(console: Console, text: str) -> None:
    """Data to stdout; on a terminal, control characters that came with it are made visible."""
    console.write(harmless(text, keeps="\t\n") if console.is_terminal_out else text)


def _default_table(rows: list[Any], columns: Columns) -> str:
    cells = [_cell_reader(content) for _, content in columns]
    lines = [[title for title, _ in columns]]
    lines += [[harmless(read(row)) for read in cells] for row in rows]
    return table(lines)


def _cell_reader(content: str) -> Callable[[Any], str]:
    if "{{" not in content:
        return lambda row: str(getattr(row, content))
    template = parse_template(content)
    return lambda row: render(template, row)


def _template_table(rows: list[Any], text: str, names: Mapping[str, str]) -> str:
    from nerdpy.output.titles import title_line

    template = parse_template(_with_escapes(text.strip(" ")))
    body = "".join(f"{render(template, row)}\n" for row in rows)
    return aligned(f"{title_line(template, names)}\n{body}")
