"""Flags for what the container is made from."""

import os
from typing import Annotated, cast

from nerdpy.cli.flags import Later, Option
from nerdpy.commands.container.flags.caller import Caller, parsed
from nerdpy.commands.container.flags.trust import VerifyFlags
from nerdpy.dataclass import dataclass
from nerdpy.errors import UsageError
from nerdpy.model.options import ImageOptions, Pull
from nerdpy.model.platform import parse_platform
from nerdpy.model.reference import is_digest, is_image_id, parse_reference

PULLS = ("always", "missing", "never")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ImageFlags(VerifyFlags):
    """What it is made from."""

    pull: Annotated[
        str,
        Option("--pull", help="Pull the image first: always, missing or never", metavar="WHEN"),
    ] = "missing"
    platform: Annotated[
        str,
        Option(
            "--platform",
            help="Use the image for this platform",
            metavar="OS/ARCH[/VARIANT]",
        ),
    ] = ""
    quiet: Annotated[bool, Option("--quiet", "-q", help="Don't show the progress of the pull")] = False
    ipfs_address: Annotated[
        str,
        Option("--ipfs-address", help="Address of the IPFS API", metavar="ADDRESS"),
        Later("images from IPFS are not built yet: pull from a registry"),
    ] = ""

    def parse_rootfs(self, caller: Caller, folder: str) -> ImageOptions:
        """A folder in the place of an image; what is about images only is refused."""
        wish = self.parse_verification()
        images_only = {"--pull": self.pull != "missing", "--platform": self.platform, "--verify": wish}
        for flag, given in images_only.items():
            if given:
                raise UsageError(
                    f"conflicting options: {flag} and --rootfs", hint=f"there is no image: leave {flag} out"
                )
        return ImageOptions(
            reference=folder, rootfs=os.path.normpath(os.path.join(caller.folder, folder)), quiet=self.quiet
        )

    def parse_image(self, caller: Caller, image: str) -> ImageOptions:
        """`image` is a name, an id or a digest; it is kept as typed."""
        if not (is_image_id(image) or is_digest(image)):
            parsed("IMAGE", image, parse_reference)
        if self.pull not in PULLS:
            raise UsageError(f'invalid pull option "{self.pull}"', hint=f"use {', '.join(PULLS)}")
        wanted = self.platform or caller.environ.get("DOCKER_DEFAULT_PLATFORM", "")
        return ImageOptions(
            reference=image,
            pull=cast(Pull, self.pull),
            platform=parsed("--platform", wanted, lambda text: parse_platform(text, default=caller.platform))
            if wanted
            else None,
            quiet=self.quiet,
            verification=self.parse_verification(),
        )
