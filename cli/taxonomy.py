"""`accession taxonomy`: WordNet is imported and looked at.

Synsets are shown by id and by words; the words of kinds of person are shown only to who may look at what is hidden.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import output
from cli.door import Door, pass_door
from registry.access import Permission, require
from registry.catalogue.taxonomy import rows, sources, store
from registry.catalogue.taxonomy.rows import Report

if TYPE_CHECKING:
    from registry.catalogue.taxonomy.graph import Taxonomy

HIDDEN = "(hidden)"
REFUSALS_SHOWN = 20

named = click.option("--in", "name", metavar="NAME", help="Which taxonomy; may be left out where there is one.")
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
    reading = sources.read(folder)
    found = reading.taxonomy
    with door.open() as home:
        require(door.actor(home), Permission.DATASET_IMPORT)
        kept = store.keep(home.settings.home, name or reading.form, found)
    facts = {
        "name": kept.name,
        "digest": kept.digest,
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
    with door.open() as home:
        found = store.kept(home.settings.home)
    if as_json:
        output.show_json(found)
        return
    lines = [(kept.name, kept.size_bytes, kept.digest) for kept in found]
    output.table(("NAME", "BYTES", "DIGEST"), lines, empty="No taxonomy has been imported yet.")


@taxonomy.command()
@click.argument("wnid", metavar="WNID")
@click.option("--within", type=_file, metavar="FILE", help="Count among the synsets of this list, too.")
@named
@_words
@output.as_json
@pass_door
def show(door: Door, wnid: str, within: Path | None, name: str | None, *, with_words: bool, as_json: bool) -> None:
    """Show the synset WNID: what is above it, and how much below it by hyponyms and with instances."""
    found = _open(door, name, with_words=with_words)
    found.require(wnid)
    below, depths = found.below(wnid), found.depths(wnid)
    facts: dict[str, object] = {
        "synset": wnid,
        "words": words(found, wnid, with_words=with_words),
        "parents": list(found.with_instances.parents.get(wnid, ())),
        "children": len(found.with_instances.children.get(wnid, ())),
        "below by hyponyms": len(below),
        "below with instances": len(found.below(wnid, instances=True)),
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
    found = _open(door, name, with_words=with_words)
    for asked in (wnid, other or wnid):
        found.require(asked)
    ways = [(synset,) for synset in found.common(wnid, other)] if other else list(found.paths(wnid))
    if as_json:
        output.show_json(ways)
        return
    for way in ways:
        click.echo(" > ".join(f"{synset} {words(found, synset, with_words=with_words)}".rstrip() for synset in way))


@taxonomy.command()
@click.argument("file", metavar="FILE", type=_file)
@click.option("--with", "others", multiple=True, type=_file, metavar="FILE", help="How many are in this list, too?")
@named
@output.as_json
@pass_door
def check(door: Door, file: Path, others: tuple[Path, ...], name: str | None, *, as_json: bool) -> None:
    """Check the list of synsets FILE: which are unknown, which have no edge, how many are in other lists."""
    found = _open(door, name, with_words=False)
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


def words(found: Taxonomy, wnid: str, *, with_words: bool) -> str:
    """The synset's words, where they may be shown."""
    return HIDDEN if found.is_sensitive(wnid) and not with_words else found.synsets[wnid].words


def _open(door: Door, name: str | None, *, with_words: bool) -> Taxonomy:
    """The taxonomy, after who wants to see words that may hurt has proved that they may."""
    with door.open() as home:
        if with_words:
            require(door.actor(home), Permission.IMAGE_REVEAL)
        return store.load(home.settings.home, name)


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
