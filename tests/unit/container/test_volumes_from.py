"""`--volumes-from`."""

import json
from pathlib import Path

from nerdpy import labels
from nerdpy.container.volumes_from import mounts_from
from nerdpy.model.records import ContainerId, ContainerRecord

STORE = Path("/data/volumes/default")


def owner(*mounts: dict[str, object], anonymous: tuple[str, ...] = ()) -> ContainerRecord:
    written = {f"{labels.MOUNTS}.{number}": json.dumps(mount) for number, mount in enumerate(mounts)}
    return ContainerRecord(
        id=ContainerId("c" * 64), labels=written | labels.packed(labels.ANONYMOUS_VOLUMES, anonymous)
    )


def mount(name: str, source: str, **more: object) -> dict[str, object]:
    plain = {"Type": "volume", "Destination": "/x", "Mode": "", "RW": True, "Propagation": ""}
    return {**plain, "Name": name, "Source": source, **more}


def test_volumes_are_taken_by_name_must_be_there_and_stay_anonymous() -> None:
    record = owner(
        mount("named", f"{STORE}/named/_data", RW=False),
        mount("f" * 64, f"{STORE}/{'f' * 64}/_data"),
        mount("", "", Type="tmpfs"),
        anonymous=("f" * 64,),
    )
    named, nameless = mounts_from(record, "owner", [STORE])
    assert (named.type, named.source, named.is_anonymous) == ("volume", "named", False)
    assert (nameless.source, nameless.is_anonymous) == ("f" * 64, True)
    assert named.read_only
    assert named.is_taken
    assert not named.copies_up
    assert [one.read_only for one in mounts_from(record, "owner:rw", [STORE])] == [False, False]


def test_another_tools_volume_is_not_taken_for_ours_of_the_same_name() -> None:
    theirs = "/var/lib/nerdctl/1935db59/volumes/default/named/_data"
    (taken,) = mounts_from(owner(mount("named", theirs), anonymous=("named",)), "owner:ro", [STORE])
    assert (taken.type, taken.source, taken.read_only, taken.is_anonymous) == ("bind", theirs, True, False)
