"""Errors in one shape."""

from nerdpy.errors import ContainerExited, NerdpyError, NotFound, OutputClosed, Several
from nerdpy.output.errors import render_error


def chained(*errors: BaseException) -> BaseException:
    for outer, inner in zip(errors, errors[1:], strict=False):
        outer.__cause__ = inner
    return errors[0]


def test_an_error_has_a_message_causes_and_a_hint() -> None:
    error = chained(
        NerdpyError('name "web" is taken', hint="remove it with `nerdpy rm web`"),
        NerdpyError("name web is taken by a lock"),
        OSError(17, "File exists", "/x/web"),
    )
    assert render_error(error) == (
        'nerdpy: name "web" is taken\n'
        "  caused by: name web is taken by a lock\n"
        "  caused by: /x/web: File exists\n"
        "\n"
        "hint: remove it with `nerdpy rm web`"
    )


def test_a_cause_that_adds_nothing_is_left_out() -> None:
    error = chained(NotFound("no such container: web"), KeyError("web"), NotFound("no such container"))
    assert render_error(error) == "nerdpy: no such container: web"


def test_an_error_that_was_raised_from_itself_is_told_once() -> None:
    error = NotFound("no such container: web")
    assert render_error(chained(error, error)) == "nerdpy: no such container: web"
    outer = NerdpyError("cannot stop")
    assert render_error(chained(outer, error, outer)) == (
        "nerdpy: cannot stop\n  caused by: no such container: web"
    )


def test_several_errors_are_a_block_each() -> None:
    error = Several(
        [NotFound("no such container: a"), NotFound("no such container: b", hint="look at `ps -a`")]
    )
    assert render_error(error) == (
        "nerdpy: no such container: a\nnerdpy: no such container: b\n\nhint: look at `ps -a`"
    )


def test_further_lines_stand_below_the_first() -> None:
    assert render_error(NerdpyError("bad file:\nline 1\nline 2")) == (
        "nerdpy: bad file:\n        line 1\n        line 2"
    )


def test_what_is_no_failure_prints_nothing() -> None:
    assert render_error(ContainerExited(3)) == render_error(OutputClosed("gone")) == ""


def test_control_characters_of_strangers_are_visible() -> None:
    assert render_error(NotFound('no such image: "\x1b[2J"')) == 'nerdpy: no such image: "\\x1b[2J"'


def test_an_error_without_words_shows_its_kind() -> None:
    assert render_error(ValueError()) == "nerdpy: ValueError"
    assert render_error(NerdpyError("x"), program="other") == "other: x"
