"""What of images is Kubernetes'."""

import pytest

from nerdpy.kube.images import folds, is_protected

PINNED = {"io.cri-containerd.pinned": "pinned"}
MANAGED = {"io.cri-containerd.image": "managed"}


@pytest.mark.parametrize(
    ("labels", "namespace", "wanted"),
    [
        ({}, "k8s.io", False),
        (PINNED, "k8s.io", True),
        (PINNED, "default", True),
        (MANAGED, "k8s.io", True),
        (MANAGED, "default", False),
    ],
)
def test_a_prune_leaves_kubernetes_its_images(labels: dict[str, str], namespace: str, wanted: bool) -> None:
    assert is_protected(labels, namespace) is wanted


def test_names_are_folded_on_request_and_there_only() -> None:
    assert folds("k8s.io", is_wished=True)
    assert not folds("k8s.io", is_wished=False)
    assert not folds("default", is_wished=True)
