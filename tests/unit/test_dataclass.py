"""nerdpy's dataclasses behave as the standard ones."""

import dataclasses
from functools import cached_property
from typing import Any

import pytest

from nerdpy.dataclass import asdict, dataclass, field, fields, replace


@dataclass(frozen=True)
class Point:
    x: int
    y: int = 2
    tags: list[str] = field(default_factory=list)

    @cached_property
    def total(self) -> int:
        return self.x + self.y


@dataclass(frozen=True, kw_only=True)
class Named(Point):
    name: str = "n"
    secret: str = field(default="s", repr=False)


@dataclass
class Box:
    content: Any = None


@dataclass(frozen=True, kw_only=True, order=True)
class Version:
    major: int
    minor: int = 0


def test_values_come_by_position_and_by_name() -> None:
    assert (Point(1).x, Point(1).y, Point(x=3, y=4).y) == (1, 2, 4)
    assert Point(1).tags is not Point(1).tags
    assert Named(5, name="five").x == 5


@pytest.mark.parametrize(
    ("args", "given"), [((), {}), ((1, 2, [], 4), {}), ((1,), {"x": 1}), ((1,), {"z": 1})]
)
def test_wrong_arguments_are_refused(args: tuple[Any, ...], given: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        Point(*args, **given)


def test_what_is_keyword_only_is_not_taken_by_position() -> None:
    with pytest.raises(TypeError):
        Version(1)  # type: ignore[call-arg]


def test_a_frozen_value_does_not_change() -> None:
    point = Point(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del point.x
    assert point.total == 3
    Box().content = 5


def test_values_are_compared_and_hashed_by_their_fields() -> None:
    assert Point(1) == Point(1, 2)
    assert Point(1) != Point(2)
    assert Point(1) != Named(1)
    assert hash(Version(major=1)) == hash(Version(major=1))
    assert sorted([Version(major=2), Version(major=1, minor=9)]) == [
        Version(major=1, minor=9),
        Version(major=2),
    ]
    with pytest.raises(TypeError):
        hash(Box())


def test_a_secret_field_is_not_shown() -> None:
    assert repr(Named(1)) == "Named(x=1, y=2, tags=[], name='n')"


def test_the_standard_librarys_functions_work() -> None:
    assert [one.name for one in fields(Named)] == ["x", "y", "tags", "name", "secret"]
    assert replace(Named(1), y=7) == Named(1, 7)
    assert asdict(Point(1)) == {"x": 1, "y": 2, "tags": []}
    assert dataclasses.asdict(Point(1)) == asdict(Point(1))
    assert dataclasses.is_dataclass(Point)
    match Point(1):
        case Point(x, y):
            assert (x, y) == (1, 2)


def test_what_is_inside_becomes_plain_too() -> None:
    inside = {"x": 1, "y": 2, "tags": []}
    assert asdict(Box([Point(1), (Point(1), 5)])) == {"content": [inside, (inside, 5)]}
    assert asdict(Box({"p": Point(1)})) == {"content": {"p": inside}}
