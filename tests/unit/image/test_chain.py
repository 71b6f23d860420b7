"""Chain ids: an example of the image-spec's rule, computed by hand."""

import hashlib

from nerdpy.image.chain import chain_id, chain_ids


def test_each_layer_is_named_with_all_below_it() -> None:
    second = "sha256:" + hashlib.sha256(b"sha256:a sha256:b").hexdigest()
    third = "sha256:" + hashlib.sha256(f"{second} sha256:c".encode()).hexdigest()
    assert chain_ids(["sha256:a", "sha256:b", "sha256:c"]) == ["sha256:a", second, third]
    assert chain_id(["sha256:a"]) == "sha256:a"
    assert chain_id([]) == ""
