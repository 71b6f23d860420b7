"""What kept a registry from answering, or what it answered instead: one sentence, and the way out."""

import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

from nerdpy.errors import (
    DeadlineExceeded,
    NerdpyError,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
    Unauthenticated,
    Unavailable,
)

_NOT_TLS = {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"}
_WANTS_CERTIFICATE = ("CERTIFICATE_REQUIRED", "BAD_CERTIFICATE", "UNKNOWN_CA", "HANDSHAKE_FAILURE")
LONGEST_REASON = 300


class NoTls(Unavailable):
    """It answers, but not in TLS."""


class NoConnection(Unavailable):
    """Nobody listens there, or the way is barred."""


def connection_failure(url: str, error: BaseException) -> NerdpyError:
    """What requests raised before there was an answer. Its own text is left out: it shows the whole URL."""
    host = urlsplit(url).netloc
    causes = list(_chain(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return _tls_failure(host, cause)
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            return NoConnection(
                f'registry "{host}" is unknown: {_lowered(cause)}',
                hint="check the registry's name, and the DNS of the machine",
            )
    if any(type(cause).__name__ == "ProxyError" for cause in causes):
        return NoConnection(f'the proxy on the way to "{host}" fails', hint="check HTTPS_PROXY and NO_PROXY")
    if any(isinstance(cause, TimeoutError) or "Timeout" in type(cause).__name__ for cause in causes):
        return DeadlineExceeded(f'registry "{host}" does not answer in time', hint="try again later")
    reason = next(
        (_lowered(one) for one in reversed(causes) if isinstance(one, OSError) and one.strerror), ""
    )
    return NoConnection(
        f'registry "{host}" does not answer{": " if reason else ""}{reason}',
        hint="check the registry's host and port, and the proxy if there is one",
    )


def _tls_failure(host: str, error: ssl.SSLError) -> NerdpyError:
    reason = getattr(error, "reason", "") or ""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Unavailable(
            f'the certificate of registry "{host}" is not trusted: {error.verify_message}',
            hint=f"put its authority's certificate into /etc/containerd/certs.d/{host}/ca.crt, "
            "or use --insecure-registry",
        )
    if reason in _NOT_TLS:
        return NoTls(
            f'registry "{host}" speaks plain HTTP: http: server gave HTTP response to HTTPS client',
            hint="if that is meant so, use --insecure-registry, or say it in "
            f"/etc/containerd/certs.d/{host}/hosts.toml",
        )
    said = reason.replace("_", " ").lower() or "the connection was cut"
    if any(word in reason for word in _WANTS_CERTIFICATE):
        return Unavailable(
            f'registry "{host}" refuses the TLS connection: {said}',
            hint="if it wants a client certificate, put NAME.cert and NAME.key into "
            f"/etc/containerd/certs.d/{host}, or name them in its hosts.toml",
        )
    return Unavailable(f'the TLS connection to registry "{host}" failed: {said}')


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and all that lies beneath it, in whichever way its library keeps that."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]


def _lowered(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def unexpected_answer(host: str, status: int, reason: str, what: str) -> NerdpyError:
    """An HTTP status that is not what was asked for; `what` is, such as `manifest of "busybox"`."""
    said = f": {reason[:LONGEST_REASON]}" if reason else ""
    if status == 401:
        return login_needed(host, reason)
    if status == 403:
        return PermissionDenied(
            f'registry "{host}" denies {what}{said or ": forbidden"}',
            hint=f"check the name, and what your credentials for {host} may do",
        )
    if status == 404:
        return NotFound(f'registry "{host}" has no {what}{said}', hint="check the name")
    if status == 429:
        return ResourceExhausted(
            f'registry "{host}" answers 429 Too Many Requests{said}',
            hint=f"wait, or `nerdpy login {host}`: registries let strangers fetch less",
        )
    hint = "try again later" if status >= 500 else None
    return Unavailable(f'registry "{host}" answers {status} for {what}{said}', hint=hint)


def login_needed(host: str, reason: str = "") -> Unauthenticated:
    """The registry wants credentials, or others than those that it got."""
    return Unauthenticated(
        f'registry "{host}" wants a login: {reason[:LONGEST_REASON] or "unauthorized"}',
        hint=f"`nerdpy login {host}`",
    )
