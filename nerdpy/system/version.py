"""The versions of nerdpy and of what it stands on."""

import platform

import nerdpy
from nerdpy.dockercompat.version import ClientVersion
from nerdpy.linux.kernel import Kernel, look


def client_version(kernel: Kernel | None = None) -> ClientVersion:
    """nerdpy itself; asks no engine."""
    kernel = kernel or look()
    return ClientVersion(
        version=nerdpy.__version__,
        python=platform.python_version(),
        operating_system="linux",
        architecture=kernel.architecture,
    )


def kernel_release() -> str:
    return look().release
