"""Requests to one registry and its mirrors: TLS or not, and what each host wants to see."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from nerdpy.config import Config
from nerdpy.dataclass import dataclass, field, replace
from nerdpy.errors import FailedPrecondition, NerdpyError
from nerdpy.registry.auth import Authorizer, Keychain, Scopes, error_reason
from nerdpy.registry.credentials import keychain_of
from nerdpy.registry.endpoints import endpoints_of
from nerdpy.registry.failure import NoConnection, NoTls, login_needed, unexpected_answer
from nerdpy.registry.hosts_toml import Endpoint
from nerdpy.registry.keys import HUB_SERVER
from nerdpy.registry.transport import CONNECT_SECONDS, Answer, Body, Request, Transport, origin_of

_T = TypeVar("_T")


def _nothing_known(host: str) -> None:
    """The keychain of a stranger."""


@dataclass(frozen=True)
class Access:
    """How registries may be reached, and what is shown to them."""

    host_dirs: tuple[str, ...] = ()
    keychain: Keychain = field(default=_nothing_known, repr=False)
    is_insecure: bool = False
    wants_identity: bool = False
    """Ask token servers for an identity token, as a login does."""


def access_of(config: Config, *, is_insecure: bool = False) -> Access:
    """What the settings say; `is_insecure` is a command's own flag."""
    return Access(config.hosts_dir, keychain_of(config), is_insecure or config.insecure_registry)


class Connection:
    """One registry by its name in references, for the time of one command."""

    def __init__(
        self,
        host: str,
        access: Access,
        *,
        endpoints: tuple[Endpoint, ...] = (),
        transport: Transport | None = None,
    ) -> None:
        self.host = host
        self.endpoints = endpoints or endpoints_of(
            host, host_dirs=access.host_dirs, is_insecure=access.is_insecure
        )
        self.transport = transport or Transport()
        self.authorizer = Authorizer(self.transport, access.keychain, wants_identity=access.wants_identity)
        self._settled: dict[str, Endpoint] = {}

    def first_that(self, capability: str, attempt: Callable[[Endpoint], _T]) -> _T:
        """Ask each endpoint that may, in order; the last one is the registry itself, whose refusal counts."""
        failure: NerdpyError | None = None
        for endpoint in self.endpoints:
            if capability in endpoint.can:
                try:
                    return attempt(endpoint)
                except NerdpyError as error:
                    failure = error
        raise failure or self._nobody_may(capability)

    def push_endpoint(self) -> Endpoint:
        """The first that takes anything."""
        found = next((one for one in self.endpoints if "push" in one.can), None)
        if found is None:
            raise self._nobody_may("push")
        return found

    def send(
        self,
        endpoint: Endpoint,
        method: str,
        path: str,
        *,
        scopes: Scopes = (),
        headers: Mapping[str, str] | None = None,
        body: bytes | Body | None = None,
    ) -> Answer:
        """One request below the API's root, with what the host wants to see once it has said so.

        Any status but 401 is the caller's matter. Unauthenticated, Unavailable and their kin.
        """
        own = headers or {}
        try:
            answer = self._ask(endpoint, method, path, own, body, self._known(endpoint, scopes))
        except (NoTls, NoConnection):
            if not self._falls_back(endpoint):
                raise
            answer = self._ask(endpoint, method, path, own, body, self._known(endpoint, scopes))
        at = self._settled.setdefault(endpoint.url, self.at(endpoint))
        if answer.status != 401 or answer.origin != origin_of(at.url):
            return answer
        answer.close()
        shown = self.authorizer.answer(at, answer.header("WWW-Authenticate"), scopes)
        answer = self._ask(endpoint, method, path, own, body, shown)
        if answer.status == 401:
            raise login_needed(at.host, error_reason(answer.reason()))
        return answer

    def at(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint as it is really reached, by TLS or not."""
        return self._settled.get(endpoint.url, endpoint)

    def _known(self, endpoint: Endpoint, scopes: Scopes) -> str:
        return self.authorizer.header(self.at(endpoint), scopes)

    def _ask(
        self,
        endpoint: Endpoint,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | Body | None,
        authorization: str,
    ) -> Answer:
        at = self.at(endpoint)
        own = {"Authorization": authorization} if authorization else {}
        request = Request(
            method=method,
            url=path if "://" in path else f"{at.url}{path}{self._namespace(at, path)}",
            headers={**at.headers, **headers, **own},
            body=body,
            tls=at.tls,
            may_be_plain=at.may_be_plain,
            connect_seconds=at.dial_seconds or CONNECT_SECONDS,
        )
        return self.transport.send(request)

    def _falls_back(self, endpoint: Endpoint) -> bool:
        """Go on by plain HTTP, where that is allowed and TLS has never worked."""
        if not endpoint.may_be_plain or endpoint.scheme == "http" or endpoint.url in self._settled:
            return False
        self._settled[endpoint.url] = replace(endpoint, url=f"http{endpoint.url.removeprefix('https')}")
        return True

    def _namespace(self, at: Endpoint, path: str) -> str:
        """A mirror is told which registry is meant, as containerd tells it."""
        if at.host == (HUB_SERVER if self.host == "docker.io" else self.host):
            return ""
        return f"{'&' if '?' in path else '?'}ns={self.host}"

    def _nobody_may(self, capability: str) -> FailedPrecondition:
        return FailedPrecondition(
            f'hosts.toml lets nobody {capability} for "{self.host}"', hint=f"see {self.endpoints[-1].source}"
        )


def expect(endpoint: Endpoint, answer: Answer, good: set[int], what: str) -> Answer:
    """The answer, if its status is one of the good ones; else the error that it tells."""
    if answer.status not in good:
        raise unexpected_answer(endpoint.host, answer.status, error_reason(answer.reason()), what)
    return answer
