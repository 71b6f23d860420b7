"""Pure: `--log-driver` and `--log-opt` checked and counted out, so that the monitor parses nothing.

Nothing is ignored: an option that the driver doesn't have is an error that lists those it has.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from nerdpy import errors
from nerdpy.config import parse_boolean
from nerdpy.errors import InvalidArgument
from nerdpy.model.monitor import LogSettings
from nerdpy.model.options import CreateOptions, LogOptions
from nerdpy.model.size import parse_decimal_size

_GENERAL = ("mode",)
KNOWN = {
    "json-file": (
        *(
            "compress",
            "env",
            "env-regex",
            "labels",
            "labels-regex",
            "log-path",
            "max-file",
            "max-size",
            "tag",
        ),
        *_GENERAL,
    ),
    "none": _GENERAL,
}
"""Driver -> the options it takes."""
LATER = ("awslogs", "fluentd", "gcplogs", "gelf", "journald", "local", "splunk", "syslog")


def check_log_options(logging: LogOptions) -> None:
    """Refuse what is unknown or malformed, before anything is made."""
    driver, options = logging.driver, logging.options
    if driver not in KNOWN:
        raise _unknown_driver(driver)
    for key in options:
        if key not in KNOWN[driver]:
            known = ", ".join(sorted(KNOWN[driver]))
            raise InvalidArgument(f'log driver {driver} has no option "{key}"', hint=f"it has: {known}")
    if options.get("mode", "blocking") != "blocking":
        raise errors.NotImplemented(
            f'log option mode "{options["mode"]}" is not supported',
            hint="leave it out: output is never dropped, as with mode=blocking",
        )
    if parse_boolean(options.get("compress", "false"), "log option compress"):
        raise errors.NotImplemented(
            "log option compress=true is not supported", hint="leave it out, and let max-file bound the logs"
        )
    _max_size(options)
    _max_file(options)
    for key in ("env-regex", "labels-regex"):
        _pattern(key, options)


def log_settings(
    options: CreateOptions,
    *,
    container_id: str,
    name: str,
    default_path: Path,
    labels: Mapping[str, str] | None = None,
) -> LogSettings:
    """What the monitor of a new container is told. `labels` are the container's, where the image adds
    some."""
    logging = options.logging
    check_log_options(logging)
    if logging.driver == "none":
        return LogSettings()
    found = options.identity.labels if labels is None else labels
    variables = dict(entry.split("=", 1) for entry in options.process.environment if "=" in entry)
    attributes = _chosen("labels", logging.options, found) | _chosen("env", logging.options, variables)
    if "tag" in logging.options:
        attributes["tag"] = _tag(logging.options["tag"], options, container_id, name)
    return LogSettings(
        driver=logging.driver,
        path=_path(logging.options, default_path),
        max_size=_max_size(logging.options),
        max_file=_max_file(logging.options),
        attributes=attributes,
    )


def _unknown_driver(driver: str) -> errors.NerdpyError:
    known = " or ".join(KNOWN)
    if driver in LATER or "://" in driver:
        return errors.NotImplemented(f'log driver "{driver}" is not supported yet', hint=f"use {known}")
    return InvalidArgument(f'unknown log driver "{driver}"', hint=f"use {known}")


def _max_size(options: Mapping[str, str]) -> int:
    """docker's: decimal units, and no rotation when it is absent or -1."""
    text = options.get("max-size", "-1")
    try:
        size = 0 if text == "-1" else parse_decimal_size(text)
    except InvalidArgument as error:
        raise InvalidArgument(f"log option max-size: {error.message}", hint=error.hint) from error
    if text != "-1" and size <= 0:
        raise InvalidArgument(
            f'log option max-size "{text}" must be above 0', hint="for example max-size=10m"
        )
    return size


def _max_file(options: Mapping[str, str]) -> int:
    text = options.get("max-file", "1")
    if not text.isdecimal() or int(text) < 1:
        raise InvalidArgument(
            f'log option max-file "{text}" must be a number from 1', hint="it counts the live file too"
        )
    return int(text)


def _path(options: Mapping[str, str], default_path: Path) -> str:
    path = options.get("log-path", str(default_path))
    if not path.startswith("/"):
        raise InvalidArgument(f'log option log-path "{path}" must be absolute')
    return path


def _pattern(key: str, options: Mapping[str, str]) -> re.Pattern[str] | None:
    if key not in options:
        return None
    try:
        return re.compile(options[key])
    except re.error as error:
        raise InvalidArgument(
            f'log option {key} "{options[key]}" is no regular expression: {error}'
        ) from error


def _chosen(key: str, options: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """The values that `labels=a,b` or `labels-regex=^c` name."""
    names = options.get(key, "").split(",")
    pattern = _pattern(f"{key}-regex", options)
    return {
        name: value
        for name, value in values.items()
        if name in names or (pattern is not None and pattern.search(name))
    }


def _tag(text: str, options: CreateOptions, container_id: str, name: str) -> str:
    from nerdpy.gotemplate.template import Template

    values = {
        "ID": container_id[:12],
        "FullID": container_id,
        "Name": name,
        "ImageName": options.image.reference,
        "DaemonName": "nerdpy",
    }
    return Template.parse(text).render(values, is_missing_key_error=True)
