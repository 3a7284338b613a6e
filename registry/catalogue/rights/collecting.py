"""What does the evidence about one image come to, as rows of a layer of rights?

Kinds of rows: `source` and `host` say where the image was found; `holder` and `statement` are words of the file;
`licence` is what a rule concludes from words or URL, or what somebody stated; `conflict` is a sentence about what
cannot stand beside something else. A row bears the date of what it says: that of retrieval for the file and its URL.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policies import licences
from registry.catalogue.layers import content
from registry.catalogue.layers.content import Row
from registry.catalogue.layers.readers import origins
from registry.catalogue.rights import statements
from registry.catalogue.rights.rules import Rules
from registry.catalogue.rights.statements import Where

HOLDER, STATEMENT, LICENCE, SOURCE, HOST, CONFLICT = "holder", "statement", "licence", "source", "host", "conflict"
# Nobody's terms are stricter than what these ask for.
OPEN = frozenset(
    {
        *("CC0-1.0", "LicenseRef-public-domain"),
        *(f"CC-BY-{version}" for version in ("2.0", "3.0", "4.0")),
        *(f"CC-BY-SA-{version}" for version in ("2.0", "3.0", "4.0")),
    }
)
_HOW_SURE = {Where.EXIF: 0.7, Where.IPTC: 0.7, Where.XMP: 0.7, Where.COMMENT: 0.4}
# Evidence of less is told, and contradicts nothing.
_CONTRADICTS_FROM = 0.5


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an image was found, and when it was fetched from there."""

    url: str
    retrieved_on: str | None = None


def rows_of(image: str, data: bytes, found: Origin | None, rules: Rules, terms: str) -> list[Row]:
    """The rows about one image, in the order of a layer.

    Args:
        image: its path.
        data: its file.
        found: where; null where nobody knows.
        rules: conclude licences.
        terms: the licence of the whole variant, which is compared with what is found.
    """
    when = found.retrieved_on if found is not None else None
    rows = [*_of_origin(image, found, rules), *_of_file(image, data, when, rules)]
    return content.ordered([*rows, *_conflicts(image, rows, terms)])


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


def _of_file(image: str, data: bytes, when: str | None, rules: Rules) -> Iterator[Row]:
    for said in statements.read(data):
        kind = HOLDER if said.about == "creator" else STATEMENT
        yield image, kind, said.where.value, said.text, _HOW_SURE[said.where], when, said.offset, said.text
        concluded = rules.of_words(said.text)
        if concluded is not None:
            how_sure = concluded.confidence
            yield image, LICENCE, said.where.value, concluded.licence, how_sure, when, said.offset, said.text


def _conflicts(image: str, rows: Iterable[Row], terms: str) -> Iterator[Row]:
    """What cannot stand beside the variant's terms, or beside other evidence."""
    found = sorted({(row[3], row[2], row[5]) for row in rows if row[1] == LICENCE and row[4] >= _CONTRADICTS_FROM})
    for licence, where, when in found:
        if _is_against(licence, terms):
            yield image, CONFLICT, where, f"{licence} does not allow what the terms {terms} say", 1.0, when, None, None
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
