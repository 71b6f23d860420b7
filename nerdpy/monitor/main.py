"""The process beside each container: it keeps the log, serves attached clients, and sees the exit.

containerd's shim starts it (by `stdio/launcher.py`'s script) before it creates the container, and waits until
it says ready; restarts by containerd come the same way. It must start in milliseconds and stay small, so it
imports little. Descriptors: 3 is the container's stdout, 4 its stderr, 5 takes the word that we are ready.
"""

import os
import sys

from nerdpy.logs.driver import LogDriver, open_driver
from nerdpy.model import monitor as words
from nerdpy.monitor.call import note
from nerdpy.monitor.frugal import load_object
from nerdpy.monitor.loop import Loop

STDOUT, STDERR, READY = 3, 4, 5


def main() -> None:
    """Serve one run of one container."""
    # The shim opens these three for us without close-on-exec; the calls of nerdpy must not keep them open.
    for descriptor in (STDOUT, STDERR, READY):
        os.set_inheritable(descriptor, False)
    data, is_beside = sys.argv[2], words.BESIDE in sys.argv[3:]
    container_id = os.environ["CONTAINER_ID"]
    folder = words.container_folder(data, os.environ["CONTAINER_NAMESPACE"], container_id)
    try:  # noqa: SIM105  # contextlib would bring collections
        os.setsid()  # not to be reached by what a terminal sends
    except PermissionError:
        pass
    if is_beside:
        os.chdir("/")
    settings = words.parse_settings(load_object(f"{folder}/{words.SETTINGS_FILE}"))
    loop = Loop(container_id, folder, settings, _driver(folder, settings), is_beside=is_beside)
    if len(sys.argv) > 4:  # in place of one that was killed
        loop.goes_on(int(sys.argv[4]), is_direct=words.DIRECT in sys.argv)
    if settings.health:
        from nerdpy.monitor.health import Prober

        loop.prober = Prober(container_id, folder, settings)
    loop.output.open({STDOUT: words.STDOUT, STDERR: words.STDERR})
    loop.run()


def _driver(folder: str, settings: words.MonitorSettings) -> LogDriver:
    """The container must not suffer for what is wrong with its log."""
    try:
        return open_driver(settings.log, lambda text: note(folder, text))
    except Exception as error:
        note(folder, f"log driver {settings.log.driver}: {error}")
        return LogDriver()
