"""Pure: the options of the drivers that speak to somebody: journald, syslog, fluentd."""

from collections.abc import Mapping
from datetime import timedelta

from nerdpy.config import parse_boolean
from nerdpy.errors import InvalidArgument
from nerdpy.logs.subject import Subject, attributes_of, render_tag
from nerdpy.model.duration import parse_duration

JOURNAL_SOCKET = "/run/systemd/journal/socket"
SYSLOG_SOCKET = "/dev/log"
SYSLOG_PORT, FLUENTD_PORT = 514, 24224
FACILITIES = {
    name: number
    for number, name in enumerate(
        "kern user mail daemon auth syslog lpr news uucp cron authpriv ftp".split()  # noqa: SIM905
    )
} | {f"local{number}": 16 + number for number in range(8)}
SYSLOG_FORMATS = ("rfc3164", "rfc5424", "rfc5424micro")

EACH_ENTRY = frozenset({"MESSAGE", "PRIORITY", "SYSLOG_TIMESTAMP"})
"""The journal's fields that each line has itself: no label may say something else."""

Options = Mapping[str, str]


def journald_settings(options: Options, subject: Subject) -> dict[str, object]:
    """docker's fields; labels and variables are fields too, in capitals."""
    tag = render_tag(options, subject)
    own = {
        "CONTAINER_ID": subject.container_id[:12],
        "CONTAINER_ID_FULL": subject.container_id,
        "CONTAINER_NAME": subject.name,
        "CONTAINER_TAG": tag,
        "IMAGE_NAME": subject.image,
        "SYSLOG_IDENTIFIER": tag,
    }
    given = {field_name(key): value for key, value in attributes_of(options, subject).items()}
    fields = {key: value for key, value in given.items() if key and key not in EACH_ENTRY}
    return {"address": JOURNAL_SOCKET, "fields": {**fields, **own}}


def field_name(key: str) -> str:
    """`com.example-a` -> `COM_EXAMPLE_A`: what the journal takes for a field's name."""
    letters = (letter if letter.isascii() and letter.isalnum() else "_" for letter in key.upper())
    return "".join(letters).lstrip("_")


def syslog_settings(options: Options, subject: Subject) -> dict[str, object]:
    """The server, the format, and the words in front of each message."""
    network, address = syslog_address(options.get("syslog-address", ""))
    form = options.get("syslog-format", "")
    if form and form not in SYSLOG_FORMATS:
        raise InvalidArgument(
            f'log option syslog-format "{form}" is unknown', hint=f"it is {', '.join(SYSLOG_FORMATS)}"
        )
    return {
        "network": network,
        "address": address,
        "format": form,
        "facility": _facility(options.get("syslog-facility", "daemon")),
        "tag": render_tag(options, subject),
        **_tls(options, network),
    }


def syslog_address(text: str) -> tuple[str, str]:
    """(network, path or host:port); without a word of it this machine's own syslog."""
    if not text:
        return "unixgram", SYSLOG_SOCKET
    network, path, host, port = _address("syslog-address", text)
    if network not in {"udp", "tcp", "tcp+tls", "unix", "unixgram"}:
        raise InvalidArgument(
            f'log option syslog-address "{text}" has an unknown scheme',
            hint="it is udp, tcp, tcp+tls, unix or unixgram, as in udp://192.168.1.1:514",
        )
    return network, path if network.startswith("unix") else f"{host}:{port or SYSLOG_PORT}"


def _facility(text: str) -> int:
    if text.isdecimal() and int(text) < 24:
        return int(text)
    if text in FACILITIES:
        return FACILITIES[text]
    raise InvalidArgument(
        f'log option syslog-facility "{text}" is unknown', hint=f"0 to 23, or {', '.join(FACILITIES)}"
    )


def _tls(options: Options, network: str) -> dict[str, object]:
    files = {"ca": "syslog-tls-ca-cert", "certificate": "syslog-tls-cert", "key": "syslog-tls-key"}
    given = {key: options[name] for key, name in files.items() if name in options}
    skips = _boolean(options, "syslog-tls-skip-verify")
    if (given or skips) and network != "tcp+tls":
        raise InvalidArgument(
            "the log options syslog-tls-... are for tcp+tls",
            hint="write --log-opt syslog-address=tcp+tls://HOST:PORT, or leave them out",
        )
    for key, path in given.items():
        if not path.startswith("/"):
            raise InvalidArgument(f'log option {files[key]} "{path}" must be an absolute path')
    if ("certificate" in given) != ("key" in given):
        raise InvalidArgument("the log options syslog-tls-cert and syslog-tls-key go together")
    return {**given, "skip_verify": skips}


def fluentd_settings(options: Options, subject: Subject) -> dict[str, object]:
    """The server, how it is tried, and what is in each record."""
    network, address = fluentd_address(options.get("fluentd-address", ""))
    value: dict[str, object] = {
        "network": network,
        "address": address,
        "tag": render_tag(options, subject),
        "is_async": _boolean(options, "fluentd-async"),
        "request_ack": _boolean(options, "fluentd-request-ack"),
        "sub_second": _boolean(options, "fluentd-sub-second-precision"),
        "retry_wait": _seconds(options, "fluentd-retry-wait", "1s"),
        "record": {
            "container_id": subject.container_id,
            "container_name": f"/{subject.name}",
            "namespace": subject.namespace,
        },
    }
    if "fluentd-max-retries" in options:
        value["attempts"] = _number(options, "fluentd-max-retries") + 1
    if "fluentd-write-timeout" in options:
        value["timeout"] = _seconds(options, "fluentd-write-timeout", "")
    if "fluentd-async-reconnect-interval" in options:
        value["longest_wait"] = _reconnect_interval(options)
    return value


def fluentd_address(text: str) -> tuple[str, str]:
    """(network, path or host:port)."""
    network, path, host, port = _address("fluentd-address", text if "://" in text else f"tcp://{text}")
    if network == "unix":
        return network, path
    if network not in {"tcp", "tls"}:
        raise InvalidArgument(
            f'log option fluentd-address "{text}" has an unknown scheme',
            hint="it is tcp, tls or unix, as in tcp://192.168.1.1:24224",
        )
    if path.strip("/"):
        raise InvalidArgument(f'log option fluentd-address "{text}" should not contain a path')
    return "tcp+tls" if network == "tls" else network, f"{host or '127.0.0.1'}:{port or FLUENTD_PORT}"


def _reconnect_interval(options: Options) -> float:
    seconds = _seconds(options, "fluentd-async-reconnect-interval", "")
    if not 0.1 <= seconds <= 10:
        raise InvalidArgument("log option fluentd-async-reconnect-interval must be between 100ms and 10s")
    return seconds


def _address(option: str, text: str) -> tuple[str, str, str, int]:
    """(scheme, path, host in brackets if it is IPv6, port or 0)."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port or 0
    except ValueError as error:
        raise InvalidArgument(f'log option {option} "{text}" is malformed: {error}') from error
    if parts.scheme.startswith("unix") and not parts.path.startswith("/"):
        raise InvalidArgument(f'log option {option} "{text}" names no absolute path')
    if parts.scheme in {"tcp", "udp", "tcp+tls"} and not host and option == "syslog-address":
        raise InvalidArgument(f'log option {option} "{text}" names no host')
    return parts.scheme, parts.path, f"[{host}]" if ":" in host else host, port


def _boolean(options: Options, key: str) -> bool:
    return parse_boolean(options.get(key) or "false", f"log option {key}")


def _number(options: Options, key: str) -> int:
    text = options[key]
    if not text.isdecimal():
        raise InvalidArgument(f'log option {key} "{text}" is no number from 0')
    return int(text)


def _seconds(options: Options, key: str, default: str) -> float:
    text = options.get(key, default)
    try:
        time = parse_duration(text)
    except InvalidArgument as error:
        raise InvalidArgument(f"log option {key}: {error.message}", hint=error.hint) from error
    if time < timedelta():
        raise InvalidArgument(f'log option {key} "{text}" is negative')
    return time.total_seconds()
