"""The last minute in one line."""

from nerdpy.output.spark import spark_line


def test_bars_grow_with_the_values() -> None:
    assert spark_line([0, 12.5, 50, 99, 100], 5) == "▁▂▅██"


def test_more_than_a_processor_makes_the_scale_longer() -> None:
    assert spark_line([50, 400], 2) == "▂█"


def test_many_values_share_a_bar_and_the_greatest_counts() -> None:
    assert spark_line([0, 100, 0, 0], 2) == "█▁"


def test_what_is_not_there_yet_is_blank_at_the_left() -> None:
    assert spark_line([100], 3, of=6) == "  █"
    assert spark_line([], 3, of=6) == "   "
    assert spark_line([1], 0) == ""
