"""Log options are checked before anything is made, and never ignored."""

from pathlib import Path
from typing import Any

import pytest

from nerdpy import errors
from nerdpy.logs.options import KNOWN, check_log_options, log_settings
from nerdpy.logs.subject import Subject
from nerdpy.model.monitor import LogSettings
from nerdpy.model.options import LogOptions

SUBJECT = Subject(
    container_id="c" * 64,
    name="web",
    namespace="shop",
    image="nginx:1",
    image_id="sha256:" + "d" * 64,
    command="sh -c x",
    labels={"a": "1", "com.b": "2", "com.c": "3"},
    environment={"PATH": "/bin", "TOKEN": "x=y"},
)


def settings(driver: str = "json-file", **options: str) -> LogSettings:
    given = {key.replace("_", "-"): value for key, value in options.items()}
    return log_settings(LogOptions(driver=driver, options=given), SUBJECT, Path("/data/log"))


def options_of(driver: str, **options: str) -> dict[str, Any]:
    return settings(driver, **options).options


def test_without_options_nothing_is_rotated() -> None:
    found = settings()
    assert (found.driver, found.path, found.max_size, found.max_file) == ("json-file", "/data/log", 0, 1)
    assert found.attributes == {}


@pytest.mark.parametrize(
    ("text", "size"), [("10m", 10_000_000), ("1k", 1000), ("500", 500), ("1.5g", 1_500_000_000), ("-1", 0)]
)
def test_sizes_are_decimal_as_dockers(text: str, size: int) -> None:
    assert settings(max_size=text).max_size == size


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"labels": "a,missing"}, {"a": "1"}),
        ({"labels-regex": "^com"}, {"com.b": "2", "com.c": "3"}),
        ({"env": "TOKEN,BARE"}, {"TOKEN": "x=y"}),
        ({"env-regex": "^P"}, {"PATH": "/bin"}),
        ({"tag": "{{.Name}}/{{.ID}}"}, {"tag": "web/cccccccccccc"}),
        ({"tag": "{{.ImageName}} {{.Namespace}}"}, {"tag": "nginx:1 shop"}),
        ({"tag": "{{.ImageID}} {{.Command}}"}, {"tag": "dddddddddddd sh -c x"}),
        ({"tag": "{{.FullID}}"}, {"tag": "c" * 64}),
        ({"tag": ""}, {"tag": "cccccccccccc"}),
    ],
)
def test_attributes_are_what_the_options_name(options: dict[str, str], expected: dict[str, str]) -> None:
    assert settings(**options).attributes == expected


def test_the_driver_none_logs_nothing() -> None:
    assert settings("none").driver == "none"


def test_non_blocking_keeps_a_megabyte_or_what_is_said() -> None:
    assert settings().buffer_size == settings(mode="blocking").buffer_size == 0
    assert settings(mode="non-blocking").buffer_size == 1 << 20
    assert settings("syslog", mode="non-blocking", max_buffer_size="4m").buffer_size == 4 << 20


@pytest.mark.parametrize(
    ("uri", "driver", "path", "arguments"),
    [
        ("binary:///usr/bin/x", "binary", "/usr/bin/x", None),
        ("binary:///a%20b?key=va%20lue", "binary", "/a b", ["key", "va lue"]),
        ("binary:///x?a=1&b", "binary", "/x", ["a", "1", "b", ""]),
        ("file:///var/log/a%3Fb", "file", "/var/log/a?b", None),
    ],
)
def test_a_log_uri_names_a_program_or_a_file(
    uri: str, driver: str, path: str, arguments: list[str] | None
) -> None:
    found = settings(uri)
    assert (found.driver, found.path, found.options.get("arguments")) == (driver, path, arguments)


def test_journald_has_docker_s_fields_and_those_that_options_name() -> None:
    assert options_of("journald", labels="com.b", env="TOKEN", tag="{{.Name}}")["fields"] == {
        "COM_B": "2",
        "TOKEN": "x=y",
        "CONTAINER_ID": "c" * 12,
        "CONTAINER_ID_FULL": "c" * 64,
        "CONTAINER_NAME": "web",
        "CONTAINER_TAG": "web",
        "IMAGE_NAME": "nginx:1",
        "SYSLOG_IDENTIFIER": "web",
    }


def test_no_label_takes_the_place_of_a_message() -> None:
    hostile = Subject(labels={"message": "forged", "_pid": "1", "container.name": "other", "__": "x"})
    logging = LogOptions(driver="journald", options={"labels-regex": "."})
    fields = log_settings(logging, hostile, Path("/log")).options["fields"]
    assert isinstance(fields, dict)
    assert {key: fields.get(key) for key in ("MESSAGE", "PID", "CONTAINER_NAME", "")} == {
        "MESSAGE": None,
        "PID": "1",
        "CONTAINER_NAME": "name",
        "": None,
    }


@pytest.mark.parametrize(
    ("address", "network", "where"),
    [
        ("", "unixgram", "/dev/log"),
        ("unix:///run/log", "unix", "/run/log"),
        ("unixgram:///run/log", "unixgram", "/run/log"),
        ("udp://10.0.0.1", "udp", "10.0.0.1:514"),
        ("tcp://log.example:1514", "tcp", "log.example:1514"),
        ("tcp+tls://[::1]:6514", "tcp+tls", "[::1]:6514"),
    ],
)
def test_syslog_addresses(address: str, network: str, where: str) -> None:
    found = options_of("syslog", syslog_address=address)
    assert (found["network"], found["address"]) == (network, where)


@pytest.mark.parametrize(
    ("text", "number"),
    [("daemon", 3), ("kern", 0), ("authpriv", 10), ("ftp", 11), ("local7", 23), ("16", 16)],
)
def test_syslog_facilities(text: str, number: int) -> None:
    assert options_of("syslog", syslog_facility=text)["facility"] == number
    assert options_of("syslog")["facility"] == 3


def test_syslog_verifies_unless_told_otherwise() -> None:
    tls = {
        "syslog_address": "tcp+tls://h",
        "syslog_tls_ca_cert": "/ca",
        "syslog_tls_cert": "/c",
        "syslog_tls_key": "/k",
    }
    found = options_of("syslog", **tls)
    assert [found[key] for key in ("ca", "certificate", "key", "skip_verify")] == ["/ca", "/c", "/k", False]
    assert options_of("syslog", **tls, syslog_tls_skip_verify="true")["skip_verify"] is True


@pytest.mark.parametrize(
    ("address", "network", "where"),
    [
        ("", "tcp", "127.0.0.1:24224"),
        ("fluent", "tcp", "fluent:24224"),
        ("10.0.0.1:5", "tcp", "10.0.0.1:5"),
        ("tcp://10.0.0.1", "tcp", "10.0.0.1:24224"),
        ("tls://h:5", "tcp+tls", "h:5"),
        ("unix:///run/fluent", "unix", "/run/fluent"),
    ],
)
def test_fluentd_addresses(address: str, network: str, where: str) -> None:
    found = options_of("fluentd", fluentd_address=address)
    assert (found["network"], found["address"]) == (network, where)


def test_fluentd_counts_its_options_out() -> None:
    found = settings(
        "fluentd", fluentd_max_retries="2", fluentd_retry_wait="500ms", fluentd_write_timeout="3s", env="PATH"
    )
    assert found.buffer_size == 0
    assert found.attributes == {"PATH": "/bin"}
    wanted = {"attempts": 3, "retry_wait": 0.5, "timeout": 3.0, "tag": "c" * 12, "is_async": False}
    assert {key: found.options[key] for key in wanted} == wanted
    record = {"container_id": "c" * 64, "container_name": "/web", "namespace": "shop"}
    assert found.options["record"] == record
    lazy = settings(
        "fluentd", fluentd_async="true", fluentd_buffer_limit="2m", fluentd_async_reconnect_interval="1s"
    )
    assert (lazy.buffer_size, lazy.options["is_async"], lazy.options["longest_wait"]) == (2 << 20, True, 1.0)


@pytest.mark.parametrize(
    ("driver", "options", "words"),
    [
        ("json-file", {"max-sice": "1"}, 'json-file has no option "max-sice"'),
        ("none", {"max-size": "1m"}, 'none has no option "max-size"'),
        ("syslog", {"max-size": "1m"}, 'syslog has no option "max-size"'),
        ("journald", {"syslog-format": "x"}, 'journald has no option "syslog-format"'),
        ("fluentd", {"fluentd-async-connect": "true"}, 'fluentd has no option "fluentd-async-connect"'),
        ("json-file", {"cache-disabled": "true"}, 'json-file has no option "cache-disabled"'),
        ("json-file", {"max-size": "much"}, "malformed"),
        ("json-file", {"max-size": "0"}, "must be above 0"),
        ("json-file", {"max-file": "0"}, "must be a number from 1"),
        ("json-file", {"max-file": "many"}, "must be a number from 1"),
        ("json-file", {"labels-regex": "("}, "no regular expression"),
        ("syslog", {"env-regex": "("}, "no regular expression"),
        ("json-file", {"mode": "fast"}, 'log option mode "fast" is not supported'),
        ("json-file", {"max-buffer-size": "1m"}, "only for mode=non-blocking"),
        ("json-file", {"mode": "non-blocking", "max-buffer-size": "x"}, "max-buffer-size"),
        ("json-file", {"tag": "{{.Nope}}"}, "log option tag"),
        ("syslog", {"tag": "{{"}, "log option tag"),
        ("jsonfile", {}, 'unknown log driver "jsonfile"'),
        ("syslog", {"syslog-address": "http://x"}, "unknown scheme"),
        ("syslog", {"syslog-address": "127.0.0.1:514"}, "syslog-address"),
        ("syslog", {"syslog-address": "tcp://"}, "names no host"),
        ("syslog", {"syslog-address": "tcp://h:99999"}, "malformed"),
        ("syslog", {"syslog-address": "unix://x"}, "no absolute path"),
        ("syslog", {"syslog-facility": "mine"}, 'syslog-facility "mine" is unknown'),
        ("syslog", {"syslog-facility": "24"}, 'syslog-facility "24" is unknown'),
        ("syslog", {"syslog-format": "rfc1"}, 'syslog-format "rfc1" is unknown'),
        ("syslog", {"syslog-tls-ca-cert": "/x"}, "are for tcp+tls"),
        ("syslog", {"syslog-address": "tcp+tls://h", "syslog-tls-ca-cert": "x"}, "absolute path"),
        ("syslog", {"syslog-address": "tcp+tls://h", "syslog-tls-cert": "/x"}, "go together"),
        ("fluentd", {"fluentd-address": "http://x"}, "unknown scheme"),
        ("fluentd", {"fluentd-address": "tcp://x/y"}, "should not contain a path"),
        ("fluentd", {"fluentd-max-retries": "-1"}, "no number from 0"),
        ("fluentd", {"fluentd-retry-wait": "1"}, "malformed"),
        ("fluentd", {"fluentd-retry-wait": "-1s"}, "is negative"),
        ("fluentd", {"fluentd-async": "perhaps"}, "neither true nor false"),
        ("fluentd", {"fluentd-buffer-limit": "0"}, "must be above 0"),
        ("fluentd", {"fluentd-async-reconnect-interval": "1m"}, "between 100ms and 10s"),
        ("binary://x/y", {}, "is malformed"),
        ("binary:///", {}, "is malformed"),
        ("file:///x?a=b", {}, "is malformed"),
        ("binary:///x", {"tag": "y"}, "takes no --log-opt"),
    ],
)
def test_what_is_wrong_is_said(driver: str, options: dict[str, str], words: str) -> None:
    with pytest.raises(errors.InvalidArgument) as caught:
        check_log_options(LogOptions(driver=driver, options=options))
    assert words in caught.value.message


@pytest.mark.parametrize(
    ("driver", "options"),
    [
        ("gelf", {}),
        ("local", {}),
        ("fifo:///run/x", {}),
        ("json-file", {"compress": "true"}),
    ],
)
def test_what_is_not_there_is_refused_with_the_way_out(driver: str, options: dict[str, str]) -> None:
    with pytest.raises(errors.NotImplemented) as caught:
        check_log_options(LogOptions(driver=driver, options=options))
    assert caught.value.hint


def test_each_driver_takes_its_own_options_without_complaint() -> None:
    for driver in KNOWN:
        check_log_options(LogOptions(driver=driver, options={}))


def test_a_relative_path_is_refused() -> None:
    with pytest.raises(errors.InvalidArgument):
        settings(log_path="here.log")
