"""TLS as an endpoint wants it: the machine's authorities, its own, and client certificates."""

import ssl

from nerdpy.errors import InvalidArgument
from nerdpy.registry.hosts_toml import TlsSettings


def context_of(settings: TlsSettings) -> ssl.SSLContext:
    """A context for clients; InvalidArgument names the file that is no certificate, or not there."""
    context = ssl.create_default_context()
    if settings.skips_verification:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    for path in settings.authorities:
        try:
            context.load_verify_locations(path)
        except (OSError, ssl.SSLError) as error:
            raise InvalidArgument(f'"{path}" cannot be used as an authority: {_reason(error)}') from error
    for certificate, key in settings.certificates:
        try:
            context.load_cert_chain(certificate, key or None, password=_no_password)
        except (OSError, ssl.SSLError) as error:
            raise InvalidArgument(
                f'"{certificate}" cannot be used as a client certificate: {_reason(error)}'
            ) from error
    return context


def _no_password() -> bytes:
    """Asked for an encrypted key; without this OpenSSL would ask on the terminal by itself."""
    return b""


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return error.reason.replace("_", " ").lower() if error.reason else "it is no PEM"
    return (error.strerror or str(error)).lower()
