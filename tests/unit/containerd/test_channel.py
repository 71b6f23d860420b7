"""gRPC without asyncio, messages without protobuf's generated modules: cheap, and safe for what follows."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.containerd import FakeContainerd

pytestmark = pytest.mark.may_run
ROOT = Path(__file__).parents[3]


def run(code: str, *arguments: str) -> str:
    """Run Python code in an interpreter of its own; what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.strip()


def test_a_call_imports_neither_asyncio_nor_ssl_nor_the_public_protobuf(containerd: FakeContainerd) -> None:
    code = """if True:
        import sys
        from nerdpy.containerd.client import Client
        Client.connect(sys.argv[1], "default").containers.list()
        heavy = ("asyncio", "inspect", "ssl", "subprocess", "grpc.aio", "typer", "rich")
        heavy += ("google.protobuf.text_format", "google.protobuf.internal.well_known_types")
        print(*[name for name in heavy if name in sys.modules])
    """
    assert run(code, containerd.address) == ""


def test_importing_the_client_imports_no_grpc() -> None:
    assert run("import sys, nerdpy.containerd.client; print('grpc' in sys.modules)") == "False"


def test_after_a_call_asyncio_is_the_real_one(containerd: FakeContainerd) -> None:
    code = """if True:
        import sys
        from nerdpy.containerd.client import Client
        client = Client.connect(sys.argv[1], "default")
        client.containers.list()
        import asyncio, grpc
        async def add(): await asyncio.sleep(0); return 1 + 1
        print(asyncio.run(add()))
        from grpc import aio
        async def ask():
            async with aio.insecure_channel("unix:" + sys.argv[1]) as channel:
                return await channel.unary_unary("/containerd.services.version.v1.Version/Version")(b"")
        print(b"v2.1.9" in asyncio.run(ask()))
        client.containers.list()
    """
    assert run(code, containerd.address).split() == ["2", "True"]


def test_asyncio_imported_by_a_thread_meanwhile_is_the_real_one() -> None:
    code = """if True:
        import sys
        from nerdpy.containerd.channel import Later
        sys.modules["asyncio"] = standing = Later("asyncio")
        import asyncio
        from asyncio import run
        import asyncio.events
        async def add(): await standing.sleep(0); return 1 + 1
        print(run(add()), standing.run(add()), sys.modules["asyncio"] is standing)
    """
    assert run(code) == "2 2 False"


def test_where_asyncio_is_there_already_nothing_is_replaced(containerd: FakeContainerd) -> None:
    code = """if True:
        import sys, asyncio
        from nerdpy.containerd.client import Client
        Client.connect(sys.argv[1], "default").containers.list()
        print(sys.modules["asyncio"] is asyncio, hasattr(asyncio, "run"))
    """
    assert run(code, containerd.address) == "True True"


def test_calls_streams_deadlines_and_cancelling_work_without_asyncio(containerd: FakeContainerd) -> None:
    code = """if True:
        import sys
        from datetime import timedelta
        from nerdpy.containerd.client import Client
        from nerdpy.errors import Cancelled, DeadlineExceeded
        client = Client.connect(sys.argv[1], "default")
        digest = client.content.write("ref", b"x" * 3_000_000)
        print(len(client.content.read(digest)))
        client.tasks.create("c", mounts=())
        waiting = client.tasks.wait("c")
        try: waiting.result(timedelta(milliseconds=100))
        except DeadlineExceeded: print("deadline")
        waiting.cancel()
        try: waiting.result()
        except Cancelled: print("cancelled")
        subscription = client.events.subscribe()
        subscription.cancel()
        print(list(subscription), "asyncio" in sys.modules)
    """
    assert run(code, containerd.address).split("\n") == ["3000000", "deadline", "cancelled", "[] False"]


def test_messages_are_the_same_by_protobufs_public_way() -> None:
    """`api/pool.py` goes around protobuf's public modules where it can; where it can't, nothing changes."""
    code = """if True:
        import sys
        if sys.argv[1] == "public":
            import os
            os.environ["PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"] = "python"
            sys.modules["google._upb"] = None
        from nerdpy.containerd.api import containers_pb2 as api, pool
        request = api.CreateContainerRequest(container=api.Container(id="c", labels={"a": "b"}))
        request.container.spec.value = b"{}"
        request.container.created_at.seconds = 7
        print(request.SerializeToString(deterministic=True).hex(), api.CreateContainerRequest.FromString(
            request.SerializeToString()) == request, len(pool.CLASSES))
        print("google.protobuf.message_factory" in sys.modules)
    """
    fast, public = run(code, "fast").split("\n"), run(code, "public").split("\n")
    assert fast[0] == public[0]
    assert (fast[1], public[1]) == ("False", "True")


def test_the_generated_modules_are_current() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "hack/protos"), "--check"], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
