"""Remove everything that is not used: containers, networks, images, on request volumes; and what dead
commands have left."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from nerdpy.container.prune import prune as prune_containers
from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.errors import InvalidArgument
from nerdpy.image.prune import prune as prune_images
from nerdpy.model.prune import KEYS, parse_prune_filters
from nerdpy.network.prune import prune as prune_networks
from nerdpy.network.publish import mend_if_flushed
from nerdpy.system.leaks import remove_leaks
from nerdpy.volume.prune import prune as prune_volumes

Told = Callable[[str], None]
Section = Callable[[str], Told]


@dataclass(frozen=True, kw_only=True)
class PruneWish:
    """How much is to go."""

    everything: bool = False
    """Images with names, too."""
    volumes: bool = False
    """Anonymous volumes, too."""
    filters: Sequence[str] = ()


def check_wish(wish: PruneWish) -> None:
    """Refuse what makes no sense before anybody is asked: the age of a volume says nothing of its use."""
    filters = parse_prune_filters(wish.filters, datetime.now(UTC), KEYS)
    if wish.volumes and "until" in filters.filters:
        raise InvalidArgument(
            'the "until" filter is not supported with "--volumes"', hint="prune volumes by themselves"
        )


def prune(engine: Engine, wish: PruneWish, section: Section) -> int:
    """Remove it in docker's order; `section` begins one of the lists that are told; the bytes set free."""
    check_wish(wish)
    told = section("Deleted Leaks:")
    for leak in remove_leaks(engine):
        told(f"{leak.kind} {leak.name}")
    mend_if_flushed(engine)
    freed = prune_containers(engine, wish.filters, section("Deleted Containers:"))
    prune_networks(engine, wish.filters, section("Deleted Networks:"))
    if wish.volumes:
        freed += prune_volumes(engine, wish.filters, section("Deleted Volumes:"))
    images = section("Deleted Images:")
    return freed + prune_images(engine, wish.filters, images, everything=wish.everything)


def warning_of(wish: PruneWish) -> str:
    """Pure: docker's list of what will be gone."""
    lines = ["This will remove:", "  - all stopped containers"]
    lines.append("  - all networks not used by at least one container")
    if wish.volumes:
        lines.append("  - all anonymous volumes not used by at least one container")
    lines.append(
        "  - all images without at least one container associated to them"
        if wish.everything
        else "  - all dangling images"
    )
    if wish.filters:
        lines += ["", "  Items to be pruned will be filtered with:"]
        lines += [f"  - {text}" for text in wish.filters]
    return "\n".join([*lines, ""])
