"""126 and 127, from what runtimes say."""

import pytest

from nerdpy.container.failure import start_failure
from nerdpy.errors import CommandNotExecutable, CommandNotFound, NerdpyError, RunFailed

PREFIX = (
    "failed to create shim task: OCI runtime create failed: runc create failed: "
    "unable to start container process: "
)


@pytest.mark.parametrize(
    ("sentence", "kind", "code"),
    [
        (PREFIX + 'exec: "nope": executable file not found in $PATH', CommandNotFound, 127),
        (PREFIX + 'exec: "nope": executable file not found in $PATH: unknown', CommandNotFound, 127),
        (PREFIX + 'exec: "/nope": stat /nope: no such file or directory', CommandNotFound, 127),
        (PREFIX + 'error during container init: exec: "/x": no such file or directory', CommandNotFound, 127),
        (PREFIX + 'exec: "/etc/passwd": permission denied', CommandNotExecutable, 126),
        (PREFIX + 'exec: "/tmp": is a directory: unknown', CommandNotExecutable, 126),
        (PREFIX + 'exec: "/arm": exec format error', CommandNotExecutable, 126),
        (PREFIX + "error mounting x to rootfs at /y: no such file or directory", RunFailed, 125),
        ("something else", RunFailed, 125),
    ],
)
def test_a_failed_start_has_dockers_exit_code(sentence: str, kind: type[NerdpyError], code: int) -> None:
    error = start_failure(NerdpyError(sentence))
    assert type(error) is kind
    assert error.exit_code == code


def test_the_runtimes_chain_of_wrappers_is_not_shown() -> None:
    error = start_failure(NerdpyError(PREFIX + "cannot do it: unknown"))
    assert error.message == "the container could not be started: cannot do it"


def test_an_error_that_is_explained_already_is_left_alone() -> None:
    error = CommandNotFound("x")
    assert start_failure(error) is error
