"""126 and 127, from what runtimes say."""

import pytest

from nerdpy.container.failure import criu_failure, start_failure
from nerdpy.errors import CommandNotExecutable, CommandNotFound, NerdpyError, RunFailed, Unavailable

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
        (PREFIX + 'chdir to cwd ("/no") set in config.json failed: no such file', CommandNotExecutable, 126),
        ("something else", RunFailed, 125),
    ],
)
def test_a_failed_start_has_dockers_exit_code(sentence: str, kind: type[NerdpyError], code: int) -> None:
    error = start_failure(NerdpyError(sentence))
    assert type(error) is kind
    assert error.exit_code == code


def test_a_folder_on_a_file_has_a_hint_as_in_docker() -> None:
    error = start_failure(
        NerdpyError(PREFIX + 'error mounting "/v" to rootfs at "/f": flags: 0: not a directory')
    )
    assert "cannot be mounted on a file" in (error.hint or "")


def test_the_runtimes_chain_of_wrappers_is_not_shown() -> None:
    error = start_failure(NerdpyError(PREFIX + "cannot do it: unknown"))
    assert error.message == "the container could not be started: cannot do it"


def test_what_could_not_be_started_is_named() -> None:
    error = start_failure(NerdpyError(PREFIX + "cannot do it"), "the command")
    assert error.message == "the command could not be started: cannot do it"


def test_an_error_that_is_explained_already_is_left_alone() -> None:
    error = CommandNotFound("x")
    assert start_failure(error) is error


@pytest.mark.parametrize(
    ("sentence", "complaint", "said"),
    [
        (
            'exec: "criu": executable file not found in $PATH',
            "",
            "no: CRIU is not installed where containerd runs",
        ),
        ("runc did not terminate successfully: criu failed: type 5", "", "no: criu failed: type 5"),
        ("OCI runtime restore failed: criu failed: type 5: unknown", "", "no: criu failed: type 5"),
        ("criu failed: type 5", "vdso: unexpected bounds", "no: vdso: unexpected bounds"),
    ],
)
def test_a_failed_checkpoint_says_what_criu_complains_of(sentence: str, complaint: str, said: str) -> None:
    assert criu_failure(NerdpyError(sentence), "no", complaint).message == said


def test_a_lost_engine_is_not_blamed_on_criu() -> None:
    lost = Unavailable("containerd does not answer")
    assert criu_failure(lost, "no") is lost
