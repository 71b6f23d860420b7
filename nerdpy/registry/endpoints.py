"""Where a registry is reached: what hosts.toml folders say of it, else the registry's own name.

Folders are looked up as containerd does (docs/hosts.md): `host_port_`, `host:port`, `_default`. One without
a hosts.toml may have docker's layout: `*.crt` are authorities, `NAME.cert` and `NAME.key` what to show.
"""

import tomllib
from pathlib import Path

from nerdpy.dataclass import replace
from nerdpy.errors import InvalidArgument, PermissionDenied
from nerdpy.registry.hosts_toml import Endpoint, TlsSettings, parse_hosts_toml
from nerdpy.registry.keys import HUB_SERVER, host_of, is_loopback


def endpoints_of(host: str, *, host_dirs: tuple[str, ...], is_insecure: bool = False) -> tuple[Endpoint, ...]:
    """All endpoints of the registry `host` (with its port), in the order in which they are to be asked.

    What an administrator wrote for this host stands, whatever `is_insecure` says: it says more. Loopback is
    insecure by its nature, as docker and containerd have it: any certificate will do, and so will none.
    """
    folder = find_folder(host, host_dirs)
    is_trusting = is_loopback(host) or (is_insecure and folder is None)
    own = Endpoint(
        url=f"https://{HUB_SERVER if host == 'docker.io' else host}/v2",
        tls=TlsSettings(skips_verification=is_trusting),
        may_be_plain=is_trusting,
    )
    if folder is None:
        return (own,)
    try:
        text = (folder / "hosts.toml").read_bytes()
    except FileNotFoundError:
        return (_with_docker_files(own, folder),)
    except OSError as error:
        raise _unreadable(folder / "hosts.toml", error) from error
    try:
        value = tomllib.loads(text.decode())
    except (ValueError, UnicodeDecodeError) as error:
        raise InvalidArgument(f"{folder}/hosts.toml is not valid TOML: {error}") from error
    return parse_hosts_toml(value, folder=str(folder), upstream=own)


def own_endpoint(host: str, *, host_dirs: tuple[str, ...], is_insecure: bool = False) -> Endpoint:
    """The endpoint on this very host: the first that hosts.toml describes, else the name itself."""
    found = endpoints_of(host, host_dirs=host_dirs, is_insecure=is_insecure)
    own = [endpoint for endpoint in found if host_of(endpoint.url) == host_of(host)]
    return (own or endpoints_of(host, host_dirs=(), is_insecure=is_insecure))[0]


def find_folder(host: str, host_dirs: tuple[str, ...]) -> Path | None:
    """The folder that is about this host; the first root that has one decides."""
    name, colon, port = host.rpartition(":")
    names = ([f"{name}_{port}_"] if colon and port.isdecimal() else []) + [host, "_default"]
    candidates = (Path(root, one) for root in host_dirs for one in names)
    return next((path for path in candidates if path.is_dir()), None)


def _with_docker_files(own: Endpoint, folder: Path) -> Endpoint:
    """The folder's certificates; with an authority among them, a loopback registry is verified, too."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise _unreadable(folder, error) from error
    authorities = tuple(str(folder / name) for name in names if name.endswith(".crt"))
    pairs = tuple(_pair(folder, name, names) for name in names if name.endswith(".cert"))
    skips = own.tls.skips_verification and not authorities
    return replace(
        own,
        tls=TlsSettings(authorities, pairs, skips),
        may_be_plain=own.may_be_plain and not authorities,
        source=str(folder),
    )


def _pair(folder: Path, name: str, names: list[str]) -> tuple[str, str]:
    key = f"{name.removesuffix('.cert')}.key"
    if key not in names:
        raise InvalidArgument(
            f"{folder}/{name} has no {key} beside it",
            hint="a client's certificate is NAME.cert, its key NAME.key; authorities are *.crt",
        )
    return str(folder / name), str(folder / key)


def _unreadable(path: Path, error: OSError) -> PermissionDenied:
    return PermissionDenied(f"cannot read {path}: {(error.strerror or '').lower()}")
