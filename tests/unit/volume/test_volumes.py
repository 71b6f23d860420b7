"""Volumes on disk."""

import errno
import json
import os
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from nerdpy import errors
from nerdpy.config import Config
from nerdpy.dataclass import replace
from nerdpy.engine import Engine
from nerdpy.errors import InvalidArgument, NotFound
from nerdpy.model.mounts import MountRequest
from nerdpy.volume.copy_up import fill
from nerdpy.volume.create import create, ensure
from nerdpy.volume.find import all_volumes, bytes_in, get
from nerdpy.volume.hold import held
from nerdpy.volume.ls import list_volumes, parse_filters
from nerdpy.volume.prune import prune
from nerdpy.volume.resolve import resolve
from nerdpy.volume.rm import remove, remove_unused
from nerdpy.volume.staging import finish_filling, is_half_filled, staging


@dataclass(frozen=True)
class _Record:
    id: str
    labels: dict[str, str]
    spec_json: bytes = b"{}"


@pytest.fixture
def records() -> list[_Record]:
    """The containers of the engine."""
    return []


@pytest.fixture
def engine(tmp_path: Path, records: list[_Record]) -> Engine:
    made = Engine(Config(data_root=str(tmp_path / "data"), state_root=str(tmp_path / "state"), address="/a"))
    own = SimpleNamespace(containers=SimpleNamespace(list=lambda: records))
    own.namespaces = SimpleNamespace(list=lambda: [SimpleNamespace(name="default")])
    own.in_namespace = lambda name: own
    made.__dict__["containerd"] = own
    return made


def using(engine: Engine, name: str, *, old: bool = False) -> _Record:
    mount = {"Type": "volume", "Name": name, "Source": str(engine.paths.volume(name) / "_data")}
    labels = {"nerdctl/mounts": json.dumps([mount])} if old else {"nerdctl/mounts.0": json.dumps(mount)}
    return _Record("c" * 64, {**labels, "nerdctl/name": "web"})


def test_a_volume_is_made_once_and_keeps_the_labels_of_its_maker(engine: Engine) -> None:
    volume = create(engine, "data", labels={"a": "b"})
    assert create(engine, "data", labels={"x": "y"}).labels == {"a": "b"}
    assert volume.mountpoint == engine.paths.volume("data") / "_data"
    assert volume.mountpoint.stat().st_mode & 0o777 == 0o755
    assert engine.paths.volume("data").stat().st_mode & 0o777 == 0o700
    assert not ensure(engine, "data")
    assert [entry.name for entry in engine.paths.volumes.iterdir()] == ["data"]


def test_the_options_of_a_volume_are_on_the_disk_before_it_is_seen(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a power cut a volume without them would take what is meant for a server."""
    synced: list[list[str]] = []
    monkeypatch.setattr(os, "fsync", lambda file: synced.append([one.name for one in all_volumes(engine)]))
    create(engine, "mounted", driver_options=TMPFS)
    create(engine, "plain")
    assert synced == [[]]


def test_anonymity_is_a_label_and_not_a_kind_of_name(engine: Engine) -> None:
    assert create(engine).is_anonymous
    assert len(create(engine).name) == 64
    assert not create(engine, "f" * 64).is_anonymous


def test_a_broken_record_does_not_hide_the_data(engine: Engine) -> None:
    create(engine, "data")
    (engine.paths.volume("data") / "volume.json").write_text("{")
    assert get(engine, "data").labels == {}
    (engine.paths.volume("data") / "volume.json").unlink()
    assert [volume.name for volume in all_volumes(engine)] == ["data"]


@pytest.mark.parametrize("name", ["x", "../x", "a/b", ".hidden", ""])
def test_a_name_that_is_no_identifier_is_never_a_volume(engine: Engine, name: str) -> None:
    with pytest.raises(NotFound):
        get(engine, name)
    with pytest.raises(InvalidArgument):
        ensure(engine, name)


def test_other_drivers_are_refused(engine: Engine) -> None:
    with pytest.raises(errors.NotImplemented, match='plugin "nfs" not found'):
        create(engine, "data", driver="nfs")


TMPFS = {"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}


def test_options_are_kept_and_others_conflict(engine: Engine) -> None:
    made = create(engine, "data", driver_options=TMPFS)
    assert made.options == TMPFS
    assert made.mountpoint == engine.paths.state / "volumes/default/data/_data"
    assert (engine.paths.volume("data") / "volume.json").stat().st_mode & 0o777 == 0o600
    assert create(engine, "data", driver_options=TMPFS).options == TMPFS
    assert create(engine, "data").options == TMPFS
    with pytest.raises(errors.Conflict, match="create data: conflict: volume name must be unique"):
        create(engine, "data", driver_options={**TMPFS, "o": "size=2m"})
    create(engine, "plain")
    with pytest.raises(errors.Conflict):
        create(engine, "plain", driver_options=TMPFS)
    record = json.loads((engine.paths.volume("plain") / "volume.json").read_text())
    assert record == {"labels": None}


@pytest.mark.parametrize("old", [False, True])
def test_a_volume_in_use_is_not_removed_but_the_others_are(
    engine: Engine, records: list[_Record], old: bool
) -> None:
    for name in ("used", "free", "also-free"):
        create(engine, name)
    records.append(using(engine, "used", old=old))
    removed: list[str] = []
    with pytest.raises(errors.Several) as caught:
        removed.extend(remove(engine, ["free", "used", "missing", "also-free"]))
    assert removed == ["free", "also-free"]
    assert [error.message for error in caught.value.errors] == [
        "remove used: volume is in use - [web]",
        "no such volume: missing",
    ]
    assert [volume.name for volume in all_volumes(engine)] == ["used"]
    remove_unused(engine, ["used", "missing"])
    assert [volume.name for volume in all_volumes(engine)] == ["used"]


def test_a_volume_that_somebody_is_about_to_use_is_not_removed(engine: Engine) -> None:
    create(engine, "data")
    intent = engine.store.intents.begin("create", "abc", name="web")
    intent.add(volumes=["data"], uses=["data"])
    with pytest.raises(errors.Conflict, match=r"volume is in use - \[web\]"):
        list(remove(engine, ["data"]))
    remove_unused(engine, ["data"], made_for="xyz")
    assert [volume.name for volume in all_volumes(engine)] == ["data"]
    remove_unused(engine, ["data"], made_for="abc")
    assert all_volumes(engine) == []


def test_a_volume_that_a_container_of_others_binds_by_its_path_is_not_removed(
    engine: Engine, records: list[_Record]
) -> None:
    path = str(create(engine, "data").mountpoint)
    spec = json.dumps({"mounts": [{"source": path}]}).replace("/", "\\/").encode()
    records.append(_Record("e" * 64, {}, spec))
    with pytest.raises(errors.Conflict, match=r"in use - \[eeeeeeeeeeee\]"):
        list(remove(engine, ["data"]))


@pytest.mark.parametrize("below", ["", "/_data", "/_data/sub"])
def test_a_volume_whose_folder_others_bind_does_not_go_with_its_container(
    engine: Engine, records: list[_Record], below: str
) -> None:
    path = f"{engine.paths.volume(create(engine, 'data').name)}{below}"
    records.append(_Record("e" * 64, {}, json.dumps({"mounts": [{"source": path}]}).encode()))
    remove_unused(engine, ["data"], made_for="f" * 64)
    prune(engine, ["all=true"], lambda name: None)
    assert [volume.name for volume in all_volumes(engine)] == ["data"]
    remove_unused(engine, ["data"], made_for="e" * 64)
    assert all_volumes(engine) == []


def test_what_was_freed_is_measured_when_nobody_can_reach_it_any_more(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    (create(engine, "data").mountpoint / "file").write_text("12345")
    there: list[list[str]] = []
    told: list[str] = []

    def measure(folder: Path) -> int:
        there.append([volume.name for volume in all_volumes(engine)])
        return bytes_in(folder)

    monkeypatch.setattr("nerdpy.volume.prune.bytes_in", measure)
    assert (prune(engine, ["all=true"], told.append), told, there) == (5, ["data"], [[]])


def test_force_takes_a_missing_volume_for_removed(engine: Engine) -> None:
    assert list(remove(engine, ["missing"], is_forced=True)) == ["missing"]


def test_a_volume_of_another_store_with_the_same_name_is_not_ours(
    engine: Engine, records: list[_Record]
) -> None:
    create(engine, "data")
    mount = {"Type": "volume", "Name": "data", "Source": "/var/lib/nerdctl/1/volumes/default/data/_data"}
    records.append(_Record("d" * 64, {"nerdctl/mounts.0": json.dumps(mount), "nerdctl/mounts.1": "{"}))
    assert list(remove(engine, ["data"])) == ["data"]


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ([], ["one", "two"]),
        (["name=on"], ["one"]),
        (["name=on", "name=tw"], ["one", "two"]),
        (["name=^o.e$"], ["one"]),
        (["name=^n"], []),
        (["name=*"], []),
        (["label=a"], ["one"]),
        (["label=a=c"], []),
        (["dangling=true"], ["two"]),
        (["dangling=0"], ["one"]),
        (["driver=local"], ["one", "two"]),
        (["driver=nfs"], []),
        (["size>=3"], ["one"]),
        (["size<3"], ["two"]),
    ],
)
def test_filters_choose(engine: Engine, records: list[_Record], filters: list[str], names: list[str]) -> None:
    create(engine, "one", labels={"a": "b"})
    create(engine, "two")
    (get(engine, "one").mountpoint / "file").write_text("123")
    records.append(using(engine, "one"))
    assert [volume.name for volume in list_volumes(engine, parse_filters(filters))] == names


@pytest.mark.parametrize("text", ["colour=red", "name", "dangling=perhaps", "size>much", "size"])
def test_a_wrong_filter_is_an_error(text: str) -> None:
    with pytest.raises(InvalidArgument):
        parse_filters([text])


def test_the_size_counts_each_file_once_and_follows_no_link(engine: Engine) -> None:
    data = create(engine, "data").mountpoint
    (data / "a").write_text("12345")
    os.link(data / "a", data / "b")
    (data / "link").symlink_to("/etc")
    assert get(engine, "data").size() == 5 + len("/etc")


def refuse(name: str, is_new: bool) -> None:
    raise AssertionError(f"volume {name} was used")


def test_a_volume_is_measured_and_removed_however_deep_its_folders_are(engine: Engine) -> None:
    """A container nests them as it likes; 1100 are beyond Python's recursion."""
    folder = os.open(create(engine, "deep").mountpoint, os.O_RDONLY)
    for _ in range(1100):
        os.mkdir("d", dir_fd=folder)
        above, folder = folder, os.open("d", os.O_RDONLY, dir_fd=folder)
        os.close(above)
    os.close(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=folder))
    os.truncate(f"/proc/self/fd/{folder}/file", 1 << 30)
    os.close(folder)
    assert get(engine, "deep").size() > 1 << 30
    assert list(remove(engine, ["deep"])) == ["deep"]
    assert os.listdir(engine.store.drafts.paths.drafts) == []


def test_requests_become_mounts_and_image_volumes_are_added(engine: Engine, tmp_path: Path) -> None:
    requests = [
        MountRequest(type="volume", source="data", target="/data/"),
        MountRequest(type="bind", source=str(tmp_path / "new/dir"), target="/b", creates_source=True),
        MountRequest(type="tmpfs", target="/t", tmpfs_options=("size=1m",)),
    ]
    noted: list[tuple[str, bool]] = []
    mounts = resolve(engine, requests, ["/data", "/other"], lambda *note: noted.append(note))
    assert [(mount.type, mount.target, mount.propagation) for mount in mounts] == [
        ("volume", "/data", ""),
        ("bind", "/b", "rprivate"),
        ("tmpfs", "/t", ""),
        ("volume", "/other", ""),
    ]
    assert (tmp_path / "new/dir").is_dir()
    assert noted == [("data", True), (mounts[3].name, True)]
    assert [mount.is_anonymous for mount in mounts] == [False, False, False, True]
    assert mounts[0].needs_content
    (get(engine, "data").mountpoint / "file").write_text("")
    noted.clear()
    again = resolve(engine, requests[:1], [], lambda *note: noted.append(note))
    assert not again[0].needs_content
    assert noted == [("data", False)]


def test_a_volume_is_announced_before_it_is_made(engine: Engine) -> None:
    seen: list[bool] = []
    requests = [MountRequest(type="volume", source="data", target="/data")]
    resolve(engine, requests, [], lambda name, is_new: seen.append(engine.paths.volume(name).exists()))
    assert seen == [False]


def test_a_volume_that_went_with_the_container_it_is_taken_from_is_not_made_anew(engine: Engine) -> None:
    taken = MountRequest(type="volume", source="gone", target="/x", is_taken=True)
    with pytest.raises(NotFound, match="no such volume: gone"):
        resolve(engine, [taken], [], lambda name, is_new: None)
    assert all_volumes(engine) == []


def test_a_bind_of_nothing_is_refused(engine: Engine) -> None:
    requests = [MountRequest(type="bind", source="/no/such/folder", target="/b")]
    with pytest.raises(NotFound, match="bind source path does not exist: /no/such/folder"):
        resolve(engine, requests, [], refuse)


@pytest.mark.parametrize("path", ["/", "/dev", "/proc/", "/sys/."])
def test_an_image_may_not_hide_the_system(engine: Engine, path: str) -> None:
    with pytest.raises(InvalidArgument):
        resolve(engine, [], [path], refuse)


@pytest.fixture
def image(tmp_path: Path) -> int:
    """The root of an image whose folders are traps."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/secret").write_text("of the host")
    root = tmp_path / "image"
    (root / "etc").mkdir(parents=True)
    (root / "etc/own").write_text("of the image")
    (root / "absolute").symlink_to("/etc")
    (root / "relative").symlink_to("../../../etc")
    (root / "outside").symlink_to(f"{tmp_path}/etc")
    (root / "loop").symlink_to("loop")
    (root / "file").write_text("")
    return os.open(root, os.O_RDONLY | os.O_DIRECTORY)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/etc", ["own"]),
        ("/absolute", ["own"]),
        ("/relative/", ["own"]),
        ("/outside", []),
        ("/loop", []),
        ("/file", []),
        ("/missing", []),
    ],
)
def test_a_volume_is_filled_from_inside_the_image_only(
    engine: Engine, image: int, path: str, content: list[str]
) -> None:
    data = create(engine, "data").mountpoint
    with held(engine, "data") as volume:
        fill(image, path, volume)
    assert os.listdir(data) == content
    assert sorted(os.listdir(data.parent)) == ["_data", "volume.json"]
    os.close(image)


@pytest.mark.parametrize("is_apart", [False, True])
def test_what_came_in_meanwhile_is_not_written_over(engine: Engine, image: int, is_apart: bool) -> None:
    data = create(engine, "data").mountpoint
    (data / "own").write_text("of another container")
    with held(engine, "data") as volume:
        fill(image, "/etc", replace(volume, is_apart=is_apart))
    assert (data / "own").read_text() == "of another container"
    assert sorted(os.listdir(data.parent)) == ["_data", "volume.json"]
    os.close(image)


@pytest.mark.parametrize("is_apart", [False, True])
def test_whatever_a_killed_filler_has_left_is_finished(engine: Engine, is_apart: bool) -> None:
    data = create(engine, "data").mountpoint
    folder = data.parent
    (folder / ".nerdpy-filling").mkdir()
    (folder / ".nerdpy-filling/half").write_text("")
    whole = folder / ".nerdpy-filled"
    whole.mkdir()
    whole.chmod(0o1750)
    (whole / "second").write_text("2")
    (whole / "second").chmod(0o4711)
    (data / "first").write_text("1")
    assert is_half_filled(engine, get(engine, "data"))
    with held(engine, "data") as volume:
        finish_filling(replace(volume, is_apart=is_apart))
    assert sorted(os.listdir(data)) == ["first", "second"]
    assert (data / "second").stat().st_mode & 0o7777 == 0o4711
    assert data.stat().st_mode & 0o7777 == 0o1750
    assert sorted(os.listdir(folder)) == ["_data", "volume.json"]
    assert not is_half_filled(engine, get(engine, "data"))


def test_what_a_container_has_changed_of_a_half_copied_filling_stays(engine: Engine) -> None:
    data = create(engine, "data").mountpoint
    whole = data.parent / ".nerdpy-filled"
    for folder, text in ((whole, "filled"), (data, "changed")):
        (folder / "sub").mkdir(parents=True)
        (folder / "sub/file").write_text(text)
        (folder / "top").write_text(text)
    (whole / "sub/missing").write_text("filled")
    with held(engine, "data") as volume:
        finish_filling(replace(volume, is_apart=True))
    texts = {str(path.relative_to(data)): path.read_text() for path in data.rglob("*") if path.is_file()}
    assert texts == {"sub/file": "changed", "top": "changed", "sub/missing": "filled"}


def test_a_filling_that_finds_no_room_is_taken_back(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what had come in, all that the container has not changed meanwhile; the next filler begins anew."""
    data = create(engine, "data").mountpoint

    whole = data.parent / ".nerdpy-filled"
    for name in ("sub/deep", "changed"):
        (whole / name).parent.mkdir(parents=True, exist_ok=True)
        (whole / name).write_text("filled")

    def fail(source: int, target: int) -> None:
        assert (data / "sub/deep").exists()
        (data / "changed").write_text("by the container")
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr("nerdpy.volume.staging.copy_attributes", fail)
    with held(engine, "data") as volume, pytest.raises(OSError, match="no space"):
        finish_filling(replace(volume, is_apart=True))
    assert {path.name: path.read_text() for path in data.iterdir()} == {"changed": "by the container"}
    assert sorted(os.listdir(data.parent)) == ["_data", "volume.json"]


def test_a_filling_that_fails_changes_nothing(engine: Engine) -> None:
    data = create(engine, "data").mountpoint

    def fail(staged: int) -> None:
        os.close(os.open("half", os.O_CREAT | os.O_WRONLY, dir_fd=staged))
        raise InvalidArgument("broken")

    with pytest.raises(InvalidArgument), held(engine, "data") as volume, staging(volume) as staged:
        fail(staged)
    assert os.listdir(data) == []
    assert sorted(os.listdir(data.parent)) == ["_data", "volume.json"]


def test_a_volume_that_is_read_or_mounted_on_is_not_removed(engine: Engine) -> None:
    create(engine, "data")
    with held(engine, "data", is_shared=True):
        with pytest.raises(errors.Conflict, match="a command that reads or fills it"):
            list(remove(engine, ["data"]))
        remove_unused(engine, ["data"])
    assert list(remove(engine, ["data"])) == ["data"]
    with pytest.raises(NotFound), held(engine, "data"):
        pass
