"""Ids of containers and the names that are made up for them."""

import os

from nerdpy.model.records import ContainerId


def new_id() -> ContainerId:
    """64 hex characters. docker avoids ids whose first twelve characters are a number, for hostnames'
    sake."""
    while (text := os.urandom(32).hex())[:12].isdecimal():
        pass
    return ContainerId(text)


def short(container_id: str) -> str:
    """The first twelve characters, as listings show an id."""
    return container_id[:12]


def made_up_name(image_path: str, container_id: str) -> str:
    """`nginx-1f0c3` for a container of `docker.io/library/nginx`."""
    word = image_path.rsplit("/", 1)[-1].partition(":")[0].partition("@")[0]
    cleaned = "".join(letter if letter.isalnum() or letter in "_.-" else "-" for letter in word).strip("_.-")
    return f"{cleaned or 'untitled'}-{container_id[:5]}"
