"""The bench's ratios and its table."""

from hack.benchmark.figures import Figure, ratio, table

SAMPLES = {"run": [0.3, 0.2, 9.0], "ctr": [0.1, 0.1, 0.1], "docker": [0.4, 0.4, 0.4]}


def test_a_ratio_is_of_medians() -> None:
    figure = ratio("run / ctr", 3.5, SAMPLES, "run", "ctr")
    assert figure.value is not None
    assert round(figure.value, 2) == 3.0
    assert figure.verdict == "ok"
    assert figure.beside == {"docker": 0.4}


def test_a_bound_that_is_not_kept_is_seen_in_the_table() -> None:
    text = table([ratio("run / ctr", 2, SAMPLES, "run", "ctr"), Figure("exec", 3, error="no such command")])
    assert "OVER" in text
    assert "300.0 / 100.0 ms" in text
    assert "failed" in text
    assert "no such command" in text
