from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from registry.jobs import Zone
from registry.models.releases import ReleaseState
from registry.worker import loop
from tests.factories import homes, programs
from tests.factories.terminal import Terminal

if TYPE_CHECKING:
    import subprocess

    from registry.home import Home


def is_at_work(home: Home, zone: Zone) -> bool:
    with loop.lock(home, frozenset({zone})) as is_free:
        return not is_free


def ended(process: subprocess.Popen[str]) -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(programs.PATIENCE_SECONDS)


def test_a_worker_builds_what_was_left_to_it_and_ends_when_it_is_told_to(furnished_home: Home) -> None:
    label = homes.plan(furnished_home)
    terminal = Terminal(furnished_home.settings.home, "mara")
    assert terminal.run("releases", "build", label, "--detach").code == 0
    with programs.running(furnished_home.settings.home, "worker", "--zone", "worker") as process:
        programs.wait_until(lambda: homes.release(furnished_home, label).state is ReleaseState.BUILT)
        assert is_at_work(furnished_home, Zone.WORKER)
        assert not is_at_work(furnished_home, Zone.SIGNER)
        assert ended(process) == 0
    assert not is_at_work(furnished_home, Zone.WORKER)


def test_a_second_worker_in_the_same_zone_says_so_or_leaves_quietly(bare_home: Home) -> None:
    folder = bare_home.settings.home
    with programs.running(folder, "worker", "--zone", "signer"):
        programs.wait_until(lambda: is_at_work(bare_home, Zone.SIGNER))
        second = programs.done(folder, "worker", "--zone", "signer")
        assert (second.returncode, second.stderr) == (8, "accession: Another worker works for this home already.\n")
        both = programs.done(folder, "worker", "--if-free")
        assert (both.returncode, both.stderr) == (0, "")


def test_a_zone_that_does_not_exist_is_wrong_usage(bare_home: Home) -> None:
    assert Terminal(bare_home.settings.home).run("worker", "--zone", "kitchen").code == 2


def test_a_worker_of_no_home_does_not_start(bare_home: Home) -> None:
    assert Terminal(bare_home.settings.home / "nowhere").run("worker").code == 3
