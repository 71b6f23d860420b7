"""Pure: under which keys docker's config.json may keep the credentials of a registry's host."""

from ipaddress import ip_address

DOCKER_HUB = "https://index.docker.io/v1/"
"""The key that docker itself writes for its own registry."""
HUB_SERVER = "registry-1.docker.io"
"""Where docker's own registry answers."""
_HUB_HOSTS = {"docker.io", "index.docker.io", "registry-1.docker.io"}
_DEFAULT_PORTS = {"https": ":443", "http": ":80"}


def host_of(key: str) -> str:
    """The host that a key means: no scheme, path, or port that goes without saying.

    docker's own has one name. A key without a scheme means TLS. The port stays otherwise: credentials are
    for one host and one port.
    """
    scheme, separator, rest = key.strip().rpartition("://")
    host = rest.partition("/")[0].lower()
    host = host.removesuffix(_DEFAULT_PORTS.get(scheme.lower() if separator else "https", ""))
    return "docker.io" if host in _HUB_HOSTS else host


def is_same_host(key: str, host: str) -> bool:
    """Does a key of config.json mean this host?"""
    return bool(host) and host_of(key) == host_of(host)


def helper_keys(host: str) -> tuple[str, ...]:
    """What a credential helper is asked for, one after the other."""
    bare = host_of(host)
    if bare == "docker.io":
        return (DOCKER_HUB,)
    return tuple(dict.fromkeys((host, bare, f"https://{bare}")))


def login_key(host: str) -> str:
    """The key under which a login is kept: docker's, so that docker finds it."""
    bare = host_of(host)
    return DOCKER_HUB if bare == "docker.io" else bare


def spellings(host: str) -> tuple[str, ...]:
    """Every key that a login of this host may have been kept under, by us or by others."""
    bare = host_of(host)
    names = sorted(_HUB_HOSTS) if bare == "docker.io" else list(dict.fromkeys((bare, host)))
    forms = ("{}", "https://{}", "http://{}", "https://{}/v1/", "https://{}/v2/")
    return tuple(dict.fromkeys((login_key(host), *(form.format(name) for name in names for form in forms))))


def is_whole_host(key: str) -> bool:
    """Is the key about a host, not about one of its repositories (as other tools write them)?"""
    path = key.strip().rpartition("://")[2].partition("/")[2].strip("/")
    return path in {"", "v1", "v2"}


def is_loopback(host: str) -> bool:
    """Is it this machine itself, by its very name? The port does not matter."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() and not host.endswith("]") else host
    try:
        return name.lower() == "localhost" or ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False
