"""Signatures of images, made and verified by the field's own programs: cosign and notation.

They are run with lists of arguments and an image pinned to its digest, so what is verified is what is pulled
or has been pushed. Their own settings count: `COSIGN_PASSWORD` and the like, notation's trust policy.
"""

import os
import shutil
import subprocess

from nerdpy.config import Config
from nerdpy.errors import DeadlineExceeded, NerdpyError, NotFound, PermissionDenied
from nerdpy.model.descriptor import Digest
from nerdpy.model.reference import Reference
from nerdpy.model.trust import Signing, Verification

PATIENCE = 300
"""Seconds: signing may wait for a browser, verifying for a transparency log."""
LONGEST_REASON = 400


def resolve(config: Config, reference: Reference) -> Digest:
    """The digest that the registry has for the reference now; NotFound, Unauthenticated, Unavailable."""
    if reference.digest:
        return Digest(reference.digest)
    from nerdpy.registry.client import fetch_manifest
    from nerdpy.registry.connection import Connection, access_of

    connection = Connection(reference.domain, access_of(config))
    return fetch_manifest(connection, reference.path, reference.tag).descriptor.digest


def verify(config: Config, pinned: Reference, wish: Verification) -> None:
    """PermissionDenied, unless somebody who is trusted has signed exactly this digest."""
    done = _run(config, [wish.program, "verify", *_verifying(config, wish), str(pinned)])
    if done.returncode != 0:
        raise PermissionDenied(
            f'the signature of "{pinned}" was not verified by {wish.program}: {_reason(done)}',
            hint="nothing of it is used; check the key or the policy, and who made the image",
        )


def sign(config: Config, pinned: Reference, wish: Signing) -> None:
    """Sign what is in the registry under this digest."""
    done = _run(config, [wish.program, "sign", *_signing(config, wish), str(pinned)], may_ask=True)
    if done.returncode != 0:
        raise NerdpyError(
            f'"{pinned}" is pushed, but {wish.program} did not sign it: {_reason(done)}',
            hint=f"sign it by hand: `{wish.program} sign {pinned}`",
        )


def find_program(name: str) -> str:
    """Its path; NotFound where it is not installed."""
    path = shutil.which(name)
    if path is None:
        raise NotFound(
            f'"{name}" is not installed: nerdpy signs and verifies with it',
            hint=f"install {name} (a package of that name in some distributions)",
        )
    return path


def _verifying(config: Config, wish: Verification) -> list[str]:
    given = {
        "--key": wish.key,
        "--certificate-identity": wish.identity,
        "--certificate-identity-regexp": wish.identity_pattern,
        "--certificate-oidc-issuer": wish.issuer,
        "--certificate-oidc-issuer-regexp": wish.issuer_pattern,
    }
    own = [f"{name}={value}" for name, value in given.items() if value] if wish.program == "cosign" else []
    return [*_reaching(config, wish.program), *own]


def _signing(config: Config, wish: Signing) -> list[str]:
    own = ["--yes"] if wish.program == "cosign" else []
    return [*_reaching(config, wish.program), *own, *([f"--key={wish.key}"] if wish.key else [])]


def _reaching(config: Config, program: str) -> list[str]:
    """Registries without valid TLS, where the user allowed them."""
    if not config.insecure_registry:
        return []
    if program == "cosign":
        return ["--allow-insecure-registry", "--allow-http-registry"]
    return ["--insecure-registry"]


def _run(
    config: Config, command: list[str], *, may_ask: bool = False
) -> "subprocess.CompletedProcess[bytes]":
    """Run it; on a terminal it `may_ask` there for the password of its key."""
    program = find_program(command[0])
    asks = may_ask and os.isatty(0) and os.isatty(2)
    try:
        return subprocess.run(
            [program, *command[1:]],
            stdin=None if asks else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=None if asks else subprocess.PIPE,
            env=os.environ | ({"DOCKER_CONFIG": config.docker_config} if config.docker_config else {}),
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DeadlineExceeded(f"{command[0]} took longer than {PATIENCE} s") from None
    except OSError as error:
        raise NerdpyError(f"{command[0]} cannot be started: {(error.strerror or '').lower()}") from error


def _reason(done: "subprocess.CompletedProcess[bytes]") -> str:
    """Its last line, without the words that stand before every error of its."""
    text = (done.stderr or b"").decode(errors="replace").strip()
    line = text.rpartition("\n")[2]
    for start in ("error during command execution: ", "Error: "):
        line = line.removeprefix(start)
    return line[:LONGEST_REASON] or f"it ended with {done.returncode}"
