"""Listings in every format, as docker 28 shows the same rows."""

import io

import pytest

from nerdpy.dataclass import dataclass
from nerdpy.dockercompat.row import Row
from nerdpy.errors import InvalidArgument, OutputClosed, ResourceExhausted, TemplateError
from nerdpy.output.console import Console
from nerdpy.output.formats import line_renderer, show_rows


@dataclass(frozen=True, kw_only=True)
class ContainerRow(Row):
    ID: str
    Names: str
    Command: str
    RunningFor: str = "3 years ago"


COLUMNS = (("CONTAINER ID", "ID"), ("COMMAND", "Command"), ("NAMES", "Names"))
ROWS = [
    ContainerRow(ID="aaaaaaaaaaaa", Names="web", Command='"nginx -g <x>"', LabelsMap={"c": "d", "a.b": "x"}),
    ContainerRow(ID="bbbbbbbbbbbb", Names="db日本", Command='"sh"'),
]


def shown(format: str = "", *, rows: list[ContainerRow] = ROWS, is_quiet: bool = False) -> str:
    console = Console(io.StringIO(), io.StringIO())
    show_rows(rows, columns=COLUMNS, console=console, format=format, is_quiet=is_quiet)
    assert isinstance(console.stdout, io.StringIO)
    return console.stdout.getvalue()


TABLE = (
    "CONTAINER ID   COMMAND          NAMES\n"
    'aaaaaaaaaaaa   "nginx -g <x>"   web\n'
    'bbbbbbbbbbbb   "sh"             db日本\n'
)


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("", TABLE),
        ("table", TABLE),
        (" table ", TABLE),
        ("{{.Names}}", "web\ndb日本\n"),
        ('{{.Names}}\\n\\t{{printf "a\\tb"}}|', "web\n\ta\tb|\ndb日本\n\ta\tb|\n"),
        ("pretty", "pretty\npretty\n"),
        ("table{{.Names}}", "NAMES\nweb\ndb日本\n"),
        ("table x {{.Names}} ", "x NAMES\nx web\nx db日本\n"),
        ("{{json .Command}}", '"\\"nginx -g <x>\\""\n"\\"sh\\""\n'),
        ('{{.Label "a.b"}} {{.Labels}}', "x a.b=x,c=d\n \n"),
        (
            'table {{.Names}}\\t{{.Label "a.b-c"}}\\t{{.RunningFor}}\\t{{json .Command}}\\t{{upper .ID}}',
            (
                "NAMES     b c       CREATED       COMMAND              CONTAINER ID\n"
                'web                 3 years ago   "\\"nginx -g <x>\\""   AAAAAAAAAAAA\n'
                'db日本              3 years ago   "\\"sh\\""             BBBBBBBBBBBB\n'
            ),
        ),
    ],
)
def test_a_format_shows_what_docker_shows(format: str, text: str) -> None:
    assert shown(format) == text


def test_json_lines_have_sorted_keys_and_escaped_html() -> None:
    line = (
        '{"Command":"\\"nginx -g \\u003cx\\u003e\\"","ID":"aaaaaaaaaaaa","Labels":"a.b=x,c=d",'
        '"Names":"web","RunningFor":"3 years ago"}'
    )
    assert shown("json").splitlines()[0] == line
    assert shown("{{json .}}x").splitlines()[0] == line + "x"


def test_an_empty_listing_is_a_header_or_nothing() -> None:
    assert shown(rows=[]) == "CONTAINER ID   COMMAND   NAMES\n"
    assert shown('table {{.Names}}\\t{{.Label "a.b"}}', rows=[]) == "NAMES     b\n"
    assert shown("json", rows=[]) == shown("{{.ID}}", rows=[]) == shown(rows=[], is_quiet=True) == ""


@pytest.mark.parametrize("format", ["", "table", "json", "{{.Names}}"])
def test_quiet_prints_ids_whatever_the_format(format: str) -> None:
    assert shown(format, is_quiet=True) == "aaaaaaaaaaaa\nbbbbbbbbbbbb\n"


def test_quiet_with_a_format_warns_on_stderr() -> None:
    console = Console(io.StringIO(), stderr := io.StringIO())
    show_rows(ROWS, columns=COLUMNS, console=console, format="json", is_quiet=True)
    assert stderr.getvalue() == "warning: --format is ignored, for --quiet is given, too\n"


def test_a_bad_template_is_an_error_with_its_place() -> None:
    with pytest.raises(
        TemplateError, match="failed to parse template: template: :1: unclosed action"
    ) as raised:
        shown("{{")
    assert raised.value.exit_code == 1
    with pytest.raises(TemplateError, match="failed to execute template: .*:1:2.*can't evaluate field Foo"):
        shown("{{.Foo}}")
    with pytest.raises(TemplateError, match="can't evaluate field Foo"):
        shown("table {{.Foo}}")
    with pytest.raises(TemplateError) as raised:
        line_renderer("{{", exit_code=64)
    assert raised.value.exit_code == 64


def test_raw_is_refused() -> None:
    with pytest.raises(InvalidArgument, match='format "raw" is not supported'):
        shown("raw")


def test_control_characters_do_not_reach_a_terminal() -> None:
    hostile = [ContainerRow(ID="a", Names="\x1b]0;owned\x07\x9b2J", Command="x\ny\u202e")]
    table = shown(rows=hostile)
    assert "\\x1b]0;owned\\x07\\x9b2J" in table
    assert "x\\ny\\u202e" in table
    console = Console(stdout := io.StringIO(), io.StringIO(), is_terminal_out=True)
    show_rows(hostile, columns=COLUMNS, console=console, format="{{.Names}}\\t{{.ID}}")
    assert stdout.getvalue() == "\\x1b]0;owned\\x07\\x9b2J\ta\n"
    assert shown("{{.Names}}", rows=hostile) == "\x1b]0;owned\x07\x9b2J\n", "a pipe gets what is there"


def test_a_reader_that_has_gone_is_no_traceback() -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    with pytest.raises(OutputClosed):
        show_rows(ROWS, columns=COLUMNS, console=Console(Gone(), io.StringIO()))
    Console(io.StringIO(), Gone()).talk("lost")


def test_text_that_cannot_be_encoded_is_written_all_the_same() -> None:
    row = ContainerRow(ID="a", Names="x\ud800y\udcff", Command="", LabelsMap={"a": "\udfff"})
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="surrogateescape")
    console = Console(stdout, io.StringIO())
    for format in ("{{.Names}}", "{{json .Labels}}", "{{len .Names}}", "json"):
        show_rows([row], columns=COLUMNS, console=console, format=format)
    assert isinstance(stdout.buffer, io.BytesIO)
    lines = stdout.buffer.getvalue().splitlines()
    assert lines[0] == b"x\xef\xbf\xbdy\xff"
    assert lines[2] == b"6"


def test_a_full_disk_is_an_error_of_ours() -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(ResourceExhausted, match="cannot write the output"):
        Console(Full(), io.StringIO()).line("x")
