"""Which credential goes to which host: DOCKER_AUTH_CONFIG, credential helpers, then config.json itself."""

import threading
from collections.abc import Callable

from nerdpy.config import Config
from nerdpy.registry.docker_config import (
    Credential,
    DockerConfig,
    load_docker_config,
    parse_docker_config,
)
from nerdpy.registry.keys import helper_keys

Keychain = Callable[[str], Credential | None]


def keychain_of(config: Config) -> Keychain:
    """Looks a host up when it is asked for, once, and reads no file before."""
    known: dict[str, Credential | None] = {}
    one_at_a_time = threading.Lock()

    def look_up(host: str) -> Credential | None:
        with one_at_a_time:
            if host not in known:
                known[host] = find_credential(config, host)
            return known[host]

    return look_up


def find_credential(config: Config, host: str) -> Credential | None:
    """The credential for exactly this host and port; None is anonymous."""
    if config.docker_auth_config:
        given = parse_docker_config(config.docker_auth_config, "DOCKER_AUTH_CONFIG")
        if credential := given.written_for(host):
            return credential
    file = load_docker_config(config.docker_config)
    return _from_helpers(file, host) or file.written_for(host)


def _from_helpers(file: DockerConfig, host: str) -> Credential | None:
    for helper in file.helpers_for(host):
        from nerdpy.registry.helper import ask_helper

        for key in helper_keys(host):
            if credential := ask_helper(helper, key):
                return credential
    return None
