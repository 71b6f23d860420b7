"""Try a transfer again where that is worth it: cut connections, silence, a registry that is busy."""

import re
import time
from collections.abc import Callable

from nerdpy.engine import Notify, Warned
from nerdpy.errors import Cancelled, DeadlineExceeded, NerdpyError, ResourceExhausted
from nerdpy.image.refusal import CORRUPT, VERIFIER, explained
from nerdpy.image.watch import Watch
from nerdpy.model.reference import Reference

PAUSES = (1.0, 2.0, 4.0, 8.0)
"""Seconds before each further attempt; counted anew when bytes have come meanwhile."""
LONGEST = 60.0
"""Seconds that a registry's Retry-After may ask for."""
BUSY = re.compile(r"request to (\S+): 429 ")
PASSING = re.compile(
    r"request to \S+: (?:408|429|5\d\d) |connection reset by peer|broken pipe|\bEOF\b|i/o timeout"
    r"|use of closed network connection"
    r"|TLS handshake timeout|Client\.Timeout|timeout awaiting response headers|server misbehaving"
    r"|http2: .*(?:GOAWAY|client connection lost)|stream error|unexpected end"
)


def transfer_patiently(
    attempt: Callable[[], None], watch: Watch, reference: Reference, notify: Notify
) -> None:
    """Call `attempt` until it succeeds, fails for good, or failed too often without progress."""
    failures, reached = 0, 0
    while True:
        watch.begin()
        try:
            attempt()
            return
        except NerdpyError as error:
            if watch.left <= 0:
                watch.has_given_up = True
                raise _too_late(reference, watch) from None
            reason = passing_reason(error, watch)
            if watch.done > reached:
                failures, reached = 0, watch.done
            # a lie is perhaps a proxy's, and tried once more
            most = 1 if re.search(CORRUPT, str(error)) else len(PAUSES)
            watch.has_given_up = bool(reason)
            if not reason or failures >= most:
                clear = explained(error, reference, watch.direction.verb)
                raise clear from None if clear is not error else error.__cause__
            pause = max(PAUSES[failures], asked_pause(str(error)))
        if pause >= watch.left:
            raise _too_late(reference, watch)
        failures += 1
        notify(
            Warned(
                f"{reference.familiar_string}: {reason}; trying again in {pause:g} s ({failures} of {most})"
            )
        )
        time.sleep(pause)


def _too_late(reference: Reference, watch: Watch) -> DeadlineExceeded:
    return DeadlineExceeded(
        f'{watch.direction.verb}ing "{reference.familiar_string}" was given up at its deadline',
        hint="what is here is kept for some hours: the next attempt goes on there" if watch.done else None,
    )


def passing_reason(error: NerdpyError, watch: Watch) -> str:
    """What will perhaps be over in a moment; empty for what stays as it is."""
    if isinstance(error, Cancelled) and watch.is_stalled():
        return f"nothing moved for {watch.patience:g} s"
    if isinstance(error, ResourceExhausted) or "x509" in str(error) or re.search(VERIFIER, str(error)):
        return ""
    if re.search(CORRUPT, str(error)):
        return "what came is not what its digest says"
    found = PASSING.search(str(error))
    if found is None:
        return ""
    return "the registry is busy" if BUSY.search(str(error)) else str(error).rpartition(": ")[2]


def asked_pause(message: str) -> float:
    """The registry's own Retry-After; containerd does not tell it, so the registry is asked, anonymously."""
    found = BUSY.search(message)
    if found is None:
        return 0.0
    from nerdpy.registry.busy import retry_after

    return min(retry_after(found[1]), LONGEST)
