"""The machine's own ps(1): what `top` shows. Never the container's."""

import subprocess
from collections.abc import Sequence

from nerdpy.errors import InvalidArgument, NotFound
from nerdpy.linux.runtime import find_program


def table(options: Sequence[str]) -> list[str]:
    """The lines that `ps OPTIONS` prints, the titles first."""
    program = find_program("ps")
    if not program:
        raise NotFound("ps is not on this machine", hint="install the package procps")
    done = subprocess.run([program, *options], capture_output=True, text=True, check=False, timeout=30)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it failed"])[0]
        raise InvalidArgument(f"ps {' '.join(options)}: {said}", hint="the options are those of ps(1)")
    return done.stdout.splitlines()
