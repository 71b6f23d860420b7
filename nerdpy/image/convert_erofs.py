"""A layer as an EROFS filesystem, made by `mkfs.erofs` from the tar archive (erofs-utils 1.7 and newer)."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence

from nerdpy.errors import FailedPrecondition, NotFound

PROGRAM = "mkfs.erofs"
_PIECE = 1 << 20


def program() -> str:
    """Where it is; NotFound says what to install."""
    path = shutil.which(PROGRAM)
    if path is None:
        raise NotFound(
            f'"{PROGRAM}" is not installed, and is needed to make EROFS layers',
            hint="install erofs-utils 1.7 or newer",
        )
    return path


def filesystem(pieces: Iterable[bytes], options: Sequence[str]) -> tuple[Iterator[bytes], str]:
    """(its bytes, its digest). The file that mkfs needs has no name any more when it is read."""
    with tempfile.TemporaryDirectory(prefix="nerdpy-erofs-") as folder:
        path = os.path.join(folder, "layer.erofs")
        command = [program(), "--quiet", "--tar=f", "--aufs", "-Enoinline_data", *options, path]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        ) as making:
            _feed(making, pieces)
            _, said = making.communicate()
        if making.returncode:
            text = said.decode(errors="replace").strip()[-500:]
            raise FailedPrecondition(f"{PROGRAM} failed: {text}", hint="erofs-utils 1.7 or newer reads tar")
        file = open(path, "rb")  # noqa: SIM115  (the iterator closes it)
    hashed = hashlib.file_digest(file, "sha256")
    file.seek(0)
    return _read(file), f"sha256:{hashed.hexdigest()}"


def _feed(making: "subprocess.Popen[bytes]", pieces: Iterable[bytes]) -> None:
    assert making.stdin is not None
    try:
        for piece in pieces:
            making.stdin.write(piece)
    except BrokenPipeError:
        return  # its exit status says why
    except BaseException:
        making.kill()
        raise


def _read(file: "object") -> Iterator[bytes]:
    import io

    assert isinstance(file, io.BufferedReader)
    with file:
        while data := file.read(_PIECE):
            yield data
