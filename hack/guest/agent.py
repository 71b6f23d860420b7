"""Runs inside the guest, as a service: does what comes on the serial line, one JSON object a line.

`{"number": n, "argv": [...], "stdin": "...", "timeout": s}` is answered by
`{"number": n, "code", "out", "err"}`; the first line after a boot is `{"hello": boot id}`.
Standard library only.
"""

import json
import os
import subprocess
import termios
import tty
from typing import Any

LINE = "/dev/ttyS1"


def main() -> None:
    """Serve until the machine goes down."""
    line = os.open(LINE, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(line, termios.TCSANOW)
    with open("/proc/sys/kernel/random/boot_id") as file:
        _say(line, {"hello": file.read().strip()})
    with os.fdopen(os.dup(line), "rb") as asked:
        for text in asked:
            wish = json.loads(text)
            _say(line, {"number": wish["number"], **_done(wish)})


def _done(wish: dict[str, Any]) -> dict[str, Any]:
    try:
        done = subprocess.run(
            wish["argv"],
            input=wish.get("stdin", "").encode(),
            capture_output=True,
            timeout=wish.get("timeout"),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return {"code": 127, "out": "", "err": f"{type(error).__name__}: {error}"}
    return {
        "code": done.returncode,
        "out": done.stdout.decode(errors="replace"),
        "err": done.stderr.decode(errors="replace"),
    }


def _say(line: int, answer: dict[str, Any]) -> None:
    data = json.dumps(answer).encode() + b"\n"
    while data:
        data = data[os.write(line, data) :]


if __name__ == "__main__":
    main()
