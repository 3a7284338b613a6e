"""Where does a taxonomy come from? WordNet's own `data.noun`, or ImageNet's lists; told by looking.

WordNet: the files of the dict folder, wndb(5WN); a wnid is `n` and the byte offset of the synset's line. ImageNet:
`words.txt` (id TAB words), `wordnet.is_a.txt` (parent, child), and `gloss.txt` (id TAB gloss) where it is there; they
know hyponyms only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from policies.synsets import is_wnid
from registry.catalogue.taxonomy.graph import Edge, Synset, Taxonomy
from registry.catalogue.taxonomy.rows import Report, lines
from registry.errors import InvalidInputError

WORDNET, IMAGENET = "wordnet", "imagenet"
NOUNS, WORDS, EDGES, GLOSSES = "data.noun", "words.txt", "wordnet.is_a.txt", "gloss.txt"

# The pointer symbols of wninput(5WN): a kind of, an instance of.
_KIND, _INSTANCE = "@", "@i"
# Where an edge was written, to name it when it is refused.
_Places = dict[Edge, tuple[Path, int]]


@dataclass(frozen=True)
class Reading:
    """A taxonomy as it was read.

    Attributes:
        form: `wordnet` or `imagenet`.
        taxonomy: what could be read.
        report: how many rows came in, and which were refused.
    """

    form: str
    taxonomy: Taxonomy
    report: Report


def read(folder: Path) -> Reading:
    """The taxonomy whose files lie in this folder.

    Raises:
        InvalidInputError: the folder holds the files of neither form or of both, or they are something else.
    """
    forms = [form for form, name in ((WORDNET, NOUNS), (IMAGENET, EDGES)) if (folder / name).is_file()]
    report = Report()
    if forms == [WORDNET]:
        return Reading(WORDNET, _wordnet(folder / NOUNS, report), report)
    if forms == [IMAGENET]:
        return Reading(IMAGENET, _imagenet(folder, report), report)
    found = "both" if forms else "neither"
    raise InvalidInputError(f"{folder} should hold {NOUNS}, or {EDGES} with {WORDS}; it holds {found}.")


def _wordnet(file: Path, report: Report) -> Taxonomy:
    synsets: dict[str, Synset] = {}
    kinds: _Places = {}
    instances: _Places = {}
    places = _offsets(file)
    for number, text in lines(file, report):
        if text.startswith("  "):
            continue  # the licence, in front
        try:
            wnid, synset, pointers = _parsed_noun(text)
        except (ValueError, IndexError):
            report.refuse(file, number, "it is no synset as wndb(5WN) describes it")
            continue
        if int(wnid[1:]) != places[number - 1]:
            report.refuse(file, number, "its id is not its byte offset")
            continue
        synsets[wnid] = synset
        for symbol, parent in pointers:
            (kinds if symbol == _KIND else instances)[parent, wnid] = file, number
    known = {edge: place for edge, place in kinds.items() if edge[0] in synsets}
    for edge in kinds.keys() - known.keys():
        report.refuse(*kinds[edge], f"its parent {edge[0]} is no synset of the file")
    kept = tuple(edge for edge in instances if edge[0] in synsets)
    return Taxonomy(synsets, _acyclic(known, report), kept)


def _parsed_noun(text: str) -> tuple[str, Synset, list[tuple[str, str]]]:
    """One line of `data.noun`: id, words and gloss, and its pointers to more general synsets."""
    facts, _, gloss = text.partition(" | ")
    fields = facts.split()
    wnid, word_count = f"n{fields[0]}", int(fields[3], 16)
    words = [word.replace("_", " ") for word in fields[4 : 4 + 2 * word_count : 2]]
    start = 4 + 2 * word_count
    pointers = fields[start + 1 : start + 1 + 4 * int(fields[start])]
    if not is_wnid(wnid) or fields[2] != "n" or len(words) != word_count or len(pointers) != 4 * int(fields[start]):
        raise ValueError("no synset")
    up = [(pointers[i], f"n{pointers[i + 1]}") for i in range(0, len(pointers), 4)]
    return wnid, Synset(", ".join(words), gloss.strip()), [pair for pair in up if pair[0] in (_KIND, _INSTANCE)]


def _offsets(file: Path) -> list[int]:
    """The byte offset at which each line starts."""
    offsets, offset = [], 0
    with file.open("rb") as stream:
        for line in stream:
            offsets.append(offset)
            offset += len(line)
    return offsets


def _imagenet(folder: Path, report: Report) -> Taxonomy:
    words = _texts(folder / WORDS, report)
    glosses = _texts(folder / GLOSSES, report) if (folder / GLOSSES).is_file() else {}
    edges: _Places = {}
    for number, text in lines(folder / EDGES, report):
        pair = tuple(text.split())
        if len(pair) != 2 or not all(map(is_wnid, pair)):  # noqa: PLR2004 - a pair
            report.refuse(folder / EDGES, number, "it is not `parent child`, two WordNet ids")
        elif pair in edges:
            report.refuse(folder / EDGES, number, f"it repeats line {edges[pair][1]}")
        elif unknown := [wnid for wnid in pair if wnid not in words]:
            report.refuse(folder / EDGES, number, f"{unknown[0]} is not in {WORDS}")
        else:
            edges[pair] = folder / EDGES, number
    synsets = {wnid: Synset(text, glosses.get(wnid, "")) for wnid, text in words.items()}
    return Taxonomy(synsets, _acyclic(edges, report))


def _texts(file: Path, report: Report) -> dict[str, str]:
    """The text of each synset, from lines of id, TAB, text."""
    found: dict[str, str] = {}
    for number, text in lines(file, report):
        wnid, tab, rest = text.partition("\t")
        if not tab or not is_wnid(wnid):
            report.refuse(file, number, "it is not a WordNet id, a TAB and text")
        elif wnid in found:
            report.refuse(file, number, f"it says {wnid} again")
        else:
            found[wnid] = rest.strip()
    return found


def _acyclic(edges: _Places, report: Report) -> tuple[Edge, ...]:
    """The edges in order of their file, without those that close a cycle; these are refused."""
    closing = _closing(edges)
    for edge in sorted(closing, key=edges.__getitem__):
        report.refuse(*edges[edge], f"it closes a cycle: {edge[1]} is already above {edge[0]}")
    return tuple(edge for edge in edges if edge not in closing)


def _closing(edges: Iterable[Edge]) -> set[Edge]:
    """The edges that lead back to a synset that is still open in a walk downwards."""
    children: dict[str, list[str]] = {}
    for parent, child in edges:
        children.setdefault(parent, []).append(child)
    closing: set[Edge] = set()
    # A synset is open while the walk is below it, and closed for good afterwards.
    is_open: dict[str, bool] = {}
    for top in tuple(children):
        trail = [] if top in is_open else [(top, iter(children[top]))]
        is_open.setdefault(top, True)
        while trail:
            synset, rest = trail[-1]
            child = next(rest, "")
            if not child:
                is_open[synset] = False
                trail.pop()
            elif child not in is_open:
                is_open[child] = True
                trail.append((child, iter(children.get(child, ()))))
            elif is_open[child]:
                closing.add((synset, child))
    return closing
