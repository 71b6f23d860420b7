"""Log options are checked before anything is made, and never ignored."""

from pathlib import Path

import pytest

from nerdpy import errors
from nerdpy.logs.options import check_log_options, log_settings
from nerdpy.model.monitor import LogSettings
from nerdpy.model.options import CreateOptions, Identity, ImageOptions, LogOptions, ProcessOptions


def settings(driver: str = "json-file", **options: str) -> LogSettings:
    given = {key.replace("_", "-"): value for key, value in options.items()}
    wish = CreateOptions(
        image=ImageOptions(reference="nginx:1"),
        identity=Identity(labels={"a": "1", "com.b": "2", "com.c": "3"}),
        process=ProcessOptions(environment=("PATH=/bin", "TOKEN=x=y", "BARE")),
        logging=LogOptions(driver=driver, options=given),
    )
    return log_settings(wish, container_id="c" * 64, name="web", default_path=Path("/data/log"))


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
        ({"tag": "{{.ImageName}}"}, {"tag": "nginx:1"}),
    ],
)
def test_attributes_are_what_the_options_name(options: dict[str, str], expected: dict[str, str]) -> None:
    assert settings(**options).attributes == expected


def test_the_driver_none_logs_nothing() -> None:
    assert settings("none").driver == "none"


@pytest.mark.parametrize(
    ("driver", "options", "words"),
    [
        ("json-file", {"max-sice": "1"}, 'json-file has no option "max-sice"'),
        ("none", {"max-size": "1m"}, 'none has no option "max-size"'),
        ("json-file", {"max-size": "much"}, "malformed"),
        ("json-file", {"max-size": "0"}, "must be above 0"),
        ("json-file", {"max-file": "0"}, "must be a number from 1"),
        ("json-file", {"max-file": "many"}, "must be a number from 1"),
        ("json-file", {"labels-regex": "("}, "no regular expression"),
        ("jsonfile", {}, 'unknown log driver "jsonfile"'),
    ],
)
def test_what_is_wrong_is_said(driver: str, options: dict[str, str], words: str) -> None:
    with pytest.raises(errors.InvalidArgument) as caught:
        check_log_options(LogOptions(driver=driver, options=options))
    assert words in caught.value.message


@pytest.mark.parametrize(
    ("driver", "options"),
    [
        ("journald", {}),
        ("binary:///usr/bin/logger", {}),
        ("json-file", {"compress": "true"}),
        ("json-file", {"mode": "non-blocking"}),
    ],
)
def test_what_is_not_there_yet_is_refused_with_the_way_out(driver: str, options: dict[str, str]) -> None:
    with pytest.raises(errors.NotImplemented) as caught:
        check_log_options(LogOptions(driver=driver, options=options))
    assert caught.value.hint


def test_a_relative_path_is_refused() -> None:
    with pytest.raises(errors.InvalidArgument):
        settings(log_path="here.log")
