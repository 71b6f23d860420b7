"""CDI files: what they may say, and what versions they need for it."""

from typing import Any

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.model.cdi import merge_edits, read_cdi
from nerdpy.model.cdi_edits import EditedMount, Edits, Hook, Link, Node
from nerdpy.model.device import is_cdi_name

ENV: dict[str, Any] = {"env": ["A=1"]}
TYPED = {"hostPath": "tmpfs", "containerPath": "/t", "type": "tmpfs"}


def file_of(version: str = "1.1.0", kind: str = "vendor.com/class", edits: Any = None, **more: Any) -> Any:
    devices = [{"name": "one", "containerEdits": ENV if edits is None else edits}]
    return {"cdiVersion": version, "kind": kind, "devices": devices, **more}


def test_every_edit_of_the_current_version_is_read() -> None:
    edits: Any = {
        "env": ["A=1", "B="],
        "deviceNodes": [
            {"path": "/dev/a", "hostPath": "/dev/b", "type": "c", "major": 1, "minor": 3, "fileMode": 432,
             "permissions": "rw", "uid": 5, "gid": 6},
            {"path": "/dev/c"},
        ],
        "netDevices": [{"hostInterfaceName": "eth9", "name": "net0"}],
        "mounts": [{"hostPath": "/h", "containerPath": "/c", "options": ["ro"]},
                   TYPED],
        "hooks": [{"hookName": "createContainer", "path": "/bin/x", "args": ["x", "y"], "env": ["C=2"],
                   "timeout": 3}],
        "additionalGids": [0, 7],
        "intelRdt": {"closID": "gold", "schemata": ["L3:0=f"], "enableMonitoring": True},
    }  # fmt: skip
    file = read_cdi(file_of(edits=edits, containerEdits=ENV), "/etc/cdi/x.json")
    assert (file.names, file.edits.environment) == (("vendor.com/class=one",), ("A=1",))
    assert file.devices["one"] == Edits(
        environment=("A=1", "B="),
        nodes=(
            Node(path="/dev/a", host_path="/dev/b", type="c", major=1, minor=3, file_mode=0o660,
                 permissions="rw", uid=5, gid=6),
            Node(path="/dev/c"),
        ),
        links=(Link(path="net0", host_name="eth9"),),
        mounts=(EditedMount(path="/c", source="/h", options=("ro",)),
                EditedMount(path="/t", source="tmpfs", type="tmpfs")),
        hooks=(Hook(moment="createContainer", path="/bin/x", arguments=("x", "y"), environment=("C=2",),
                    timeout=3),),
        groups=(7,),
        rdt=edits["intelRdt"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([], "not a map"),
        ({**file_of(), "colour": 1}, 'unknown key "colour"'),
        (file_of("9.9.9"), '"9.9.9" is not known'),
        (file_of(kind="vendor"), "is not vendor/class"),
        ({**file_of(), "devices": []}, "devices is empty"),
        ({**file_of(), "devices": [*file_of()["devices"], *file_of()["devices"]]}, "stands there twice"),
        (file_of(edits={}), "edits nothing"),
        (file_of(edits={"colour": 1}), 'unknown key "colour"'),
        (file_of(edits={"env": ["A"]}), "not NAME=VALUE"),
        (file_of(edits={"env": "A=1"}), "not a list"),
        (file_of(edits={"deviceNodes": [{"path": "dev"}]}), "not an absolute path"),
        (file_of(edits={"deviceNodes": [{"path": "/d", "type": "x"}]}), "none of b, c, u, p"),
        (file_of(edits={"deviceNodes": [{"path": "/d", "permissions": "rx"}]}), "more than rwm"),
        (file_of(edits={"deviceNodes": [{"path": "/d", "major": "1"}]}), "not a whole number"),
        (file_of(edits={"mounts": [{"containerPath": "/c"}]}), "no hostPath"),
        (file_of(edits={"hooks": [{"hookName": "later", "path": "/x"}]}), "none of prestart"),
        (file_of(edits={"netDevices": [{"name": "x"}]}), "no hostInterfaceName"),
        (file_of("0.3.0", edits={"mounts": [TYPED]}), "0.4.0"),
        (file_of("0.4.0", edits={"deviceNodes": [{"path": "/d", "hostPath": "/e"}]}), "0.5.0"),
        (file_of("0.5.0", annotations={"a": "b"}), "0.6.0"),
        (file_of("0.5.0", kind="vendor.com/a.b"), "0.6.0"),
        (file_of("0.6.0", edits={"additionalGids": [5]}), "0.7.0"),
        (file_of("1.0.0", edits={"netDevices": [{"hostInterfaceName": "a", "name": "b"}]}), "1.1.0"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(value: Any, words: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        read_cdi(value, "/etc/cdi/x.json")
    assert words in caught.value.message


def test_later_edits_win_where_there_is_one_place() -> None:
    first = Edits(
        nodes=(Node(path="/d", major=1),), mounts=(EditedMount(path="/m", source="/a"),), groups=(5,)
    )
    second = Edits(
        nodes=(Node(path="/d", major=2),), mounts=(EditedMount(path="/m", source="/b"),), groups=(5, 6)
    )
    merged = merge_edits([first, second])
    assert (merged.nodes, merged.mounts, merged.groups) == (second.nodes, second.mounts, (5, 6))


@pytest.mark.parametrize(
    ("text", "is_name"),
    [
        ("vendor.com/class=name", True),
        ("nvidia.com/gpu=0", True),
        ("v/c=GPU-1:2", True),
        ("vendor.com/class", False),
        ("/dev/a=b", False),
        ("vendor.com/class=", False),
        ("1v/c=d", False),
    ],
)
def test_names_are_told_from_paths(text: str, is_name: bool) -> None:
    assert is_cdi_name(text) is is_name
