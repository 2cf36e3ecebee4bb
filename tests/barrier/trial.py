"""The trials: random grants, random users and random requests, each held against the oracle.

python -m tests.barrier.trial --trials 10000 --seed 1
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.barrier import world
from tests.barrier.result import Result
from tests.barrier.site import Site
from tests.barrier.state import State


def run(site: Site, trials: int, seed: int, enough: int = 10, states: int | None = None) -> Result:
    """The trials, until there are enough leaks. `states`: one state alone, to see it again."""
    result, number = Result(), 0
    while result.trials < trials and len(result.leaks) < enough:
        if states is None or states == number:
            State(site, number, seed, result).run()
        number += 1
        if states is not None and number > states:
            break
    return result


def main() -> None:
    from engine.settings import enter_demo

    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", type=int, help="only this state, to see a leak again")
    parser.add_argument("--world", type=Path, help="a file with the world, made if it is not there")
    parser.add_argument("--leaks", type=int, default=10, help="stop after so many")
    parser.add_argument("--routes", nargs="*", default=[], help="only those that begin so")
    chosen = parser.parse_args()
    enter_demo()
    with tempfile.TemporaryDirectory() as folder:
        built = chosen.world or Path(folder) / "world.db"
        if not built.exists():
            world.build(built)
        site, began = Site(built, Path(folder)), time.monotonic()
        if chosen.routes:
            site.aim(chosen.routes)
        result = run(site, chosen.trials, chosen.seed, chosen.leaks, chosen.state)
        site.close()
    for leak in result.leaks:
        print(leak)
    for route, number in sorted(result.routes.items()):
        print(f"{number:6} {route}")
    print(f"seed {chosen.seed}: {result} ({time.monotonic() - began:.0f} s)")
    sys.exit(1 if result.leaks else 0)


if __name__ == "__main__":
    main()
