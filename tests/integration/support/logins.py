"""Logins where docker keeps them, for pulls and for nerdpy's own requests."""

import json

from tests.integration.support.bad_registry import basic
from tests.integration.support.cli import Cli

HELPER = """#!/bin/sh
cat {folder}/$(tr / _) 2>/dev/null || {{ echo credentials not found in native keychain; exit 1; }}
"""


def keep_logins(cli: Cli, accounts: dict[str, str], keeper: str = "file") -> None:
    """Keep accounts (host -> `user:secret`) as docker's `login` does: in the file, with a helper, or with one
    that is not installed."""
    config: dict[str, object] = {"credsStore": {"helper": "ring", "missing": "nowhere"}.get(keeper, "")}
    if keeper == "file":
        config = {"auths": {host: {"auth": basic(text).split()[1]} for host, text in accounts.items()}}
    if keeper == "helper":
        programs, ring = cli.folder / "bin", cli.folder / "ring"
        programs.mkdir(exist_ok=True)
        ring.mkdir(exist_ok=True)
        for host, text in accounts.items():
            user, _, secret = text.partition(":")
            (ring / host).write_text(json.dumps({"ServerURL": host, "Username": user, "Secret": secret}))
        (programs / "docker-credential-ring").write_text(HELPER.format(folder=ring))
        (programs / "docker-credential-ring").chmod(0o755)
        cli.environment["PATH"] = f"{programs}:{cli.environment['PATH']}"
    folder = cli.folder / ".docker"
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config))
