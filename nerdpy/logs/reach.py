"""Is there somebody to take the output? Asked before a container is started, as docker does.

Once it runs, a server that goes away is waited for (`drivers/remote.py`); a restart by a policy asks nobody.
"""

import os

from nerdpy.errors import FailedPrecondition
from nerdpy.model.monitor import LogSettings


def check_reachable(settings: LogSettings) -> None:
    """FailedPrecondition, in docker's words, when the driver could not begin."""
    try:
        if settings.driver == "binary":
            _check_program(settings.path)
        elif settings.driver == "file":
            _check_file(settings.path)
        elif "network" in settings.options or settings.driver == "journald":
            _check_server(settings)
    except OSError as error:
        raise FailedPrecondition(
            f"failed to initialize logging driver: {_sentence(settings, error)}", hint=_hint(settings)
        ) from error


def _check_program(path: str) -> None:
    if not os.path.isfile(path):
        raise FileNotFoundError(f'log program "{path}" does not exist')
    if not os.stat(path).st_mode & 0o111:
        raise PermissionError(f'log program "{path}" is not executable')


def _check_file(path: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644))


def _check_server(settings: LogSettings) -> None:
    from nerdpy.logs.drivers.remote import connect

    options = settings.options
    if not options.get("is_async"):
        connect(str(options.get("network", "unixgram")), str(options["address"]), options).close()


def _sentence(settings: LogSettings, error: OSError) -> str:
    reason = (error.strerror or str(error)).lower()
    if settings.driver == "binary":
        return str(error)
    if settings.driver == "file":
        return f'log file "{settings.path}": {reason}'
    if settings.driver == "journald":
        return f"journald is not enabled on this host: {settings.options['address']}: {reason}"
    return f"dial {settings.options['network']} {settings.options['address']}: {reason}"


def _hint(settings: LogSettings) -> str:
    if settings.driver == "fluentd":
        return "start the server, or let the container start without it: --log-opt fluentd-async=true"
    if settings.driver in {"binary", "file"}:
        return "give the path of one on this machine"
    return "start the server, or make the container with another --log-driver"
