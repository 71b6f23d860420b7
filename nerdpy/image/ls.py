"""List images: one look at names, content and snapshots, whatever their number."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from operator import gt, lt
from typing import Any

from nerdpy.dataclass import dataclass, field
from nerdpy.engine import Engine
from nerdpy.errors import NerdpyError
from nerdpy.image.filtering import NEED_CONFIG, check_filters, fits, matches_name
from nerdpy.image.find import find_image
from nerdpy.image.names import PUSHING, ShownName, shown_name
from nerdpy.image.read import pick_manifest
from nerdpy.image.stock import CONFIG, Stock, take_stock
from nerdpy.image.usage import Users, all_users
from nerdpy.kube.images import folds
from nerdpy.model.descriptor import platform_from_json
from nerdpy.model.filters import Filters
from nerdpy.model.platform import normalise
from nerdpy.model.records import ImageRecord
from nerdpy.model.timestamps import parse_entry_time, parse_timestamp

_WORKERS = 8
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Listed:
    """One name, and what it points at."""

    record: ImageRecord
    name: ShownName
    config: dict[str, Any] = field(default_factory=dict)
    """The config of the platform that would be run; empty when it is not here or was not asked for."""
    content_size: int = 0
    unpacked_size: int = 0
    users: int = 0

    @cached_property
    def created_at(self) -> datetime | None:
        """When the image was made, by its own account."""
        with suppress(ValueError, TypeError):
            nanoseconds = parse_entry_time(self.config["created"]) if self.config.get("created") else None
            return _EPOCH + timedelta(microseconds=nanoseconds // 1000) if nanoseconds is not None else None
        return None

    @property
    def labels(self) -> dict[str, str]:
        return dict((self.config.get("config") or {}).get("Labels") or {})

    @property
    def platform(self) -> str:
        return str(normalise(platform_from_json(self.config))) if self.config.get("architecture") else ""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What of each image is to be known: what nobody looks at is not looked up."""

    pattern: str = ""
    """`REPOSITORY[:TAG]`, a glob."""
    filters: Filters = field(default_factory=Filters)
    config: bool = True
    sizes: bool = True
    users: bool = False


def list_images(engine: Engine, wish: Wish) -> list[Listed]:
    """The images that fit, newest first. A broken image is listed with what is left of it."""
    check_filters(wish.filters)
    named = [it for it in engine.containerd.images.list() if not it.name.startswith(PUSHING)]
    found = [(record, shown_name(record.name)) for record in named]
    found = [
        (record, name)
        for record, name in found
        if matches_name(name, wish.filters) and fits_pattern(wish.pattern, name, record.target.digest)
    ]
    if folds(engine.config.namespace, is_wished=engine.config.kube_hide_dupe):
        found = _without_duplicates(found)
    look = _Look(engine, wish, [record for record, _ in found])
    listed = [image for record, name in found if look.fits(image := look.at(record, name))]
    return sorted(listed, key=lambda image: image.created_at or _EPOCH, reverse=True)


def fits_pattern(pattern: str, name: ShownName, digest: str) -> bool:
    """docker's rule for its only argument: with a tag this name, without one all of the repository; with a
    digest only what has it."""
    glob, at, wanted = pattern.partition("@")
    if at and wanted != digest:
        return False
    return not glob or fits(glob, name.texts)


def side_by_side(act: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
    """Do many small calls at once; the order stays."""
    if len(items) < 4:
        return [act(item) for item in items]
    with ThreadPoolExecutor(_WORKERS) as pool:
        return list(pool.map(act, items))


def _without_duplicates(found: list[tuple[ImageRecord, ShownName]]) -> list[tuple[ImageRecord, ShownName]]:
    tagged = {record.target.digest for record, name in found if name.tag}
    return [(record, name) for record, name in found if name.tag or record.target.digest not in tagged]


class _Look:
    """What is shared by all images of a listing: whatever their number, it takes as many calls at once as
    there are configs and snapshots, and three more."""

    def __init__(self, engine: Engine, wish: Wish, records: Sequence[ImageRecord]) -> None:
        self._engine = engine
        self._wish = wish
        self._wants_config = wish.config or not NEED_CONFIG.isdisjoint(wish.filters.values)
        needs_stock = self._wants_config or wish.sizes or wish.users
        self._stock = take_stock(engine) if needs_stock else Stock(engine, {})
        self._users = all_users(engine) if wish.users else Users(())
        self._configs = self._read_configs(records) if self._wants_config else {}
        digests = {record.target.digest for record in records} if wish.sizes else set()
        self._chains = {digest: self._stock.chains(digest) for digest in digests}
        snapshots = engine.containerd.snapshots(engine.config.snapshotter)
        self._sizes = snapshots.sizes(sorted(set().union(*self._chains.values())))
        self._bounds = self._time_bounds()

    def at(self, record: ImageRecord, name: ShownName) -> Listed:
        digest, stock, wish = record.target.digest, self._stock, self._wish
        users = self._users.of_image(stock, (record,)) if wish.users else []
        return Listed(
            record,
            name,
            self._configs.get(digest, {}),
            stock.size(digest) if wish.sizes else 0,
            sum(self._sizes[chain] for chain in self._chains.get(digest, ())),
            len(users),
        )

    def _read_configs(self, records: Sequence[ImageRecord]) -> dict[str, dict[str, Any]]:
        """Target's digest -> config of the platform that would be run."""
        chosen = {record.target.digest: record for record in records}
        configs = {digest: self._choose_config(record) for digest, record in chosen.items()}
        found = self._stock.read_json(set(filter(None, configs.values())))
        return {digest: found.get(config, {}) for digest, config in configs.items()}

    def _choose_config(self, record: ImageRecord) -> str:
        manifests = self._stock.manifests(record.target.digest)
        chosen = manifests[0] if manifests else None
        if len(manifests) > 1:
            with suppress(NerdpyError):
                best = pick_manifest(self._engine, record, None).digest
                chosen = best if best in manifests else chosen
        return self._stock.blobs[chosen].labels[CONFIG] if chosen else ""

    def _time_bounds(self) -> list[Callable[[datetime], bool]]:
        """Each of `before`, `since` and `until`: any of its values will do."""
        filters, now = self._wish.filters, datetime.now(UTC)
        before, since = (self._moments(filters.get(key)) for key in ("before", "since"))
        until = [
            _EPOCH + timedelta(microseconds=parse_timestamp(text, now) // 1000)
            for text in filters.get("until")
        ]
        earlier = [partial(gt, max(moments)) for moments in (before, until) if moments]
        return [*earlier, *([partial(lt, min(since))] if since else [])]

    def _moments(self, names: Iterable[str]) -> list[datetime]:
        records = [find_image(self._engine, name) for name in names]
        configs = self._read_configs(records)
        found = [Listed(record, ShownName(), configs[record.target.digest]) for record in records]
        return [image.created_at or _EPOCH for image in found]

    def fits(self, image: Listed) -> bool:
        """The filters that need the config."""
        if not self._wish.filters.matches_labels(image.labels):
            return False
        return all(is_within(image.created_at or _EPOCH) for is_within in self._bounds)
