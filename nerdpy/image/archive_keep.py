"""Whether an image that came in an archive is whole, and the labels that keep its parts together."""

from collections.abc import Iterator
from typing import Any

from nerdpy.containerd.client import Client
from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument, NotFound
from nerdpy.image import archive_json
from nerdpy.image.archive_intake import MOST_JSON
from nerdpy.image.archive_wish import Wish
from nerdpy.image.read import ATTESTATION, INDEXES
from nerdpy.model.committed import REFERENCE, manifest_labels
from nerdpy.model.descriptor import Descriptor, Platform
from nerdpy.model.platform import best_match


@dataclass(frozen=True)
class Keeper:
    """Walks from an image's target to its layers, and writes the labels that hold them."""

    client: Client
    wish: Wish

    def keep(self, target: Descriptor, name: str) -> list[Descriptor]:
        """The manifests that are whole and wanted; NotFound when one that is wanted is not."""
        if target.media_type not in INDEXES:
            self._keep_manifest(target, self._json(target))
            return [target]
        index = self._json(target)
        entries = [
            archive_json.descriptor(value, "an index")
            for value in archive_json.objects(index.get("manifests"), "an index")
        ]
        kept: list[Descriptor] = []
        labels: dict[str, str] = {}
        for number, entry in self._wanted(entries, name):
            try:
                self._keep_manifest(entry, self._json(entry))
            except NotFound as error:
                if self._must_have(entry):
                    raise NotFound(
                        f'the archive lacks what "{name}" needs for platform {entry.platform}: '
                        f"{error.message}"
                    ) from error
                continue
            labels[f"{REFERENCE}m.{number}"] = entry.digest
            kept += [] if ATTESTATION in entry.annotations else [entry]
        if not kept:
            raise NotFound(f'the archive has no platform of "{name}" that is whole')
        self.client.content.update_labels(target.digest, labels)
        return kept

    def _wanted(self, entries: list[Descriptor], name: str) -> Iterator[tuple[int, Descriptor]]:
        images = [number for number, entry in enumerate(entries) if ATTESTATION not in entry.annotations]
        offered = [entries[number].platform or Platform() for number in images]
        wanted = set(range(len(entries)))
        if self.wish.platforms:
            chosen = [self._chosen(platform, offered, name) for platform in self.wish.platforms]
            wanted = {images[at] for at in chosen}
        return ((number, entries[number]) for number in sorted(wanted))

    def _chosen(self, platform: Platform, offered: list[Platform], name: str) -> int:
        at = best_match(platform, offered, is_strict=True)
        if at is None:
            raise NotFound(
                f'the archive has no "{name}" for platform {platform}',
                hint=f"it has {', '.join(sorted(map(str, offered)))}" if offered else None,
            )
        return at

    def _must_have(self, entry: Descriptor) -> bool:
        if ATTESTATION in entry.annotations:
            return False
        return self.wish.all_platforms or bool(self.wish.platforms)

    def _keep_manifest(self, target: Descriptor, manifest: dict[str, Any]) -> None:
        config = archive_json.descriptor(manifest.get("config"), "a manifest's config")
        layers = [
            archive_json.descriptor(value, "a manifest's layer")
            for value in archive_json.objects(manifest.get("layers"), "a manifest")
        ]
        for blob in (config, *layers):
            self._see(blob)
        self.client.content.update_labels(
            target.digest,
            manifest_labels(
                {
                    "config": {"digest": config.digest},
                    "layers": [{"digest": layer.digest} for layer in layers],
                }
            ),
        )

    def _see(self, blob: Descriptor) -> None:
        try:
            info = self.client.content.info(blob.digest)
        except NotFound as error:
            raise NotFound(f"{blob.digest[:19]} is not in it") from error
        if info.size != blob.size:
            raise InvalidArgument(f"the archive lies: {blob.digest[:19]} has not the size that is said of it")

    def _json(self, target: Descriptor) -> dict[str, Any]:
        """A manifest or index, which is one of the two and says so (CVE-2021-41190)."""
        self._see(target)
        if target.size > MOST_JSON:
            raise InvalidArgument(f"the archive has a manifest of {target.size} bytes")
        value = archive_json.parsed_object(self.client.content.read(target.digest), "a manifest")
        said = value.get("mediaType") or target.media_type
        wrong = "layers" if target.media_type in INDEXES else "manifests"
        if said != target.media_type or wrong in value:
            raise InvalidArgument(f"the archive lies: {target.digest[:19]} is not the {target.media_type}")
        return value
