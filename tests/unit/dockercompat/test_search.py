"""What `search` shows of a repository."""

from nerdpy.dockercompat.search import SearchRow, search_row
from nerdpy.output.formats import line_renderer, row_json


def row(description: str = "x", *, is_official: bool = True, no_trunc: bool = False) -> SearchRow:
    return search_row(
        name="busybox",
        description=description,
        stars=3000,
        is_official=is_official,
        is_automated=False,
        no_trunc=no_trunc,
    )


def test_a_description_is_one_line_and_cut() -> None:
    assert row("a\nb\rc").Description == "a b c"
    assert len(row("x" * 100).Description) == 45
    assert row("x" * 100, no_trunc=True).Description == "x" * 100


def test_a_mark_is_ok_in_tables_and_a_word_in_json() -> None:
    assert line_renderer("{{.IsOfficial}}|{{.IsAutomated}}")(row()) == "[OK]|"
    shown = (
        '{"Description":"x","IsAutomated":"false","IsOfficial":"true","Name":"busybox","StarCount":"3000"}'
    )
    assert row_json(row()) == shown
    assert line_renderer("{{json .}}")(row()) == shown
    assert line_renderer("{{if .IsOfficial}}yes{{else}}no{{end}}")(row(is_official=False)) == "no"
