"""The command line as a user has it: its own process, its exit code, what it printed."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PASSWORD = "correct-horse-battery-staple"
CAST = {"mira": "maintainer", "sol": "maintainer", "ana": "approver", "ben": "approver", "rita": "reviewer"}
SECONDS = 240


@dataclass(frozen=True, slots=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    def json(self) -> Any:  # noqa: ANN401 - whatever was printed
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal in which ACCESSION_HOME names a home."""

    home: Path

    def environment(self, who: str | None = None) -> dict[str, str]:
        """The variables of a command that `who` gives."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ACCESSION_")}  # noqa: TID251
        named = {"ACCESSION_HOME": str(self.home), "ACCESSION_PASSWORD": PASSWORD}
        return kept | named | ({"ACCESSION_AS": who} if who else {})

    def say(self, *words: object, who: str | None = None) -> Said:
        """Give the command and wait for its answer; a traceback in it is never right."""
        command = [sys.executable, "-m", "cli", *map(str, words)]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=SECONDS, env=self.environment(who), check=False
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Said(done.returncode, done.stdout, done.stderr)

    def must(self, *words: object, who: str | None = None) -> Said:
        """As `say`, for a command that has to succeed."""
        said = self.say(*words, who=who)
        assert said.code == 0, said.err or said.out
        return said

    def released(self, label: str, policy: str, recipe: str = "dlib-hog") -> None:
        """Plan, build, approve, sign and publish the next release of a variant, which must get this label."""
        variant = label.rpartition("/")[0]
        plan = ("releases", "plan", variant, "--policy", policy, "--recipe", recipe, "--json")
        assert self.must(*plan, who="mira").json()["release"] == label
        self.must("releases", "build", label, who="mira")
        for approver in ("ana", "ben"):
            self.must("releases", "approve", label, "--reason", "as planned", who=approver)
        self.must("releases", "sign", label, who="sol")
        self.must("releases", "publish", label, who="mira")


def terminal(home: Path) -> Terminal:
    """A terminal with a new home and the whole cast in it."""
    fresh = Terminal(home)
    fresh.must("init")
    for handle, role in CAST.items():
        command = [sys.executable, "-m", "cli", "people", "add", handle, "--role", role, "--password-stdin"]
        subprocess.run(command, input=PASSWORD + "\n", text=True, check=True, env=fresh.environment(), stdout=-3)
    return fresh
