"""Pure: the words that a container runs."""

from __future__ import annotations  # `exec` needs neither the options nor the facts of a new container

from typing import TYPE_CHECKING

from nerdpy.errors import InvalidArgument

if TYPE_CHECKING:
    from nerdpy.model.options import ProcessOptions
    from nerdpy.spec.facts import ImageFacts


def build_arguments(process: ProcessOptions, image: ImageFacts) -> list[str]:
    """ENTRYPOINT and CMD; an entrypoint that was given drops the image's CMD."""
    if process.entrypoint is not None:
        arguments = [*process.entrypoint, *process.command]
    else:
        arguments = [*image.entrypoint, *(process.command or image.command)]
    if not arguments:
        raise InvalidArgument(
            "no command specified", hint="the image names none: give one after the image, or --entrypoint"
        )
    return arguments
