"""A client, and the fake containerd that it talks to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from nerdpy.containerd.client import Client
from tests.fakes.containerd import FakeContainerd


@pytest.fixture
def containerd(tmp_path: Path) -> Iterator[FakeContainerd]:
    with FakeContainerd(tmp_path / "c.sock") as running:
        yield running


@pytest.fixture
def client(containerd: FakeContainerd) -> Iterator[Client]:
    connected = Client.connect(containerd.address, "default")
    yield connected
    connected.close()
