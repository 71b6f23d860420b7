"""What containerd tells of a registry, in docker's words."""

import pytest

from nerdpy import errors
from nerdpy.engine import ignore
from nerdpy.errors import (
    NerdpyError,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
    Unauthenticated,
    Unavailable,
)
from nerdpy.image.patience import asked_pause, passing_reason
from nerdpy.image.refusal import explained
from nerdpy.image.watch import Watch
from nerdpy.model.reference import parse_reference

NAME = parse_reference("h:5000/team/thing:1")
TOLD = 'failed to resolve image: failed to do request: Head "https://h:5000/v2/team/thing/manifests/1": '
STATUS = "failed to resolve image: unexpected status from HEAD request to https://h:5000/v2/x: "


@pytest.mark.parametrize(
    ("error", "kind", "words", "hint"),
    [
        (
            NotFound("failed to resolve image: h:5000/team/thing:1: not found"),
            NotFound,
            'manifest for "h:5000/team/thing:1" not found: manifest unknown',
            "name and tag",
        ),
        (
            NerdpyError(
                "image verifier bindir blocked pull of x with digest sha256:1 for reason: "
                "verifier cosign rejected image (exit code 1): GET https://h: 401 Unauthorized"
            ),
            PermissionDenied,
            'does not let "h:5000/team/thing:1" in: verifier cosign rejected image (exit code 1): GET https://h',
            "image verifier ls",
        ),
        (
            NerdpyError(
                "blocking pull of x with digest sha256:1: image verifier bindir returned error: "
                "failed to call verifier slow (runtime 10s): waiting on command to exit: signal: killed"
            ),
            PermissionDenied,
            "in: failed to call verifier slow (runtime 10s)",
            "image verifier ls",
        ),
        (NerdpyError(STATUS + "401 Unauthorized"), Unauthenticated, "pull access denied for", "h:5000"),
        (
            NerdpyError(TOLD + "dial tcp: address 99999: invalid port"),
            Unavailable,
            'registry "h:5000" cannot be asked: dial tcp: address 99999: invalid port',
            "host and port",
        ),
        (
            NerdpyError("server message: insufficient_scope: authorization failed"),
            Unauthenticated,
            "repository does not exist or may require authorization",
            "`nerdpy login ",
        ),
        (NerdpyError(STATUS + "403 Forbidden"), PermissionDenied, "pull access denied", "credentials"),
        (
            NerdpyError(TOLD + "http: server gave HTTP response to HTTPS client"),
            Unavailable,
            "server gave HTTP response to HTTPS client",
            "--insecure-registry",
        ),
        (
            NerdpyError(
                TOLD + "tls: failed to verify certificate: x509: certificate signed by unknown authority"
            ),
            Unavailable,
            "not trusted: certificate signed by unknown authority",
            "/etc/containerd/certs.d/h:5000/ca.crt",
        ),
        (NerdpyError(TOLD + "dial tcp: lookup h: no such host"), Unavailable, "is unknown", "DNS"),
        (
            NerdpyError(TOLD + "dial tcp 127.0.0.1:1: connect: connection refused"),
            Unavailable,
            "does not answer",
            "host and port",
        ),
        (
            NerdpyError("failed to extract layer sha256:1: write /lib/x: no space left on device"),
            ResourceExhausted,
            'no space left on containerd\'s disk while unpacking "h:5000/team/thing:1"',
            "nerdpy rmi",
        ),
        (NerdpyError(STATUS + "429 Too Many Requests"), Unavailable, "429 Too Many Requests", "wait"),
        (NerdpyError(STATUS + "503 Service Unavailable"), Unavailable, "503", "later"),
        (
            errors.NotImplemented("unknown service containerd.services.transfer.v1.Transfer"),
            errors.NotImplemented,
            "no transfer service",
            "2.0",
        ),
    ],
)
def test_a_refusal_is_explained(error: NerdpyError, kind: type[NerdpyError], words: str, hint: str) -> None:
    clear = explained(error, NAME)
    assert type(clear) is kind
    assert words in clear.message
    assert hint in (clear.hint or "")


def test_what_is_not_known_stays_as_it_is() -> None:
    error = NerdpyError("something new")
    assert explained(error, NAME) is error


@pytest.mark.parametrize(
    ("message", "is_passing"),
    [
        (STATUS + "500 Internal Server Error", True),
        (STATUS + "503 Service Unavailable", True),
        (STATUS + "429 Too Many Requests", True),
        (STATUS + "404 Not Found", False),
        (STATUS + "401 Unauthorized", False),
        (TOLD + "EOF", True),
        (TOLD + "readfrom tcp 127.0.0.1:1->127.0.0.1:2: write tcp: use of closed network connection", True),
        (TOLD + "read tcp 1.2.3.4:5->6.7.8.9:443: read: connection reset by peer", True),
        (TOLD + "net/http: TLS handshake timeout", True),
        (TOLD + "dial tcp 1.2.3.4:443: i/o timeout", True),
        (TOLD + "dial tcp 1.2.3.4:443: connect: connection refused", False),
        (TOLD + "tls: failed to verify certificate: x509: EOF", False),
        ("no space left on device", False),
    ],
)
def test_only_what_may_pass_is_tried_again(message: str, is_passing: bool) -> None:
    watch = Watch(ignore, "x", is_quiet=True)
    assert bool(passing_reason(NerdpyError(message), watch)) is is_passing


def test_only_a_busy_registry_is_asked_how_long() -> None:
    assert asked_pause(STATUS + "503 Service Unavailable") == 0


@pytest.mark.parametrize(
    ("message", "kind", "words", "hint"),
    [
        (
            "POST request to https://h:5000/v2/x: 401 Unauthorized",
            Unauthenticated,
            "push access denied",
            "`nerdpy login ",
        ),
        (
            "POST request to https://h:5000/v2/x: 403 Forbidden",
            PermissionDenied,
            "push access denied",
            "nerdpy tag",
        ),
        (
            "POST request to https://h:5000/v2/x: 405 Method Not Allowed",
            PermissionDenied,
            "takes no pushes",
            "mirror",
        ),
        (
            "unexpected status from PUT request to https://h:5000/v2/x/manifests/1: 400 Bad Request\nunknown",
            errors.InvalidArgument,
            "refuses the manifest of",
            "media types",
        ),
    ],
)
def test_what_is_refused_of_a_push_is_told(
    message: str, kind: type[NerdpyError], words: str, hint: str
) -> None:
    refused = explained(NerdpyError(message), NAME, "push")
    assert type(refused) is kind
    assert words in refused.message
    assert hint in (refused.hint or "")
