"""The flags of `image convert` for forms that other programs make."""

import shlex
from typing import Annotated

from nerdpy import errors
from nerdpy.cli.flags import Later, Option
from nerdpy.commands.image.flags.convert import alone, within
from nerdpy.dataclass import dataclass
from nerdpy.image.convert_form import Form, NydusOptions


@dataclass(frozen=True, kw_only=True)
class ToolFlags:
    """nydus, overlaybd, SOCI and EROFS."""

    erofs: Annotated[
        str, Option("--erofs", help="Make EROFS layers, as they are or packed", choices=("raw", "zstd"))
    ] = ""
    erofs_compressors: Annotated[
        str, Option("--erofs-compressors", help="Compressors of mkfs.erofs, as its -z")
    ] = ""
    erofs_mkfs_options: Annotated[str, Option("--erofs-mkfs-options", help="More options of mkfs.erofs")] = ""
    nydus: Annotated[bool, Option("--nydus", help="Make nydus layers")] = False
    nydus_builder_path: Annotated[
        str, Option("--nydus-builder-path", help="Where nydus-image is", complete="file")
    ] = "nydus-image"
    nydus_compressor: Annotated[
        str,
        Option("--nydus-compressor", help="Compressor of nydus", choices=("none", "lz4_block", "zstd")),
    ] = "lz4_block"
    nydus_prefetch_patterns: Annotated[
        str, Option("--nydus-prefetch-patterns", help="Paths that are fetched ahead")
    ] = ""
    nydus_work_dir: Annotated[str, Option("--nydus-work-dir", help="Folder to work in", complete="file")] = ""
    overlaybd: Annotated[bool, Option("--overlaybd", help="Make overlaybd layers")] = False
    overlaybd_dbstr: Annotated[
        str,
        Option("--overlaybd-dbstr", help="Database of layers"),
        Later("layers that are there already are not looked for in a database: all are made"),
    ] = ""
    overlaybd_fs_type: Annotated[str, Option("--overlaybd-fs-type", help="Filesystem of overlaybd")] = "ext4"
    overlaybd_vsize: Annotated[int, Option("--overlaybd-vsize", help="Size of the block device in GB")] = 64
    soci: Annotated[bool, Option("--soci", help="Put a SOCI index into the image")] = False
    soci_min_layer_size: Annotated[
        int, Option("--soci-min-layer-size", help="Least bytes of a layer that is indexed (-1: soci's own)")
    ] = -1
    soci_span_size: Annotated[int, Option("--soci-span-size", help="Bytes of a span (-1: soci's own)")] = -1

    def check(self) -> None:
        """Flags of a form are refused without it, and so are values that make no sense."""
        for format, is_given in self.formats.items():
            prefix = f"--{format}-"
            names = [name.replace("_", "-") for name in vars(self)]
            flags = {
                f"--{name}": getattr(self, name.replace("-", "_"))
                for name in names
                if f"--{name}".startswith(prefix)
            }
            alone(f"--{format}", is_given, flags, self)
        if self.overlaybd_fs_type != "ext4":
            raise errors.NotImplemented(
                f'overlaybd-create makes ext4 only, not "{self.overlaybd_fs_type}"',
                hint="leave out --overlaybd-fs-type",
            )
        within("--overlaybd-vsize", self.overlaybd_vsize, 1)
        within("--soci-min-layer-size", self.soci_min_layer_size, -1)
        within("--soci-span-size", self.soci_span_size, -1)

    @property
    def formats(self) -> dict[str, bool]:
        return {
            "erofs": bool(self.erofs),
            "nydus": self.nydus,
            "overlaybd": self.overlaybd,
            "soci": self.soci,
        }

    def form(self) -> Form | None:
        """For what is made of each layer by itself, or of all of them; soci works on the whole image."""
        if self.erofs:
            compressors = [f"-z{self.erofs_compressors}"] if self.erofs_compressors else []
            options = (*compressors, *shlex.split(self.erofs_mkfs_options))
            return Form(kind="erofs", erofs=options, is_packed=self.erofs == "zstd")
        if self.nydus:
            return Form(kind="nydus", nydus=self._nydus())
        return Form(kind="overlaybd", size=self.overlaybd_vsize) if self.overlaybd else None

    def _nydus(self) -> NydusOptions:
        return NydusOptions(
            builder=self.nydus_builder_path,
            work_folder=self.nydus_work_dir,
            prefetch=self.nydus_prefetch_patterns,
            compressor=self.nydus_compressor,
        )
