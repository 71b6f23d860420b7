"""Run a few commands on a terminal, and draw what was seen as docs/terminal.svg."""

import io
import re
import sys
from pathlib import Path

import pexpect  # type: ignore[import-untyped]

from tests.integration.conftest import IMAGE_CACHE
from tests.integration.support.cli import PATH
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.images import built_images
from tests.integration.support.isolation import OWN, isolate

COLUMNS = 118
PICTURE = Path("docs/terminal.svg")
SESSION = (
    "nerdpy run -d --name web -p 8080:80 nginx",
    "nerdpy ps",
    "curl -s http://localhost:8080 | head -n 2",
    "nerdpy logs --tail 1 web",
    "nerdpy exec web nginx -v",
    "echo from a pipe | nerdpy run -i --rm busybox tr a-z A-Z",
    "nerdpy run --rm --memory 64m --read-only busybox sh -c 'exit 7'; echo $?",
    "nerdpy ps --format '{{.Names}}: {{.Status}}, {{.Ports}}'",
    "nerdpy rm -f web",
)
FONT = re.compile(r"@font-face \{\{.*?\}\}\s*", re.DOTALL)
"""rich's own format fetches a font from a server when the picture is looked at: this one does not."""


def seen(command: str, environment: dict[str, str]) -> str:
    """What a terminal shows of one command."""
    terminal = pexpect.spawn(
        "bash",
        ["-c", command],
        env=environment,
        encoding="utf-8",
        timeout=60,
        dimensions=(40, COLUMNS),
    )
    terminal.expect(pexpect.EOF)
    return str(terminal.before).replace("\r\n", "\n")


def draw(session: list[tuple[str, str]], path: Path) -> None:
    from rich._export_format import CONSOLE_SVG_FORMAT
    from rich.console import Console
    from rich.terminal_theme import NIGHT_OWLISH
    from rich.text import Text

    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    for command, output in session:
        console.print(Text.assemble(("$ ", "bold green"), (command, "bold")))
        if output.strip():
            console.print(Text.from_ansi(output.rstrip()))
    svg = console.export_svg(
        title="nerdpy", theme=NIGHT_OWLISH, code_format=FONT.sub("", CONSOLE_SVG_FORMAT), unique_id="nerdpy"
    )
    path.write_text("\n".join(line.rstrip() for line in svg.splitlines()) + "\n")


def main() -> int:
    images = built_images(IMAGE_CACHE)
    isolate()
    engine = PrivateEngine(OWN / "engine")
    engine.start()
    try:
        for name in ("nginx", "busybox"):
            archive = images.archive(f"docker.io/library/{name}:latest")
            engine.ctr("images", "import", "-", stdin=archive)
        own = {
            "PATH": PATH,
            "HOME": "/root",
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "NERDPY_ADDRESS": engine.address,
        }
        session = [(command, seen(command, own)) for command in SESSION]
    finally:
        engine.remove()
    draw(session, PICTURE)
    sys.stdout.write("".join(f"$ {command}\n{output}" for command, output in session))
    return 0


if __name__ == "__main__":
    sys.exit(main())
