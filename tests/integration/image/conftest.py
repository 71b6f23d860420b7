"""What the tests of archives share."""

from pathlib import Path

import pytest

from hack.images.layout import Layout
from tests.integration.image.archives import Maker


@pytest.fixture
def maker(images: Layout, tmp_path: Path) -> Maker:
    """Makes images and archives of them."""
    return Maker.on(images, tmp_path / "layout")
