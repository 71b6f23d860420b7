"""Make another image of an image: with layers of another form, in OCI's words, or of some platforms only.

The new image is made beside the old one and gets its name when it is whole. Layers that stay as they are, are
shared.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from nerdpy.containerd.client import Client
from nerdpy.containerd.leases import LeaseResource
from nerdpy.dataclass import dataclass, replace
from nerdpy.engine import Engine, Note
from nerdpy.errors import InvalidArgument
from nerdpy.image.archive_choose import Chosen, choose
from nerdpy.image.archive_lease import leased_whole
from nerdpy.image.archive_progress import ArchiveProgress
from nerdpy.image.archive_wish import Wish
from nerdpy.image.convert_form import Form, Stack
from nerdpy.image.convert_source import Source
from nerdpy.image.convert_toc import Outside, toc_config, toc_layers, toc_name
from nerdpy.image.find import find_image
from nerdpy.image.read import INDEXES, read_json
from nerdpy.image.tag import give_name
from nerdpy.image.telling import tell
from nerdpy.model import committed
from nerdpy.model.descriptor import Descriptor
from nerdpy.model.records import ImageRecord
from nerdpy.model.reference import parse_reference

INDEX = {
    "oci": "application/vnd.oci.image.index.v1+json",
    "docker": "application/vnd.docker.distribution.manifest.list.v2+json",
}
_AS_DOCKER = {"", "uncompress"}
"""Forms that docker's own media types have words for."""


@dataclass(frozen=True, kw_only=True)
class ConvertOptions:
    """The flags."""

    form: Form
    wish: Wish
    is_oci: bool = False


@dataclass(frozen=True)
class Converted:
    """What a conversion leaves behind."""

    image: ImageRecord
    """Under the first of its names."""
    extra: tuple[ImageRecord, ...] = ()
    """Images that belong to it: of each name, the one that holds its tables of contents."""


class Maker(Protocol):
    """Makes layers of another form."""

    def stack(self, layers: list[Descriptor], diff_ids: list[str]) -> Stack:
        """All layers of one manifest."""


def convert(engine: Engine, source: str, targets: list[str], options: ConvertOptions) -> Converted:
    """The new image, with all its names."""
    names = target_names(targets)
    beside = [toc_name(name) for name in names] if options.form.is_table_outside else []
    record = find_image(engine, source)
    progress = ArchiveProgress(engine.notify, source, "converting")
    with leased_whole(engine) as client:
        chosen = _held(engine, client, record, options.wish)
        conversion = _Conversion(engine, client, chosen, options, progress)
        records = _named(engine, names, conversion.run())
        extra = _named(engine, beside, conversion.tables()) if beside else ()
    progress.end()
    if extra:
        where = " and ".join(record.name for record in extra)
        engine.notify(Note(f"the tables of contents are in {where}: push that as well"))
    return Converted(records[0], extra)


def _held(engine: Engine, client: Client, record: ImageRecord, wish: Wish) -> Chosen:
    """What is converted, kept until the end blob by blob: what `ctr images import` brings for other platforms
    is referred to by nothing, and goes with the next garbage collection."""
    for digest in choose(engine, record, wish).blobs:
        client.leases.add_resource(client.calls.lease, LeaseResource(digest, "content"))
    return choose(engine, record, wish)


def _named(engine: Engine, names: list[str], target: Descriptor) -> tuple[ImageRecord, ...]:
    records = tuple(ImageRecord(name=name, target=target) for name in names)
    for record in records:
        give_name(engine, record)
        tell(engine, record, "tag")
    return records


def converted(
    engine: Engine, client: Client, record: ImageRecord, options: ConvertOptions, progress: ArchiveProgress
) -> Descriptor:
    """What the image becomes, without a name: the client's lease alone holds it."""
    return _Conversion(engine, client, _held(engine, client, record, options.wish), options, progress).run()


def target_names(targets: list[str]) -> list[str]:
    """Full names."""
    references = [parse_reference(text) for text in targets]
    for text, reference in zip(targets, references, strict=True):
        if reference.digest:
            raise InvalidArgument(
                f'a new image cannot be named by a digest: "{text}"', hint="give a name and a tag"
            )
    return [str(reference) for reference in references]


class _Conversion:
    """One image under conversion."""

    def __init__(
        self,
        engine: Engine,
        client: Client,
        chosen: Chosen,
        options: ConvertOptions,
        progress: ArchiveProgress,
    ) -> None:
        self._engine = engine
        self._client = client
        self._chosen = chosen
        self._form = options.form
        self._outside: dict[str, Outside] = {}
        self._platform: Mapping[str, Any] = {}
        """A config of the image."""
        self._maker = self._maker_of(Source(client, progress, options.form.unpacker))
        target = chosen.record.target
        is_docker = "docker" in target.media_type and options.form.kind in _AS_DOCKER and not options.is_oci
        self._kind = "docker" if is_docker else "oci"

    def run(self) -> Descriptor:
        """What the new name points at."""
        made = [self._manifest(manifest) for manifest in self._chosen.manifests]
        target = self._chosen.record.target
        is_alone = self._form.kind == "nydus" and len(made) == 1
        if target.media_type not in INDEXES or is_alone:
            return replace(made[0], platform=None)
        index = self._json(target.digest)
        value = index | {
            "mediaType": INDEX[self._kind],
            "manifests": [
                _entry(index, old, new) for old, new in zip(self._chosen.manifests, made, strict=True)
            ],
        }
        return self._write(value, INDEX[self._kind], committed.index_labels(one.digest for one in made))

    def tables(self) -> Descriptor:
        """The image of the tables of contents, when the conversion has run."""
        config = self._write(toc_config(self._outside, self._platform), committed.CONFIGS["oci"], {})
        listed = committed.manifest(config, toc_layers(self._outside), "oci")
        return self._write(listed, committed.MANIFESTS["oci"], committed.manifest_labels(listed))

    def _maker_of(self, source: Source) -> Maker:
        form = self._form
        if form.nydus is not None:
            from nerdpy.image.convert_nydus import NydusMaker

            return NydusMaker(self._client, source, form.nydus)
        if form.kind == "overlaybd":
            from nerdpy.image.convert_overlaybd import OverlaybdMaker

            return OverlaybdMaker(self._client, source, form.size)
        from nerdpy.image.convert_layer import LayerMaker
        from nerdpy.image.convert_record import read_record

        first = read_record(form.record) if form.record else ()
        return LayerMaker(self._client, form, source, first, self._outside)

    def _manifest(self, old: Descriptor) -> Descriptor:
        manifest = self._json(old.digest)
        config = self._json(manifest["config"]["digest"])
        layers = [Descriptor.from_json(layer) for layer in manifest.get("layers", ())]
        diff_ids = list((config.get("rootfs") or {}).get("diff_ids") or ())
        if len(diff_ids) != len(layers):
            raise InvalidArgument(
                f'image "{self._chosen.record.name}" is broken: it has {len(layers)} layers, but '
                f"{len(diff_ids)} diff ids"
            )
        self._platform = self._platform or config
        stack = self._maker.stack(layers, diff_ids)
        new_config = self._config(manifest, config, stack)
        listed = committed.manifest(new_config, [one.layer for one in stack.made], self._kind)
        kept = {key: value for key, value in manifest.items() if key in {"annotations", "artifactType"}}
        return self._write(listed | kept, committed.MANIFESTS[self._kind], committed.manifest_labels(listed))

    def _config(self, manifest: dict[str, Any], config: dict[str, Any], stack: Stack) -> Descriptor:
        """The same blob where no layer is another one."""
        diff_ids = [one.diff_id for one in stack.made]
        old = Descriptor.from_json(manifest["config"])
        if diff_ids == list((config.get("rootfs") or {}).get("diff_ids") or ()):
            return replace(old, media_type=committed.CONFIGS[self._kind])
        value = config | {"rootfs": {"type": "layers", "diff_ids": diff_ids}}
        if stack.history:
            value["history"] = [*(config.get("history") or ()), *stack.history]
        return self._write(value, committed.CONFIGS[self._kind], {})

    def _write(self, value: dict[str, Any], media_type: str, labels: dict[str, str]) -> Descriptor:
        data, descriptor = committed.encoded(value, media_type)
        ref = f"nerdpy-{descriptor.digest}"
        self._client.content.write(ref, data, digest=descriptor.digest, labels=labels)
        return descriptor

    def _json(self, digest: str) -> dict[str, Any]:
        return read_json(self._engine, digest, self._chosen.record.name)


def _entry(index: dict[str, Any], old: Descriptor, new: Descriptor) -> dict[str, Any]:
    """The entry as it was, for another manifest."""
    was: dict[str, Any] = next(one for one in index["manifests"] if one["digest"] == old.digest)
    return was | {"mediaType": new.media_type, "digest": new.digest, "size": new.size}
