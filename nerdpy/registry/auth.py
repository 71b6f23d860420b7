"""What is shown to whom: basic credentials and bearer tokens, kept per host and scope.

Source: the distribution project's token specification (spec/auth: token, oauth, scope).

Credentials are looked up for the host of the endpoint (with its port) and go to that host alone, with one
exception that the protocol wants: the token server that the registry names (`realm`) gets the registry's
credentials, also on another host, as docker does it. There they only go by TLS, with the certificate
verified; by plain HTTP or without verification only if the token server is on loopback, or the registry
itself is reached in that way. A registry that is verified can't have that lowered for it.
"""

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from nerdpy.dataclass import dataclass, replace
from nerdpy.errors import InvalidArgument, NerdpyError, Unauthenticated, Unavailable
from nerdpy.registry.challenge import Challenge, parse_challenges
from nerdpy.registry.docker_config import Credential
from nerdpy.registry.failure import login_needed, unexpected_answer
from nerdpy.registry.hosts_toml import Endpoint, TlsSettings
from nerdpy.registry.keys import is_loopback
from nerdpy.registry.transport import Answer, Request, Transport, origin_of

CLIENT = "nerdpy"
"""By which name token servers know us."""
LONGEST_ANSWER = 1 << 20

Keychain = Callable[[str], Credential | None]
Scopes = tuple[str, ...]
"""Such as `repository:team/thing:pull,push`."""


@dataclass(frozen=True)
class _Token:
    text: str
    refresh: str = ""
    """The identity token that was asked for, if the server gave one."""


class Authorizer:
    """Keeps what one command has learned: which host wants what, and the tokens."""

    def __init__(self, transport: Transport, keychain: Keychain, *, wants_identity: bool = False) -> None:
        self._transport = transport
        self._keychain = keychain
        self._wants_identity = wants_identity
        self._challenges: dict[str, Challenge] = {}
        self._tokens: dict[tuple[str, Scopes], _Token] = {}
        self.identity = ""
        """The identity token that a login was given in place of the password."""

    def header(self, endpoint: Endpoint, scopes: Scopes) -> str:
        """What to show without being asked; empty as long as the host has asked for nothing."""
        challenge = self._challenges.get(endpoint.origin)
        return self._shown(endpoint, challenge, scopes) if challenge else ""

    def answer(self, endpoint: Endpoint, wanted_header: str, scopes: Scopes) -> str:
        """What to show after a 401 with this `WWW-Authenticate`; Unauthenticated if there is nothing that
        the host would take."""
        challenges = {one.scheme: one for one in reversed(parse_challenges(wanted_header))}
        challenge = challenges.get("bearer") or challenges.get("basic")
        if challenge is None:
            names = ", ".join(sorted(challenges)) or "nothing"
            raise Unauthenticated(
                f'registry "{endpoint.host}" wants a login of a kind that nerdpy does not know: {names}'
            )
        self._challenges[endpoint.origin] = challenge
        wanted = _together(scopes, challenge)
        for kept in (wanted, scopes):
            self._tokens.pop((endpoint.origin, kept), None)  # it was shown just now, and refused
        shown = self._shown(endpoint, challenge, wanted)
        if challenge.scheme == "bearer":
            self._tokens[endpoint.origin, scopes] = self._tokens[endpoint.origin, wanted]
        return shown

    def _shown(self, endpoint: Endpoint, challenge: Challenge, scopes: Scopes) -> str:
        if challenge.scheme == "basic":
            credential = self._keychain(endpoint.host)
            if credential is None or not credential.username:
                raise login_needed(endpoint.host, "no basic auth credentials")
            return _basic(credential)
        key = (endpoint.origin, scopes)
        if key not in self._tokens:
            self._tokens[key] = self._fetched(endpoint, challenge, scopes)
        return f"Bearer {self._tokens[key].text}"

    def _fetched(self, endpoint: Endpoint, challenge: Challenge, scopes: Scopes) -> _Token:
        credential = self._keychain(endpoint.host)
        realm = challenge.get("realm")
        _check_realm(realm, endpoint)
        fields = [("service", challenge.get("service")), ("client_id", CLIENT)]
        fields += [("scope", scope) for scope in scopes]
        if credential is not None and not credential.username:
            request = _by_identity_token(realm, fields, scopes, credential)
        else:
            request = self._by_password(realm, fields, credential)
        tls = _tls_of(realm, endpoint)
        request = replace(request, tls=tls, connect_seconds=endpoint.dial_seconds or request.connect_seconds)
        answer = self._transport.send(request)
        token = _read_token(answer, endpoint, credential)
        self.identity = token.refresh or self.identity
        return token

    def _by_password(
        self, realm: str, fields: list[tuple[str, str]], credential: Credential | None
    ) -> Request:
        headers = {"Authorization": _basic(credential)} if credential else {}
        if credential:
            fields = [*fields, ("account", credential.username)]
        if self._wants_identity:
            fields = [*fields, ("offline_token", "true")]
        query = urlencode([(name, value) for name, value in fields if value])
        return Request(
            method="GET", url=f"{realm}{'&' if urlsplit(realm).query else '?'}{query}", headers=headers
        )


def _by_identity_token(
    realm: str, fields: list[tuple[str, str]], scopes: Scopes, credential: Credential
) -> Request:
    """OAuth 2.0 (RFC 6749, section 6): the identity token is a refresh token; scopes stand between blanks."""
    form = [(name, value) for name, value in fields if value and name != "scope"]
    form += [("grant_type", "refresh_token"), ("refresh_token", credential.secret)]
    if scopes:
        form.append(("scope", " ".join(scopes)))
    return Request(
        method="POST",
        url=realm,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body=urlencode(form).encode(),
    )


def _check_realm(realm: str, endpoint: Endpoint) -> None:
    """May this token server be asked? Refused whether there are credentials or not."""
    try:
        parts = urlsplit(realm)
        is_url = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        is_url = False
    if not is_url:
        raise Unauthenticated(f'registry "{endpoint.host}" names no token server that could be asked')
    if parts.scheme == "http" and not (is_loopback(parts.netloc) or _is_open(endpoint)):
        raise Unauthenticated(
            f'registry "{endpoint.host}" wants credentials to be sent to {origin_of(realm)}, unencrypted',
            hint="if that is meant so, use --insecure-registry",
        )


def _is_open(endpoint: Endpoint) -> bool:
    """Has the user, or an administrator, given up encryption on the way to this endpoint?"""
    return endpoint.scheme == "http" or endpoint.may_be_plain


def _tls_of(realm: str, endpoint: Endpoint) -> TlsSettings:
    """The registry's own settings on its own host. Elsewhere its authorities, but not its client's
    certificate."""
    if origin_of(realm) == origin_of(endpoint.url):
        return endpoint.tls
    skips = endpoint.tls.skips_verification and (_is_open(endpoint) or is_loopback(urlsplit(realm).netloc))
    return TlsSettings(endpoint.tls.authorities, (), skips)


def _read_token(answer: Answer, endpoint: Endpoint, credential: Credential | None) -> _Token:
    """`token` or `access_token`; an answer is never shown in an error, for it may hold one."""
    if answer.status in {400, 401, 403} and credential is not None:
        answer.close()
        raise login_needed(endpoint.host, _refusal(credential))
    if answer.status != 200:
        answer.close()
        raise _token_failure(answer, endpoint)
    try:
        value = json.loads(answer.read(LONGEST_ANSWER))
        text = str(value.get("token") or value.get("access_token") or "")
        refresh = str(value.get("refresh_token") or "")
    except (ValueError, AttributeError, RecursionError):
        text = refresh = ""
    if not text or not text.isascii() or not text.isprintable():
        raise Unavailable(f"the token server {answer.origin} answers without a token")
    return _Token(text, refresh)


def _refusal(credential: Credential) -> str:
    if not credential.username:
        return "unauthorized: the identity token is not accepted (any more)"
    return "unauthorized: incorrect username or password"


def _token_failure(answer: Answer, endpoint: Endpoint) -> NerdpyError:
    if answer.status == 401:
        return login_needed(endpoint.host, "unauthorized: the token server gives nothing to strangers")
    return unexpected_answer(urlsplit(answer.url).netloc, answer.status, "", "a token")


def _together(scopes: Scopes, challenge: Challenge) -> Scopes:
    """Ours, and what the registry says that is needed."""
    return tuple(dict.fromkeys((*scopes, *challenge.get("scope").split())))


def _basic(credential: Credential) -> str:
    """RFC 7617; a colon in the name would move it into the password."""
    if ":" in credential.username:
        raise InvalidArgument("a user name with a colon cannot be used with registries")
    pair = f"{credential.username}:{credential.secret}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def error_reason(data: bytes) -> str:
    """What a registry says in its JSON of errors (OCI distribution-spec, error codes); empty if nothing."""
    try:
        value: Any = json.loads(data)
        first = value["errors"][0]
        said = first.get("message") or first.get("code") or ""
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return ""
    return str(said).lower() if isinstance(said, str) else ""
