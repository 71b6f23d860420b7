"""The image of tables of contents is the same however the layers came, and is found by its name."""

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.image.convert_toc import OF_LAYER, Outside, toc_config, toc_layers, toc_name

TABLES = {
    "sha256:layer1": Outside("sha256:b", 7, "sha256:d1"),
    "sha256:layer2": Outside("sha256:a", 9, "sha256:d2"),
}


def test_its_name_is_the_images_with_a_suffix() -> None:
    assert toc_name("docker.io/library/busybox:1") == "docker.io/library/busybox:1-esgztoc"
    assert toc_name("localhost:5000/a/b:x") == "localhost:5000/a/b:x-esgztoc"
    with pytest.raises(InvalidArgument, match="more than 128"):
        toc_name("busybox:" + "x" * 121)


def test_each_table_says_of_which_layer_it_is() -> None:
    layers = toc_layers(TABLES)
    assert layers == toc_layers(dict(reversed(TABLES.items())))
    assert [(layer.digest, layer.annotations) for layer in layers] == [
        ("sha256:a", {OF_LAYER: "sha256:layer2"}),
        ("sha256:b", {OF_LAYER: "sha256:layer1"}),
    ]


def test_its_config_is_of_the_images_platform_and_of_nothing_else() -> None:
    config = {"architecture": "arm64", "os": "linux", "variant": "v8", "history": [1], "config": {"Env": []}}
    assert toc_config(TABLES, config) == {
        "architecture": "arm64",
        "os": "linux",
        "variant": "v8",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:d2", "sha256:d1"]},
    }
