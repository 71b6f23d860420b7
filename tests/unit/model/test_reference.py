"""References mean what docker means by them."""

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.model.reference import is_digest, is_image_id, parse_reference

HEX = "0123456789abcdef" * 4
DIGEST = f"sha256:{HEX}"


@pytest.mark.parametrize(
    ("text", "full", "familiar"),
    [
        ("nginx", "docker.io/library/nginx:latest", "nginx:latest"),
        ("nginx:1.25", "docker.io/library/nginx:1.25", "nginx:1.25"),
        ("user/thing", "docker.io/user/thing:latest", "user/thing:latest"),
        ("docker.io/nginx", "docker.io/library/nginx:latest", "nginx:latest"),
        ("docker.io/library/nginx", "docker.io/library/nginx:latest", "nginx:latest"),
        ("index.docker.io/nginx", "docker.io/library/nginx:latest", "nginx:latest"),
        ("library/nginx", "docker.io/library/nginx:latest", "nginx:latest"),
        ("localhost/thing", "localhost/thing:latest", "localhost/thing:latest"),
        ("localhost:5000/thing:1", "localhost:5000/thing:1", "localhost:5000/thing:1"),
        ("127.0.0.1:5000/a/b/c", "127.0.0.1:5000/a/b/c:latest", "127.0.0.1:5000/a/b/c:latest"),
        ("[::1]:5000/thing", "[::1]:5000/thing:latest", "[::1]:5000/thing:latest"),
        ("ghcr.io/user/thing", "ghcr.io/user/thing:latest", "ghcr.io/user/thing:latest"),
        ("Docker/thing", "Docker/thing:latest", "Docker/thing:latest"),
        ("test_com/thing", "docker.io/test_com/thing:latest", "test_com/thing:latest"),
        ("test.com:tag", "docker.io/library/test.com:tag", "test.com:tag"),
        ("a__b/c--d", "docker.io/a__b/c--d:latest", "a__b/c--d:latest"),
        (f"nginx@{DIGEST}", f"docker.io/library/nginx@{DIGEST}", f"nginx@{DIGEST}"),
        (f"nginx:1@{DIGEST}", f"docker.io/library/nginx:1@{DIGEST}", f"nginx:1@{DIGEST}"),
        ("sha256:abc", "docker.io/library/sha256:abc", "sha256:abc"),
        ("nginx:_a.B-9", "docker.io/library/nginx:_a.B-9", "nginx:_a.B-9"),
        (f"{HEX}:tag", f"docker.io/library/{HEX}:tag", f"{HEX}:tag"),
        ("docker.io", "docker.io/library/docker.io:latest", "docker.io:latest"),
        ("localhost", "docker.io/library/localhost:latest", "localhost:latest"),
        ("localhost:5000", "docker.io/library/localhost:5000", "localhost:5000"),
        ("LOCALHOST/thing", "LOCALHOST/thing:latest", "LOCALHOST/thing:latest"),
        (
            "Registry.Example.COM:8443/a/b:V1",
            "Registry.Example.COM:8443/a/b:V1",
            "Registry.Example.COM:8443/a/b:V1",
        ),
        ("registry:5000/a/b", "registry:5000/a/b:latest", "registry:5000/a/b:latest"),
        ("[2001:db8::1]/thing:2", "[2001:db8::1]/thing:2", "[2001:db8::1]/thing:2"),
        ("[2001:DB8::A]:443/thing", "[2001:DB8::A]:443/thing:latest", "[2001:DB8::A]:443/thing:latest"),
        ("xn--n3h.com/thing", "xn--n3h.com/thing:latest", "xn--n3h.com/thing:latest"),
        (f"{HEX[:63]}", f"docker.io/library/{HEX[:63]}:latest", f"{HEX[:63]}:latest"),
        (f"example.com/{HEX}", f"example.com/{HEX}:latest", f"example.com/{HEX}:latest"),
        (f"user/{HEX}", f"docker.io/user/{HEX}:latest", f"user/{HEX}:latest"),
        (f"{HEX.upper()}/thing", f"{HEX.upper()}/thing:latest", f"{HEX.upper()}/thing:latest"),
        (f"nginx@sha512:{HEX * 2}", f"docker.io/library/nginx@sha512:{HEX * 2}", f"nginx@sha512:{HEX * 2}"),
        ("a" * 247, f"docker.io/library/{'a' * 247}:latest", f"{'a' * 247}:latest"),
        ("nginx:" + "T" * 128, f"docker.io/library/nginx:{'T' * 128}", f"nginx:{'T' * 128}"),
        (DIGEST, f"docker.io/library/{DIGEST}", DIGEST),
        ("docker.io/library/a.b/c", "docker.io/library/a.b/c:latest", "docker.io/library/a.b/c:latest"),
    ],
)
def test_a_reference_has_one_full_and_one_familiar_form(text: str, full: str, familiar: str) -> None:
    reference = parse_reference(text)
    assert str(reference) == full
    assert reference.familiar_string == familiar
    assert parse_reference(str(reference)) == reference
    assert parse_reference(familiar) == reference


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "invalid reference format"),
        (":1", "invalid reference format"),
        ("Nginx", "must be lowercase"),
        ("user/Thing", "must be lowercase"),
        ("docker.io/User/thing", "must be lowercase"),
        ("nginx:", 'has the tag ""'),
        ("nginx:a b", 'has the tag "a b"'),
        ("nginx:-a", 'has the tag "-a"'),
        ("nginx:" + "a" * 129, "has the tag"),
        ("nginx:1:2", 'has the tag "1:2"'),
        ("a//b", "invalid reference format"),
        ("/nginx", "invalid reference format"),
        ("nginx/", "invalid reference format"),
        ("a..b", "invalid reference format"),
        ("-nginx", "invalid reference format"),
        ("ex ample.com/x", "invalid reference format"),
        ("-a.com/x", "invalid reference format"),
        ("https://example.com/x", "invalid reference format"),
        (HEX, "are an id, not a name"),
        (f"nginx@{HEX}", "has the digest"),
        ("nginx@sha256:abc", "has the digest"),
        (f"nginx@sha256:{HEX[:62]}", "invalid checksum digest"),
        (f"nginx@sha256:{HEX.upper()}", "invalid checksum digest"),
        (f"nginx@md6:{HEX}", "unsupported digest algorithm"),
        ("nginx@", 'has the digest ""'),
        ("a" * 248, "must not be more than 255 characters: this one has 256"),
        (f"user/{'a' * 251}", "must not be more than 255 characters"),
        ("example.com/" + "a/" * 127 + "aa", "must not be more than 255 characters"),
        ("[fe80::1%eth0]/thing", "invalid reference format"),
        ("[::1/thing", "invalid reference format"),
        ("::1/thing", "invalid reference format"),
        ("[::1]:/thing", "invalid reference format"),
        ("example.com:/thing", "invalid reference format"),
        ("example.com:80a/thing", "invalid reference format"),
        ("example..com/thing", "invalid reference format"),
        ("example.com-/thing", "invalid reference format"),
        ("Example_Registry/thing", "invalid reference format"),
        ("a___b", "invalid reference format"),
        ("a_-b", "invalid reference format"),
        ("a-", "invalid reference format"),
        ("_a", "invalid reference format"),
        ("a/B/c", "must be lowercase"),
        ("nginx:ä", "has the tag"),
        ("nginx\n", "invalid reference format"),
        ("nginx:1\n", "has the tag"),
        (" nginx", "invalid reference format"),
        ("../nginx", "invalid reference format"),
        ("a/../b", "invalid reference format"),
        ("docker.io/", "invalid reference format"),
        ("a" * 256, "must not be more than 255 characters"),
    ],
)
def test_a_malformed_reference_is_refused_with_its_reason(text: str, words: str) -> None:
    with pytest.raises(InvalidArgument, match="(?s)" + words.replace("(", r"\(")):
        parse_reference(text)


def test_the_tag_is_added_only_where_nothing_pins_the_image() -> None:
    assert parse_reference("nginx", default_tag="").tag == ""
    assert parse_reference(f"nginx@{DIGEST}").tag == ""


def test_the_limit_of_length_is_on_the_path_only() -> None:
    assert parse_reference("example.com/" + "a" * 255).path == "a" * 255


def test_a_reference_can_be_given_another_tag_or_a_digest() -> None:
    reference = parse_reference("ghcr.io/user/thing:1")
    assert str(reference.with_tag("2")) == "ghcr.io/user/thing:2"
    assert str(reference.with_digest(DIGEST)) == f"ghcr.io/user/thing@{DIGEST}"
    assert (reference.name, reference.familiar_name) == ("ghcr.io/user/thing", "ghcr.io/user/thing")


def test_ids_and_digests_are_told_from_names() -> None:
    assert is_image_id(HEX)
    assert not is_image_id(HEX[1:])
    assert is_digest(DIGEST)
    assert not is_digest(HEX)
    assert not is_digest("sha256:abc")
