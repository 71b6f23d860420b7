"""The figures to reach, and the table that says whether they are."""

import json
import statistics
from dataclasses import asdict, dataclass, field
from pathlib import Path

from hack.benchmark.subjects import Samples


@dataclass
class Figure:
    """One row: a ratio of medians, or a size, and its bound."""

    what: str
    bound: float
    value: float | None = None
    unit: str = "x"
    of: str = ""
    """What was measured against what, in numbers."""
    beside: dict[str, float] = field(default_factory=dict)
    """Medians of docker and nerdctl doing the same, in seconds."""
    error: str = ""

    @property
    def verdict(self) -> str:
        if self.value is None:
            return "failed" if self.error else "-"
        return "ok" if self.value <= self.bound else "OVER"


def ratio(what: str, bound: float, samples: Samples, over: str, under: str) -> Figure:
    """median(over) / median(under); whatever else was sampled stands beside it."""
    medians = {name: statistics.median(values) for name, values in samples.items()}
    return Figure(
        what,
        bound,
        medians[over] / medians[under],
        of=f"{medians[over] * 1000:.1f} / {medians[under] * 1000:.1f} ms",
        beside={name: value for name, value in medians.items() if name.split()[0] in {"docker", "nerdctl"}},
    )


def table(figures: list[Figure]) -> str:
    """For a human, in a terminal or a log."""
    rows = [("WHAT", "VALUE", "BOUND", "", "MEASURED", "BESIDE")]
    for figure in figures:
        value = "" if figure.value is None else f"{figure.value:.2f} {figure.unit}"
        beside = ", ".join(f"{name} {seconds * 1000:.1f} ms" for name, seconds in figure.beside.items())
        rows.append(
            (
                figure.what,
                value,
                f"<= {figure.bound:g} {figure.unit}",
                figure.verdict,
                figure.error or figure.of,
                beside,
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def save(path: Path, figures: list[Figure], samples: dict[str, Samples], machine: dict[str, str]) -> None:
    """Everything, for whoever wants to look again or compare."""
    rows = [asdict(figure) | {"verdict": figure.verdict} for figure in figures]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"machine": machine, "figures": rows, "samples": samples}, indent=1) + "\n")
