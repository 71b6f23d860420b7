"""Send images to their registry: containerd's transfer service does the work, and mounts what another
repository there has. Here is what it can't: platforms, patience, all tags."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from nerdpy.containerd.client import Client
from nerdpy.containerd.leases import LeaseResource
from nerdpy.containerd.transfer_ends import (
    OnProgress,
    RegistryAccess,
    StoreOptions,
    TransferProgress,
)
from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine, Note, Transferring, ignore
from nerdpy.errors import InvalidArgument, NotFound
from nerdpy.image.access import reaching
from nerdpy.image.foreign import contents_of, push_parts
from nerdpy.image.names import PUSHING, shown_name
from nerdpy.image.origins import note_origin
from nerdpy.image.patience import transfer_patiently
from nerdpy.image.platforms import Part, Wants, choose_part
from nerdpy.image.stock import take_stock
from nerdpy.image.tag import find_before
from nerdpy.image.telling import tell
from nerdpy.image.trust import find_program, sign
from nerdpy.image.watch import PUSH, Watch
from nerdpy.linux import process
from nerdpy.model.committed import index_labels
from nerdpy.model.descriptor import Descriptor, Platform
from nerdpy.model.records import ImageRecord
from nerdpy.model.reference import Reference, parse_reference
from nerdpy.model.trust import Signing

if TYPE_CHECKING:
    from nerdpy.image.soci import SociIndex

EXPIRE = "containerd.io/gc.expire"
"""Label by which containerd 2.1 and newer forgets a name by itself."""
MOMENT = timedelta(minutes=1)
"""How long the name of a part lives at most; it is needed until containerd has looked it up."""
LOOKED_UP = "pushing content"
"""containerd's word when it has."""


@dataclass(frozen=True, kw_only=True)
class PushOptions:
    """What to send. No platform means those that are here."""

    reference: str
    platforms: tuple[Platform, ...] = ()
    all_platforms: bool = False
    all_tags: bool = False
    foreign_layers: bool = False
    """Send layers too that only their maker may hand out."""
    estargz: bool = False
    """Make eStargz layers first."""
    soci: "SociIndex | None" = None
    """An index to send beside it."""
    quiet: bool = False
    signing: Signing | None = None


@dataclass(frozen=True)
class Pushed:
    """What stands under the reference in the registry now."""

    reference: Reference
    target: Descriptor


def push(engine: Engine, options: PushOptions) -> Iterator[Pushed]:
    """Send one image, or all tags of a repository one after the other; each is told when it is there."""
    _check_programs(options)
    for reference, record in _wanted(engine, options):
        watch = Watch(engine.notify, reference.familiar_string, is_quiet=options.quiet, direction=PUSH)
        with reaching(engine, reference) as (client, access):
            part = _part_of(engine, client, record, options)
            pushing = _Push(engine, client, reference, access, watch)
            pushing.run(record, part, keeps_foreign=options.foreign_layers)
            note_origin(client, take_stock(engine), part.target.digest, reference)
        watch.tell(Transferring(reference.familiar_string, "done", watch.blobs))
        tell(engine, record, "push")
        _push_beside(engine, options, record, Pushed(reference, part.target))
        yield Pushed(reference, part.target)


def _check_programs(options: PushOptions) -> None:
    """Nothing is sent when one that is needed is not installed."""
    if options.signing is not None:
        find_program(options.signing.program)
    if options.soci is not None:
        from nerdpy.image.soci import find_soci

        find_soci()


def _push_beside(engine: Engine, options: PushOptions, record: ImageRecord, pushed: Pushed) -> None:
    """What other programs add to an image that is in its registry."""
    if options.soci is not None:
        from nerdpy.image.soci import make_index, push_index

        make_index(engine, record.name, options.soci)
        push_index(engine, pushed.reference)
    if options.signing is not None:
        sign(engine.config, pushed.reference.with_digest(pushed.target.digest), options.signing)


def _part_of(engine: Engine, client: Client, record: ImageRecord, options: PushOptions) -> Part:
    """What of the image is sent, or what becomes of it first."""
    if options.estargz:
        return Part(_as_estargz(engine, client, record, options))
    wants = Wants(options.platforms, options.all_platforms, options.foreign_layers)
    part = choose_part(engine, record, wants)
    if part.kept and not options.quiet:
        engine.notify(Note(f"not all platforms are sent, only {', '.join(map(str, part.kept))}"))
    return part


def _as_estargz(engine: Engine, client: Client, record: ImageRecord, options: PushOptions) -> Descriptor:
    from nerdpy.image.archive_progress import ArchiveProgress
    from nerdpy.image.archive_wish import Wish
    from nerdpy.image.convert import ConvertOptions, converted
    from nerdpy.image.convert_form import Form

    wish = Wish(platforms=options.platforms, all_platforms=options.all_platforms)
    progress = ArchiveProgress(ignore if options.quiet else engine.notify, record.name, "converting")
    form = Form(kind="estargz", level=9)
    return converted(engine, client, record, ConvertOptions(form=form, wish=wish), progress)


def _wanted(engine: Engine, options: PushOptions) -> list[tuple[Reference, ImageRecord]]:
    reference = parse_reference(options.reference)
    if reference.digest:
        raise InvalidArgument(
            f'cannot push "{options.reference}": a digest is no name to push to',
            hint="give it a tag with `nerdpy tag`, and push that",
        )
    if options.all_tags:
        return _all_tags(engine, reference)
    record = find_before(engine, str(reference))
    if record is None:
        raise NotFound(
            f"An image does not exist locally with the tag: {reference.familiar_string}",
            hint=f"give one that name first: `nerdpy tag IMAGE {reference.familiar_string}`",
        )
    return [(reference, record)]


def _all_tags(engine: Engine, repository: Reference) -> list[tuple[Reference, ImageRecord]]:
    records = {shown_name(record.name): record for record in engine.containerd.images.list()}
    found = [
        (repository.with_tag(name.tag), record)
        for name, record in records.items()
        if name.full == repository.name and name.tag and not name.digest
    ]
    if not found:
        raise NotFound(
            f"An image does not exist locally with the tag: {repository.familiar_name}",
            hint=f"give one that name first: `nerdpy tag IMAGE {repository.familiar_name}:TAG`",
        )
    return sorted(found, key=lambda one: one[0].tag)


@dataclass(frozen=True)
class _Push:
    engine: Engine
    client: Client
    reference: Reference
    access: RegistryAccess
    watch: Watch

    def run(self, record: ImageRecord, part: Part, *, keeps_foreign: bool) -> None:
        """Whatever becomes of the image's names meanwhile, its content stays while it is sent."""
        self._hold(part)
        self._forget_the_dead()
        contents = contents_of(self.engine, part.target)
        if contents.foreign and not keeps_foreign:
            push_parts(self.engine, contents, self._send_patiently, self.reference)
        elif part.target.digest == record.target.digest:
            self._patiently(lambda: self._send(record.name, self.watch))
        else:
            self._send_patiently(part.target)

    def _patiently(self, attempt: Callable[[], None]) -> None:
        transfer_patiently(attempt, self.watch, self.reference, self.engine.notify)

    def _send_patiently(self, target: Descriptor) -> None:
        self._patiently(lambda: self._send_named(target))

    def _hold(self, part: Part) -> None:
        client, target = self.client, part.target
        if part.index:
            labels = index_labels(part.children)
            client.content.write(f"push-{target.digest}", part.index, digest=target.digest, labels=labels)
        client.leases.add_resource(client.calls.lease, LeaseResource(target.digest, "content"))

    def _send(self, name: str, on_progress: OnProgress) -> None:
        transfer = self.client.transfer.until(self.watch.is_given_up)
        transfer.push(
            name, str(self.reference), access=self.access, store=StoreOptions(), on_progress=on_progress
        )

    def _send_named(self, target: Descriptor) -> None:
        """containerd sends what has a name: this has one until containerd has read it."""
        name = f"{PUSHING}{process.mark()}-{os.urandom(4).hex()}"
        expiry = (datetime.now(UTC) + MOMENT).strftime("%Y-%m-%dT%H:%M:%SZ")

        named = [name]

        def listen(progress: list[TransferProgress]) -> None:
            if named and any(one.event == LOOKED_UP for one in progress):
                self._forget(named.pop())
            self.watch(progress)

        self.client.images.create(ImageRecord(name=name, target=target, labels={EXPIRE: expiry}))
        try:
            self._send(name, listen)
        finally:
            self._forget(name)

    def _forget(self, name: str) -> None:
        with suppress(NotFound):
            self.client.images.delete(name)

    def _forget_the_dead(self) -> None:
        """The names of pushes that were killed in that moment."""
        for record in self.client.images.list(f"name~=^{PUSHING}"):
            if not process.is_marked_alive(record.name.removeprefix(PUSHING)):
                self._forget(record.name)
