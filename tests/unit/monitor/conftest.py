"""A run of a container under a fake shim."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from nerdpy.paths import StorePaths
from tests.fakes.shim import CONTAINER_ID, NAMESPACE, Run


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    paths = StorePaths(tmp_path / "data", tmp_path / "state", NAMESPACE)
    paths.container(CONTAINER_ID).mkdir(parents=True)
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    run = Run(paths, bundle)
    yield run
    for process in [*run.processes, *([run.monitor] if run.monitor else [])]:
        if process.poll() is None:
            process.kill()
        process.wait()
