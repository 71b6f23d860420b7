"""Pure: a `--mount` in the words of docker's API (`Mount` in `HostConfig.Mounts`); -v is in `Binds` there."""

from typing import Any

from nerdpy.model.mounts import MountRequest
from nerdpy.model.volume_options import shown_options

_RECURSION = {
    "disabled": "NonRecursive",
    "writable": "ReadOnlyNonRecursive",
    "readonly": "ReadOnlyForceRecursive",
}


def mount_json(mount: MountRequest) -> dict[str, Any]:
    """One entry; what was not said is left out, as docker does."""
    body: dict[str, Any] = {"Type": mount.type, "Source": mount.source, "Target": mount.target}
    if mount.type != "image":  # read-only by its nature
        body["ReadOnly"] = mount.read_only
    body |= _OPTIONS[mount.type](mount)
    return {key: value for key, value in body.items() if value}


def _bind(mount: MountRequest) -> dict[str, Any]:
    recursion = "disabled" if mount.is_nonrecursive else mount.recursive
    options = {
        "Propagation": mount.propagation,
        "CreateMountpoint": mount.creates_source,
        **({_RECURSION[recursion]: True} if recursion in _RECURSION else {}),
    }
    return {"BindOptions": _told(options)}


def _volume(mount: MountRequest) -> dict[str, Any]:
    driver = {"Name": mount.volume_driver, "Options": shown_options(mount.volume_options)}
    options = {
        "NoCopy": not mount.copies_up,
        "Labels": dict(mount.volume_labels),
        "Subpath": mount.subpath,
        "DriverConfig": _told(driver),
    }
    return {"VolumeOptions": _told(options)}


def _tmpfs(mount: MountRequest) -> dict[str, Any]:
    words = dict(word.partition("=")[::2] for word in mount.tmpfs_options)
    options = {
        "SizeBytes": int(words["size"]) if words.get("size", "").isdecimal() else 0,
        "Mode": int(words["mode"], 8) if words.get("mode") else 0,
    }
    return {"TmpfsOptions": _told(options)}


def _image(mount: MountRequest) -> dict[str, Any]:
    return {"ImageOptions": _told({"Subpath": mount.subpath})}


_OPTIONS = {"bind": _bind, "volume": _volume, "tmpfs": _tmpfs, "image": _image}


def _told(options: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in options.items() if value}
