"""The one command, `accession`. Loads a noun's file only when that noun is used, so that `--help` is quick.

One of the two places where an error becomes words: a sentence on standard error and the error's exit code.
"""

import importlib
import os
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import click

from cli import output
from cli.door import Door
from registry import environment
from registry.errors import AccessionError, BugError, UnavailableError

COMMANDS = {
    "audit": ("cli.audit:audit", "Read who did what to which thing."),
    "blur": ("cli.blur:blur", "Blur the faces in a folder, and measure what was missed."),
    "datasets": ("cli.datasets:datasets", "Import datasets and look at their variants."),
    "demo": ("cli.demo:demo", "Play the main job from pictures to a verified release."),
    "detectors": ("cli.detectors:detectors", "Add weights of face detectors, and look at them."),
    "faces": ("cli.faces:faces", "Decide what is a face, and hand out boxes."),
    "init": ("cli.init:init", "Make a registry home: database, blobs, keys, trust root."),
    "log": ("cli.log:log", "Look through, follow, copy and witness the public log."),
    "labels": ("cli.labels:labels", "Read label files, and say what their numbers mean."),
    "layers": ("cli.layers:layers", "Import and look at labels, boxes, votes and advisories."),
    "links": ("cli.links:links", "Check the links that images came from."),
    "keys": ("cli.keys:keys", "List, make, rotate and revoke the keys that sign."),
    "migrate": ("cli.init:migrate", "Bring the database to the shape that this program needs."),
    "people": ("cli.people:people", "Add people, change their roles, deactivate them."),
    "exceptions": ("cli.exceptions:exceptions", "Grant and end exceptions for single images."),
    "overlays": ("cli.overlays:overlays", "Lay a stricter policy on a release."),
    "policies": ("cli.policies:policies", "Check, publish and look at policies."),
    "releases": ("cli.releases:releases", "Plan, build, approve, sign, publish and export releases."),
    "reviews": ("cli.reviews:reviews", "Answer for images that a rule has sent to review."),
    "rights": ("cli.rights:rights", "Collect evidence about the rights in images."),
    "serve": ("cli.serve:serve", "Show the registry in a browser."),
    "takedowns": ("cli.takedowns:takedowns", "Ask for images to be taken down, and decide."),
    "taxonomy": ("cli.taxonomy:taxonomy", "Import and look at WordNet."),
    "trust": ("cli.trust:trust", "Show trust roots and follow one to the next."),
    "verify": ("cli.verify:verify", "Check an export, offline."),
    "weights": ("cli.weights:weights", "Record what weights were trained on, and look it up."),
    "votes": ("cli.votes:votes", "Say what the votes on labels come to."),
    "worker": ("cli.worker:worker", "Do the work that people have asked for."),
}
INTERRUPTED = 128 + signal.SIGINT
TERMINATED = 128 + signal.SIGTERM


class Terminated(KeyboardInterrupt):
    """Somebody asked the process to end; it ends as it would after Ctrl-C."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in alphabetical order."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command itself, imported now."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{COMMANDS[cmd_name][0]} is no command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--home", metavar="DIR", help=f"The registry home; else the variable {environment.HOME_VARIABLE}.")
@click.option(
    "--as",
    "handle",
    metavar="PERSON",
    help=f"Who acts; else the variable {environment.PERSON_VARIABLE}. The password is asked for, or taken from "
    f"{environment.PASSWORD_VARIABLE}.",
)
@click.version_option(package_name="accession", prog_name="accession")
@click.pass_context
def accession(ctx: click.Context, home: str | None, handle: str | None) -> None:
    """Governance and provenance of image datasets: variants, policies, takedowns, signed releases."""
    ctx.obj = Door(home, handle)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code (docs/operations/exit-codes.md)."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        # Not `accession.main`, which would make up exit codes of its own for a reader who leaves early.
        with _ended_by_sigterm(), accession.make_context("accession", words) as context:
            accession.invoke(context)
    except click.exceptions.Exit as ended:
        sys.exit(ended.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Terminated:
        output.complain("terminated")
        sys.exit(TERMINATED)
    except (click.Abort, KeyboardInterrupt):
        output.complain("interrupted")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has left; nothing remains to be said, nor to be flushed on the way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except AccessionError as error:
        output.complain(error.sentence)
        sys.exit(error.exit_code)
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        output.complain(f"the machine could not do this: {error.strerror or error}{where}")
        sys.exit(UnavailableError.exit_code)
    except Exception as error:  # noqa: BLE001 - a user never sees a traceback unless they ask for it
        _say_bug(error)
        sys.exit(BugError.exit_code)
    sys.exit(0)


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Whoever is asked to end leaves no half work behind; a command may still choose another way to end."""

    def end(number: int, frame: FrameType | None) -> NoReturn:
        del number, frame
        raise Terminated

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _say_bug(error: Exception) -> None:
    if environment.variable(environment.DEBUG_VARIABLE):
        traceback.print_exception(error)
    output.complain(
        f"a case that Accession was not written for ({type(error).__name__}: {error}). "
        f"{environment.DEBUG_VARIABLE}=1 shows where it happened."
    )
