"""What went wrong on the way to a registry, in one sentence with a way out."""

import socket
import ssl

import pytest

from nerdpy.errors import (
    DeadlineExceeded,
    NerdpyError,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
    Unauthenticated,
    Unavailable,
)
from nerdpy.registry.failure import NoConnection, NoTls, connection_failure, unexpected_answer

URL = "https://r.example:5000/token?account=me"


def tls(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, f"[SSL: {reason}]")
    error.reason = reason
    return error


def untrusted() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "failed")
    error.verify_message = "self-signed certificate"
    return error


@pytest.mark.parametrize(
    ("cause", "kind", "message", "hint"),
    [
        (ConnectionRefusedError(111, "Connection refused"), NoConnection, "connection refused", "port"),
        (socket.gaierror(-2, "Name or service not known"), NoConnection, "is unknown: name or", "DNS"),
        (TimeoutError("timed out"), DeadlineExceeded, "does not answer in time", "later"),
        (tls("WRONG_VERSION_NUMBER"), NoTls, "speaks plain HTTP", "--insecure-registry"),
        (tls("TLSV13_ALERT_CERTIFICATE_REQUIRED"), Unavailable, "refuses the TLS", "NAME.key"),
        (untrusted(), Unavailable, "is not trusted: self-signed", "r.example:5000/ca.crt"),
    ],
)
def test_the_cause_is_found_beneath(
    cause: Exception, kind: type[NerdpyError], message: str, hint: str
) -> None:
    found = connection_failure(URL, OSError("outer", ValueError(cause)))
    assert type(found) is kind
    assert message in found.message
    assert hint in (found.hint or "")
    assert "account" not in found.message


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, Unauthenticated),
        (403, PermissionDenied),
        (404, NotFound),
        (429, ResourceExhausted),
        (500, Unavailable),
        (418, Unavailable),
    ],
)
def test_a_status_has_its_kind(status: int, kind: type[NerdpyError]) -> None:
    found = unexpected_answer("r.example", status, "x" * 5000, "manifest of busybox")
    assert type(found) is kind
    assert len(found.message) < 500
