"""Pure: under which keys docker's config.json may keep the credentials of a registry's host."""

DOCKER_HUB = "https://index.docker.io/v1/"
"""The key that docker itself writes for its own registry."""
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
