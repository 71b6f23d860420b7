"""hack/bench [--rounds N] [--many N] [--json FILE] [--strict]"""

import argparse
import sys
from pathlib import Path

from hack.benchmark.bench import Bench, machine
from hack.benchmark.figures import save, table
from hack.benchmark.subjects import Outside
from tests.integration.conftest import IMAGE_CACHE
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.images import built_images
from tests.integration.support.isolation import OWN, isolate


def main() -> int:
    parser = argparse.ArgumentParser(prog="hack/bench", description="nerdpy's figures, as ratios of medians")
    parser.add_argument("--rounds", type=int, default=15, help="samples of each command (default 15)")
    parser.add_argument("--many", type=int, default=200, help="how many containers `ps` lists (default 200)")
    parser.add_argument("--only", default="", help="measure only what has this in its name, such as ps")
    parser.add_argument("--json", type=Path, default=Path("artifacts/bench.json"), help="where it is kept")
    parser.add_argument("--strict", action="store_true", help="exit 1 when a bound is not kept")
    given = parser.parse_args()
    images = built_images(IMAGE_CACHE)
    outside = Outside()
    isolate()
    engine = PrivateEngine(OWN / "bench")
    engine.start()
    try:
        bench = Bench(engine, images, outside, given.rounds)
        bench.measure_all(given.many, given.only)
    finally:
        engine.remove()
    print(table(bench.figures))
    save(given.json, bench.figures, bench.samples, machine())
    print(f"\nkept in {given.json}")
    is_kept = all(figure.verdict == "ok" for figure in bench.figures)
    return 1 if given.strict and not is_kept else 0


if __name__ == "__main__":
    sys.exit(main())
