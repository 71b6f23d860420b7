"""A shell (or one command) on a machine of its own with a containerd, a registry and the test images."""

import os
import subprocess
import sys

from tests.integration.conftest import IMAGE_CACHE
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.images import PREFIX, built_images
from tests.integration.support.isolation import OWN, isolate
from tests.integration.support.registry import Registry


def main() -> int:
    images = built_images(IMAGE_CACHE)
    isolate()
    engine = PrivateEngine(OWN / "engine")
    engine.start()
    registry = Registry(OWN / "registry", 5000).start()
    registry.fill(images)
    for name in images.references:
        if not name.endswith("odd:foreign"):
            engine.ctr("images", "import", "-", stdin=images.archive(name))
    print(f"containerd at {engine.address}, log {engine.log}")
    print(f"images: {' '.join(name.removeprefix(PREFIX) for name in images.references)}")
    print(f"registry with the same: {registry.host}")
    own = {"NERDPY_ADDRESS": engine.address, "CONTAINERD_ADDRESS": engine.address, "PS1": "(nerdpy) \\w# "}
    try:
        command = sys.argv[1:] or ["bash", "--norc"]
        return subprocess.run(command, env=os.environ | own, check=False).returncode
    finally:
        registry.stop()
        engine.remove()


if __name__ == "__main__":
    sys.exit(main())
