"""Log in: ask the registry whether a credential is good, and keep it."""

from nerdpy import errors
from nerdpy.config import Config
from nerdpy.dataclass import replace
from nerdpy.errors import InvalidArgument, NotFound, Unauthenticated
from nerdpy.registry.client import ping
from nerdpy.registry.connection import Connection, access_of
from nerdpy.registry.credentials import find_credential
from nerdpy.registry.docker_config import Credential
from nerdpy.registry.endpoints import own_endpoint
from nerdpy.registry.keeping import Kept, Login, keep
from nerdpy.registry.keys import is_same_host


def log_in(config: Config, host: str, credential: Credential) -> Kept:
    """Keep a credential that the registry accepts, or the identity token that it gives for it.

    Unauthenticated if it does not; nothing is changed then.
    """
    if ":" in credential.username:  # RFC 7617: it would move into the password
        raise InvalidArgument("a user name with a colon cannot be used with registries")
    if not _is_text(credential.username) or not _is_text(credential.secret):
        raise InvalidArgument("name and password must be text in UTF-8")
    identity = check(config, host, credential, wants_identity=True)
    return keep(config.docker_config, Login(host, credential, identity))


def check(config: Config, host: str, credential: Credential, *, wants_identity: bool = False) -> str:
    """Show the credential to the registry itself; the identity token that it gave, if any.

    Its mirrors never see it: they are other hosts, and have logins of their own.
    """

    def keychain(asked: str) -> Credential | None:
        return credential if is_same_host(asked, host) else None

    access = replace(access_of(config), keychain=keychain, wants_identity=wants_identity)
    endpoint = own_endpoint(host, host_dirs=access.host_dirs, is_insecure=access.is_insecure)
    connection = Connection(host, access, endpoints=(endpoint,))
    try:
        ping(connection, endpoint)
    except Unauthenticated as error:
        raise Unauthenticated(
            error.message.replace(" wants a login: ", " refuses the login: "),
            hint="check the name and the password; many registries want an access token in its place",
        ) from None
    except NotFound as error:
        raise NotFound(error.message, hint="check the registry's name and port") from None
    return connection.authorizer.identity


def stored_credential(config: Config, host: str) -> Credential | None:
    """What a login before this one has left; an entry that cannot be used counts as none: it is replaced."""
    try:
        return find_credential(config, host)
    except (errors.NotImplemented, InvalidArgument):
        return None


def _is_text(value: str) -> bool:
    """Words of a command line may hold bytes that are no text."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
