"""Options of the driver `local`."""

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.model.volume_options import (
    check_driver_options,
    driver_mount,
    is_at_hand,
    is_in_memory,
    shown_options,
    without_secrets,
)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"colour": "blue"}, 'invalid option: "colour"'),
        ({"type": "tmpfs"}, 'missing required option: "device"'),
        ({"device": "tmpfs"}, 'missing required option: "type"'),
        ({"o": "ro"}, 'missing required option: "device"'),
        ({"size": "10m"}, "quota size requested but no quota support"),
        ({"type": "ext4", "device": "/dev/sdb", "size": "10m"}, "quota size requested but no quota support"),
        ({"type": "none", "device": "", "o": "bind"}, "missing device in volume options"),
        ({"type": "none", "device": "here", "o": "bind"}, 'device "here" of a bind is no absolute path'),
        ({"type": "none", "device": "/a", "o": "remount"}, "remount"),
        ({"type": "ext4", "device": "/dev/\0sdb"}, "NUL"),
    ],
)
def test_what_makes_no_volume_is_refused(options: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        check_driver_options(options)


@pytest.mark.parametrize(
    ("o", "flags", "data", "propagation"),
    [
        ("", 0, "", 0),
        ("ro", 1, "", 0),
        ("ro,rw", 0, "", 0),
        ("nosuid,nodev,noexec,size=10m,uid=1000", 0xE, "size=10m,uid=1000", 0),
        ("bind", 0x1000, "", 0),
        ("rbind,ro,rslave", 0x5001, "", 0x84000),
        ("addr=1.2.3.4,rw,vers=4,soft", 0, "addr=1.2.3.4,vers=4,soft", 0),
        ("defaults,,noatime", 0x400, "", 0),
    ],
)
def test_words_are_flags_or_the_filesystems(o: str, flags: int, data: str, propagation: int) -> None:
    options = {"type": "none", "device": "/a", "o": o}
    check_driver_options(options)
    wanted = driver_mount(options)
    assert (wanted.flags, wanted.data, wanted.propagation) == (flags, data, propagation)


def test_the_server_is_put_in_by_its_address() -> None:
    wanted = driver_mount(
        {"type": "nfs", "device": ":/export", "o": "mountaddr=x,addr=nas.example,rw,vers=3"}
    )
    assert wanted.address == "nas.example"
    assert wanted.at("10.0.0.9") == "mountaddr=x,addr=10.0.0.9,vers=3"
    assert driver_mount({"type": "ext4", "device": "/dev/sdb", "o": "addr=x"}).address == ""


def test_passwords_are_not_shown() -> None:
    options = {"type": "cifs", "device": "//nas/share", "o": "addr=nas,username=me,password=se,vers=3,pass=x"}
    assert shown_options(options)["o"] == "addr=nas,username=me,password=********,vers=3,pass=********"
    assert shown_options({"o": "username=password"})["o"] == "username=password"
    assert shown_options({"o": "name=admin,secret=AQ==,ro"})["o"] == "name=admin,secret=********,ro"
    assert shown_options({"o": 'pass=with,,comma "and" quote,ro'})["o"] == "pass=********,ro"
    assert without_secrets('field "password=se"') == 'field "password=********"'


@pytest.mark.parametrize(
    ("device", "at_hand"),
    [("/dev/sdb", True), ("/srv", True), ("//nas/x", False), (":/x", False), ("tmpfs", False)],
)
def test_what_needs_no_server(device: str, at_hand: bool) -> None:
    assert is_at_hand({"type": "any", "device": device}) is at_hand
    assert is_at_hand({})


def test_what_lives_in_memory() -> None:
    assert is_in_memory({"type": "tmpfs", "device": "tmpfs"})
    assert not is_in_memory({"type": "nfs", "device": ":/"})
