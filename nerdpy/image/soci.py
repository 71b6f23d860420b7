"""SOCI indexes beside an image in its registry: made and sent by the program `soci` (soci-snapshotter)."""

from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.image.convert_tools import SOCI, found, run
from nerdpy.model.reference import Reference

_UNINDEXED = (
    "the image is pushed, without an index: layers below --soci-min-layer-size get none (default 10 MiB), "
    "and all of the image has to be here"
)


@dataclass(frozen=True, kw_only=True)
class SociIndex:
    """How layers are indexed, in bytes; -1: as soci does by itself."""

    span_size: int = -1
    least_layer: int = -1


def find_soci() -> str:
    """Its path; NotFound says what to install."""
    return found(SOCI, "to make SOCI indexes", "soci-snapshotter")


def make_index(engine: Engine, name: str, wish: SociIndex) -> None:
    """Index the layers of the image `name`, all platforms that are here."""
    flags = {"--span-size": wish.span_size, "--min-layer-size": wish.least_layer}
    words = [word for flag, size in flags.items() if size >= 0 for word in (flag, str(size))]
    run([find_soci(), *_to(engine), "create", *words, name], hint=_UNINDEXED)


def push_index(engine: Engine, reference: Reference) -> None:
    """Send the index to where the image is; soci has docker's logins, but knows no hosts.toml of ours."""
    words = ["push", "--quiet", "--existing-index", "allow", *_how(engine, reference), str(reference)]
    hint = f"the image is pushed, the index is not: `soci push {reference}` tries again"
    run([find_soci(), *_to(engine), *words], hint=hint)


def _how(engine: Engine, reference: Reference) -> list[str]:
    """Plain HTTP where the registry really speaks it and may; any certificate where that is allowed."""
    from nerdpy.registry.client import ping
    from nerdpy.registry.connection import Connection, access_of

    connection = Connection(reference.domain, access_of(engine.config))
    endpoint = connection.push_endpoint()
    ping(connection, endpoint)
    if connection.at(endpoint).scheme == "http":
        return ["--plain-http"]
    return ["--skip-verify"] if endpoint.tls.skips_verification else []


def _to(engine: Engine) -> list[str]:
    return ["--address", engine.config.address, "--namespace", engine.config.namespace]
