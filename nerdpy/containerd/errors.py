"""gRPC status -> nerdpy.errors, by one table. The message is containerd's own, the cause is kept."""

from datetime import timedelta
from typing import TYPE_CHECKING

from nerdpy import errors

if TYPE_CHECKING:
    import grpc

KINDS: dict[str, type[errors.NerdpyError]] = {
    "CANCELLED": errors.Cancelled,
    "INVALID_ARGUMENT": errors.InvalidArgument,
    "OUT_OF_RANGE": errors.InvalidArgument,
    "DEADLINE_EXCEEDED": errors.DeadlineExceeded,
    "NOT_FOUND": errors.NotFound,
    "ALREADY_EXISTS": errors.AlreadyExists,
    "PERMISSION_DENIED": errors.PermissionDenied,
    "UNAUTHENTICATED": errors.Unauthenticated,
    "RESOURCE_EXHAUSTED": errors.ResourceExhausted,
    "FAILED_PRECONDITION": errors.FailedPrecondition,
    "ABORTED": errors.Conflict,
    "UNIMPLEMENTED": errors.NotImplemented,
    "UNAVAILABLE": errors.Unavailable,
}
"""The rest (UNKNOWN, INTERNAL, DATA_LOSS) is a plain NerdpyError."""

CONTEXT_IS_OVER = ("context deadline exceeded", "context canceled")
DISK_FULL = "no space left on device"
TRANSFER = "/containerd.services.transfer.v1."
REGISTRY_SAYS: dict[str, tuple[type[errors.NerdpyError], str]] = {
    "401 Unauthorized": (errors.Unauthenticated, "log in with `nerdpy login`"),
    "authorization failed": (errors.Unauthenticated, "log in with `nerdpy login`, or check the name"),
    "403 Forbidden": (errors.PermissionDenied, "check the name, and what these credentials may do"),
    "connection refused": (errors.Unavailable, "check the registry's host and port"),
    "no such host": (errors.Unavailable, "check the registry's name, and the DNS of the machine"),
    "i/o timeout": (errors.Unavailable, "check the network and the proxy that containerd uses"),
    "network is unreachable": (errors.Unavailable, "check the network and the proxy that containerd uses"),
}
"""What a registry or the way to it refuses comes as UNKNOWN: only the text tells more."""


def translated(
    error: "grpc.RpcError", path: str, address: str, deadline: timedelta | None
) -> errors.NerdpyError:
    """What to raise `from error`; `path` is the call's, `/package.Service/Method`. The `deadline` is given
    where it is over."""
    name = error.code().name
    details = (error.details() or "").strip()
    call = path.rpartition("/")[0].split(".")[-1] + "." + path.rpartition("/")[2]
    if DISK_FULL in details:
        hint = "make room: `nerdpy system prune`, or a larger disk under containerd's root"
        return errors.ResourceExhausted(details, hint=hint)
    if deadline is not None and _is_deadline(name, details, path):
        return errors.DeadlineExceeded(
            f"containerd did not answer {call} within {deadline.total_seconds():g}s",
            hint="a shim or a snapshotter may hang: look at containerd's log",
        )
    if name == "UNAVAILABLE":
        hint = "containerd may have been stopped: look with `nerdpy system status`"
        return errors.Unavailable(f'lost containerd at "{address}": {details}', hint=hint)
    if name == "UNIMPLEMENTED":
        return errors.NotImplemented(
            f"this containerd cannot do {call}: {details}", hint="containerd 2.0 or newer is recommended"
        )
    if name == "UNKNOWN" and path.startswith(TRANSFER):
        for text, (kind, hint) in REGISTRY_SAYS.items():
            if text in details:
                return kind(details, hint=hint)
    return KINDS.get(name, errors.NerdpyError)(details or f"{call} failed: {name.lower()}")


def _is_deadline(name: str, details: str, path: str) -> bool:
    """Now that the time is over: was that the reason? containerd watches our deadline too, and when its clock
    is first, it resets the stream (RST_STREAM, CANCEL) or hands on its own context's error: measured, 4 of 10
    look like this."""
    if name == "UNKNOWN":
        return details.endswith(CONTEXT_IS_OVER) and not path.startswith(TRANSFER)
    return name in {"DEADLINE_EXCEEDED", "CANCELLED"}
