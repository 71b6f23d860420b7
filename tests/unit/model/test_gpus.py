"""--gpus: docker's grammar, and CDI names."""

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.model.gpus import cdi_names, parse_gpus


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("all", ("nvidia.com/gpu=all",)),
        ("2", ("nvidia.com/gpu=0", "nvidia.com/gpu=1")),
        ("count=1", ("nvidia.com/gpu=0",)),
        ("driver=nvidia", ("nvidia.com/gpu=0",)),
        ("device=3", ("nvidia.com/gpu=3",)),
        ('"device=0,GPU-abc"', ("nvidia.com/gpu=0", "nvidia.com/gpu=GPU-abc")),
        ("device=amd.com/gpu=1", ("amd.com/gpu=1",)),
        ('all,"capabilities=compute,utility"', ("nvidia.com/gpu=all",)),
    ],
)
def test_a_request_is_names(text: str, names: tuple[str, ...]) -> None:
    assert cdi_names(parse_gpus(text), "nvidia.com") == names


def test_capabilities_and_options_are_kept() -> None:
    request = parse_gpus('all,"capabilities=compute,utility","options=a=b,c"')
    assert (request.capabilities, request.options) == (("compute", "utility", "gpu"), {"a": "b", "c": ""})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("many", "count must be"),
        ("0", "1 or more"),
        ("1,2", "only once"),
        ("colour=red", "unexpected key"),
        ("1,device=0", "exclude each other"),
        ("driver=intel", "no driver"),
        ('"device=0,,1"', "empty entry"),
    ],
)
def test_nonsense_is_refused(text: str, words: str) -> None:
    with pytest.raises(InvalidArgument, match=words):
        parse_gpus(text)
