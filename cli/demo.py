"""`accession demo`: the main job from pictures to a verified release, with every person played by the program.

What it prints is what each command would print; whoever wants to do it by hand finds the commands in the README.
"""

import logging
from dataclasses import dataclass
from pathlib import Path

import click

from cli import demo_pictures, output
from cli.blur import DEFAULT_RECIPE
from cli.datasets import counts_text, finished
from cli.init import FIRST_ROOT, create
from cli.policies import read as read_policy
from cli.releases import arrived, show_counts, stored_recipe
from cli.verify import EXIT_NOT_VERIFIED, decider_of
from cli.verify import lines as verdict_lines
from registry import clock, logs, settings
from registry.access import OPERATOR, Actor
from registry.errors import WrongStateError
from registry.home import Home
from registry.models.people import Role
from registry.models.releases import Release, ReleaseState
from registry.proof.logfiles import LogFolder
from registry.proof.verify import verify
from registry.queries import names, transparency
from registry.services import builds, exports, imports, people, planning, policies, releases
from registry.services.imports import VariantWords
from registry.worker import loop

DEFAULT_POLICY = "person-filtered-faces"
VARIANT = "demo/pictures"
PEOPLE_FILE = "people.txt"
CAST = {
    "mira": ("Mira, maintainer: plans and publishes", Role.MAINTAINER),
    "sol": ("Sol, maintainer: signs", Role.MAINTAINER),
    "ana": ("Ana, approver", Role.APPROVER),
    "ben": ("Ben, approver", Role.APPROVER),
    "rita": ("Rita, reviewer of takedowns", Role.REVIEWER),
    "olu": ("Olu, auditor", Role.AUDITOR),
    "ada": ("Ada, administrator", Role.ADMINISTRATOR),
}


@click.command()
@click.option("--source", type=click.Path(path_type=Path), help="A folder of images; pictures are made if not given.")
@click.option("--policy", "policy_file", default=DEFAULT_POLICY, show_default=True, help="A file, or a shipped policy.")
@click.option("--recipe", "recipe_name", default=DEFAULT_RECIPE, show_default=True, help="How faces are blurred.")
@click.option("--home", "home_name", help="The registry home to make; else the one named before the command.")
@click.pass_context
def demo(ctx: click.Context, source: Path | None, policy_file: str, recipe_name: str, home_name: str | None) -> None:
    """Play the main job: import, plan, build, approve, sign, publish, export, verify.

    Makes a new registry home, plays all the people, and leaves the export in HOME/export. Exits 0 only if the
    verifier agrees.
    """
    folder = settings.chosen_home(home_name or ctx.obj.home_name)
    if folder.exists() and any(folder.iterdir()):
        raise WrongStateError(f"{folder} is not empty; the demonstration makes a registry home of its own.")
    logs.configure_if_new(logging.WARNING)
    _heading("A registry home")
    with Home(create(folder)) as home:
        click.echo(f"  {folder}")
        cast = _cast(home)
        if source is None:
            source = folder / "source"
            demo_pictures.make(source)
        _play(home, cast, source, policy_file, recipe_name)
        root = settings.trust_roots(home.settings)[0]
        report = verify(folder / "export", root, None, clock.utc_now(), decider=decider_of)
    _heading("The verifier's own verdict, from the export and the trust root alone")
    click.echo("\n".join(f"  {line}" for line in verdict_lines(report)))
    _heading("What lies where")
    output.facts(
        [
            ("  release", folder / "export"),
            ("  datasheet", folder / "export" / "datasheet.md"),
            ("  check it again", f"accession verify {folder / 'export'} --trust {folder / 'trust' / FIRST_ROOT}"),
            ("  see it in a browser", f"accession --home {folder} serve"),
            ("  people's passwords", folder / PEOPLE_FILE),
        ]
    )
    ctx.exit(0 if report.is_ok else EXIT_NOT_VERIFIED)


@dataclass(frozen=True, slots=True)
class _Cast:
    """The people of the demonstration, signed in."""

    mira: Actor
    sol: Actor
    ana: Actor
    ben: Actor


def _cast(home: Home) -> _Cast:
    """Everybody has an account; the passwords lie in a file that only its owner can read."""
    passwords = {handle: people.new_password() for handle in CAST}
    with home.act(OPERATOR) as act:
        for handle, (name, role) in CAST.items():
            people.add(act, handle, name, frozenset({role}), passwords[handle])
    file = home.settings.home / PEOPLE_FILE
    file.touch(mode=settings.OWNER_ONLY_FILE)
    file.write_text("".join(f"{handle}\t{passwords[handle]}\t{CAST[handle][0]}\n" for handle in CAST))
    with home.reading() as session:
        return _Cast(*(people.authenticate(session, who, passwords[who]) for who in ("mira", "sol", "ana", "ben")))


def _play(home: Home, cast: _Cast, source: Path, policy_file: str, recipe_name: str) -> None:
    _import(home, cast, source)
    planned, label = _plan(home, cast, policy_file, recipe_name)
    _build(home, cast, planned, label)
    _sign_and_publish(home, cast, label)
    _heading("Export")
    with home.act(cast.mira) as act:
        asked = exports.ask(act, home.blobs, label, home.settings.home / "export")
    roots = settings.trust_roots(home.settings)
    with home.reading() as session:
        proof = transparency.release_proof(session, LogFolder(home.settings.log_folder), label)
    with exports.drafted(asked, home.blobs, roots, log_proof=proof) as draft, home.act(cast.mira) as act:
        count = exports.hand_over(act, draft)
    click.echo(f"  {count:,} images, with everything that is needed to check them")


def _import(home: Home, cast: _Cast, source: Path) -> None:
    _heading(f"Import of {source} into {VARIANT}, by mira")
    with home.act(cast.mira) as act:
        started = imports.start(act, VARIANT, source, VariantWords(title="Pictures of the demonstration"))
    loop.keep(home, imports.promise_of(started), output.ProgressLine())
    done = finished(home, started)
    counts = done.counts or {}
    output.facts(
        [
            ("  files", done.row_count),
            ("  formats", counts_text(counts["formats"])),
            ("  defects", counts_text(counts["defects"])),
        ]
    )


def _plan(home: Home, cast: _Cast, policy_file: str, recipe_name: str) -> tuple[Release, str]:
    _heading("Policy and plan, by mira")
    with home.act(cast.mira) as act:
        published = policies.publish(act, home.blobs, read_policy(policy_file))
    recipe = stored_recipe(home, recipe_name)
    with home.reading() as session:
        shown = planning.preview(session, home.blobs, VARIANT, f"{published.name}@{published.version}", clock.utc_now())
    show_counts(shown.verdicts, shown.reasons, shown.row_count)
    with home.act(cast.mira) as act:
        planned = planning.plan(act, shown, recipe)
        label = names.release_label(act.session, planned)
    click.echo(f"  planned {label}")
    return planned, label


def _build(home: Home, cast: _Cast, planned: Release, label: str) -> None:
    _heading("Build: every image is looked at, faces are blurred")
    with home.act(cast.mira) as act:
        builds.ask(act, label)
    loop.keep(home, builds.promise_of(planned), output.ProgressLine())
    built = arrived(home, planned, ReleaseState.BUILT)
    counts = built.counts or {}
    show_counts(counts["verdicts"], counts["reasons"], counts["rows"])


def _sign_and_publish(home: Home, cast: _Cast, label: str) -> None:
    _heading("Approved by two people, signed by a third, published")
    for approver in (cast.ana, cast.ben):
        with home.act(approver) as act:
            digest = names.release(act.session, label).approval_digest or ""
            releases.approve(act, label, digest, "The counts are what the plan said.")
        click.echo(f"  {approver.name} approved {digest}")
    with home.act(cast.sol) as act:
        asked = releases.ask_signature(act, home.blobs, label)
    loop.keep(home, releases.signature_promise_of(asked), output.ProgressLine())
    arrived(home, asked, ReleaseState.SIGNED)
    click.echo("  sol signed")
    with home.act(cast.mira) as act:
        releases.publish(act, home.blobs, label)
    for promise in act.promises:
        loop.keep(home, promise, output.ProgressLine())
    click.echo("  mira published")


def _heading(text: str) -> None:
    click.echo(f"\n{text}")
