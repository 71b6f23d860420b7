"""Pure: docker's first image format, whose manifests (schema 1) name no config."""

from nerdpy.errors import InvalidArgument


def schema_1(name: str) -> InvalidArgument:
    """What is said of docker's first image format, which containerd has given up."""
    return InvalidArgument(
        f'"{name}" has a Docker schema 1 manifest, which containerd no longer supports',
        hint="copy it to a registry in a newer format, and pull that: "
        f"`skopeo copy --format v2s2 docker://{name} docker://REGISTRY/NAME:TAG`",
    )
