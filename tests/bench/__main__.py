"""`make bench`: every module beside this file measures its room against named peers, in one run, and prints lines.

A line says what was measured, the ratio to the peer, the sizes, and the target; nothing here passes or fails.
"""

import importlib
import os
import platform
import sys
from pathlib import Path


def main(wanted: list[str]) -> None:
    """Run the named benches, or all of them, in the order of their names."""
    here = Path(__file__).parent
    names = sorted(file.stem for file in here.glob("*.py") if not file.stem.startswith("_"))
    unknown = set(wanted) - set(names)
    if unknown:
        sys.exit(f"There is no bench {', '.join(sorted(unknown))}; there are {', '.join(names)}.")
    print(f"Python {platform.python_version()}, {len(os.sched_getaffinity(0))} processors")  # noqa: T201 - a bench prints
    for name in wanted or names:
        print(f"\n{name}")  # noqa: T201 - a bench prints
        for line in importlib.import_module(f"tests.bench.{name}").run():
            print(f"  {line}", flush=True)  # noqa: T201 - a bench prints


if __name__ == "__main__":
    main(sys.argv[1:])
