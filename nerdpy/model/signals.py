"""Pure: names and numbers of Linux' signals (signal(7), x86 and arm numbering)."""

from nerdpy.errors import InvalidArgument

_WORDS = (
    "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN "
    "TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"
)
_NAMES = _WORDS.split()
FIRST_REALTIME, LAST_REALTIME = 34, 64
"""The C library keeps 32 and 33 for itself."""
NUMBERS = {
    **{name: number for number, name in enumerate(_NAMES, start=1)},
    "CLD": 17,
    "IOT": 6,
    "POLL": 29,
    "UNUSED": 31,
    "RTMIN": FIRST_REALTIME,
    "RTMAX": LAST_REALTIME,
    **{f"RTMIN+{offset}": FIRST_REALTIME + offset for offset in range(1, 31)},
    **{f"RTMAX-{offset}": LAST_REALTIME - offset for offset in range(1, 31)},
}
"""Name without `SIG` -> number."""


def parse_signal(text: str) -> int:
    """`TERM`, `SIGTERM`, `term`, `15`, `SIGRTMIN+3` -> the number."""
    if text.isascii() and text.isdecimal() and 1 <= int(text) <= LAST_REALTIME:
        return int(text)
    number = NUMBERS.get(text.upper().removeprefix("SIG"))
    if number is None:
        raise InvalidArgument(
            f'invalid signal "{text}"',
            hint="give a name such as TERM or SIGKILL, RTMIN+3, or a number from 1 to 64",
        )
    return number


def signal_name(number: int) -> str:
    """15 -> `SIGTERM`; 37 -> `SIGRTMIN+3`."""
    if 1 <= number <= len(_NAMES):
        return f"SIG{_NAMES[number - 1]}"
    if number == LAST_REALTIME:
        return "SIGRTMAX"
    if FIRST_REALTIME <= number < LAST_REALTIME:
        offset = number - FIRST_REALTIME
        return f"SIGRTMIN+{offset}" if offset else "SIGRTMIN"
    return str(number)
