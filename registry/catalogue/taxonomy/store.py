"""How is a taxonomy kept, so that each version stays what it was?

As one text file: tab-separated lines, sorted, so that equal taxonomies have equal bytes (`synset id words gloss`,
`kind parent child`, `instance parent child`). Under which name and version is the database's to know.
"""

from registry.catalogue.taxonomy.graph import Edge, Synset, Taxonomy
from registry.errors import InvalidInputError

FIRST_LINE = "accession-taxonomy/1"
SYNSET, KIND, INSTANCE = "synset", "kind", "instance"


def encode(taxonomy: Taxonomy) -> bytes:
    """The one way to write this taxonomy."""
    lines = [f"{SYNSET}\t{wnid}\t{_plain(it.words)}\t{_plain(it.gloss)}" for wnid, it in taxonomy.synsets.items()]
    lines += [f"{KIND}\t{parent}\t{child}" for parent, child in taxonomy.kinds]
    lines += [f"{INSTANCE}\t{parent}\t{child}" for parent, child in taxonomy.instances]
    return "\n".join([FIRST_LINE, *sorted(lines), ""]).encode()


def decode(data: bytes) -> Taxonomy:
    """The taxonomy that `encode` wrote.

    Raises:
        InvalidInputError: the bytes are none.
    """
    first, *lines = data.decode("utf-8", "replace").split("\n")
    synsets: dict[str, Synset] = {}
    edges: dict[str, list[Edge]] = {KIND: [], INSTANCE: []}
    if first != FIRST_LINE or lines[-1:] != [""]:
        raise InvalidInputError("This file is no taxonomy that Accession wrote.")
    try:
        for line in lines[:-1]:
            what, wnid, *rest = line.split("\t")
            if what == SYNSET:
                words, gloss = rest
                synsets[wnid] = Synset(words, gloss)
            else:
                (child,) = rest
                edges[what].append((wnid, child))
    except (ValueError, KeyError) as error:
        raise InvalidInputError("This file is no taxonomy that Accession wrote.") from error
    return Taxonomy(synsets, tuple(edges[KIND]), tuple(edges[INSTANCE]))


def _plain(text: str) -> str:
    """The text with every run of white space as one blank, so that it fits a field."""
    return " ".join(text.split())
