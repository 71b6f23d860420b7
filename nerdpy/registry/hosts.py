"""Where containerd learns how to reach a registry: hosts.toml folders, and one of our own for
`--insecure-registry`."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nerdpy.containerd.transfer_ends import choose_host_dir
from nerdpy.linux.whole_file import write_whole

SERVERS = {"docker.io": "registry-1.docker.io"}
"""Registries that are reached under another name."""


@contextmanager
def host_dirs_for(
    host: str, *, configured: tuple[str, ...], is_insecure: bool, draft: Path
) -> Iterator[tuple[str, ...]]:
    """The folders for a transfer with one registry.

    What an administrator wrote for this host stands, whatever the flag says: it says more. containerd takes a
    file that it cannot read for none, so it is read here first. `draft` is a path of `store/drafts.py`, there
    while the transfer lasts.
    """
    if choose_host_dir(host, configured):
        from nerdpy.registry.endpoints import endpoints_of

        endpoints_of(host, host_dirs=configured)
        yield configured
        return
    if not is_insecure:
        yield configured
        return
    try:
        write_whole(draft / host / "hosts.toml", render_insecure_hosts(host))
        yield (str(draft),)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def render_insecure_hosts(host: str) -> str:
    """One host for everything: containerd tries TLS, with any certificate, and goes on without it where that
    is not spoken. Two hosts would not do, for it pushes to the first alone.

    JSON's strings are TOML's as well.
    """
    server = SERVERS.get(host, host)
    return f"server = {json.dumps(f'http://{server}')}\nskip_verify = true\n"
