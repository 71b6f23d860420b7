"""Pure: what Kubernetes makes of images in containerd: which are its own, and which names are double.

Its runtime keeps three names of each image that it pulls: the tag, the repository with the digest, and the
bare id (containerd `internal/cri/server/images/image_pull.go`).
"""

from collections.abc import Mapping

NAMESPACE = "k8s.io"
"""The containerd namespace in which the kubelet works."""
PINNED = "io.cri-containerd.pinned"
"""Label of images that must not be collected, such as the one of pods' pause containers."""
MANAGED = "io.cri-containerd.image"
"""Label of images that the kubelet looks after, and collects by itself."""


def is_pinned(labels: Mapping[str, str]) -> bool:
    """Must it stay, whoever asks?"""
    return PINNED in labels


def is_managed(labels: Mapping[str, str], namespace: str) -> bool:
    """Is it Kubernetes' to remove?"""
    return namespace == NAMESPACE and MANAGED in labels


def is_protected(labels: Mapping[str, str], namespace: str) -> bool:
    """Does a prune keep its hands off it?"""
    return is_pinned(labels) or is_managed(labels, namespace)


def folds(namespace: str, *, is_wished: bool) -> bool:
    """Are names of one image to be shown as one?"""
    return is_wished and namespace == NAMESPACE
