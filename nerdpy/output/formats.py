"""`--format` and `--quiet` of listings: a table, JSON lines, or a Go template; rows in, text out.

A row is a frozen dataclass whose fields have docker's template names; CamelCase methods and properties can
be used in templates, too. It derives from `dockercompat.row.Row`, which has docker's JSON and `Label`. Cells
are finished texts, cut, humanised and joined by whoever builds the row, for docker's `{{.CreatedAt}}` is
text as well.

    @dataclass(frozen=True, kw_only=True)
    class NetworkRow(Row):
        ID: str
        Name: str
        Driver: str

    COLUMNS = (("NETWORK ID", "ID"), ("NAME", "Name"), ("DRIVER", "Driver"))

    show_rows(rows, columns=COLUMNS, console=console, format=flags.format, is_quiet=flags.quiet)

A column is a title and either a field's name or a template (`{{.Label "x"}}`). `--quiet` prints the field
`quiet_field` of each row. `wide` is a table, too: the caller passes more columns for it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nerdpy.errors import InvalidArgument
from nerdpy.output.cells import harmless
from nerdpy.output.console import Console
from nerdpy.output.inspect import object_renderer, show_objects
from nerdpy.output.table import aligned, table
from nerdpy.output.templates import JSON, parse_template, render, write

if TYPE_CHECKING:
    from nerdpy.gotemplate.template import Template

__all__ = ["Columns", "line_renderer", "object_renderer", "show_objects", "show_rows"]

Columns = Sequence[tuple[str, str]]
"""Titles and what stands below: a field's name, or a template."""
TABLE = "table"
_DEFAULTS = {"", TABLE, "wide"}


def show_rows(
    rows: Iterable[Any],
    *,
    columns: Columns,
    console: Console,
    format: str = "",
    is_quiet: bool = False,
    quiet_field: str = "ID",
    titles: Mapping[str, str] | None = None,
) -> None:
    """Print a listing the way `--format` and `--quiet` ask for; as in docker, quiet wins with a warning.

    `titles` adds titles of fields that only `table TEMPLATE` can show and `headers.py` does not know.
    """
    format = format.strip(" ")
    if is_quiet:
        if format not in _DEFAULTS:
            console.warn("--format is ignored, for --quiet is given, too")
        write(console, "".join(f"{getattr(row, quiet_field)}\n" for row in rows))
    elif format in _DEFAULTS:
        write(console, _default_table(list(rows), columns))
    elif format.startswith(TABLE):
        names = {field: title for title, field in columns if "{{" not in field} | dict(titles or {})
        write(console, _template_table(list(rows), format.removeprefix(TABLE), names))
    else:
        line_of = line_renderer(format)
        for row in rows:
            write(console, line_of(row) + "\n")


def line_renderer(format: str, *, exit_code: int = 1) -> Callable[[Any], str]:
    """A function that renders one row (also an event, a sample of stats) by `json` or a template.

    The text has no newline at its end. `exit_code` is for a template that cannot be parsed.
    """
    format = format.strip(" ")
    if format == JSON:
        return row_json
    if format == "raw":
        raise InvalidArgument('format "raw" is not supported', hint="use `table`, `json` or a template")
    template = parse_template(_with_escapes(format), exit_code=exit_code)
    return lambda row: render(template, row)


def row_json(row: Any) -> str:
    """A row as docker prints it for `--format json`: keys sorted, HTML escaped."""
    from nerdpy.dockercompat.row import public_values
    from nerdpy.gotemplate.encode import json_text
    from nerdpy.gotemplate.values import Struct, is_struct

    is_row = is_struct(row) and not isinstance(row, Struct)
    return json_text(public_values(row) if is_row else row, is_html_safe=True)


def _with_escapes(text: str) -> str:
    r"""docker reads `\t` and `\n` in a listing's template as tab and newline, wherever they stand."""
    return text.replace("\\t", "\t").replace("\\n", "\n")


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
    template = parse_template(_with_escapes(text.strip(" ")))
    body = "".join(f"{render(template, row)}\n" for row in rows)
    return aligned(f"{_title_line(template, names)}\n{body}")


def _title_line(template: "Template", names: Mapping[str, str]) -> str:
    from nerdpy.output.titles import title_line

    return title_line(template, names)
