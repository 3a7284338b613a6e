"""What does the evidence about one image come to, as rows of a layer of rights?

Kinds of rows: `source` and `host` say where the image was found; `holder` and `statement` are words of the file;
`licence` is what a rule concludes from words or URL, or what somebody stated; `conflict` is a sentence about what
cannot stand beside something else. A row bears the date of what it says: that of retrieval for the file and its URL.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from policies import licences
from registry.catalogue.entries import SourceEntry
from registry.catalogue.layers import content
from registry.catalogue.layers.content import Row
from registry.catalogue.layers.readers import origins
from registry.catalogue.rights.rules import Conclusion, Rules
from registry.catalogue.rights.statements import Statement, Where

HOLDER, STATEMENT, LICENCE, SOURCE, HOST, CONFLICT = "holder", "statement", "licence", "source", "host", "conflict"
# Nobody's terms are stricter than what these ask for.
OPEN = frozenset(
    {
        *("CC0-1.0", "LicenseRef-public-domain"),
        *(f"CC-BY-{version}" for version in ("2.0", "3.0", "4.0")),
        *(f"CC-BY-SA-{version}" for version in ("2.0", "3.0", "4.0")),
    }
)
_HOW_SURE = {Where.EXIF: 0.7, Where.IPTC: 0.7, Where.XMP: 0.7, Where.TEXT: 0.7, Where.COMMENT: 0.4}
# Evidence of less is told, and contradicts nothing.
_CONTRADICTS_FROM = 0.5


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an image was found, and when it was fetched from there."""

    url: str
    retrieved_on: str | None = None


def rows_of(image: str, heard: Iterable[Statement], found: Origin | None, rules: Rules, terms: str) -> list[Row]:
    """The rows about one image, in the order of a layer.

    Args:
        image: its path.
        heard: what its file says.
        found: where; null where nobody knows.
        rules: conclude licences.
        terms: the licence of the whole variant, which is compared with what is found.
    """
    when = found.retrieved_on if found is not None else None
    rows = [*_of_origin(image, found, rules), *_of_file(image, heard, when, rules)]
    return content.ordered([*rows, *_conflicts(image, rows, terms)])


def origin_of(entry: SourceEntry, origins: Mapping[str, Origin]) -> Origin | None:
    """Where an image was found: as somebody said of its path or its bare name, else as its manifest does."""
    said = origins.get(entry.path) or origins.get(PurePosixPath(entry.path).stem)
    return said or (Origin(entry.url) if entry.url is not None else None)


def _of_origin(image: str, found: Origin | None, rules: Rules) -> Iterator[Row]:
    if found is None:
        return
    yield image, SOURCE, "url", found.url, 1.0, found.retrieved_on, None, None
    host = origins.host(found.url)
    if host is not None:
        yield image, HOST, "url", host, 1.0, found.retrieved_on, None, None
    concluded = rules.of_url(found.url)
    if concluded is not None:
        yield image, LICENCE, "url", concluded.licence, concluded.confidence, found.retrieved_on, None, found.url


def _of_file(image: str, heard: Iterable[Statement], when: str | None, rules: Rules) -> Iterator[Row]:
    for said in heard:
        kind = HOLDER if said.about == "creator" else STATEMENT
        yield image, kind, said.where.value, said.text, _HOW_SURE[said.where], when, said.offset, said.text
        concluded = rules.of_words(said.text)
        if concluded is not None:
            how_sure = concluded.confidence
            yield image, LICENCE, said.where.value, concluded.licence, how_sure, when, said.offset, said.text


def against(concluded: Conclusion, terms: str) -> str | None:
    """What a licence contradicts in the terms, as a sentence; None where nothing, or where it is not sure enough."""
    if concluded.confidence < _CONTRADICTS_FROM or not _is_against(concluded.licence, terms):
        return None
    return f"{concluded.licence} does not allow what the terms {terms} say"


def _conflicts(image: str, rows: Iterable[Row], terms: str) -> Iterator[Row]:
    """What cannot stand beside the variant's terms, or beside other evidence."""
    found = sorted({(row[3], row[2], row[5]) for row in rows if row[1] == LICENCE and row[4] >= _CONTRADICTS_FROM})
    for licence, where, when in found:
        if (sentence := against(Conclusion(licence, 1.0), terms)) is not None:
            yield image, CONFLICT, where, sentence, 1.0, when, None, None
    named = sorted({licence for licence, _, _ in found})
    if len(named) > 1:
        yield image, CONFLICT, "several", f"the evidence does not agree: {', '.join(named)}", 1.0, None, None, None


def _is_against(licence: str, terms: str) -> bool:
    """Whether a licence asks for something that is neither open nor named by the terms; unknown terms say nothing."""
    parsed, allowed = licences.parse(licence), licences.parse(terms)
    if parsed is None or allowed is None:
        return False
    named = frozenset(name for each in allowed.alternatives for name in each)
    return not parsed.is_satisfied_by(OPEN | named)
