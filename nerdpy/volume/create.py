"""Make volumes. A volume appears whole or not at all: it is made beside its place and renamed to it."""

import errno
import json
import os
from collections.abc import Callable, Mapping

from nerdpy import errors
from nerdpy.engine import Engine
from nerdpy.errors import Conflict, InvalidArgument
from nerdpy.linux.whole_file import write_whole
from nerdpy.model.identifier import parse_identifier
from nerdpy.model.volume_options import check_driver_options
from nerdpy.volume.find import ANONYMOUS, DATA, RECORD, Volume, get, load_volume


def create(
    engine: Engine,
    name: str = "",
    *,
    labels: Mapping[str, str] | None = None,
    driver: str = "local",
    driver_options: Mapping[str, str] | None = None,
) -> Volume:
    """The volume `name`, made if it is missing; without a name a new anonymous one. Nothing is mounted yet.
    Conflict where it exists with other driver options."""
    check_driver(driver)
    if not name:
        return create_anonymous(engine, labels, options=driver_options)
    ensure(engine, name, labels, driver_options)
    return get(engine, name)


def check_driver(driver: str) -> None:
    """There is one driver; docker's others are plugins."""
    if driver not in {"", "local"}:
        raise errors.NotImplemented(
            f'error looking up volume plugin {driver}: plugin "{driver}" not found',
            hint="nerdpy has the driver local: with -o it mounts nfs, cifs, tmpfs, disks and folders",
        )


def create_anonymous(
    engine: Engine,
    labels: Mapping[str, str] | None = None,
    note: Callable[[str], None] = lambda name: None,
    options: Mapping[str, str] | None = None,
) -> Volume:
    """A volume with a random name and the label that says so; `note` hears the name before it is made."""
    name = os.urandom(32).hex()
    note(name)
    ensure(engine, name, {**(labels or {}), ANONYMOUS: ""}, options)
    return get(engine, name)


def ensure(
    engine: Engine,
    name: str,
    labels: Mapping[str, str] | None = None,
    options: Mapping[str, str] | None = None,
) -> bool:
    """See that the volume is there; says whether this call has made it. Labels are those of its maker."""
    parse_identifier(name, "volume")
    check_driver_options(options or {})
    if (found := load_volume(engine, name)) is not None:
        return _same(found, options)
    folder = engine.paths.volume(name)
    draft = engine.store.drafts.new()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft.mkdir(mode=0o700)
        (draft / DATA).mkdir(mode=0o755)
        os.chmod(draft / DATA, 0o755)  # whatever the umask is: others than root use it
        # without its options it would be a folder like others, and take what is meant for a server
        write_whole(draft / RECORD, _record(labels, options), is_durable=bool(options))
        os.rename(draft, folder)
    except OSError as error:
        engine.store.drafts.remove(draft)
        taken = error.errno in {errno.EEXIST, errno.ENOTEMPTY}
        if taken and (found := load_volume(engine, name)) is not None:
            return _same(found, options)  # somebody else was faster
        raise InvalidArgument(f'cannot make volume "{name}": {(error.strerror or "").lower()}') from error
    engine.store.journal.note("volume", "create", name, {"driver": "local"})
    return True


def _same(found: Volume, options: Mapping[str, str] | None) -> bool:
    """False, for it was there already. Docker would let other options pass in silence."""
    if options and dict(options) != dict(found.options):
        raise Conflict(
            f"create {found.name}: conflict: volume name must be unique",
            hint=f"it exists with other options: `nerdpy volume inspect {found.name}`",
        )
    return False


def _record(labels: Mapping[str, str] | None, options: Mapping[str, str] | None) -> str:
    """nerdctl's record, and the options beside its labels where there are any: they may hold a password."""
    record: dict[str, object] = {"labels": dict(labels) if labels else None}
    return json.dumps({**record, "options": dict(options)} if options else record, indent=4)
