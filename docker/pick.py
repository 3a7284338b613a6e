# ruff: noqa: INP001 - a script; a package called docker would shadow the client library
"""Which lines of the lock does one trust zone need? Those that its list names, and whatever they ask for in turn.

    python pick.py requirements.lock web.txt [dlib-bin=dlib] > zone.lock

A list has one package per line. `A=B` takes B, which the lock keeps for no platform, wherever A is asked for. Runs
with the standard library alone, before anything is installed. Refuses a name that the lock does not have.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE_NEVER = re.compile(r" ; sys_platform == 'never'")


@dataclass(frozen=True, slots=True)
class Pin:
    """One package of the lock: its lines, and the names of the packages that ask for it."""

    name: str
    lines: tuple[str, ...]
    wanted_by: frozenset[str]


def pins(lock: str) -> Iterator[Pin]:
    """Every pin of a lock as `uv pip compile` writes it."""
    for block in re.split(r"\n(?=[a-z0-9])", "\n" + lock):
        lines = block.strip().splitlines()
        if not lines or lines[0].startswith("#"):
            continue
        name = re.split(r"[=\[ ]", lines[0])[0]
        comments = [line.strip().lstrip("#").strip() for line in lines[1:] if line.strip().startswith("#")]
        parents = [re.sub(r"^via(?: |$)", "", comment) for comment in comments]
        kept = tuple(line for line in lines if not line.strip().startswith("#"))
        yield Pin(name, kept, frozenset(parent.split("[")[0] for parent in parents if parent))


def picked(lock: str, wanted: list[str], instead: dict[str, str]) -> list[Pin]:
    """The pins that are wanted, and those that they ask for, in the order of the lock.

    Raises:
        SystemExit: a wanted name is not in the lock.
    """
    known = list(pins(lock))
    names = {pin.name for pin in known}
    if lacking := sorted({*wanted, *instead.values()} - names):
        raise SystemExit(f"not in the lock: {', '.join(lacking)}")
    chosen = set(wanted)
    # A version for older Pythons and one for newer ones are two pins of one name.
    while more := {pin.name for pin in known if pin.wanted_by & chosen} - chosen:
        chosen |= more
    chosen = (chosen - instead.keys()) | {instead[name] for name in chosen & instead.keys()}
    return [pin for pin in known if pin.name in chosen]


def written(chosen: list[Pin], instead: dict[str, str]) -> str:
    """The lock of a zone; what is taken instead of something loses the marker that kept it from every platform."""
    blocks = []
    for pin in chosen:
        text = "\n".join(pin.lines)
        blocks.append(HERE_NEVER.sub("", text) if pin.name in instead.values() else text)
    return "\n".join(blocks) + "\n"


def main(arguments: list[str]) -> None:
    """Print the lock of a zone."""
    lock, zone, *swaps = arguments
    instead = dict(swap.split("=") for swap in swaps)
    wanted = [line for line in Path(zone).read_text(encoding="utf-8").split("\n") if line and not line.startswith("#")]
    sys.stdout.write(written(picked(Path(lock).read_text(encoding="utf-8"), wanted, instead), instead))


if __name__ == "__main__":
    main(sys.argv[1:])
