"""--change: each instruction in all its forms."""

from typing import Any

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.model.image_change import changed

TIMED = "HEALTHCHECK --interval=1m --timeout=2s --start-period=3s --start-interval=4ms"
BASE: dict[str, Any] = {
    "Cmd": ["old"],
    "Entrypoint": ["/entry"],
    "Env": ["PATH=/bin", "A=1"],
    "WorkingDir": "/work",
    "Labels": {"old": "label"},
    "ExposedPorts": {"1/tcp": {}},
    "OnBuild": ["RUN first"],
}


@pytest.mark.parametrize(
    ("change", "key", "expected"),
    [
        ('CMD ["a", "b c"]', "Cmd", ["a", "b c"]),
        ("cmd echo $A 'x y'", "Cmd", ["/bin/sh", "-c", "echo $A 'x y'"]),
        ("CMD ['a']", "Cmd", ["/bin/sh", "-c", "['a']"]),
        ("CMD []", "Cmd", None),
        ('ENTRYPOINT ["/a"]', "Entrypoint", ["/a"]),
        ('ENTRYPOINT ["/a"]', "Cmd", None),
        ("ENTRYPOINT run it", "Entrypoint", ["/bin/sh", "-c", "run it"]),
        ("ENTRYPOINT []", "Entrypoint", None),
        ("ENV B=2", "Env", ["PATH=/bin", "A=1", "B=2"]),
        ("ENV A=2 B=$A", "Env", ["PATH=/bin", "A=2", "B=1"]),
        ("ENV B='x y' C=\"p $A\" D=a\\ b", "Env", ["PATH=/bin", "A=1", "B=x y", "C=p 1", "D=a b"]),
        ("ENV B many words", "Env", ["PATH=/bin", "A=1", "B=many words"]),
        ("ENV PATH=/sbin:$PATH", "Env", ["PATH=/sbin:/bin", "A=1"]),
        ("ENV E=", "Env", ["PATH=/bin", "A=1", "E="]),
        ("EXPOSE 80 443/udp", "ExposedPorts", {"1/tcp": {}, "80/tcp": {}, "443/udp": {}}),
        ("EXPOSE 8$A-83", "ExposedPorts", {"1/tcp": {}, "81/tcp": {}, "82/tcp": {}, "83/tcp": {}}),
        ("LABEL a=b \"c d\"='e f'", "Labels", {"old": "label", "a": "b", "c d": "e f"}),
        ("LABEL old new label", "Labels", {"old": "new label"}),
        ("ONBUILD RUN second", "OnBuild", ["RUN first", "RUN second"]),
        ("STOPSIGNAL SIGUSR1", "StopSignal", "SIGUSR1"),
        ("STOPSIGNAL 9", "StopSignal", "9"),
        ("USER app:team", "User", "app:team"),
        ("USER ${NOBODY:-7}", "User", "7"),
        ("VOLUME /a /b", "Volumes", {"/a": {}, "/b": {}}),
        ('VOLUME ["/a b"]', "Volumes", {"/a b": {}}),
        ("WORKDIR /x/../y/", "WorkingDir", "/y"),
        ("WORKDIR sub", "WorkingDir", "/work/sub"),
        ("HEALTHCHECK NONE", "Healthcheck", {"Test": ["NONE"]}),
        ("HEALTHCHECK CMD true", "Healthcheck", {"Test": ["CMD-SHELL", "true"]}),
        (
            TIMED + ' --retries=5 CMD ["a"]',
            "Healthcheck",
            {
                "Test": ["CMD", "a"],
                "Interval": 60 * 10**9,
                "Timeout": 2 * 10**9,
                "StartPeriod": 3 * 10**9,
                "StartInterval": 4 * 10**6,
                "Retries": 5,
            },
        ),
    ],
)
def test_each_instruction_changes_its_field(change: str, key: str, expected: Any) -> None:
    after = changed(BASE, [change])
    assert after[key] == expected
    assert {name: value for name, value in after.items() if name not in {key, "Cmd", "Entrypoint"}} == {
        name: value for name, value in BASE.items() if name not in {key, "Cmd", "Entrypoint"}
    }


def test_changes_are_made_in_their_order() -> None:
    after = changed({}, ["CMD x", 'ENTRYPOINT ["/e"]', "ENV A=1", "ENV B=$A", "WORKDIR /a", "WORKDIR b"])
    assert (after["Cmd"], after["Env"], after["WorkingDir"]) == (
        ["/bin/sh", "-c", "x"],
        ["A=1", "B=1"],
        "/a/b",
    )


def test_one_value_may_hold_lines_comments_and_continuations() -> None:
    after = changed({}, ["# a remark\nENV A=1 \\\n  B=2\n\n  USER 5\r\nLABEL  x=y"])
    assert after == {"Env": ["A=1", "B=2"], "User": "5", "Labels": {"x": "y"}}


def test_the_images_own_shell_is_used() -> None:
    assert changed({"Shell": ["/bin/ash", "-ec"]}, ["CMD x"])["Cmd"] == ["/bin/ash", "-ec", "x"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("RUN true", "RUN is not a valid change command"),
        ("FROM x", "FROM is not a valid change command"),
        ("NONSENSE x", 'unknown instruction "NONSENSE"'),
        ("PAIRS x", 'unknown instruction "PAIRS"'),
        ("__init__ x", 'unknown instruction "__INIT__"'),
        ("CMD", "CMD requires at least one argument"),
        ("ENV A", "ENV must have two arguments"),
        ("ENV A=1 B", 'can\'t find = in "B"'),
        ("ENV =1", "names can not be blank"),
        ("ENV A='x", "a quote is not closed"),
        ("EXPOSE many", 'invalid container port "many"'),
        ("USER a b", "exactly one argument is required"),
        ("STOPSIGNAL NEVER", 'invalid signal "NEVER"'),
        ("VOLUME []", "can not be an empty string"),
        ('VOLUME [" "]', "can not be an empty string"),
        ("ONBUILD ONBUILD RUN x", "ONBUILD isn't allowed as an ONBUILD trigger"),
        ("ONBUILD FROM x", "FROM isn't allowed"),
        ("HEALTHCHECK SOMETIMES", 'unknown type "SOMETIMES"'),
        ("HEALTHCHECK CMD", "missing command"),
        ("HEALTHCHECK NONE really", "takes no arguments"),
        ("HEALTHCHECK --often CMD x", 'unknown flag "--often"'),
        ("HEALTHCHECK --interval=1us CMD x", "cannot be less than 1ms"),
        ("HEALTHCHECK --retries=-1 CMD x", "must be a number"),
        ("HEALTHCHECK --timeout=soon CMD x", "malformed"),
    ],
)
def test_what_is_wrong_is_named(change: str, message: str) -> None:
    with pytest.raises(InvalidArgument) as error:
        changed(BASE, [change])
    assert message in error.value.message
