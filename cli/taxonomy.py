"""`accession taxonomy`: WordNet is imported and looked at.

Synsets are shown by id and by words; the words of kinds of person are shown only to who may look at what is hidden.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import output
from cli.door import Door, pass_door
from registry.access import Permission
from registry.catalogue.taxonomy import rows, sources
from registry.catalogue.taxonomy.rows import Report

if TYPE_CHECKING:
    from registry.catalogue.taxonomy.graph import Taxonomy

HIDDEN = "(hidden)"
REFUSALS_SHOWN = 20

named = click.option("--in", "name", metavar="NAME[@VERSION]", help="Which taxonomy, where there are several.")
_words = click.option("--words", "with_words", is_flag=True, help="Show words that may hurt; who may is asked.")
_file = click.Path(path_type=Path)


@click.group()
def taxonomy() -> None:
    """Import and look at WordNet."""


@taxonomy.command("import")
@click.argument("folder", metavar="DIR", type=_file)
@click.option("--name", help="What to call it; else the form of its files, `wordnet` or `imagenet`.")
@output.as_json
@pass_door
def import_(door: Door, folder: Path, name: str | None, *, as_json: bool) -> None:
    """Import the nouns from WordNet's dict folder DIR, or from a folder with words.txt and wordnet.is_a.txt."""
    from registry.access import require  # noqa: PLC0415 - `--help` needs no database
    from registry.services import taxonomies  # noqa: PLC0415 - likewise

    with door.open() as home:
        actor = door.actor(home)
        require(actor, Permission.DATASET_IMPORT)
        reading = sources.read(folder)
        found = reading.taxonomy
        with home.act(actor) as act:
            kept = taxonomies.add(act, home.blobs, name or reading.form, reading)
            label, digest = f"{kept.name}@{kept.version}", f"sha256:{kept.sha256}"
    facts = {
        "name": label,
        "digest": digest,
        "synsets": len(found.synsets),
        "hyponyms": len(found.kinds),
        "instances": len(found.instances),
        "roots": len(found.roots),
        "rows": sum(reading.report.rows.values()),
        "refused": len(reading.report.refusals),
    }
    if as_json:
        output.show_json({**facts, "refusals": reading.report.refusals})
        return
    output.facts(list(facts.items()))
    _show_refusals(reading.report)


@taxonomy.command("list")
@output.as_json
@pass_door
def list_(door: Door, *, as_json: bool) -> None:
    """List the taxonomies that were imported."""
    from registry.queries import taxonomies  # noqa: PLC0415 - `--help` needs no database

    with door.open() as home, home.reading() as session:
        found = taxonomies.list_taxonomies(session)
    if as_json:
        output.show_json(found)
        return
    lines = [(it.label, it.synset_count, it.kind_count, it.instance_count, it.imported_at, it.digest) for it in found]
    headings = ("NAME", "SYNSETS", "HYPONYMS", "INSTANCES", "IMPORTED", "DIGEST")
    output.table(headings, lines, empty="No taxonomy has been imported yet.")


@taxonomy.command()
@click.argument("wnid", metavar="WNID")
@click.option("--within", type=_file, metavar="FILE", help="Count among the synsets of this list, too.")
@named
@_words
@output.as_json
@pass_door
def show(door: Door, wnid: str, within: Path | None, name: str | None, *, with_words: bool, as_json: bool) -> None:
    """Show the synset WNID: what is above it, and how much below it by hyponyms and with instances."""
    view = _open(door, name, [wnid], with_words=with_words)
    found = view.taxonomy
    below, with_instances, depths = found.below(wnid), found.below(wnid, instances=True), found.depths(wnid)
    facts: dict[str, object] = {
        "synset": wnid,
        "words": view.words(wnid),
        "parents": list(found.with_instances.parents.get(wnid, ())),
        "children": len(found.with_instances.children.get(wnid, ())),
        "below by hyponyms": len(below),
        "below with instances": len(with_instances),
        # Literature counts a subtree with its root, and lists of what to leave out count what lies below it.
        "subtree by hyponyms, itself counted": len(below) + 1,
        "subtree with instances, itself counted": len(with_instances) + 1,
        "above": len(found.above(wnid)),
        "fewest steps to a root": depths.fewest,
        "most steps to a root": depths.most,
    }
    if within:
        listed = below & set(rows.wnids(within, Report()))
        facts["below, within the list"] = len(listed)
        facts["of these with several parents"] = len(found.with_several_parents(listed))
        facts["of these with a parent outside"] = list(found.with_parent_outside(listed, wnid))
    _show(facts, as_json=as_json)


@taxonomy.command()
@click.argument("wnid", metavar="WNID")
@click.option("--and", "other", metavar="WNID", help="Show the lowest synsets above both, instead.")
@named
@_words
@output.as_json
@pass_door
def path(door: Door, wnid: str, other: str | None, name: str | None, *, with_words: bool, as_json: bool) -> None:
    """Show every way from a root down to the synset WNID."""
    view = _open(door, name, [wnid, other or wnid], with_words=with_words)
    found = view.taxonomy
    ways = [(synset,) for synset in found.common(wnid, other)] if other else list(found.paths(wnid))
    if as_json:
        output.show_json(ways)
        return
    for way in ways:
        click.echo(" > ".join(f"{synset} {view.words(synset)}".rstrip() for synset in way))


@taxonomy.command()
@click.argument("file", metavar="FILE", type=_file)
@click.option("--with", "others", multiple=True, type=_file, metavar="FILE", help="How many are in this list, too?")
@named
@output.as_json
@pass_door
def check(door: Door, file: Path, others: tuple[Path, ...], name: str | None, *, as_json: bool) -> None:
    """Check the list of synsets FILE: which are unknown, which have no edge, how many are in other lists."""
    found = _open(door, name, [], with_words=False).taxonomy
    report = Report()
    listed = rows.wnids(file, report)
    facts: dict[str, object] = {
        "synsets": len(listed),
        "rows refused": len(report.refusals),
        "not in the taxonomy": [wnid for wnid in listed if wnid not in found.synsets],
        "without an edge": list(found.without_edge(listed)),
    }
    facts |= {f"also in {other.name}": len(set(listed) & set(rows.wnids(other, Report()))) for other in others}
    _show(facts, as_json=as_json)
    if not as_json:
        _show_refusals(report)


@dataclass(frozen=True, slots=True)
class _View:
    """A taxonomy as somebody may see it: whose words are hidden, and whether they asked to see them all the same."""

    taxonomy: Taxonomy
    unsafe: frozenset[str]
    with_words: bool

    def words(self, wnid: str) -> str:
        """The synset's words, where they may be shown."""
        from registry.services import taxonomies  # noqa: PLC0415 - `--help` needs no policies

        if self.with_words or not taxonomies.is_hidden(self.taxonomy, self.unsafe, wnid):
            return self.taxonomy.synsets[wnid].words
        return HIDDEN


def _open(door: Door, name: str | None, wnids: list[str], *, with_words: bool) -> _View:
    """The taxonomy with these synsets; who wants words that may hurt proves that they may, and it is recorded."""
    from registry.queries import taxonomies as queries  # noqa: PLC0415 - `--help` needs no database
    from registry.services import taxonomies  # noqa: PLC0415 - likewise

    with door.open() as home:
        with home.reading() as session:
            line = queries.find(session, name)
            unsafe = taxonomies.marked(session, home.blobs)
        found = queries.load(home.blobs, line)
        for wnid in wnids:
            found.require(wnid)
        if with_words:
            with home.act(door.actor(home)) as act:
                for wnid in sorted(set(wnids)):
                    taxonomies.reveal(act, line.label, wnid)
        return _View(found, unsafe, with_words)


def _show(facts: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        output.show_json(facts)
        return
    output.facts([(name, _listed(value) if isinstance(value, list) else value) for name, value in facts.items()])


def _listed(wnids: list[str]) -> str:
    return ", ".join(wnids) or "none"


def _show_refusals(report: Report) -> None:
    for refusal in report.refusals[:REFUSALS_SHOWN]:
        click.echo(f"refused: {refusal.file}, line {refusal.line}: {refusal.why}", err=True)
    if len(report.refusals) > REFUSALS_SHOWN:
        click.echo(f"refused: {len(report.refusals) - REFUSALS_SHOWN} more lines", err=True)
