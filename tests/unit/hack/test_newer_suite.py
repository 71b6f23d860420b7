"""The mirror of a newer suite is the one that the machine uses already, in whichever format it is written."""

from pathlib import Path

import pytest

from hack.setup.newer_suite import (
    Source,
    choose,
    parse_deb822,
    parse_one_line,
    read_sources,
    render_pin,
    render_source,
)

DEB822 = """\
# the release
Types: deb deb-src
URIs: http://mirror.example/debian http://other.example/debian
# a comment between fields
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
"""
INLINE_KEY = """\
Types: deb
URIs: https://mirror.example/debian
Suites: bookworm
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQINBF
 -----END PGP PUBLIC KEY BLOCK-----
"""


def test_deb822_gives_the_first_mirror_and_the_keys_of_the_release() -> None:
    source = choose(parse_deb822(DEB822), "bookworm")
    assert source == Source(
        "http://mirror.example/debian",
        ("bookworm", "bookworm-updates"),
        "main contrib",
        {"Signed-By": "/usr/share/keyrings/debian-archive-keyring.gpg"},
    )


def test_a_key_inside_the_file_is_taken_over_whole() -> None:
    rendered = render_source(parse_deb822(INLINE_KEY)[0], "forky")
    assert parse_deb822(rendered)[0].options["Signed-By"].endswith("-----END PGP PUBLIC KEY BLOCK-----")
    assert "\n -----BEGIN" in rendered


@pytest.mark.parametrize("field", ["Enabled: no", "Types: deb-src"])
def test_a_stanza_that_gives_no_packages_is_passed_over(field: str) -> None:
    assert parse_deb822(INLINE_KEY.replace("Types: deb", field)) == []


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("deb http://mirror.example/debian bookworm main contrib", {}),
        ("  deb http://mirror.example/debian bookworm main contrib # note", {}),
        (
            "deb [arch=amd64,arm64 signed-by=/k.gpg] http://mirror.example/debian bookworm main contrib",
            {"Signed-By": "/k.gpg", "Architectures": "amd64 arm64"},
        ),
    ],
)
def test_the_one_line_format(line: str, options: dict[str, str]) -> None:
    expected = Source("http://mirror.example/debian", ("bookworm",), "main contrib", options)
    assert parse_one_line(f"# deb http://no.example bookworm main\n{line}\n") == [expected]


def test_updates_and_security_are_not_the_release() -> None:
    text = "deb http://a.example/ bookworm-security main\ndeb http://b.example/ bookworm main\n"
    source = choose(parse_one_line(text), "bookworm")
    assert source is not None
    assert source.uris == "http://b.example/"
    assert choose(parse_one_line(text), "trixie") is None


def test_what_we_wrote_before_is_no_source_of_itself(tmp_path: Path) -> None:
    folder = tmp_path / "sources.list.d"
    folder.mkdir()
    (folder / "nerdpy-forky.sources").write_text(INLINE_KEY)
    (folder / "old.sources.disabled").write_text(INLINE_KEY)
    (tmp_path / "sources.list").write_text("deb http://b.example/ bookworm main\n")
    assert [source.uris for source in read_sources(tmp_path)] == ["http://b.example/"]


def test_the_pin_lets_nothing_be_upgraded_by_itself() -> None:
    assert render_pin("forky") == "Package: *\nPin: release n=forky\nPin-Priority: 100\n"
