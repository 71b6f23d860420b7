"""Pure: why a container's command could not be started, from the runtime's sentence: docker's 126 and 127.

runc, crun and the shims have no codes for it, so docker too looks at the words; this is the one place where
it is done.
"""

import re

from nerdpy.errors import (
    CommandNotExecutable,
    CommandNotFound,
    DeadlineExceeded,
    FailedPrecondition,
    NerdpyError,
    RunFailed,
    Unavailable,
)

# Texts: to compile them takes 1 ms, and nearly every start succeeds.
_NOT_FOUND = "(?i)executable file not found|: no such file or directory|stat .*: no such file"
_NOT_EXECUTABLE = "(?i)permission denied|is a directory|exec format error"
_COMMAND = r'exec: \\?"([^"\\]*)\\?"'
_NO_FOLDER = r'chdir to cwd \(\\?"([^"\\]*)\\?"\) set in config\.json failed: (.*)'
_NO_CRIU = r'exec: \\?"criu\\?"|criu: executable file not found'
_NO_MOUNT_POINT = "(?s)^error mounting .*: not a directory$"
_NOISE = (
    r"^(failed to create shim task: |failed to create task[^:]*: |runc did not terminate successfully: |"
    r"(OCI runtime|runc) (create|start|exec|checkpoint|restore) failed: |"
    r"unable to start container process: |error during container init: )+"
)


def start_failure(error: NerdpyError, what: str = "the container") -> NerdpyError:
    """The error of a failed create or start: 127 and 126 for the command's own fault, 125 for everything
    else, in which `what` could not be started."""
    if isinstance(error, CommandNotFound | CommandNotExecutable | RunFailed) or is_unclear(error):
        return error
    sentence = re.sub(_NOISE, "", error.message).removesuffix(": unknown")
    command = re.search(_COMMAND, sentence)
    if command and re.search(_NOT_FOUND, sentence):
        return CommandNotFound(
            f'command "{command.group(1)}" not found in the container: {_last(sentence)}',
            hint="look at the image's files, or give a command that it has",
        )
    if command and re.search(_NOT_EXECUTABLE, sentence):
        return CommandNotExecutable(
            f'command "{command.group(1)}" cannot be executed: {_last(sentence)}',
            hint="look at its mode (chmod +x), its interpreter line, and the image's platform",
        )
    if folder := re.search(_NO_FOLDER, sentence):
        return CommandNotExecutable(
            f'the working directory "{folder.group(1)}" cannot be entered: {folder.group(2)}',
            hint="give one that the container has with -w",
        )
    hint = error.hint
    if re.search(_NO_MOUNT_POINT, sentence):
        hint = "a folder cannot be mounted on a file, nor a file on a folder: look at both ends of the mount"
    return RunFailed(f"{what} could not be started: {sentence}", hint=hint)


def without_code(error: NerdpyError) -> NerdpyError:
    """The same for `start`, whose exit code is 1 whatever the reason: the other codes are those of `run`."""
    if isinstance(error, CommandNotFound | CommandNotExecutable | RunFailed):
        return NerdpyError(error.message, hint=error.hint)
    return error


def criu_failure(error: NerdpyError, what: str, complaint: str = "") -> NerdpyError:
    """The error of a checkpoint or a restore: `what` could not be done, and CRIU's own `complaint`."""
    if is_unclear(error):
        return error
    if re.search(_NO_CRIU, error.message):
        return FailedPrecondition(
            f"{what}: CRIU is not installed where containerd runs", hint="install the package `criu`"
        )
    return FailedPrecondition(
        f"{what}: {complaint or re.sub(_NOISE, '', error.message).removesuffix(': unknown')}",
        hint="`criu check` tells whether CRIU and this kernel get along",
    )


def is_unclear(error: NerdpyError) -> bool:
    """Has the engine gone away in the middle, so that nobody knows what was done and what undone?"""
    return isinstance(error, Unavailable | DeadlineExceeded)


def _last(sentence: str) -> str:
    return sentence.rpartition(": ")[2]
