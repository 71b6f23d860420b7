"""Pure: `--change`: Dockerfile instructions that change an image's config without building.

Config is docker's object of that name (`Cmd`, `Env`, ...), which is that of the image-spec (`config.md`)
and docker's `Healthcheck`, `OnBuild` and `Shell`.
"""

import json
import posixpath
import re
from collections.abc import Callable, Iterable
from typing import Any

from nerdpy.errors import InvalidArgument
from nerdpy.model.duration import parse_duration
from nerdpy.model.health import SHELL, SHORTEST, HealthCheck, healthcheck_json
from nerdpy.model.ports import parse_expose
from nerdpy.model.shell_words import expand, split_words
from nerdpy.model.signals import parse_signal

_KNOWN = (
    *("CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL"),
    *("ONBUILD", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"),
)
_BUILDING = {"ADD", "ARG", "COPY", "FROM", "MAINTAINER", "RUN", "SHELL"}
_NO_TRIGGERS = {"ONBUILD", "FROM", "MAINTAINER"}
_TIMES = {
    "interval": "interval",
    "timeout": "timeout",
    "start-period": "start_period",
    "start-interval": "start_interval",
}


def changed(config: dict[str, Any], changes: Iterable[str]) -> dict[str, Any]:
    """The config after all instructions, in their order; InvalidArgument names the one that is wrong."""
    change = _Change(config)
    for line in _lines(changes):
        name, _, rest = line.partition(" ")
        change.apply(name.upper(), rest.strip(), line)
    return change.config


def _lines(changes: Iterable[str]) -> list[str]:
    """One instruction each: a value may hold several lines, comments, and lines that go on after a
    backslash."""
    text = "\n".join(changes).replace("\r\n", "\n")
    kept = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("#"))
    joined = re.sub(r"\\[ \t]*\n", "", kept)
    return [re.sub(r"\A(\S+)\s+", r"\1 ", line.strip()) for line in joined.split("\n") if line.strip()]


class _Change:
    """A config under change."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = dict(config)
        self._has_command = False

    def apply(self, name: str, rest: str, line: str) -> None:
        if name in _BUILDING:
            raise InvalidArgument(
                f"{name} is not a valid change command: it would have to build",
                hint=f"known are {', '.join(_KNOWN)}",
            )
        if name not in _KNOWN:
            raise InvalidArgument(
                f'unknown instruction "{name}" in --change "{line}"', hint=f"known are {', '.join(_KNOWN)}"
            )
        if not rest:
            raise InvalidArgument(f'{name} requires at least one argument: --change "{line}"')
        act: Callable[[str], None] = getattr(self, f"_{name.lower()}")
        try:
            act(rest)
        except InvalidArgument as error:
            raise InvalidArgument(f'--change "{line}": {error.message}', hint=error.hint) from error

    # --- what is executed ---------------------------------------------------------------------------------
    def _cmd(self, rest: str) -> None:
        self.config["Cmd"] = self._executed(rest)
        self._has_command = True

    def _entrypoint(self, rest: str) -> None:
        """A command that was not given here belonged to the entrypoint before, as in a Dockerfile."""
        self.config["Entrypoint"] = self._executed(rest)
        if not self._has_command:
            self.config["Cmd"] = None

    def _executed(self, rest: str) -> list[str] | None:
        words = json_words(rest)
        if words is None:
            return [*(self.config.get("Shell") or SHELL), rest]
        return words or None

    def _healthcheck(self, rest: str) -> None:
        options, kind, command = _probe(rest)
        if kind == "NONE":
            if command or options:
                raise InvalidArgument("HEALTHCHECK NONE takes no arguments")
            self.config["Healthcheck"] = {"Test": ["NONE"]}
            return
        if kind != "CMD":
            raise InvalidArgument(f'unknown type "{kind}" of health check: use CMD or NONE')
        words = json_words(command)
        if not (words or command) or words == []:
            raise InvalidArgument("missing command after HEALTHCHECK CMD")
        test = ("CMD-SHELL", command) if words is None else ("CMD", *words)
        self.config["Healthcheck"] = healthcheck_json(HealthCheck(test=test, **options))

    def _onbuild(self, rest: str) -> None:
        trigger = rest.split()[0].upper()
        if trigger in _NO_TRIGGERS:
            raise InvalidArgument(f"{trigger} isn't allowed as an ONBUILD trigger")
        self.config["OnBuild"] = [*(self.config.get("OnBuild") or []), rest]

    # --- what is known about it ---------------------------------------------------------------------------
    def _env(self, rest: str) -> None:
        given = self._pairs(rest, "ENV")
        kept = [entry for entry in self.config.get("Env") or [] if entry.partition("=")[0] not in given]
        order = [entry.partition("=")[0] for entry in self.config.get("Env") or []]
        values = dict(entry.partition("=")[::2] for entry in kept) | given
        names = [*dict.fromkeys(name for name in order if name in values)]
        names += [name for name in values if name not in names]
        self.config["Env"] = [f"{name}={values[name]}" for name in names]

    def _label(self, rest: str) -> None:
        self.config["Labels"] = {**(self.config.get("Labels") or {}), **self._pairs(rest, "LABEL")}

    def _expose(self, rest: str) -> None:
        ports = [str(port) for word in self._expanded(rest) for port in parse_expose(word)]
        self.config["ExposedPorts"] = {
            **(self.config.get("ExposedPorts") or {}),
            **{port: {} for port in ports},
        }

    def _volume(self, rest: str) -> None:
        words = json_words(rest)
        paths = self._expanded(rest) if words is None else [self._one(word) for word in words]
        if not paths or not all(path.strip() for path in paths):
            raise InvalidArgument("VOLUME specified can not be an empty string")
        self.config["Volumes"] = {**(self.config.get("Volumes") or {}), **{path: {} for path in paths}}

    def _user(self, rest: str) -> None:
        self.config["User"] = self._single(rest)

    def _workdir(self, rest: str) -> None:
        path = posixpath.join("/", self.config.get("WorkingDir") or "", self._one(rest))
        self.config["WorkingDir"] = "/" + posixpath.normpath(path).lstrip("/")

    def _stopsignal(self, rest: str) -> None:
        text = self._single(rest)
        parse_signal(text)
        self.config["StopSignal"] = text

    # --- words --------------------------------------------------------------------------------------------
    @property
    def _environment(self) -> dict[str, str]:
        return dict(entry.partition("=")[::2] for entry in self.config.get("Env") or [])

    def _one(self, word: str) -> str:
        return expand(word, self._environment)

    def _single(self, rest: str) -> str:
        words = split_words(rest)
        if len(words) != 1:
            raise InvalidArgument("exactly one argument is required")
        return self._one(words[0])

    def _expanded(self, rest: str) -> list[str]:
        return [word for text in split_words(rest) for word in self._one(text).split()]

    def _pairs(self, rest: str, name: str) -> dict[str, str]:
        """`k=v k="v w"`, or the old form `k the rest`."""
        words = split_words(rest)
        if "=" not in words[0]:
            key, _, value = rest.partition(" ")
            if not value.strip():
                raise InvalidArgument(f"{name} must have two arguments")
            return {self._one(key): self._one(value.strip())}
        pairs = {}
        for word in words:
            key, equals, value = word.partition("=")
            if not equals:
                raise InvalidArgument(f'can\'t find = in "{word}": it must be of the form name=value')
            if not (key := self._one(key)):
                raise InvalidArgument(f"{name} names can not be blank")
            pairs[key] = self._one(value)
        return pairs


def json_words(text: str) -> list[str] | None:
    """The exec form `["a", "b"]`; None for anything else, which is the shell form."""
    try:
        value = json.loads(text) if text.startswith("[") else None
    except ValueError:
        return None
    is_list = isinstance(value, list) and all(isinstance(word, str) for word in value)
    return value if is_list else None


def _probe(rest: str) -> tuple[dict[str, Any], str, str]:
    """(what the options say, `CMD` or `NONE`, the rest)."""
    options: dict[str, Any] = {}
    while rest.startswith("--"):
        option, _, rest = rest.partition(" ")
        rest = rest.lstrip()
        name, equals, value = option[2:].partition("=")
        if not equals or (name not in _TIMES and name != "retries"):
            raise InvalidArgument(
                f'unknown flag "{option}"',
                hint=f"known are {', '.join(f'--{key}=' for key in (*_TIMES, 'retries'))}",
            )
        options[_TIMES.get(name, name)] = _retries(value) if name == "retries" else _time(name, value)
    kind, _, command = rest.partition(" ")
    return options, kind.upper(), command.strip()


def _retries(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise InvalidArgument(f'--retries must be a number that is not negative: "{text}"')
    return int(text)


def _time(name: str, text: str) -> Any:
    time = parse_duration(text)
    if time and time < SHORTEST:
        raise InvalidArgument(f'--{name} "{text}" cannot be less than 1ms')
    return time
