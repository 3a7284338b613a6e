"""A small WordNet, drawn: entity > animal > dog > lap dog; a pet that is a dog and a toy; persons; Rex, an instance."""

from pathlib import Path

from policies.taxonomy import Taxonomy as Edges
from registry.catalogue.taxonomy.graph import PERSON, Edge, Synset, Taxonomy
from registry.catalogue.taxonomy.rows import Report
from registry.catalogue.taxonomy.sources import Reading
from registry.home import Home
from registry.models.taxonomies import TaxonomyVersion
from registry.services import taxonomies
from tests.factories import homes, programs

ENTITY, ANIMAL, DOG, LAP_DOG, TOY, SAILOR, COOK, REX, ALONE = (f"n0000000{number}" for number in range(1, 10))

INSTALLED = Path("/usr/share/wordnet")

# Words, gloss, and pointers to lines by their number.
Noun = tuple[str, str, list[tuple[str, int]]]

SYNSETS = {
    ENTITY: Synset("entity", "that which is"),
    ANIMAL: Synset("animal, beast"),
    DOG: Synset("dog", "a domesticated animal"),
    LAP_DOG: Synset("lap dog"),
    TOY: Synset("toy"),
    PERSON: Synset("person"),
    SAILOR: Synset("sailor"),
    COOK: Synset("cook"),
    REX: Synset("Rex"),
    ALONE: Synset("alone"),
}
KINDS: tuple[Edge, ...] = (
    (ENTITY, ANIMAL),
    (ENTITY, PERSON),
    (ENTITY, TOY),
    (ANIMAL, DOG),
    (DOG, LAP_DOG),
    (TOY, LAP_DOG),
    (PERSON, SAILOR),
    (PERSON, COOK),
    (TOY, COOK),
)
INSTANCES: tuple[Edge, ...] = ((DOG, REX), (SAILOR, ALONE))
WORDNET = Taxonomy(SYNSETS, KINDS, INSTANCES)


def installed() -> Path:
    """The dict folder of WordNet 3.0. Without it tests are skipped; under CI that is a failure."""
    if not (INSTALLED / "data.noun").is_file():
        programs.left_out("WordNet is not here (Debian: wordnet-base)")
    return INSTALLED


def imagenet_folder(folder: Path, *, words: str = "", edges: str = "") -> Path:
    """ImageNet's lists of the hyponyms above; what is given is written behind them."""
    folder.mkdir(exist_ok=True)
    rows = "".join(f"{wnid}\t{synset.words}\n" for wnid, synset in SYNSETS.items())
    (folder / "words.txt").write_text(rows + words)
    (folder / "wordnet.is_a.txt").write_text("".join(f"{parent} {child}\n" for parent, child in KINDS) + edges)
    return folder


def data_noun(*synsets: Noun, first: int = 0) -> str:
    """The text of a `data.noun` behind `first` bytes: words, gloss, and pointers to lines by their number.

    Every line is padded to 100 bytes, so that the offset of line `i` is `first + 100 * i`.
    """
    lines = []
    for i, (words, gloss, pointers) in enumerate(synsets):
        named = [word.strip().replace(" ", "_") for word in words.split(",")]
        said = " ".join(f"{word} 0" for word in named)
        up = " ".join(f"{symbol} {first + 100 * line:08d} n 0000" for symbol, line in pointers)
        facts = f"{first + 100 * i:08d} 03 n {len(named):02x} {said} {len(pointers):03d} {up}".rstrip()
        lines.append(f"{facts} | {gloss}".ljust(99) + "\n")
    return "".join(lines)


def edges_of(*pairs: Edge) -> Edges:
    """The graph of these edges, read as policies read it."""
    return Edges.parse("".join(f"{parent} {child}\n" for parent, child in pairs).encode())


def imported(home: Home, taxonomy: Taxonomy = WORDNET, name: str = "wordnet") -> TaxonomyVersion:
    """The version of the taxonomy that mara imported."""
    with homes.act(home, "mara") as act:
        return taxonomies.add(act, home.blobs, name, Reading("wordnet", taxonomy, Report()))
