#!/usr/bin/env python3
"""Make packages of a newer suite of this distribution installable by name, from the machine's own mirror.

    newer_suite.py SUITE CODENAME

Writes /etc/apt/sources.list.d/nerdpy-SUITE.sources, with mirror, components and keys of the source that the
machine has for CODENAME, and a pin of 100, so that nothing is upgraded to it by itself. Prints `changed`
when it wrote something. Formats: sources.list(5), both of them, and apt_preferences(5).
"""

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

APT = Path("/etc/apt")


@dataclass(frozen=True)
class Source:
    """One place that packages come from."""

    uris: str
    suites: tuple[str, ...]
    components: str
    options: dict[str, str] = field(default_factory=dict)
    """Signed-By, Trusted and the like, by their deb822 name; values may hold a whole key."""


KEPT = {
    "signed-by": "Signed-By",
    "trusted": "Trusted",
    "arch": "Architectures",
    "architectures": "Architectures",
}
"""Options that the new source takes over, by their names in either format."""


def parse_deb822(text: str) -> list[Source]:
    """`*.sources`: stanzas of fields, each of which may go on in lines that start with a blank."""
    found = []
    without_comments = re.sub(r"^#.*\n?", "", text, flags=re.MULTILINE)
    for stanza in re.split(r"\n\s*\n", without_comments):
        fields = {
            name.lower(): value.strip(" \t").rstrip()
            for name, value in re.findall(r"^([\w-]+):((?:.*)(?:\n[ \t].*)*)", stanza, re.MULTILINE)
        }
        is_on = fields.get("enabled", "yes").lower() not in {"no", "false", "0"}
        if is_on and "deb" in fields.get("types", "").split() and fields.get("uris"):
            options = {KEPT[name]: value for name, value in fields.items() if name in KEPT}
            suites = tuple(fields.get("suites", "").split())
            found.append(Source(fields["uris"].split()[0], suites, fields.get("components", ""), options))
    return found


def parse_one_line(text: str) -> list[Source]:
    """`*.list`: `deb [options] uri suite components`."""
    found = []
    for match in re.finditer(r"^\s*deb\s+(?:\[([^]]*)\]\s+)?(\S+)\s+(\S+)\s+(.*)$", text, re.MULTILINE):
        given, uri, suite, components = match.groups()
        pairs = (word.split("=", 1) for word in (given or "").split() if "=" in word)
        options = {KEPT[name]: value.replace(",", " ") for name, value in pairs if name in KEPT}
        found.append(Source(uri, (suite,), components.split("#")[0].strip(), options))
    return found


def choose(sources: list[Source], codename: str) -> Source | None:
    """The source of the release itself: not of its updates or its security fixes."""
    return next((source for source in sources if codename in source.suites), None)


def render_source(source: Source, suite: str) -> str:
    """A deb822 stanza."""
    rows = {
        "Types": "deb",
        "URIs": source.uris,
        "Suites": suite,
        "Components": source.components,
        **source.options,
    }
    return "".join(f"{name}: {value}\n" for name, value in rows.items())


def render_pin(suite: str) -> str:
    """Below an installed version (100), and far below a release's own (500)."""
    return f"Package: *\nPin: release n={suite}\nPin-Priority: 100\n"


def read_sources(apt: Path) -> list[Source]:
    """All of them, but ours."""
    found = []
    for path in sorted([apt / "sources.list", *(apt / "sources.list.d").glob("*")]):
        if path.name.startswith("nerdpy-") or not path.is_file():
            continue
        if path.suffix == ".sources":
            found += parse_deb822(path.read_text())
        elif path.suffix == ".list":
            found += parse_one_line(path.read_text())
    return found


def main() -> None:
    suite, codename = sys.argv[1:3]
    source = choose(read_sources(APT), codename)
    if source is None:
        sys.exit(
            f"no source of packages for {codename} in {APT}: add one, or install containerd 1.7 yourself"
        )
    files = {
        APT / "sources.list.d" / f"nerdpy-{suite}.sources": render_source(source, suite),
        APT / "preferences.d" / f"nerdpy-{suite}": render_pin(suite),
    }
    stale = {path: text for path, text in files.items() if not path.exists() or path.read_text() != text}
    for path, text in stale.items():
        path.write_text(text)
    if stale:
        print("changed")


if __name__ == "__main__":
    main()
