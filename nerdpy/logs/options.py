"""Pure: `--log-driver` and `--log-opt` checked and counted out, so that the monitor parses nothing.

Nothing is ignored: an option that the driver doesn't have is an error that lists those it has.
"""

from collections.abc import Mapping
from pathlib import Path

from nerdpy import errors
from nerdpy.config import parse_boolean
from nerdpy.errors import InvalidArgument
from nerdpy.logs.subject import Subject, attributes_of, pattern_of, render_tag
from nerdpy.model.monitor import LogSettings
from nerdpy.model.options import LogOptions
from nerdpy.model.size import parse_decimal_size, parse_ram_size

_GENERAL = ("max-buffer-size", "mode")
_NAMED = ("env", "env-regex", "labels", "labels-regex", "tag", *_GENERAL)
SYSLOG_OPTIONS = (
    "syslog-address", "syslog-facility", "syslog-format", "syslog-tls-ca-cert", "syslog-tls-cert",
    "syslog-tls-key", "syslog-tls-skip-verify",
)  # fmt: skip
FLUENTD_OPTIONS = (
    "fluentd-address", "fluentd-async", "fluentd-async-reconnect-interval", "fluentd-buffer-limit",
    "fluentd-max-retries", "fluentd-request-ack", "fluentd-retry-wait", "fluentd-sub-second-precision",
    "fluentd-write-timeout",
)  # fmt: skip
KNOWN = {
    "json-file": ("compress", "log-path", "max-file", "max-size", *_NAMED),
    "none": _GENERAL,
    "journald": _NAMED,
    "syslog": (*SYSLOG_OPTIONS, *_NAMED),
    "fluentd": (*FLUENTD_OPTIONS, *_NAMED),
}
"""Driver -> the options it takes."""
LATER = ("awslogs", "etwlogs", "gcplogs", "gelf", "local", "splunk")
DEFAULT_BUFFER = 1 << 20
"""Bytes that mode=non-blocking keeps, as docker."""


def check_log_options(logging: LogOptions) -> None:
    """Refuse what is unknown or malformed, before anything is made."""
    log_settings(logging, Subject(), Path("/log"))


def log_settings(logging: LogOptions, subject: Subject, default_path: Path) -> LogSettings:
    """What the monitor of a new container is told."""
    driver, options = logging.driver, logging.options
    if "://" in driver:
        return _of_uri(driver, options)
    if driver not in KNOWN:
        raise _unknown_driver(driver)
    for key in options:
        if key not in KNOWN[driver]:
            known = ", ".join(sorted(KNOWN[driver]))
            raise InvalidArgument(f'log driver {driver} has no option "{key}"', hint=f"it has: {known}")
    buffer_size = _buffer_size(options)
    if driver == "none":
        return LogSettings()
    for key in ("env-regex", "labels-regex"):
        pattern_of(key, options)
    if driver in {"journald", "syslog", "fluentd"}:
        return _remote(driver, options, subject, buffer_size)
    return _json_file(options, subject, default_path, buffer_size)


def _json_file(
    options: Mapping[str, str], subject: Subject, default_path: Path, buffer_size: int
) -> LogSettings:
    if parse_boolean(options.get("compress", "false"), "log option compress"):
        raise errors.NotImplemented(
            "log option compress=true is not supported", hint="leave it out, and let max-file bound the logs"
        )
    attributes = attributes_of(options, subject)
    if "tag" in options:
        attributes["tag"] = render_tag(options, subject)
    return LogSettings(
        driver="json-file",
        path=_path(options, default_path),
        max_size=_max_size(options),
        max_file=_max_file(options),
        attributes=attributes,
        buffer_size=buffer_size,
    )


def _remote(driver: str, options: Mapping[str, str], subject: Subject, buffer_size: int) -> LogSettings:
    from nerdpy.logs import remote_options as remote

    settings_of = {
        "journald": remote.journald_settings,
        "syslog": remote.syslog_settings,
        "fluentd": remote.fluentd_settings,
    }[driver]
    settings = settings_of(options, subject)
    if driver == "fluentd":
        limit = _size(options, "fluentd-buffer-limit", "1m")
        if settings["is_async"] and not buffer_size:
            buffer_size = limit
    return LogSettings(
        driver=driver,
        attributes=attributes_of(options, subject) if driver == "fluentd" else {},
        buffer_size=buffer_size,
        options=settings,
    )


def _of_uri(uri: str, options: Mapping[str, str]) -> LogSettings:
    """`binary:///path?key=value` and `file:///path`, as containerd's shims take them."""
    from urllib.parse import parse_qsl, urlsplit

    parts = urlsplit(uri)
    if parts.scheme not in {"binary", "file"}:
        raise errors.NotImplemented(
            f'log driver "{uri}": "{parts.scheme}" is not supported',
            hint="a log URI is binary:///PROGRAM?KEY=VALUE or file:///PATH",
        )
    if options:
        raise InvalidArgument(
            "a log URI takes no --log-opt", hint="write what the program must know behind a ?: KEY=VALUE"
        )
    if parts.netloc or not parts.path.strip("/") or (parts.scheme == "file" and parts.query):
        raise InvalidArgument(
            f'log URI "{uri}" is malformed',
            hint="as in binary:///usr/bin/program?key=value or file:///var/log/a",
        )
    from urllib.parse import unquote

    words = [word for pair in parse_qsl(parts.query, keep_blank_values=True) for word in pair]
    return LogSettings(
        driver=parts.scheme, path=unquote(parts.path), options={"arguments": words} if words else None
    )


def _unknown_driver(driver: str) -> errors.NerdpyError:
    hint = f"use {', '.join(KNOWN)}, or a log URI: binary:///PROGRAM, file:///PATH"
    if driver in LATER:
        return errors.NotImplemented(f'log driver "{driver}" is not supported', hint=hint)
    return InvalidArgument(f'unknown log driver "{driver}"', hint=hint)


def _buffer_size(options: Mapping[str, str]) -> int:
    """0: mode=blocking."""
    mode = options.get("mode", "") or "blocking"
    if mode not in {"blocking", "non-blocking"}:
        raise InvalidArgument(
            f'log option mode "{mode}" is not supported', hint="it is blocking or non-blocking"
        )
    if mode == "blocking":
        if "max-buffer-size" in options:
            raise InvalidArgument("log option max-buffer-size is only for mode=non-blocking")
        return 0
    return _size(options, "max-buffer-size", "") if "max-buffer-size" in options else DEFAULT_BUFFER


def _size(options: Mapping[str, str], key: str, default: str) -> int:
    try:
        size = parse_ram_size(options.get(key, default))
    except InvalidArgument as error:
        raise InvalidArgument(f"log option {key}: {error.message}", hint=error.hint) from error
    if size <= 0:
        raise InvalidArgument(f'log option {key} "{options[key]}" must be above 0', hint="for example 1m")
    return size


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
