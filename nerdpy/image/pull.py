"""Fetch an image: containerd's transfer service does the work; here is what it can't: patience, and the
meaning of platforms."""

import math
from contextlib import suppress

from nerdpy.containerd.client import Client
from nerdpy.containerd.leases import LeaseResource
from nerdpy.containerd.transfer_ends import RegistryAccess, StoreOptions
from nerdpy.dataclass import dataclass, replace
from nerdpy.engine import Engine, Note, Transferring, Warned
from nerdpy.errors import NerdpyError, NotFound
from nerdpy.image.access import reaching
from nerdpy.image.obstacles import Obstacles
from nerdpy.image.patience import transfer_patiently
from nerdpy.image.read import LocalImage, is_unpacked, manifests_of, own_platform, read
from nerdpy.image.snapshotter import is_unprepared, warn_of_eagerness, warn_of_unprepared
from nerdpy.image.tag import find_before, keep_if_used
from nerdpy.image.telling import tell
from nerdpy.image.unpack import unpack
from nerdpy.image.watch import Watch
from nerdpy.model.descriptor import Descriptor, Platform
from nerdpy.model.platform import match_order
from nerdpy.model.records import ImageRecord
from nerdpy.model.reference import Reference, parse_reference
from nerdpy.model.trust import Verification


@dataclass(frozen=True, kw_only=True)
class PullOptions:
    """What to fetch. No platform means this machine's."""

    reference: str
    platforms: tuple[Platform, ...] = ()
    all_platforms: bool = False
    unpack: bool | None = None
    """None: unpack when there is one platform."""
    quiet: bool = False
    deadline: float = math.inf
    """Seconds after which it is given up."""
    verification: Verification | None = None
    """Who must have signed it; then what is fetched is what was verified."""


@dataclass(frozen=True)
class Pulled:
    """The image, and whether its name pointed elsewhere, or nowhere, before."""

    reference: Reference
    record: ImageRecord
    is_new: bool


def pull(engine: Engine, options: PullOptions) -> ImageRecord:
    """Fetch an image and unpack it; what is here already is not fetched again."""
    return fetch(engine, options).record


def fetch(engine: Engine, options: PullOptions) -> Pulled:
    """The same, and whether anything changed.

    The name is set when all is there. A lease keeps what was fetched over retries, and the image that the
    name stood for before; an interrupt gives it back at once.
    """
    reference = parse_reference(options.reference)
    watch = Watch(engine.notify, reference.familiar_string, is_quiet=options.quiet, deadline=options.deadline)
    source = _verified(engine, options, reference) if options.verification else reference
    with reaching(engine, reference, is_unfinished=watch.is_unfinished) as (client, access):
        pulled = _Pull(engine, client, options, reference, source, access, watch).run()
    watch.tell(Transferring(reference.familiar_string, "done", watch.blobs))
    tell(engine, pulled.record, "pull")
    return pulled


def _verified(engine: Engine, options: PullOptions, reference: Reference) -> Reference:
    """The digest for which the reference stands now, and which is signed as it should be."""
    from nerdpy.image.trust import find_program, resolve, verify

    assert options.verification is not None
    find_program(options.verification.program)
    pinned = reference.with_digest(resolve(engine.config, reference))
    verify(engine.config, pinned, options.verification)
    if not options.quiet:
        engine.notify(Note(f"{pinned.familiar_string}: verified by {options.verification.program}"))
    return pinned


@dataclass(frozen=True)
class _Pull:
    engine: Engine
    client: Client
    options: PullOptions
    reference: Reference
    source: Reference
    access: RegistryAccess
    watch: Watch

    @property
    def name(self) -> str:
        return str(self.reference)

    @property
    def store(self) -> StoreOptions:
        options = self.options
        platforms = () if options.all_platforms else options.platforms or (own_platform(),)
        wanted = len(platforms) == 1 if options.unpack is None else options.unpack
        return StoreOptions(platforms=platforms, snapshotter=self.engine.config.snapshotter, unpack=wanted)

    def run(self) -> Pulled:
        before = find_before(self.engine, self.name)
        if before is not None:
            held = LeaseResource(before.target.digest, "content")
            self.client.leases.add_resource(self.client.calls.lease, held)
        warn_of_eagerness(self.engine)
        self._transfer(self.store)
        record = self.client.images.get(self.name)
        try:
            self._settle(record)
        except BaseException:
            self._put_back(before)
            raise
        is_new = before is None or before.target.digest != record.target.digest
        if before is not None and is_new:
            keep_if_used(self.engine, before)
        return Pulled(self.reference, record, is_new)

    def _put_back(self, before: ImageRecord | None) -> None:
        """The name stands for what it stood for before."""
        if before is None:
            with suppress(NotFound):
                self.client.images.delete(self.name)
        else:
            self.client.images.update(before, "target")

    def _transfer(self, store: StoreOptions) -> None:
        obstacles = Obstacles(self.engine, self.client, self.reference, self.watch)
        self.watch.is_all_here = obstacles.is_all_here

        def attempt() -> None:
            wanted = replace(store, unpack=False) if self.watch.stalls else store
            try:
                self._transfer_once(wanted)
            except NerdpyError as error:
                if wanted.unpack and is_unprepared(error):
                    warn_of_unprepared(self.engine)
                    return self._transfer_once(replace(wanted, unpack=False))
                obstacles.clear(error)
                raise

        transfer_patiently(attempt, self.watch, self.reference, self.engine.notify)

    def _transfer_once(self, store: StoreOptions) -> None:
        self.client.transfer.until(self.watch.is_given_up).pull(
            str(self.source), name=self.name, access=self.access, store=store, on_progress=self.watch
        )

    def _settle(self, record: ImageRecord) -> None:
        """See that each platform is here, and unpacked where it is wanted.

        containerd takes an image that lacks the platform as fetched, and leaves unpacking out where it is not
        set up for it.
        """
        if self.options.all_platforms:
            found = [read(self.engine, record, it.platform) for it in manifests_of(self.engine, record)]
        else:
            found = [self._found(record, platform) for platform in self.options.platforms or (None,)]
        for image in found if self.store.unpack else ():
            if not is_unpacked(self.engine, image):
                self.watch.tell(Transferring(self.reference.familiar_string, "extracting", self.watch.blobs))
                unpack(self.engine, image)

    def _found(self, record: ImageRecord, platform: Platform | None) -> LocalImage:
        try:
            return self._checked(read(self.engine, record, platform), platform)
        except NotFound as error:
            offered = manifests_of(self.engine, record)
            second_best = _second_best(offered) if platform is None else None
            if second_best is None:
                raise no_match(self.reference, platform or own_platform(), offered) from error
        self._transfer(replace(self.store, platforms=(second_best,)))
        return read(self.engine, record, None)

    def _checked(self, image: LocalImage, asked: Platform | None) -> LocalImage:
        """An image of one platform alone is taken as it is, when none was asked for."""
        if asked is None and image.platform not in match_order(own_platform()):
            self.engine.notify(
                Warned(
                    f"the requested image's platform ({image.platform}) does not match the detected host "
                    f"platform ({own_platform()}) and no specific platform was requested"
                )
            )
        return image


def _second_best(offered: list[Descriptor]) -> Platform | None:
    """What this machine runs as well: arm on arm64, 386 on amd64."""
    platforms = {descriptor.platform for descriptor in offered}
    return next((platform for platform in match_order(own_platform()) if platform in platforms), None)


def no_match(reference: Reference, platform: Platform, offered: list[Descriptor]) -> NotFound:
    """docker's words, and what there is instead."""
    names = sorted({str(one.platform) for one in offered if one.platform is not None})
    return NotFound(
        f'no matching manifest for {platform} in the manifest list of "{reference.familiar_string}"',
        hint=f"it has {', '.join(names)}: choose one with --platform" if names else None,
    )
