"""Pure: what a container's monitor must know, and the words that it and its clients exchange.

The monitor reads this when it starts, and the container waits for it: no dataclass, enum or typing here.

On the attach socket a client first says who it is, in one JSON line (`hello`), and may say more such lines
later; the monitor answers in frames with docker's header of eight bytes: the stream, three zeros, the length
(big-endian). Frames of the stream CONTROL hold one JSON object each.
"""

CONTROL, STDOUT, STDERR = 0, 1, 2
STREAMS = {"stdout": STDOUT, "stderr": STDERR}
HEADER_SIZE = 8

HELLO = "hello"
"""Client: `{"hello": ["stdout", ...], "cleans_up": bool}`. Monitor: `{"hello": true}`, from here nothing
is missed."""
CLEANS_UP = "cleans_up"
"""Client: `{"cleans_up": bool}`: I record the exit myself; while I am connected, don't start `internal
exited`."""
HOLD_PORTS = "hold_ports"
"""Client: `{"hold_ports": n}`, with n sockets in SCM_RIGHTS. Monitor: `{"hold_ports": n}` when it has
them."""
RELEASE_PORTS = "release_ports"
"""Client: `{"release_ports": true}`. Monitor: the same, when they are closed."""
INIT = "init"
"""Client: `{"init": pid}`, where the monitor was not started by the shim and so does not see the bundle."""
KEEP = "keep"
"""Client: `{"keep": n}`, with n reading ends in SCM_RIGHTS: once the connection ends, however it does, the
monitor reads them to their end and drops what comes, so that nobody who writes there has to wait."""
REQUESTS = frozenset({HELLO, CLEANS_UP, HOLD_PORTS, RELEASE_PORTS, INIT, KEEP})
"""The monitor answers each by the same word, when it is done."""
END = "end"
"""Monitor: `{"end": true}`: the container's process is gone, and all its output was sent before this."""

SETTINGS_FILE = "monitor.json"
SOCKET_FILE = "attach.sock"
LIFECYCLE_FILE = "lifecycle.json"
ENDED_FILE = "ended.json"
"""`{"exit_code", "oom_killed", "finished_at"}` of the last run (the time in seconds since 1970), as far as
the kernel tells the monitor: what is known of an exit that containerd has forgotten."""
ATTACHMENT_FILE = "network.json"
STARTING_FILE = "starting"
"""`{"pid", "start_time"}` of the command that is starting the container: while it lives, the network is
its work."""

EXITED_PID = "exited_pid"
"""Key in lifecycle.json: the pid (as containerd knows it) of the container's process whose exit was
recorded last."""

HEALTH_FILE = "health.json"
RUN = "run"
"""Key in health.json: `PID-START` of the container's first process, whose health it is."""

ARGUMENT = "nerdpy"
"""The key in the log URI's query; its value is the data store, `StorePaths.data`."""
BESIDE = "beside"
"""A third word, where nerdpy itself starts the monitor: there is no bundle to look into. In place of one that
was killed it gets the pid of the container's process as a fourth."""
DIRECT = "direct"
"""A fifth word, where the container itself writes to the pipes: when it has ended, everything is in them."""


EXITED = "exited"
"""The command that the monitor starts when the container has ended, and the intent that it leaves in case
that command does not get through."""


PROBE = "probe"
"""The command that the monitor starts when a health check is due."""


def intent_name(namespace: str, container_id: str, operation: str, pid: int, start_time: int) -> str:
    """The name of an intent's file: whose operation it is must be seen without reading it."""
    return f"{namespace}.{container_id}.{operation}.{pid}-{start_time}"


def first_line(namespace: str, container_id: str, operation: str, facts: str = "{}") -> bytes:
    """What an intent's file begins with; `facts` is JSON."""
    words = f'"operation":"{operation}","namespace":"{namespace}","container_id":"{container_id}"'
    return f'{{{words},"facts":{facts}}}\n'.encode()


def intents_folder(data: str) -> str:
    """The same as `StorePaths.intents`, without importing it."""
    return f"{data}/intents"


def container_folder(data: str, namespace: str, container_id: str) -> str:
    """The same as `StorePaths.container`, without importing it."""
    return f"{data}/containers/{namespace}/{container_id}"


class LogSettings:
    """A log driver and its options, checked and counted out (`logs/options.py`), so that the monitor
    parses nothing."""

    __slots__ = ("attributes", "buffer_size", "driver", "max_file", "max_size", "options", "path")

    def __init__(
        self,
        *,
        driver: str = "none",
        path: str = "",
        max_size: int = 0,
        max_file: int = 1,
        attributes: dict[str, str] | None = None,
        buffer_size: int = 0,
        options: dict[str, object] | None = None,
    ) -> None:
        self.driver = driver
        self.path = path
        self.max_size = max_size
        """Bytes; 0 never rotates."""
        self.max_file = max_file
        """How many files there may be, the live one counted."""
        self.attributes = attributes or {}
        """What `logs --details` shows: labels and variables named by log options, and the tag."""
        self.buffer_size = buffer_size
        """Bytes of mode=non-blocking; 0: blocking."""
        self.options = options or {}
        """What the driver alone understands."""


class MonitorSettings:
    """One container's monitor.json."""

    __slots__ = ("attaches_network", "command", "environment", "has_tty", "health", "log", "pidfile")

    def __init__(
        self,
        *,
        command: list[str] | None = None,
        environment: dict[str, str] | None = None,
        log: LogSettings | None = None,
        has_tty: bool = False,
        attaches_network: bool = False,
        health: dict[str, float] | None = None,
        pidfile: str = "",
    ) -> None:
        self.command = command or []
        """How nerdpy is called for this engine: `internal exited ID` and the like are appended. Empty: it
        isn't."""
        self.environment = environment or {}
        """The whole environment of those calls: nobody's shell is there to give one."""
        self.log = log or LogSettings()
        self.has_tty = has_tty
        self.attaches_network = attaches_network
        """Is `internal attach-network` to be called when the task is started by somebody else than nerdpy?"""
        self.health = health or {}
        """Where there is a health check, its `interval`, `start_interval` and `start_period` in seconds."""
        self.pidfile = pidfile
        """The path of --pidfile: whoever starts the container, the monitor knows its pid."""


def render_settings(settings: MonitorSettings) -> dict[str, object]:
    """As JSON holds it."""
    log = settings.log
    return {
        "command": settings.command,
        "environment": settings.environment,
        "log": {name: getattr(log, name) for name in sorted(LogSettings.__slots__)},
        "has_tty": settings.has_tty,
        "attaches_network": settings.attaches_network,
        "health": settings.health,
        "pidfile": settings.pidfile,
    }


def parse_settings(value: dict[str, object]) -> MonitorSettings:
    """What `render_settings` wrote; keys of other versions are passed over, missing ones have their
    default."""
    log = value.get("log")
    known = {name: value[name] for name in MonitorSettings.__slots__ if name in value}
    known["log"] = LogSettings(
        **{name: log[name] for name in LogSettings.__slots__ if name in log} if isinstance(log, dict) else {}
    )
    return MonitorSettings(**known)  # type: ignore[arg-type]  # nerdpy wrote the file itself


def render_frame(stream: int, payload: bytes) -> bytes:
    """One frame, as docker's attach stream has them."""
    return bytes((stream, 0, 0, 0)) + len(payload).to_bytes(4) + payload
