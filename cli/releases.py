"""`accession releases`: planned, built, approved, signed, published, compared and exported."""

from pathlib import Path

import click

from cli import output
from cli.blur import chosen, recipe_option
from cli.door import Door, pass_door
from registry import clock, errors, settings
from registry.catalogue.entries import ReleaseEntry
from registry.home import Home
from registry.models.releases import Release, ReleaseState
from registry.proof import canonical
from registry.proof.logfiles import LogFolder
from registry.queries import diffs, names, transparency
from registry.queries import releases as queries
from registry.queries.accounts import Account
from registry.services import abandonments, builds, exports, known_faces, planning, reviews
from registry.services import releases as services
from registry.services.planning import Preview, Recipe

NAMED_AT_MOST = 10
label_argument = click.argument("label", metavar="DATASET/VARIANT/NUMBER")
link_option = click.option("--link", is_flag=True, help="Hard-link images where possible, instead of copying them.")


@click.group()
def releases() -> None:
    """Plan, build, approve, sign, publish and export releases."""


@releases.command()
@click.argument("variant", metavar="DATASET/VARIANT")
@click.option("--policy", "policy_name", required=True, metavar="NAME[@VERSION]", help="A published policy.")
@recipe_option
@click.option("--faces", "layer", metavar="NAME[@VERSION]", help="A layer of faces that are known and blurred.")
@click.option("--without-detection", is_flag=True, help="Blur the faces of the layer and look for no others.")
@click.option("--dry-run", is_flag=True, help="Show the counts and plan nothing.")
@output.as_json
@pass_door
def plan(
    door: Door,
    variant: str,
    policy_name: str,
    recipe_name: str,
    layer: str | None,
    *,
    without_detection: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Show what a policy would do to a variant, per verdict and reason, and plan a release that does it."""
    with door.open() as home:
        actor = None if dry_run else door.actor(home)
        recipe = stored_recipe(home, recipe_name)
        with home.reading() as session:
            shown = planning.preview(session, home.blobs, variant, policy_name, clock.utc_now())
            known = known_faces.choose(session, variant, layer, is_detected=not without_detection)
            ahead = reviews.ahead(session, home.blobs, shown.import_id, shown.policy_id)
        label = None
        if actor is not None:
            with home.act(actor) as act:
                label = names.release_label(act.session, planning.plan(act, shown, recipe, known))
    if as_json:
        output.show_json({"release": label, **shown.as_json(), "faces": ahead})
        return
    show_counts(shown.verdicts, shown.reasons, shown.row_count)
    show_effects(shown)
    limit = "any number of" if ahead.limit is None else f"at most {ahead.limit:,}"
    click.echo(f"faces: {ahead.decided:,} images are decided by people; signed with {limit} open reviews")
    click.echo(f"Planned {label}." if label else "Nothing was planned.")


def show_effects(shown: Preview) -> None:
    """Classes that vanish, and what changes against the policy of the newest published release."""
    if shown.vanishing:
        named = ", ".join(label or "(no class)" for label in shown.vanishing[:NAMED_AT_MOST])
        more = " ..." if len(shown.vanishing) > NAMED_AT_MOST else ""
        click.echo(output.printable(f"classes of which nothing is left: {len(shown.vanishing):,} ({named}{more})"))
    for change in shown.changes:
        reasons = ", ".join(change["reasons"])
        words = f"{change['count']:,} images: {change['before']} -> {change['after']} ({reasons})"
        click.echo(output.printable(f"against the policy before: {words}, such as {change['example']}"))


def stored_recipe(home: Home, name: str) -> Recipe:
    """The shipped recipe with that name, or the one in that file, its canonical bytes safe in the blob store.

    Raises:
        NotFoundError: there is no such recipe.
    """
    from blurring.errors import BlurringError  # noqa: PLC0415 - few of these commands touch pixels

    try:
        recipe = chosen(name)
    except BlurringError as error:
        raise errors.NotFoundError(f"There is no recipe {name}: {error}.") from error
    return Recipe(recipe.name, home.blobs.put(canonical.canonical_bytes(recipe.model_dump(mode="json"))))


def show_counts(verdicts: dict[str, int], reasons: dict[str, dict[str, int]], total: int) -> None:
    """The account, each verdict with its reasons, and their sum."""
    for verdict, count in verdicts.items():
        if count or verdict != planning.PENDING:
            click.echo(f"{verdict:<8} {count:>12,}")
        for reason, reason_count in sorted(reasons.get(verdict, {}).items(), key=lambda item: -item[1]):
            click.echo(f"    {reason:<34} {reason_count:>12,}")
    click.echo(f"{'= parent':<8} {total:>12,}")


@releases.command()
@label_argument
@click.option("--detach", is_flag=True, help="Leave the work to a running `accession worker`.")
@click.option("--afresh", is_flag=True, help="Look at every image again, also where an earlier release did.")
@pass_door
def build(door: Door, label: str, *, detach: bool, afresh: bool) -> None:
    """Build a planned release. Interrupted and repeated, it goes on where it was.

    What the release before saw by the same recipe is taken over where the bytes are the same.
    """
    with door.open() as home:
        with home.act(door.actor(home)) as act:
            asked = builds.ask(act, label, is_afresh=afresh)
        if detach:
            click.echo(f"{label} will be built by the worker.")
            return
        door.keep(home, [builds.promise_of(asked)], output.ProgressLine())
        built = arrived(home, asked, ReleaseState.BUILT)
        counts = built.counts or {}
    show_counts(counts["verdicts"], counts["reasons"], counts["rows"])
    if taken_over := counts["detector"].get("taken over"):
        click.echo(taken_over)
    click.echo(f"Built {label}; manifest root {built.root}")


def arrived(home: Home, asked: Release, wanted: ReleaseState) -> Release:
    """The release once it is in the state that was asked for.

    Raises:
        AccessionError: it is not; of the kind and with the sentence that the worker recorded.
    """
    with home.reading() as session:
        found = session.get_one(Release, asked.id)
    if found.state is not wanted:
        kind = errors.of_code(found.failure_code) if found.failure else errors.UnavailableError
        raise kind(found.failure or "The work was interrupted; give the same command again to go on.")
    return found


@releases.command()
@label_argument
@click.option("--reason", required=True, help="Why you approve, in your own words.")
@click.option("--digest", help="What you looked at; the release as it is now, if not given.")
@pass_door
def approve(door: Door, label: str, reason: str, digest: str | None) -> None:
    """Approve what a built release is now. Two people do, neither of them the planner."""
    with door.open() as home, home.act(door.actor(home)) as act:
        seen = digest or names.release(act.session, label).approval_digest or ""
        services.approve(act, label, seen, reason)
    click.echo(f"Approved {label} as {seen}.")


@releases.command()
@label_argument
@pass_door
def sign(door: Door, label: str) -> None:
    """Sign an approved release; who signs neither planned nor approved it."""
    with door.open() as home:
        with home.act(door.actor(home)) as act:
            asked = services.ask_signature(act, home.blobs, label)
        door.keep(home, [services.signature_promise_of(asked)], output.ProgressLine())
        arrived(home, asked, ReleaseState.SIGNED)
    click.echo(f"Signed {label}.")


@releases.command()
@label_argument
@pass_door
def publish(door: Door, label: str) -> None:
    """Publish a signed release."""
    with door.open() as home:
        with home.act(door.actor(home)) as act:
            services.publish(act, home.blobs, label)
        door.keep(home, act.promises)
    click.echo(f"Published {label}.")


@releases.command()
@label_argument
@click.option("--reason", required=True, help="Why it is not wanted any more, in your own words.")
@pass_door
def abandon(door: Door, label: str, reason: str) -> None:
    """Give up a release that is not published; its record and the reason stay."""
    with door.open() as home, home.act(door.actor(home)) as act:
        abandonments.abandon(act, label, reason)
    click.echo(f"Abandoned {label}.")


@releases.command("list")
@click.argument("variant", metavar="DATASET/VARIANT")
@output.as_json
@pass_door
def list_releases(door: Door, variant: str, *, as_json: bool) -> None:
    """List the releases of a variant, newest first."""
    with door.open() as home, home.reading() as session:
        found = queries.list_releases(session, variant, is_insider=True, limit=200).items
    if as_json:
        output.show_json(found)
        return
    rows = [(r.label, r.state, *(count for _, count in r.account.parts[:3]), r.account.total) for r in found]
    output.table(("RELEASE", "STATE", "KEEP", "BLUR", "EXCLUDE", "PARENT"), rows, empty="No releases yet.")


@releases.command()
@label_argument
@output.as_json
@pass_door
def show(door: Door, label: str, *, as_json: bool) -> None:
    """Show a release: its account, what it was made from, and who did what."""
    with door.open() as home, home.reading() as session:
        found = queries.read_release(session, label, is_insider=True)
    if as_json:
        output.show_json(found)
        return
    output.facts(
        [
            ("release", found.label),
            ("state", found.state),
            ("policy", f"{found.policy}  sha256:{found.policy_sha256}"),
            ("procedure", f"{found.procedure}  {found.procedure_digest}"),
            ("recipe", f"{found.recipe_name}  sha256:{found.recipe_sha256}"),
            ("parent root", found.parent_root),
            ("manifest root", found.root),
            ("approval digest", found.approval_digest),
            ("planned by", found.people.planned_by),
            ("approved by", ", ".join(a.person for a in found.approvals if a.is_current) or None),
            ("signed by", found.people.signed_by),
            ("published at", found.published_at),
            *(("remark", remark) for remark in found.remarks),
            ("failure", found.failure),
            ("abandoned by", found.people.abandoned_by),
            ("abandoned because", found.abandoned_because),
        ]
    )
    show_account(found.account)


def show_account(account: Account) -> None:
    """The account of a release, as `show_counts` prints it."""
    reasons = {entry.verdict: {reason.code: reason.count for reason in entry.reasons} for entry in account.entries}
    show_counts(dict(account.parts), reasons, account.total)


@releases.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@output.as_json
@pass_door
def diff(door: Door, old: str, new: str, *, as_json: bool) -> None:
    """Show what changed between two releases, image by image, and why."""
    with door.open() as home, home.reading() as session:
        found = diffs.read_diff(session, home.blobs, old, new, is_insider=True)
    if as_json:
        output.show_json(found)
        return
    print_diff(found)


def print_diff(found: diffs.Diff) -> None:
    """Counts by kind of change, then one line per image that changed."""
    for kind, count in found.counts.items():
        click.echo(f"{kind:<16} {count:>12,}")
    for change in found.changes:
        before, after = _fate(change.old), _fate(change.new)
        click.echo(output.printable(f"{change.kind:<16} {change.path}  {before} -> {after}"))
    if found.is_cut:
        click.echo("... and more; `--json` and the pages show as many, the manifests show all.")


def _fate(entry: ReleaseEntry | None) -> str:
    return "absent" if entry is None else f"{entry.verdict} ({', '.join(entry.reasons)})"


@releases.command()
@label_argument
@click.argument("folder", type=click.Path(path_type=Path))
@link_option
@pass_door
def export(door: Door, label: str, folder: Path, *, link: bool) -> None:
    """Write a signed release into FOLDER, so that anybody can check it without the registry."""
    with door.open() as home:
        roots = settings.trust_roots(home.settings)
        actor = door.actor(home)
        with home.act(actor) as act:
            asked = exports.ask(act, home.blobs, label, folder.absolute())
        with home.reading() as session:
            proof = transparency.release_proof(session, LogFolder(home.settings.log_folder), label)
        with (
            exports.drafted(asked, home.blobs, roots, log_proof=proof, link=link) as draft,
            home.act(actor) as act,
        ):
            count = exports.hand_over(act, draft)
        newest = max(home.settings.trust_folder.glob("*.root.json"), key=lambda file: int(file.name.split(".")[0]))
    click.echo(f"Exported {count:,} images of {label} to {folder}.")
    if proof is None:
        click.echo("The public log has no signed tree head over this release yet; the export carries no proof of it.")
    click.echo(f"Check it: accession verify {folder} --trust {newest}")
