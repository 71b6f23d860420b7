"""Every error that nerdpy raises on purpose: what happened, what to do, and the exit code.

The kinds carry the names of containerd's errdefs. A message has no capital and no full stop, and quotes
what the user
typed; a hint says the way out. Only `cli/main.py` prints and exits.
"""

from collections.abc import Iterator


class NerdpyError(Exception):
    """Something went wrong that the user can understand."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(NerdpyError):
    """The command line itself is wrong (docker exits 125 for it, whatever the command)."""

    exit_code = 125


class InvalidArgument(NerdpyError):
    """A value is malformed: a reference, a port, a size, a file's line."""


class NotFound(NerdpyError):
    """The thing named does not exist."""


class AlreadyExists(NerdpyError):
    """The name is taken."""


class FailedPrecondition(NerdpyError):
    """The thing is in a state that does not allow this."""


class PermissionDenied(NerdpyError):
    """The kernel, containerd or a registry refuses."""


class Unauthenticated(NerdpyError):
    """A registry wants credentials, or other ones."""


class Unavailable(NerdpyError):
    """Nobody answers: the engine is down, or the network."""


class DeadlineExceeded(NerdpyError):
    """No answer in time."""


class Cancelled(NerdpyError):
    """The call was given up."""


class NotImplemented(NerdpyError):
    """containerd, a plugin or nerdpy itself cannot do this (yet); the sentence says which."""


class ResourceExhausted(NerdpyError):
    """Disk, memory or a quota is full."""


class Conflict(NerdpyError):
    """Two things that were asked for exclude each other, or somebody else was faster."""


class Several(NerdpyError):
    """Some of several operands failed; each is reported by itself."""

    def __init__(self, errors: list[NerdpyError]) -> None:
        super().__init__(f"{len(errors)} errors" if len(errors) > 1 else errors[0].message)
        self.errors = errors


class RunFailed(NerdpyError):
    """`run` or `create` failed before the container's command was started: 125, as docker."""

    exit_code = 125


class CommandNotExecutable(NerdpyError):
    """The container's command exists but cannot be executed."""

    exit_code = 126


class CommandNotFound(NerdpyError):
    """The container's command does not exist in the image."""

    exit_code = 127


class ContainerExited(NerdpyError):
    """Not a failure of nerdpy: the container (or exec'd process) ended with this code. Prints nothing."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exited with {code}")
        self.code = code
        self.exit_code = code


class TemplateError(NerdpyError):
    """A `--format` template is malformed (64 in `info`, `version`, `events` and `inspect`), or does not
    fit."""

    def __init__(self, message: str, *, hint: str | None = None, exit_code: int = 1) -> None:
        super().__init__(message, hint=hint)
        self.exit_code = exit_code


class OutputClosed(NerdpyError):
    """Whoever read our output has gone. Prints nothing; 141 as a program that died of SIGPIPE."""

    exit_code = 141


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """What caused it, what caused that, and so on, each once: an error that was passed through a function
    which explains errors may have been raised from itself."""
    seen = {id(error)}
    cause = error.__cause__
    while cause is not None and id(cause) not in seen:
        yield cause
        seen.add(id(cause))
        cause = cause.__cause__
