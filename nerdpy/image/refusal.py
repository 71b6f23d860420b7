"""Pure: what a registry, or the way to it, refused: one sentence in docker's words, and the way out."""

import re
from collections.abc import Callable

from nerdpy.errors import (
    Cancelled,
    FailedPrecondition,
    InvalidArgument,
    NerdpyError,
    NotFound,
    NotImplemented,
    PermissionDenied,
    ResourceExhausted,
    Unauthenticated,
    Unavailable,
)
from nerdpy.model.reference import Reference
from nerdpy.model.schema1 import schema_1

CORRUPT = r"unexpected commit (?:digest|size)|failed size validation"
"""containerd's words for content that is not what its digest says."""
VERIFIER = r"image verifier \S+ (?:blocked pull|returned error)"
"""containerd's words for an image that one of its verifiers does not let in; the verifier's own follow."""
NOBODY = r"no (pull|push|resolve) hosts"
_NO_REQUEST = "failed to do request: "
LOGIN = "`nerdpy login {host}`, or check the name"


def explained(error: NerdpyError, reference: Reference, verb: str = "pull") -> NerdpyError:
    """The error that the user sees; what is not known here stays as containerd says it."""
    message = str(error)
    for pattern, build in (_PUSH_CASES if verb == "push" else ()) + _CASES:
        if re.search(pattern, message):
            return build(message, reference)
    if isinstance(error, NotFound):
        return _not_found(message, reference, verb)
    if isinstance(error, NotImplemented) and "unknown service" in message:
        return NotImplemented(
            f"this containerd cannot {verb}: it has no transfer service",
            hint="use containerd 2.0 or newer, or nerdpy's own engine: `nerdpy system start`",
        )
    if isinstance(error, Cancelled):
        what = "no data came any more" if verb == "pull" else "nothing moved any more"
        return Unavailable(f'{verb}ing "{reference.familiar_string}" stalled: {what}')
    return _unreachable(message, reference) if _NO_REQUEST in message else error


def _not_found(message: str, reference: Reference, verb: str) -> NerdpyError:
    if verb == "push" or "failed to resolve" not in message:
        return NotFound(f'{verb}ing "{reference.familiar_string}" failed: {message}')
    return NotFound(
        f'manifest for "{reference.familiar_string}" not found: manifest unknown',
        hint=f"check its name and tag: {reference.domain} does not have it",
    )


def _unreachable(message: str, reference: Reference) -> NerdpyError:
    """Whatever else is between containerd and the registry: its own words, without the request."""
    reason = _after(_after(message, _NO_REQUEST), '": ')
    return Unavailable(
        f'registry "{reference.domain}" cannot be asked: {reason}',
        hint="check the registry's host and port, and the proxy that containerd uses",
    )


def _denied(message: str, reference: Reference) -> NerdpyError:
    return Unauthenticated(
        f'pull access denied for "{reference.familiar_name}", repository does not exist or may require '
        f"authorization: {_last(message)}",
        hint=LOGIN.format(host=reference.domain),
    )


def _forbidden(message: str, reference: Reference) -> NerdpyError:
    return PermissionDenied(
        f'pull access denied for "{reference.familiar_name}": {_last(message)}',
        hint=f"check the name, and what your credentials for {reference.domain} may do",
    )


def _push_denied(message: str, reference: Reference) -> NerdpyError:
    return Unauthenticated(
        f'push access denied for "{reference.familiar_name}": requested access to the resource is denied: '
        f"{_last(message)}",
        hint=LOGIN.format(host=reference.domain),
    )


def _push_forbidden(message: str, reference: Reference) -> NerdpyError:
    return PermissionDenied(
        f'push access denied for "{reference.familiar_name}": {_last(message)}',
        hint=f"your credentials for {reference.domain} may not write there: log in as somebody who may, or "
        "give the image a name that is yours (`nerdpy tag`)",
    )


def _read_only(message: str, reference: Reference) -> NerdpyError:
    return PermissionDenied(
        f'registry "{reference.domain}" takes no pushes: {_last(message)}',
        hint="push to the registry itself: mirrors and caches only hand out",
    )


def _refused_manifest(message: str, reference: Reference) -> NerdpyError:
    return InvalidArgument(
        f'registry "{reference.domain}" refuses the manifest of "{reference.familiar_string}": '
        f"{_after(message, 'unexpected status from PUT request to ').partition(': ')[2] or _last(message)}",
        hint="it may not take images of this kind: an older registry wants docker's media types",
    )


def _plain(message: str, reference: Reference) -> NerdpyError:
    return Unavailable(
        f'registry "{reference.domain}" speaks plain HTTP: http: server gave HTTP response to HTTPS client',
        hint=f"if that is meant so, use --insecure-registry, or say it in {_hosts_toml(reference)}",
    )


def _untrusted(message: str, reference: Reference) -> NerdpyError:
    return Unavailable(
        f'the certificate of registry "{reference.domain}" is not trusted: {_after(message, "x509: ")}',
        hint=f"put its authority's certificate into /etc/containerd/certs.d/{reference.domain}/ca.crt, "
        "or use --insecure-registry",
    )


def _unknown_host(message: str, reference: Reference) -> NerdpyError:
    return Unavailable(
        f'registry "{reference.domain}" is unknown: {_after(message, "lookup ")}',
        hint="check the registry's name, and the DNS of the machine",
    )


def _refused(message: str, reference: Reference) -> NerdpyError:
    return Unavailable(
        f'registry "{reference.domain}" does not answer: {_after(message, "dial ")}',
        hint="check the registry's host and port, and the proxy that containerd uses",
    )


def _busy(message: str, reference: Reference) -> NerdpyError:
    return Unavailable(
        f'registry "{reference.domain}" answers with {_last(message)}',
        hint="wait, or log in: registries let strangers fetch less",
    )


def _broken(message: str, reference: Reference) -> NerdpyError:
    return Unavailable(f'registry "{reference.domain}" answers with {_last(message)}', hint="try again later")


def _corrupt(message: str, reference: Reference) -> NerdpyError:
    what = (re.search(r'ref "([^"]+)"', message) or ["", "a blob"])[1]
    return Unavailable(
        f'registry "{reference.domain}" sends something else than it promises for '
        f'"{reference.familiar_string}": {what} has other bytes than its digest says',
        hint="nothing of it was kept; the registry, a mirror or a proxy on the way is broken",
    )


def _blocked(message: str, reference: Reference) -> NerdpyError:
    reason = (
        _after(message, "for reason: ") if "for reason: " in message else _after(message, "returned error: ")
    )
    return PermissionDenied(
        f'containerd does not let "{reference.familiar_string}" in: {reason.rstrip(": ")}',
        hint="`nerdpy image verifier ls` lists the programs that it asks",
    )


def _full(message: str, reference: Reference) -> NerdpyError:
    what = "unpacking" if "extract layer" in message else "fetching"
    return ResourceExhausted(
        f'no space left on containerd\'s disk while {what} "{reference.familiar_string}"',
        hint="remove images (`nerdpy rmi`) or containers, or give containerd's root a larger disk",
    )


def _nobody_may(message: str, reference: Reference) -> NerdpyError:
    what = (re.search(NOBODY, message) or ["", "reach"])[1]
    return FailedPrecondition(
        f'hosts.toml lets nobody {what} for "{reference.domain}"',
        hint=f'see "capabilities" in {_hosts_toml(reference)}, or in the folder that --hosts-dir names',
    )


def _last(message: str) -> str:
    return message.rpartition(": ")[2]


def _after(message: str, mark: str) -> str:
    return message.partition(mark)[2] or message


def _hosts_toml(reference: Reference) -> str:
    return f"/etc/containerd/certs.d/{reference.domain}/hosts.toml"


_Cases = tuple[tuple[str, Callable[[str, Reference], NerdpyError]], ...]
_PUSH_CASES: _Cases = (
    (NOBODY, _nobody_may),
    (r": 401 Unauthorized|authorization failed|no basic auth credentials", _push_denied),
    (r": 403 Forbidden", _push_forbidden),
    (r": 405 Method Not Allowed", _read_only),
    (r"PUT request to \S+/manifests/\S+: 4\d\d ", _refused_manifest),
)
_CASES: _Cases = (
    (VERIFIER, _blocked),
    (r"no space left on device", _full),
    (CORRUPT, _corrupt),
    (r"schema 1 image manifests", lambda _, reference: schema_1(str(reference))),
    (r"HTTP response to HTTPS client|first record does not look like a TLS", _plain),
    (r"x509: ", _untrusted),
    (r"no such host", _unknown_host),
    (r"connection refused|network is unreachable|no route to host|dial \S+ \S+: i/o timeout", _refused),
    (r": 401 Unauthorized|authorization failed|no basic auth credentials", _denied),
    (r": 403 Forbidden", _forbidden),
    (r": 429 ", _busy),
    (r"request to \S+: 5\d\d ", _broken),
)
