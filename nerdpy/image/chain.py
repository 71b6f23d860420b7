"""Pure: chain ids (image-spec `config.md#layer-chainid`): what containerd calls the snapshot of a stack of
layers."""

from collections.abc import Sequence

from nerdpy.sha256 import hexdigest


def chain_ids(diff_ids: Sequence[str]) -> list[str]:
    """The chain id of each layer together with all below it."""
    chain: list[str] = []
    for diff_id in diff_ids:
        if chain:
            digest = hexdigest(f"{chain[-1]} {diff_id}")
            chain.append(f"sha256:{digest}")
        else:
            chain.append(diff_id)
    return chain


def chain_id(diff_ids: Sequence[str]) -> str:
    """The chain id of the whole stack; empty when there is no layer."""
    return chain_ids(diff_ids)[-1] if diff_ids else ""
