"""Write an OCI image layout by hand: blobs, layers, configs, manifests, indexes.

Formats: OCI image-spec 1.1 (`image-layout.md`, `config.md`, `manifest.md`, `image-index.md`, `layer.md`).
"""

import gzip
import hashlib
import io
import json
import tarfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CONFIG = "application/vnd.oci.image.config.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
NAME = "io.containerd.image.name"
"""The annotation by which containerd's import knows what to call an image."""
CREATED = "2024-01-02T03:04:05Z"
"""A fixed time: the same packages give the same digests."""

Descriptor = dict[str, Any]


@dataclass
class Tree:
    """What a layer holds, in the order in which it was said."""

    members: list[tuple[tarfile.TarInfo, bytes]] = field(default_factory=list)

    def folder(self, path: str, *, mode: int = 0o755, owner: tuple[int, int] = (0, 0)) -> None:
        self._add(path, b"", tarfile.DIRTYPE, mode, owner)

    def file(
        self, path: str, content: bytes | str, *, mode: int = 0o644, owner: tuple[int, int] = (0, 0)
    ) -> None:
        data = content.encode() if isinstance(content, str) else content
        self._add(path, data, tarfile.REGTYPE, mode, owner)

    def link(self, path: str, target: str) -> None:
        """A symbolic link."""
        self._add(path, b"", tarfile.SYMTYPE, 0o777, (0, 0), target)

    def _add(
        self, path: str, data: bytes, kind: bytes, mode: int, owner: tuple[int, int], target: str = ""
    ) -> None:
        member = tarfile.TarInfo(path.strip("/"))
        member.type, member.mode, member.size, member.linkname = kind, mode, len(data), target
        member.uid, member.gid = owner
        self.members.append((member, data))

    def tar(self) -> bytes:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for member, data in self.members:
                archive.addfile(member, io.BytesIO(data))
        return buffer.getvalue()


@dataclass(frozen=True)
class Layer:
    descriptor: Descriptor
    diff_id: str


@dataclass
class Layout:
    """One folder in OCI layout; `references` is what its index.json will name."""

    folder: Path
    references: dict[str, Descriptor] = field(default_factory=dict)

    def blob(self, data: bytes, media_type: str) -> Descriptor:
        digest = hashlib.sha256(data).hexdigest()
        path = self.folder / "blobs" / "sha256" / digest
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(data)}

    def json(self, value: dict[str, Any], media_type: str) -> Descriptor:
        return self.blob(json.dumps(value, separators=(",", ":")).encode(), media_type)

    def layer(self, tree: Tree, media_type: str = LAYER) -> Layer:
        tar = tree.tar()
        compressed = gzip.compress(tar, compresslevel=1, mtime=0)
        return Layer(self.blob(compressed, media_type), f"sha256:{hashlib.sha256(tar).hexdigest()}")

    def image(
        self, layers: list[Layer], config: dict[str, Any], *, platform: str, is_docker: bool = False
    ) -> Descriptor:
        """Config and manifest; `config` is the image's `config` object (Cmd, Env, ...)."""
        system, architecture, *variant = platform.split("/")
        described = {"os": system, "architecture": architecture} | (
            {"variant": variant[0]} if variant else {}
        )
        image_config = described | {
            "created": CREATED,
            "config": config,
            "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in layers]},
            "history": [{"created": CREATED, "created_by": "layer of packages"} for _ in layers],
        }
        media_type = DOCKER_MANIFEST if is_docker else MANIFEST
        manifest = {
            "schemaVersion": 2,
            "mediaType": media_type,
            "config": self.json(image_config, DOCKER_CONFIG if is_docker else CONFIG),
            "layers": [layer.descriptor for layer in layers],
        }
        return self.json(manifest, media_type) | {"platform": described}

    def index(self, manifests: list[Descriptor]) -> Descriptor:
        """A multi-platform image."""
        return self.json({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests}, INDEX)

    def name(self, reference: str, target: Descriptor) -> None:
        """Call it so, in index.json and in archives."""
        self.references[reference] = target | {"annotations": {NAME: reference}}

    def save(self) -> None:
        """Write index.json and the layout's mark."""
        manifests = list(self.references.values())
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests}
        (self.folder / "index.json").write_text(json.dumps(index, indent=2))
        (self.folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')

    def load(self) -> "Layout":
        """Read index.json back."""
        index = json.loads((self.folder / "index.json").read_text())
        for manifest in index["manifests"]:
            self.references[manifest["annotations"][NAME]] = manifest
        return self

    def archive(self, reference: str) -> bytes:
        """A tar file with one image, all its platforms, as `ctr images import` and `nerdpy load` read it."""
        target = self.references[reference]
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [target]}
        tree = Tree()
        tree.file("oci-layout", '{"imageLayoutVersion":"1.0.0"}')
        tree.file("index.json", json.dumps(index))
        for descriptor in self.closure(target):
            name = descriptor["digest"].replace(":", "/")
            tree.file(f"blobs/{name}", self.read(descriptor))
        return tree.tar()

    def read(self, descriptor: Descriptor) -> bytes:
        digest: str = descriptor["digest"]
        return (self.folder / "blobs" / digest.replace(":", "/")).read_bytes()

    def closure(self, target: Descriptor) -> list[Descriptor]:
        """`target` and all that it refers to, children first."""
        if target["mediaType"] not in {INDEX, MANIFEST, DOCKER_MANIFEST}:
            return [target]
        content = json.loads(self.read(target))
        children = content.get("manifests") or [content["config"], *content["layers"]]
        found: dict[str, Descriptor] = {}
        for child in children:
            found |= {descriptor["digest"]: descriptor for descriptor in self.closure(child)}
        return [*found.values(), target]
