"""What does a release say about itself? The facts of one release, as a frozen, versioned document.

Every fact is passed in by whoever computed it; what nobody knows is the explicit value `unknown`. The document
refuses to exist when its account is not closed: each parent image is kept, blurred or excluded, once.
"""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationError, model_validator

from registry import clock
from registry.errors import AccountNotClosedError, InvalidInputError
from registry.proof import canonical
from registry.proof.manifest import Totals

FORMAT = "accession/datasheet/v1"
UNKNOWN: Literal["unknown"] = "unknown"
NONE: Literal["none"] = "none"


def _instant(value: object) -> object:
    if isinstance(value, str):
        return clock.parse_rfc3339(value)
    if isinstance(value, datetime):
        return clock.parse_rfc3339(clock.rfc3339(value))
    raise ValueError("an instant is RFC 3339 text or an aware datetime")


Instant = Annotated[datetime, BeforeValidator(_instant), PlainSerializer(clock.rfc3339)]
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
Count = Annotated[int, Field(strict=True, ge=0, le=canonical.MAX_EXACT_INTEGER)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,63}$")]
Text = Annotated[str, Field(min_length=1, max_length=4000, pattern=r"^[^\x00-\x1f\x7f]*$")]
Licence = Annotated[str, Field(max_length=1000, pattern=r"^[A-Za-z0-9.+:() -]+$")]
Reason = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class Document(BaseModel):
    """A signed document: never changed, never extended, old versions stay readable."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ParentFacts(Document):
    """The manifest that the release was made from."""

    root: Digest
    rows: Count


class ManifestFacts(Document):
    """The release's own manifest; `sums_sha256` is in-toto's dirHash of the payload folder."""

    root: Digest
    rows: Count
    lines_sha256: Digest
    sums_sha256: Digest
    images: Count
    output_size_bytes: Count

    @classmethod
    def of(cls, totals: Totals) -> Self:
        """The facts of a manifest that was added up."""
        return cls(**{name: getattr(totals, name) for name in cls.model_fields})


class VerdictCounts(Document):
    """How many parent images met each fate."""

    keep: Count
    blur: Count
    exclude: Count


class PolicyFacts(Document):
    """The published rules that decided; `digest` is that of the policy file in the export."""

    name: Text
    version: Text
    digest: Digest


class RecipeFacts(Document):
    """How pixels were changed; `detector` holds whatever facts the detector states about itself."""

    digest: Digest
    detector: dict[Text, Text] | Literal["unknown"]


class PersonFacts(Document):
    """Who did what: `planned`, `approved`, ..., by opaque id or by the name that the person gave."""

    role: Text
    person: Text


class Datasheet(Document):
    """The facts of one release, version 1.

    Attributes:
        release: the label `DATASET/VARIANT/NUMBER`.
        created_at: when the release was signed, whole seconds.
        parent, manifest, verdicts, reasons: the account, as `manifest.measure` adds it up.
        policy, recipe: what decided, and how pixels were changed.
        sources: where the bytes were read from, a sentence each.
        licence: an SPDX expression, a LicenseRef, or `unknown`.
        people: who planned and who approved.
        known_limits: what a user must know, a sentence each.
        previous_release: digest of the previous release's `datasheet.json`, `none` or `unknown`.
    """

    format: Literal["accession/datasheet/v1"] = "accession/datasheet/v1"
    release: Text
    dataset: Slug
    variant: Slug
    release_number: Slug
    created_at: Instant
    parent: ParentFacts
    manifest: ManifestFacts
    verdicts: VerdictCounts
    reasons: dict[Reason, Count]
    policy: PolicyFacts
    recipe: RecipeFacts
    sources: tuple[Text, ...]
    licence: Licence
    people: tuple[PersonFacts, ...]
    known_limits: tuple[Text, ...]
    previous_release: Digest | Literal["none", "unknown"]

    @model_validator(mode="after")
    def _is_closed(self) -> Self:
        counts = self.verdicts
        if self.release != f"{self.dataset}/{self.variant}/{self.release_number}":
            raise ValueError("the release label is not dataset/variant/number")
        if counts.keep + counts.blur != self.manifest.images:
            raise ValueError("kept and blurred images do not add up to the released ones")
        if not self.parent.rows == self.manifest.rows == counts.keep + counts.blur + counts.exclude:
            raise ValueError("kept, blurred and excluded images do not add up to the parent's")
        return self

    def to_bytes(self) -> bytes:
        """The canonical JSON of the document."""
        return canonical.canonical_bytes(self.model_dump(mode="json"))

    def check_against(self, totals: Totals) -> None:
        """Refuse when the manifest adds up to anything else than this document says.

        Raises:
            AccountNotClosedError: names each fact that differs.
        """
        said = {
            "parent root": (self.parent.root, totals.parent_root),
            "rows": (self.manifest.rows, totals.rows),
            "root": (self.manifest.root, totals.root),
            "digest of the lines": (self.manifest.lines_sha256, totals.lines_sha256),
            "digest of SHA256SUMS": (self.manifest.sums_sha256, totals.sums_sha256),
            "images": (self.manifest.images, totals.images),
            "bytes": (self.manifest.output_size_bytes, totals.output_size_bytes),
            "verdicts": (self.verdicts.model_dump(), totals.verdicts),
            "reasons": (self.reasons, totals.reasons),
        }
        wrong = [name for name, (here, there) in said.items() if here != there]
        if wrong:
            raise AccountNotClosedError(
                f"The datasheet and the manifest disagree about: {', '.join(wrong)}.", differing=wrong
            )


def parse(data: bytes) -> Datasheet:
    """The datasheet in untrusted canonical JSON.

    Raises:
        InvalidInputError: it is not a datasheet of a known version, or not in canonical form.
    """
    return from_value(canonical.parse(data), data)


def from_value(value: canonical.JsonValue, data: bytes | None = None) -> Datasheet:
    """The datasheet in a JSON value; `data`, where given, must be exactly its canonical bytes."""
    try:
        document = Datasheet.model_validate(value)
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise InvalidInputError(f"This is no datasheet of format {FORMAT}: {where}: {first['msg']}.") from problem
    if data is not None and document.to_bytes() != data:
        raise InvalidInputError("The datasheet is not in its canonical form.")
    return document
