"""`nerdpy login`: a registry's credentials, from flags, stdin or the terminal."""

from typing import TYPE_CHECKING, Annotated

from nerdpy.cli.context import Context
from nerdpy.cli.flags import Argument, Option
from nerdpy.dataclass import dataclass
from nerdpy.errors import FailedPrecondition, InvalidArgument, Unauthenticated

if TYPE_CHECKING:
    from nerdpy.registry.docker_config import Credential
    from nerdpy.registry.keeping import Kept

HELPERS = "https://docs.docker.com/go/credential-store/"


@dataclass(frozen=True, kw_only=True)
class LoginFlags:
    username: Annotated[str | None, Option("--username", "-u", help="User name")] = None
    password: Annotated[
        str | None, Option("--password", "-p", help="Password or access token (others can see it: use stdin)")
    ] = None
    password_stdin: Annotated[
        bool, Option("--password-stdin", help="Read the password or access token from stdin")
    ] = False

    def check(self) -> None:
        """Refuse what contradicts itself, in docker's words."""
        if self.username == "":
            raise InvalidArgument("username is empty")
        if self.password == "":
            raise InvalidArgument("password is empty")
        if self.password_stdin and self.password is not None:
            raise InvalidArgument("conflicting options: cannot specify both --password and --password-stdin")
        if self.password_stdin and self.username is None:
            raise InvalidArgument("the --password-stdin option requires --username to be set")


def command(
    context: Context, flags: LoginFlags, server: Annotated[str, Argument("[SERVER]", complete="login")] = ""
) -> None:
    """Log in to a registry"""
    from nerdpy.registry.login import log_in
    from nerdpy.registry.server import parse_server

    flags.check()
    named = parse_server(server)
    if named.path:
        context.console.warn(f'"/{named.path}" is left out: a login is for the whole registry "{named.host}"')
    if flags.password is not None:
        context.console.warn("--password shows the password to others on this machine: use --password-stdin")
    is_asked_for_nothing = flags.username is None and flags.password is None
    if is_asked_for_nothing and _is_logged_in(context, named.host):
        context.console.line("Login Succeeded")
        return
    kept = log_in(context.config, named.host, _credential(context, flags))
    _tell(context, kept)
    context.console.line("Login Succeeded")


def _is_logged_in(context: Context, host: str) -> bool:
    """Is there a credential already, and does the registry still take it?"""
    from nerdpy.registry.login import check, stored_credential

    stored = stored_credential(context.config, host)
    if stored is None:
        return False
    named = f" [Username: {stored.username}]" if stored.username else ""
    context.console.talk(f"Authenticating with existing credentials...{named}")
    try:
        check(context.config, host, stored)
    except Unauthenticated as error:
        context.console.talk(f"Login did not succeed, error: {error.message}")
        return False
    context.console.talk("To log in with another account, run `nerdpy logout` first")
    return True


def _credential(context: Context, flags: LoginFlags) -> "Credential":
    """From the flags, stdin and the terminal, in docker's order."""
    from nerdpy.output.prompt import asked, is_answerable, read_secret
    from nerdpy.registry.docker_config import Credential

    if flags.password_stdin:
        return Credential(flags.username or "", read_secret())
    if (flags.username is None or flags.password is None) and not is_answerable():
        raise FailedPrecondition(
            "cannot perform an interactive login from a non TTY device",
            hint="give --username, and the password by --password-stdin",
        )
    username = asked(context.console, "Username: ").strip() if flags.username is None else flags.username
    if not username:
        raise InvalidArgument("a user name is required")
    password = flags.password
    if password is None:
        password = asked(context.console, "Password: ", is_secret=True)
    if not password:
        raise InvalidArgument("a password is required")
    return Credential(username, password)


def _tell(context: Context, kept: "Kept") -> None:
    """Say where the secret lies if it lies open."""
    if kept.refusal:
        context.console.warn(kept.refusal)
    if not kept.helper:
        context.console.warn(
            f"the credentials are stored unencrypted in {kept.path}. "
            f"Configure a credential helper to remove this warning. See {HELPERS}"
        )
    if context.config.docker_auth_config:
        context.console.warn("the variable DOCKER_AUTH_CONFIG is set: its credentials come before these")
