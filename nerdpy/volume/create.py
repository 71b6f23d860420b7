"""Make volumes. A volume appears whole or not at all: it is made beside its place and renamed to it."""

import errno
import json
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress

from nerdpy import errors
from nerdpy.engine import Engine
from nerdpy.errors import InvalidArgument
from nerdpy.model.identifier import parse_identifier
from nerdpy.volume.find import ANONYMOUS, DATA, RECORD, Volume, get, load_volume


def create(
    engine: Engine,
    name: str = "",
    *,
    labels: Mapping[str, str] | None = None,
    driver: str = "local",
    driver_options: Mapping[str, str] | None = None,
) -> Volume:
    """The volume `name`, made if it is missing; without a name a new anonymous one."""
    if driver not in {"", "local"}:
        raise errors.NotImplemented(
            f'volume driver "{driver}" is not known', hint="use local: a folder of the data root"
        )
    if driver_options:
        raise errors.NotImplemented(
            "the driver local takes no options here", hint="mount the file system on the host, and bind it"
        )
    if not name:
        return create_anonymous(engine, labels)
    ensure(engine, name, labels)
    return get(engine, name)


def create_anonymous(
    engine: Engine,
    labels: Mapping[str, str] | None = None,
    note: Callable[[str], None] = lambda name: None,
) -> Volume:
    """A volume with a random name and the label that says so; `note` hears the name before it is made."""
    name = secrets.token_hex(32)
    note(name)
    ensure(engine, name, {**(labels or {}), ANONYMOUS: ""})
    return get(engine, name)


def ensure(engine: Engine, name: str, labels: Mapping[str, str] | None = None) -> bool:
    """See that the volume is there; says whether this call has made it. Labels are those of its maker."""
    parse_identifier(name, "volume")
    if load_volume(engine, name) is not None:
        return False
    folder = engine.paths.volume(name)
    draft = engine.store.drafts.new()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft.mkdir(mode=0o700)
        (draft / DATA).mkdir(mode=0o755)
        os.chmod(draft / DATA, 0o755)  # whatever the umask is: others than root use it
        (draft / RECORD).write_text(json.dumps({"labels": dict(labels) if labels else None}, indent=4))
        os.chmod(draft / RECORD, 0o600)
        os.rename(draft, folder)
    except OSError as error:
        with suppress(OSError):
            shutil.rmtree(draft)
        if error.errno in {errno.EEXIST, errno.ENOTEMPTY} and load_volume(engine, name) is not None:
            return False  # somebody else was faster
        raise InvalidArgument(f'cannot make volume "{name}": {(error.strerror or "").lower()}') from error
    engine.store.journal.note("volume", "create", name, {"driver": "local"})
    return True
