"""A registry that a whole cast of people works on through its commands alone."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry import environment
from tests.factories.people import PASSWORD
from tests.factories.terminal import Done, Terminal

CAST = {"mira": "maintainer", "sol": "maintainer", "ana": "approver", "ben": "approver", "rita": "reviewer"}


@dataclass(frozen=True, slots=True)
class Registry:
    """A home, and whoever is asked for at a terminal in front of it."""

    home: Path

    @property
    def trust_root(self) -> Path:
        """What the registry hands out, for auditors to check with."""
        return self.home / "trust" / "1.root.json"

    def say(self, *words: str | Path, who: str | None = None) -> Done:
        """Give a command; a traceback is never the answer."""
        done = Terminal(self.home, who).run(*words)
        assert "Traceback" not in done.err, done.err
        return done

    def must(self, *words: str | Path, who: str | None = None) -> str:
        """What a command printed that has to succeed."""
        done = self.say(*words, who=who)
        assert done.code == 0, done.err or done.out
        return done.out

    def json(self, *words: str | Path, who: str | None = None) -> Any:  # noqa: ANN401 - whatever was printed
        """What a command printed as JSON."""
        return json.loads(self.must(*words, "--json", who=who))

    def released(self, label: str, policy: str, recipe: str = "dlib-hog") -> None:
        """Plan, build, approve, sign and publish the next release of a variant, which must get this label."""
        variant = label.rpartition("/")[0]
        plan = ("releases", "plan", variant, "--policy", policy, "--recipe", recipe)
        assert self.json(*plan, who="mira")["release"] == label
        self.must("releases", "build", label, who="mira")
        for approver in ("ana", "ben"):
            self.must("releases", "approve", label, "--reason", "as planned", who=approver)
        self.must("releases", "sign", label, who="sol")
        self.must("releases", "publish", label, who="mira")

    def environment(self, who: str) -> dict[str, str]:
        """The variables of a process in which `who` gives a command."""
        said = {
            environment.HOME_VARIABLE: str(self.home),
            environment.PERSON_VARIABLE: who,
            environment.PASSWORD_VARIABLE: PASSWORD,
        }
        return dict(os.environ) | said  # noqa: TID251 - what a process inherits


def registry(home: Path) -> Registry:
    """A new home with the whole cast in it."""
    fresh = Registry(home)
    fresh.must("init")
    for handle, role in CAST.items():
        added = Terminal(home).run("people", "add", handle, "--role", role, "--password-stdin", typed=PASSWORD + "\n")
        assert added.code == 0, added.err
    return fresh
