"""The monitor, run as a shim runs it: nothing of the output is lost, and every exit has its consequence."""

import hashlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nerdpy.errors import FailedPrecondition
from nerdpy.linux import process
from nerdpy.model.monitor import ENDED_FILE, EXITED_PID, LogSettings, container_folder
from nerdpy.paths import StorePaths
from nerdpy.stdio.fifo import make_fifos, open_reader
from nerdpy.stdio.launcher import start_monitor
from nerdpy.stdio.monitor import MonitorConnection, claiming_exit, starting
from tests.fakes.shim import CONTAINER_ID, NAMESPACE, Run, eventually

pytestmark = pytest.mark.may_run
ROOT = Path(__file__).parents[3]
KERNEL = tuple(int(number) for number in os.uname().release.split(".")[:2])
EXITED = [f"internal exited {CONTAINER_ID}"]


def logged(run: Run) -> list[tuple[str, str]]:
    entries = [json.loads(line) for line in run.log.read_bytes().splitlines()]
    return [(entry["stream"], entry["log"]) for entry in entries]


def heard(connection: MonitorConnection, seconds: float = 20) -> dict[int, bytes]:
    """All that comes until the connection is closed."""
    found = {1: b"", 2: b""}
    deadline = time.monotonic() + seconds
    while descriptors := connection.descriptors():
        assert select.select(descriptors, [], [], deadline - time.monotonic())[0], "nothing comes, and no end"
        for output in connection.receive(descriptors[0]):
            found[output.stream] += output.data
    for output in connection.early():
        found[output.stream] += output.data
    return found


def test_the_folder_is_where_the_paths_say(tmp_path: Path) -> None:
    paths = StorePaths(tmp_path, tmp_path, NAMESPACE)
    assert container_folder(str(tmp_path), NAMESPACE, CONTAINER_ID) == str(paths.container(CONTAINER_ID))


# --- output -----------------------------------------------------------------------------------------------


def test_output_is_logged_and_sent_and_the_end_announced(run: Run) -> None:
    run.start()
    client = run.connect()
    run.contain("sh", "-c", "echo out; sleep 0.05; echo err >&2; sleep 0.05; printf 'no newline'")
    assert heard(client) == {1: b"out\nno newline", 2: b"err\n"}
    assert client.has_ended
    assert run.wait() == 0
    assert logged(run) == [("stdout", "out\n"), ("stderr", "err\n"), ("stdout", "no newline")]
    assert run.calls == EXITED


def test_ten_megabytes_are_the_same_in_the_log_and_at_a_client(run: Run) -> None:
    run.start()
    client = run.connect()
    program = (
        "import hashlib, os, random, sys\n"
        "pick = random.Random(1)\n"
        "data = b''.join(b'%d %s\\n' % (n, pick.randbytes(40).hex().encode()) for n in range(125000))\n"
        "sys.stderr.write(hashlib.sha256(data).hexdigest())\n"
        "sys.stdout.buffer.write(data)\n"
    )
    run.contain(sys.executable, "-c", program)
    found = heard(client, 60)
    run.wait()
    assert len(found[1]) > 10_000_000
    assert hashlib.sha256(found[1]).hexdigest() == found[2].decode()
    text = "".join(text for stream, text in logged(run) if stream == "stdout")
    assert hashlib.sha256(text.encode()).hexdigest() == found[2].decode()


def test_a_slow_client_slows_the_container_and_loses_nothing(run: Run) -> None:
    run.start()
    client = run.connect()
    container = run.contain(sys.executable, "-c", "import os\nfor _ in range(3000): os.write(1, b'x' * 1000)")
    time.sleep(0.5)
    assert container.poll() is None, "three megabytes do not fit anywhere: it must wait"
    assert len(heard(client)[1]) == 3_000_000
    run.wait()
    assert sum(len(text) for _, text in logged(run)) == 3_000_000


def test_a_client_that_dies_is_forgotten(run: Run) -> None:
    run.start()
    dying, living = run.connect(), run.connect()
    container = run.contain(sys.executable, "-c", "import os\nfor _ in range(3000): os.write(1, b'x' * 1000)")
    time.sleep(0.2)
    dying.close()
    assert len(heard(living)[1]) == 3_000_000
    assert container.wait(10) == 0


def test_a_slow_client_gets_its_rest_after_the_task_is_deleted(run: Run) -> None:
    run.start()
    client = run.connect()
    container = run.contain(sys.executable, "-c", "import os; os.write(1, b'x' * 400000)")
    assert container.wait(10) == 0
    assert eventually(lambda: run.calls == EXITED), "a client that sleeps must not hold the clean-up"
    run.terminate()
    assert run.wait(2) == 0, "the shim waits for the monitor"
    assert len(heard(client)[1]) == 400_000
    assert client.has_ended


def test_a_client_chooses_its_streams(run: Run) -> None:
    run.start()
    client = run.connect(streams=["stderr"])
    run.contain("sh", "-c", "echo out; echo err >&2")
    assert heard(client) == {1: b"", 2: b"err\n"}


def test_a_client_that_comes_after_the_end_is_told(run: Run) -> None:
    run.start()
    first = run.connect(cleans_up=True)
    run.contain("true")
    heard(first)
    late = run.connect()
    assert heard(late) == {1: b"", 2: b""}
    assert late.has_ended


def test_the_sockets_path_may_be_longer_than_an_address(tmp_path: Path, run: Run) -> None:
    assert len(str(run.paths.attach_socket(CONTAINER_ID))) > 108
    run.start()
    assert run.paths.attach_socket(CONTAINER_ID).stat().st_mode & 0o777 == 0o600
    run.connect().close()
    run.terminate()
    run.wait()
    with pytest.raises(FailedPrecondition):
        run.connect()


def test_looking_tells_whether_more_output_may_come(run: Run) -> None:
    run.start()
    watcher, cleaner = run.connect(streams=[]), run.connect(cleans_up=True)
    run.contain("sh", "-c", "echo much; sleep 0.2")
    assert watcher.look()
    assert heard(cleaner)[1] == b"much\n"
    assert eventually(lambda: not watcher.look())


def test_nonsense_from_a_client_harms_nobody(run: Run) -> None:
    run.start()
    folder = os.open(run.folder, os.O_PATH)
    for nonsense in (b"\xff\n", b"[]\n", b'{"hold_ports": 3}\n', b'{"init": "x"}\n', b"x" * 100_000):
        raw = socket.socket(socket.AF_UNIX)
        raw.connect(f"/proc/self/fd/{folder}/attach.sock")
        raw.sendall(nonsense)
        raw.close()
    os.close(folder)
    client = run.connect()
    run.contain("echo", "fine")
    assert heard(client)[1] == b"fine\n"


def test_a_container_without_settings_still_has_its_output_taken(run: Run) -> None:
    run.start()
    run.terminate()
    run.wait()
    run.log.unlink(missing_ok=True)
    run.paths.monitor_config(CONTAINER_ID).write_text("{broken")
    run.start(writes_settings=False)
    client = run.connect()
    run.contain("echo", "fine")
    assert heard(client)[1] == b"fine\n"
    assert run.wait() == 0


def test_a_log_that_can_not_be_written_does_not_stop_the_container(run: Run) -> None:
    run.start(log=LogSettings(driver="json-file", path="/proc/nowhere/log"))
    client = run.connect()
    run.contain("echo", "fine")
    assert heard(client)[1] == b"fine\n"


# --- the exit ---------------------------------------------------------------------------------------------


def test_a_container_that_closes_its_streams_has_not_ended(run: Run) -> None:
    run.start()
    client = run.connect()
    container = run.contain("sh", "-c", "exec >&- 2>&-; sleep 0.3")
    heard(client)
    assert container.wait() == 0
    assert client.has_ended
    assert run.wait() == 0
    assert run.calls == EXITED


def test_what_a_left_behind_process_holds_open_does_not_delay_the_end(run: Run) -> None:
    run.start()
    client = run.connect()
    run.contain("sh", "-c", "sleep 5 & echo done")
    began = time.monotonic()
    assert heard(client)[1] == b"done\n"
    assert time.monotonic() - began < 2


def test_a_client_that_cleans_up_is_left_to_it(run: Run) -> None:
    run.start()
    client = run.connect(cleans_up=True)
    container = run.contain("true")
    heard_end(client)
    run.paths.lifecycle(CONTAINER_ID).write_text(json.dumps({EXITED_PID: container.pid}))
    assert run.calls == []
    client.close()
    assert run.wait() == 0
    assert run.calls == []


def heard_end(client: MonitorConnection) -> None:
    """Read the end, but stay connected: the connection stands for a promise."""
    while not client.has_ended:
        assert select.select(client.descriptors(), [], [], 10)[0]
        client.receive(client.descriptors()[0])


def test_a_client_that_dies_before_cleaning_up_is_replaced(run: Run) -> None:
    run.start()
    client = run.connect(cleans_up=True)
    run.contain("true")
    heard_end(client)
    time.sleep(0.1)
    assert run.calls == []
    client.close()
    assert run.wait() == 0
    assert run.calls == EXITED


def test_a_client_can_give_its_promise_back(run: Run) -> None:
    run.start()
    client = run.connect(cleans_up=True)
    client.cleans_up(False)
    run.contain("true")
    heard_end(client)
    assert run.wait() == 0
    assert run.calls == EXITED


def test_whoever_ends_a_container_can_claim_its_exit(run: Run) -> None:
    run.start()
    container = run.contain("sleep", "9")
    with claiming_exit(run.paths.attach_socket(CONTAINER_ID)):
        container.kill()
        container.wait()
        time.sleep(0.1)
        assert run.calls == []
        run.paths.lifecycle(CONTAINER_ID).write_text(json.dumps({EXITED_PID: container.pid}))
    assert run.wait() == 0
    assert run.calls == []


def test_a_claim_that_is_not_kept_is_made_good(run: Run) -> None:
    run.start()
    container = run.contain("sleep", "9")
    with claiming_exit(run.paths.attach_socket(CONTAINER_ID)):
        container.kill()
        container.wait()
    assert run.wait() == 0
    assert run.calls == EXITED


def test_an_exit_without_a_monitor_is_claimed_in_vain(run: Run) -> None:
    with claiming_exit(run.paths.attach_socket(CONTAINER_ID)):
        assert run.calls == []


def test_nothing_is_called_for_a_container_that_was_removed(run: Run) -> None:
    run.start()
    client = run.connect(cleans_up=True)
    run.contain("true")
    heard_end(client)
    run.folder.rename(run.folder.with_name("removed"))
    client.close()
    assert run.wait() == 0
    assert run.calls == []


def test_the_task_may_be_deleted_while_a_client_cleans_up(run: Run) -> None:
    run.start()
    client = run.connect(cleans_up=True)
    run.contain("true")
    heard_end(client)
    run.terminate()
    assert run.wait(2) == 0
    assert run.calls == []
    client.close()
    assert eventually(lambda: run.calls == EXITED)


def test_sigterm_right_after_the_exit_loses_no_output(run: Run) -> None:
    run.start()
    container = run.contain("sh", "-c", "printf 'last words'")
    container.wait()
    run.terminate()
    assert run.wait(2) == 0
    assert logged(run) == [("stdout", "last words")]
    assert eventually(lambda: run.calls == EXITED)


def test_sigterm_before_anything_ran_ends_the_monitor_and_calls_nobody(run: Run) -> None:
    run.start()
    run.terminate()
    assert run.wait(2) == 0
    assert run.calls == []


def test_sigterm_while_the_container_runs_waits_for_it(run: Run) -> None:
    run.start()
    run.contain("sh", "-c", "sleep 0.4; echo still here")
    assert eventually(lambda: (run.bundle / "init.pid").exists())
    time.sleep(0.15)
    run.terminate()
    assert run.wait() == 0
    assert logged(run) == [("stdout", "still here\n")]


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR1])
def test_stray_signals_have_no_effect(run: Run, number: signal.Signals) -> None:
    run.start()
    assert run.monitor is not None
    run.monitor.send_signal(number)
    client = run.connect()
    run.contain("echo", "fine")
    assert heard(client)[1] == b"fine\n"


def test_a_killed_monitor_leaves_a_valid_log(run: Run) -> None:
    run.start()
    assert run.monitor is not None
    run.contain(sys.executable, "-c", "import os\nwhile True: os.write(1, b'0123456789' * 5 + b'\\n')")
    assert eventually(lambda: run.log.exists() and run.log.stat().st_size > 1_000_000)
    run.monitor.kill()
    run.wait()
    lines = run.log.read_bytes().split(b"\n")
    assert all(json.loads(line)["log"] == "0123456789" * 5 + "\n" for line in lines[:-1])


def test_a_creation_that_fails_ends_the_monitor(run: Run) -> None:
    run.start()
    run.close_pipes()
    assert run.wait() == 0
    assert run.calls == []


def test_nothing_to_call_is_fine(run: Run) -> None:
    run.start(command=[])
    run.contain("true")
    assert run.wait() == 0


# --- the network ------------------------------------------------------------------------------------------


ATTACH = [f"internal attach-network {CONTAINER_ID}"]


def remember_network(run: Run, state: str) -> None:
    record = {"state": state, "netns": str(run.bundle / "netns"), "links": [{}]}
    run.paths.attachment(CONTAINER_ID).write_text(json.dumps(record))


def test_a_restart_by_others_attaches_the_network_before_it_says_ready(run: Run) -> None:
    remember_network(run, "detached")
    run.folder.joinpath("slow").touch()
    run.start(attaches_network=True)
    assert run.calls == ATTACH
    run.contain("true")
    assert run.wait() == 0
    assert run.calls == [*ATTACH, *EXITED]


@pytest.mark.parametrize("state", ["attached", "detached", ""])
def test_whatever_network_there_was_the_call_sees_to_it(run: Run, state: str) -> None:
    if state:
        remember_network(run, state)
    run.start(attaches_network=True)
    assert run.calls == ATTACH


def test_a_living_command_that_starts_the_container_sees_to_the_network(run: Run) -> None:
    remember_network(run, "detached")
    with starting(run.paths, CONTAINER_ID):
        run.start(attaches_network=True)
    assert run.calls == []


def test_a_dead_commands_marker_counts_for_nothing(run: Run) -> None:
    marker = {"pid": os.getpid(), "start_time": (process.start_time(os.getpid()) or 0) - 1}
    (run.folder / "starting").write_text(json.dumps(marker))
    remember_network(run, "attaching")
    run.start(attaches_network=True)
    assert run.calls == ATTACH


def test_a_container_whose_network_fails_is_not_let_run(run: Run) -> None:
    remember_network(run, "detached")
    run.folder.joinpath("fails").touch()
    run.start(attaches_network=True)
    assert run.contain("sleep", "10").wait(5) == -signal.SIGKILL
    assert run.wait() == 0
    assert run.calls[-1:] == EXITED


def test_clients_are_served_while_the_network_is_attached(run: Run) -> None:
    remember_network(run, "detached")
    run.folder.joinpath("slow").touch()
    run.start(attaches_network=True, awaits_ready=False)
    assert eventually(lambda: run.paths.attach_socket(CONTAINER_ID).exists())
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        client = run.connect()
        client.hold_ports([port])
    assert not select.select([run.ready], [], [], 0)[0]
    run.await_ready()


# --- ports ------------------------------------------------------------------------------------------------


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def test_ports_are_held_until_the_task_is_deleted(run: Run) -> None:
    run.start()
    client = run.connect(cleans_up=True)
    sockets = [socket.socket() for _ in range(120)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    client.hold_ports(sockets)
    for one in sockets:
        one.close()
    assert not any(is_free(port) for port in ports)
    run.contain("true")
    heard_end(client)
    assert not any(is_free(port) for port in ports)
    run.terminate()
    run.wait()
    assert all(is_free(port) for port in ports), "a client that is still there must not keep them"
    client.close()


def test_ports_can_be_released_by_hand(run: Run) -> None:
    run.start()
    client = run.connect()
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
        client.hold_ports([one])
    assert not is_free(port)
    client.release_ports()
    assert is_free(port)


# --- beside a shim ----------------------------------------------------------------------------------------


def test_beside_a_shim_it_reads_fifos_and_is_told_the_process(run: Run, tmp_path: Path) -> None:
    run.start()  # for the settings
    run.terminate()
    run.wait()
    fifos = make_fifos(tmp_path / "stdio", stdout=True, stderr=True)
    assert fifos.stdout is not None
    assert fifos.stderr is not None
    readers = open_reader(fifos.stdout), open_reader(fifos.stderr)
    start_monitor(run.paths, CONTAINER_ID, stdout=readers[0], stderr=readers[1])
    for reader in readers:
        os.close(reader)
    client = run.connect()
    script = f"sleep 0.1; echo out > {fifos.stdout}; echo err > {fifos.stderr}"
    copier = subprocess.Popen(
        ["sh", "-c", f"exec 8>{fifos.stdout} 9>{fifos.stderr}; sleep 0.2; echo late >&8"]
    )
    container = subprocess.Popen(["sh", "-c", script])
    client.tell_init(container.pid)
    container.wait()
    copier.wait()
    assert heard(client) == {1: b"out\nlate\n", 2: b"err\n"}
    assert eventually(lambda: run.calls == EXITED)


# --- cost -------------------------------------------------------------------------------------------------


def test_it_is_small_even_after_much_output(run: Run) -> None:
    run.start()
    client = run.connect()
    go = run.bundle / "go"
    run.contain("sh", "-c", f"seq 1 300000; until [ -e {go} ]; do sleep 0.05; done")
    assert run.monitor is not None
    found = b""
    while b"\n300000\n" not in found[-20:]:
        select.select(client.descriptors(), [], [], 10)
        found += b"".join(output.data for output in client.receive(client.descriptors()[0]))
    rollup = Path(f"/proc/{run.monitor.pid}/smaps_rollup").read_text().splitlines()
    private = sum(
        int(line.split()[1]) for line in rollup if line.startswith(("Private_Clean", "Private_Dirty"))
    )
    assert private < 4500, f"{private} kB"
    assert len(os.listdir(f"/proc/{run.monitor.pid}/fd")) <= 12
    go.touch()
    run.wait()


def test_it_loads_no_heavy_half_of_the_standard_library_and_little_of_nerdpy() -> None:
    program = (
        "import sys; sys.path.insert(0, '.')\n"
        "import nerdpy.monitor.main, nerdpy.logs.drivers.json_file\n"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = set(done.stdout.split())
    heavy = {"json", "socket", "signal", "enum", "re", "typing", "collections", "pathlib", "contextlib"}
    assert heavy & loaded == set()
    ours = {name for name in loaded if name.startswith("nerdpy.") and not name.startswith("nerdpy.monitor")}
    assert ours == {
        *("nerdpy.model", "nerdpy.model.monitor", "nerdpy.logs", "nerdpy.logs.driver"),
        *("nerdpy.logs.drivers", "nerdpy.logs.drivers.json_file"),
    }


# --- how it ended -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("words", "code"), [("exit 5", 5), ("kill -9 $$", 137), ("exit 0", 0)])
def test_the_exit_of_a_process_that_is_not_ours_is_written_down(run: Run, words: str, code: int) -> None:
    run.start()
    run.contain("sh", "-c", f"sleep 0.3; {words}").wait()
    assert run.wait() == 0
    end = json.loads((run.folder / ENDED_FILE).read_text())
    assert end.get("exit_code") == (code if KERNEL >= (6, 15) else None)  # else it tells the parent only
    assert abs(end["finished_at"] - time.time()) < 60


def test_a_new_run_forgets_the_end_of_the_last(run: Run) -> None:
    (run.folder / ENDED_FILE).write_text('{"exit_code":1,"finished_at":1}')
    run.start()
    assert not (run.folder / ENDED_FILE).exists()
    run.contain("true")
    run.wait()
