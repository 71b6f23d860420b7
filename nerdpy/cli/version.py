"""The line that `--version` prints. It imports nothing: scripts ask often."""

import nerdpy


def version_line() -> str:
    return f"nerdpy version {nerdpy.__version__}\n"
