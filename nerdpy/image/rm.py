"""Remove images as docker does: one name of several goes freely, the last one only when nobody needs it."""

from collections.abc import Callable
from contextlib import suppress

from nerdpy import labels
from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine, Warned
from nerdpy.errors import AlreadyExists, Conflict, InvalidArgument, NerdpyError, NotFound, Several
from nerdpy.image.find import find_by_id, find_by_name, looks_like_id, no_such_image
from nerdpy.image.names import UNTAGGED, shown_name, untagged
from nerdpy.image.protect import check_may_lose
from nerdpy.image.rm_platform import remove_platforms
from nerdpy.image.stock import Stock, take_stock
from nerdpy.image.telling import tell
from nerdpy.image.usage import all_users
from nerdpy.kube.images import folds
from nerdpy.model.descriptor import Platform
from nerdpy.model.records import ContainerRecord, ImageRecord

Told = Callable[[str], None]
_LISTED = "`nerdpy images` lists those there are"


@dataclass(frozen=True, kw_only=True)
class RemoveOptions:
    """How bold to be."""

    force: bool = False
    is_async: bool = False
    """Don't wait until containerd has collected what nobody needs any more."""
    platforms: tuple[Platform, ...] = ()
    """Remove only these of an image of several platforms."""


def remove_several(engine: Engine, names: list[str], options: RemoveOptions, told: Told) -> None:
    """Remove each; `told` gets docker's lines. With force one that does not exist is no failure."""
    errors: list[NerdpyError] = []
    for name in names:
        try:
            remove(engine, name, options, told)
        except NotFound as error:
            if options.force:
                engine.notify(Warned(error.message))
            else:
                errors.append(error)
        except NerdpyError as error:
            errors.append(error)
    if errors:
        raise errors[0] if len(errors) == 1 else Several(errors)


def remove(engine: Engine, text: str, options: RemoveOptions, told: Told) -> None:
    """Remove one image by name, or by the beginning of its id with all its names."""
    named = find_by_name(engine, text)
    if named is None and not looks_like_id(text):
        raise no_such_image(text, hint=_LISTED)
    asked = [named] if named is not None else find_by_id(engine, text)
    if not asked:
        raise no_such_image(text, hint=_LISTED)
    if options.platforms:
        remove_platforms(engine, asked[0], options.platforms, told)
        return
    asked = [*asked, *_folded(engine, asked)]
    check_may_lose(engine, asked, force=options.force)
    _Removal(engine, options, told, asked, is_by_name=named is not None).run()


def _folded(engine: Engine, asked: list[ImageRecord]) -> list[ImageRecord]:
    """The names without a tag that a listing does not show beside the last tag of their image."""
    if not folds(engine.config.namespace, is_wished=engine.config.kube_hide_dupe):
        return []
    digest, names = asked[0].target.digest, {record.name for record in asked}
    others = engine.containerd.images.list(f"target.digest=={digest}")
    others = [record for record in others if record.name not in names]
    return [] if any(shown_name(record.name).tag for record in others) else others


@dataclass(frozen=True)
class _Removal:
    engine: Engine
    options: RemoveOptions
    told: Told
    asked: list[ImageRecord]
    is_by_name: bool

    def run(self) -> None:
        digest = self.asked[0].target.digest
        records = self.engine.containerd.images.list(f"target.digest=={digest}")
        others = {record.name for record in records} - {record.name for record in self.asked}
        if any(not name.startswith(UNTAGGED) for name in others):
            self._untag()
            return
        self._check_repositories()
        stock = take_stock(self.engine)
        users = all_users(self.engine, with_state=True)
        used_by = self._who_need_it(stock, users.of_image(stock, records or self.asked))
        running = [container for container in used_by if container.id in users.running]
        self._check_users(running, used_by)
        if running:
            keep_untagged(self.engine, self.asked[0])
            self._untag()
        else:
            self._delete(stock, others)

    def _who_need_it(self, stock: Stock, used_by: list[ContainerRecord]) -> list[ContainerRecord]:
        """Not those whose own image is here under its name: a conversion has the config of what it was made
        of, and its layers once they are unpacked."""
        digest = self.asked[0].target.digest
        configs = set(stock.configs(digest))

        def has_another(container: ContainerRecord) -> bool:
            config = container.labels.get(labels.IMAGE_ID)
            if config not in configs or container.labels.get(labels.IMAGE_MOUNTS):
                return False
            try:
                own = self.engine.containerd.images.get(container.image).target.digest
            except (NotFound, InvalidArgument):
                return False
            return own != digest and config in stock.configs(own)

        return [container for container in used_by if not has_another(container)]

    def _check_repositories(self) -> None:
        repositories = {shown_name(record.name).repository for record in self.asked}
        if len(repositories - {""}) > 1 and not self.options.force:
            raise Conflict(
                f"conflict: unable to delete {self._id} (must be forced) - image is referenced in multiple "
                "repositories",
                hint="remove its names one by one, or use --force",
            )

    def _check_users(self, running: list[ContainerRecord], used_by: list[ContainerRecord]) -> None:
        if not used_by or (self.options.force and (self.is_by_name or not running)):
            return
        user = (running or used_by)[0].id[:12]
        if self.is_by_name:
            shown = shown_name(self.asked[0].name)
            raise Conflict(
                f'conflict: unable to remove repository reference "{shown}" (must force) - container {user} '
                f"is using its referenced image {self._id}",
                hint=f"remove the container first: `nerdpy rm {'-f ' if running else ''}{user}`",
            )
        must = "cannot be forced" if running else "must be forced"
        raise Conflict(
            f"conflict: unable to delete {self._id} ({must}) - image is being used by "
            f"{'running' if running else 'stopped'} container {user}",
            hint=f"remove the container first: `nerdpy rm {'-f ' if running else ''}{user}`",
        )

    @property
    def _id(self) -> str:
        return self.asked[0].target.digest.partition(":")[2][:12]

    def _untag(self) -> None:
        for record in self.asked:
            with suppress(NotFound):
                self.engine.containerd.images.delete(record.name)
            self._tell_untagged(record)

    def _tell_untagged(self, record: ImageRecord) -> None:
        name = shown_name(record.name)
        if not name.is_dangling:
            tell(self.engine, record, "untag")
            self.told(f"Untagged: {name}")

    def _delete(self, stock: Stock, others: set[str]) -> None:
        """Delete every name; the last one waits for the garbage collection, so that space is free."""
        digest = self.asked[0].target.digest
        layers = [] if self.options.is_async else stock.chains(digest)
        names = [*(record.name for record in self.asked), *others]
        for name in names:
            is_last = name == names[-1] and not self.options.is_async
            with suppress(NotFound):
                self.engine.containerd.images.delete(name, synchronous=is_last)
        for record in self.asked:
            self._tell_untagged(record)
        tell(self.engine, self.asked[0], "delete")
        self.told(f"Deleted: {digest}")
        snapshots = self.engine.containerd.snapshots(self.engine.config.snapshotter)
        left = {snapshot.name for snapshot in snapshots.list("kind==committed")} if layers else set()
        for layer in layers:
            if layer not in left:
                self.told(f"Deleted: {layer}")


def keep_untagged(engine: Engine, record: ImageRecord) -> None:
    """Let the image live on without a name."""
    with suppress(AlreadyExists):
        engine.containerd.images.create(untagged(record))
