"""Which part of an image goes to a registry: the platforms that are asked for, or that are here.

An index whose manifests are not all sent would be refused, so it is reduced to those that are: to a manifest
where one remains, which keeps its own digest, and else to a new index.
"""

import hashlib
import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from nerdpy.dataclass import dataclass, replace
from nerdpy.engine import Engine
from nerdpy.errors import NotFound
from nerdpy.image.read import ATTESTATION, INDEXES, SUBJECT, read, read_json
from nerdpy.image.stock import Stock, take_stock
from nerdpy.model.descriptor import Descriptor, Digest, Platform
from nerdpy.model.platform import best_match
from nerdpy.model.records import ImageRecord

FOREIGN = ("nondistributable", ".foreign.")
"""In the media types of layers that are fetched from elsewhere, by the URLs in the manifest."""


@dataclass(frozen=True)
class Part:
    """What is sent: a blob that is here, or an index that is still to be written."""

    target: Descriptor
    index: bytes = b""
    children: tuple[Digest, ...] = ()
    """What the index needs."""
    kept: tuple[Platform, ...] = ()
    """Empty: all that the image has."""


@dataclass(frozen=True)
class Wants:
    """What of an image is to be sent."""

    platforms: tuple[Platform, ...] = ()
    """None: all of them, if `all_platforms`, else those that are here with all their layers."""
    all_platforms: bool = False
    foreign_layers: bool = False
    """Do layers that are fetched from elsewhere have to be here, too?"""


def choose_part(engine: Engine, record: ImageRecord, wants: Wants) -> Part:
    """NotFound tells what is missing, and how to get it."""
    return _Choice(engine, record, wants, take_stock(engine)).part()


@dataclass(frozen=True)
class _Choice:
    engine: Engine
    record: ImageRecord
    wants: Wants
    stock: Stock

    @cached_property
    def _index(self) -> dict[str, Any]:
        return read_json(self.engine, self.record.target.digest, self.record.name)

    @cached_property
    def _images(self) -> list[Descriptor]:
        return [one for one in self._entries if ATTESTATION not in one.annotations]

    @cached_property
    def _entries(self) -> list[Descriptor]:
        return [Descriptor.from_json(entry) for entry in self._index.get("manifests", [])]

    def part(self) -> Part:
        platforms = self.wants.platforms
        if self.record.target.media_type not in INDEXES:
            for platform in platforms:
                read(self.engine, self.record, platform)  # refuses another one
            self._insist([self.record.target])
            return Part(self.record.target)
        if platforms:
            return self._reduced(self._named(platforms))
        if self.wants.all_platforms:
            self._insist(self._entries, "--all-platforms ")
            return Part(self.record.target)
        here = [one for one in self._images if not self._lacks(one)]
        if not here:
            self._insist(self._images)
        return self._reduced(here)

    def _named(self, platforms: tuple[Platform, ...]) -> list[Descriptor]:
        offered = [one.platform or Platform() for one in self._images]
        chosen = []
        for platform in platforms:
            at = best_match(platform, offered, is_strict=True)
            if at is None:
                names = ", ".join(sorted({str(one) for one in offered}))
                raise NotFound(
                    f'image "{self.record.name}" has no platform {platform}', hint=f"it has {names}"
                )
            chosen.append(self._images[at])
        self._insist(chosen)
        return [one for one in self._images if one in chosen]

    def _reduced(self, images: list[Descriptor]) -> Part:
        digests = {one.digest for one in images}
        kept = [
            entry
            for entry, one in zip(self._index["manifests"], self._entries, strict=True)
            if one.digest in digests or (one.annotations.get(SUBJECT) in digests and not self._lacks(one))
        ]
        if len(kept) == len(self._entries):
            return Part(self.record.target)
        platforms = tuple(one.platform for one in images if one.platform is not None)
        if len(images) == 1:
            return Part(replace(images[0], platform=None, annotations={}), kept=platforms)
        index = json.dumps(self._index | {"manifests": kept}, separators=(",", ":")).encode()
        digest = Digest(f"sha256:{hashlib.sha256(index).hexdigest()}")
        target = replace(self.record.target, digest=digest, size=len(index))
        return Part(target, index, tuple(Digest(entry["digest"]) for entry in kept), platforms)

    def _insist(self, images: list[Descriptor], wish: str = "") -> None:
        for image in images:
            for digest in self._lacks(image):
                of = f" for platform {image.platform}" if image.platform is not None else ""
                wish = wish or (f"--platform {image.platform} " if image.platform is not None else "")
                raise NotFound(
                    f'image "{self.record.name}" is not here{of}: {digest[:19]} is missing',
                    hint=f"get it first: `nerdpy pull {wish}{self.record.name}`",
                )

    def _lacks(self, descriptor: Descriptor) -> list[str]:
        """The first blob below it that is not here."""
        return next(([digest] for digest in self._missing(descriptor)), [])

    def _missing(self, descriptor: Descriptor) -> Iterator[str]:
        if descriptor.digest not in self.stock.blobs:
            yield descriptor.digest
            return
        content = read_json(self.engine, descriptor.digest, self.record.name)
        for entry in content.get("manifests") or ():
            yield from self._missing(Descriptor.from_json(entry))
        parts = [*([content["config"]] if "config" in content else ()), *(content.get("layers") or ())]
        for one in map(Descriptor.from_json, parts):
            if one.digest not in self.stock.blobs and (self.wants.foreign_layers or not is_foreign(one)):
                yield one.digest


def is_foreign(layer: Descriptor) -> bool:
    """Is it a layer that only its maker may hand out (image-spec `layer.md`, non-distributable layers)?"""
    return any(mark in layer.media_type for mark in FOREIGN)
