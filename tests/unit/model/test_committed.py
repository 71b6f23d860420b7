"""Config and manifest of a committed image."""

import hashlib
import json

from nerdpy.model.committed import (
    CONFIGS,
    EMPTY_TAR,
    MANIFESTS,
    Commit,
    encoded,
    image_config,
    layer_type,
    manifest,
    manifest_labels,
)
from nerdpy.model.descriptor import Descriptor, Digest

OCI, DOCKER = (
    "application/vnd.oci.image.layer.v1.tar+gzip",
    "application/vnd.docker.image.rootfs.diff.tar.gzip",
)
BASE = {
    "architecture": "amd64",
    "os": "linux",
    "author": "before",
    "container": "gone",
    "rootfs": {"type": "layers", "diff_ids": ["sha256:a"]},
    "history": [{"created_by": "first"}],
}
NEW = Commit(
    config={"Cmd": ["x"], "Env": [], "Hostname": "h"}, created="now", diff_id="sha256:b", message="why"
)


def layer(media_type: str) -> Descriptor:
    return Descriptor(media_type=media_type, digest=Digest("sha256:l"), size=7)


def test_the_config_has_the_new_layer_and_one_more_line_of_history() -> None:
    made = image_config(BASE, NEW)
    assert made == {
        "architecture": "amd64",
        "os": "linux",
        "created": "now",
        "config": {"Cmd": ["x"]},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:a", "sha256:b"]},
        "history": [{"created_by": "first"}, {"created": "now", "comment": "why"}],
    }


def test_without_a_change_there_is_no_layer() -> None:
    made = image_config(BASE, Commit(config={}, created="now", diff_id=EMPTY_TAR, author="me"))
    assert made["rootfs"]["diff_ids"] == ["sha256:a"]
    assert made["history"][-1] == {"created": "now", "author": "me", "empty_layer": True}
    assert made["author"] == "me"
    assert hashlib.sha256(bytes(1024)).hexdigest() == EMPTY_TAR.removeprefix("sha256:")


def test_a_manifest_names_everything_in_the_words_of_its_kind() -> None:
    data, config = encoded({"a": 1}, CONFIGS["docker"])
    assert (json.loads(data), config.size) == ({"a": 1}, len(data))
    assert config.digest == f"sha256:{hashlib.sha256(data).hexdigest()}"
    for kind, expected in (("docker", DOCKER), ("oci", OCI)):
        made = manifest(config, [layer(OCI), layer(DOCKER)], kind)
        assert made["mediaType"] == MANIFESTS[kind]
        assert [each["mediaType"] for each in made["layers"]] == [expected, expected]
    assert manifest_labels(made) == {
        "containerd.io/gc.ref.content.config": config.digest,
        "containerd.io/gc.ref.content.l.0": "sha256:l",
        "containerd.io/gc.ref.content.l.1": "sha256:l",
    }
    assert layer_type("application/x-other", "docker") == "application/x-other"
