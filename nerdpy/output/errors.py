"""Errors as the human sees them: one shape for all, with causes and the way out."""

from nerdpy.errors import ContainerExited, NerdpyError, OutputClosed, Several, causes_of
from nerdpy.output.cells import harmless

MOST_CAUSES = 5


def render_error(error: BaseException, *, program: str = "nerdpy") -> str:
    """`nerdpy: message`, what caused it, a blank line and a hint; each of several errors in turn.

    Empty for what is no failure of ours: a container's own exit code, a reader that has gone.
    """
    if isinstance(error, ContainerExited | OutputClosed):
        return ""
    if isinstance(error, Several):
        return "\n".join(render_error(each, program=program) for each in error.errors)
    lines = _indented(f"{program}: ", _text_of(error))
    for cause in _causes(error):
        lines += _indented("  caused by: ", cause)
    hint = error.hint if isinstance(error, NerdpyError) else None
    if hint:
        lines += ["", *_indented("hint: ", hint)]
    return "\n".join(lines)


def _text_of(error: BaseException) -> str:
    text = error.message if isinstance(error, NerdpyError) else str(error)
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return text.strip() or type(error).__name__


def _causes(error: BaseException) -> list[str]:
    """The texts of the causes, outermost first, where they say something new."""
    said = _text_of(error)
    causes: list[str] = []
    for cause in causes_of(error):
        text = _text_of(cause)
        if isinstance(cause, NerdpyError | OSError) and text.lower() not in said.lower():
            causes.append(text)
            said += f"\n{text}"
    return causes[:MOST_CAUSES]


def _indented(start: str, text: str) -> list[str]:
    """The text behind `start`, its further lines below its first."""
    first, *rest = text.splitlines() or [""]
    return [start + harmless(first), *(" " * len(start) + harmless(line) for line in rest)]
