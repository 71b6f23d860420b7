"""`nerdpy system df`."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import FORMAT_HELP
from nerdpy.dataclass import dataclass

if TYPE_CHECKING:
    from nerdpy.dockercompat.container_row import ContainerRow
    from nerdpy.dockercompat.disk import DiskRow
    from nerdpy.dockercompat.image import ImageRow
    from nerdpy.dockercompat.volume import VolumeRow
    from nerdpy.output.console import Console
    from nerdpy.system.df import ContainerUse, DiskUse, ImageUse, VolumeUse


@dataclass(frozen=True, kw_only=True)
class DiskFlags:
    format: Annotated[str, Option("--format", help=FORMAT_HELP)] = ""
    verbose: Annotated[bool, Option("--verbose", "-v", help="Show each image, container and volume")] = False


def command(context: Context, flags: DiskFlags) -> None:
    """Show how much disk is used

    What several images share counts once. Reclaimable is exactly what `image prune -a`, `container prune` and
    `volume prune -a` would free.
    """
    from nerdpy.dockercompat.disk import SUMMARY
    from nerdpy.output.formats import show_rows
    from nerdpy.system.df import disk_use

    use = disk_use(engine_of(context))
    if flags.verbose:
        _details(context.console, use, flags.format)
    else:
        show_rows(_summary(use), columns=SUMMARY, console=context.console, format=flags.format)


def _summary(use: "DiskUse") -> list["DiskRow"]:
    from nerdpy.dockercompat.disk import disk_row

    containers, volumes = use.containers, use.volumes
    idle = sum(one.size for one in containers if not one.is_active)
    active = sum(one.is_active for one in containers)
    unused = sum(one.size for one in volumes if not one.links)
    used = sum(bool(one.links) for one in volumes)
    images = sum(bool(one.users) for one in use.images)
    return [
        disk_row("Images", len(use.images), images, *use.image_sizes),
        disk_row("Containers", len(containers), active, sum(one.size for one in containers), idle),
        disk_row("Local Volumes", len(volumes), used, sum(one.size for one in volumes), unused),
        disk_row("Build Cache", 0, 0, 0, 0),
    ]


def _details(console: "Console", use: "DiskUse", format: str) -> None:
    """Docker's four tables; a template or json gets all four at once."""
    from nerdpy.dockercompat import disk
    from nerdpy.dockercompat.row import public_values
    from nerdpy.output.formats import line_renderer, show_rows
    from nerdpy.output.templates import write

    now = datetime.now(UTC)
    images = [row for one in use.images for row in _image_rows(one, now)]
    containers = [_container_row(one, now) for one in use.containers]
    volumes = [_volume_row(one) for one in use.volumes]
    if format.strip() not in {"", "table"}:
        rows: dict[str, list[Any]] = {"Images": images, "Containers": containers, "Volumes": volumes}
        everything = {kind: [public_values(row) for row in found] for kind, found in rows.items()}
        write(console, line_renderer(format)({**everything, "BuildCache": []}) + "\n")
        return
    console.write("Images space usage:\n\n")
    show_rows(images, columns=disk.IMAGES, console=console)
    console.write("\nContainers space usage:\n\n")
    show_rows(containers, columns=disk.CONTAINERS, console=console)
    console.write("\nLocal Volumes space usage:\n\n")
    show_rows(volumes, columns=disk.VOLUMES, console=console)
    console.write("\nBuild cache usage: 0B\n\n")
    show_rows((), columns=disk.BUILD_CACHE, console=console)


def _image_rows(use: "ImageUse", now: datetime) -> list["ImageRow"]:
    """One for each name."""
    from nerdpy.dockercompat.container_row import created_text
    from nerdpy.dockercompat.disk import image_sizes
    from nerdpy.dockercompat.image import NONE, ImageRow
    from nerdpy.dockercompat.units import human_ago

    found = []
    for listed in use.names:
        digest = listed.record.target.digest
        row = ImageRow(
            ID=digest.partition(":")[2][:12],
            Image=str(listed.name),
            Repository=listed.name.repository or NONE,
            Tag=listed.name.tag or NONE,
            Digest=digest,
            Name=listed.record.name,
            CreatedAt=created_text(listed.created_at) or "N/A",
            CreatedSince=human_ago(listed.created_at, now),
            Platform=listed.platform,
            LabelsMap=listed.labels,
        )
        found.append(image_sizes(row, use.size, use.shared, use.users))
    return found


def _container_row(use: "ContainerUse", now: datetime) -> "ContainerRow":
    from nerdpy.container.ls import row_facts
    from nerdpy.dockercompat.container_row import container_row
    from nerdpy.dockercompat.units import human_size_3

    return container_row(row_facts(use.look, human_size_3(use.size)), now, no_trunc=False)


def _volume_row(use: "VolumeUse") -> "VolumeRow":
    from nerdpy.dockercompat.units import human_size_3
    from nerdpy.dockercompat.volume import VolumeRow

    return VolumeRow(
        Name=use.volume.name,
        Mountpoint=str(use.volume.mountpoint),
        LabelsMap=use.volume.labels,
        Links=str(use.links),
        Size=human_size_3(use.size),
    )
