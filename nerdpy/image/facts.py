"""Pure: the part of an image's config that a container is made from (image-spec `config.md`)."""

from nerdpy.image.read import LocalImage
from nerdpy.model.health import parse_healthcheck
from nerdpy.spec.facts import ImageFacts


def image_facts(image: LocalImage) -> ImageFacts:
    """The image as the spec builder sees it."""
    config = image.config.get("config") or {}
    return ImageFacts(
        reference=image.record.name,
        image_id=image.image_id,
        entrypoint=tuple(config.get("Entrypoint") or ()),
        command=tuple(config.get("Cmd") or ()),
        environment=tuple(config.get("Env") or ()),
        workdir=config.get("WorkingDir") or "",
        user=config.get("User") or "",
        stop_signal=config.get("StopSignal") or "",
        labels=dict(config.get("Labels") or {}),
        exposed_ports=tuple(config.get("ExposedPorts") or ()),
        volumes=tuple(config.get("Volumes") or ()),
        platform=str(image.platform),
        healthcheck=parse_healthcheck(config.get("Healthcheck")),
        shell=tuple(config.get("Shell") or ()),
    )
