"""What has been withdrawn? A signed statement that images are no longer part of a dataset, and since when.

It names images by the digests of their bytes, as imported and as released, so that whoever holds a copy can find them
without telling anybody what they hold. It says a reason code, and nothing about who asked.
"""

from typing import Literal

from pydantic import Field, ValidationError, model_validator

from registry.errors import InvalidInputError
from registry.proof import canonical
from registry.proof.datasheet import Count, Digest, Document, Instant, Text

PAYLOAD_TYPE = "application/vnd.accession.revocation.v1+json"
MAX_IMAGES = 100_000


class Revocation(Document):
    """One withdrawal, version 1.

    Attributes:
        number: 1 for the registry's first, and so on without a gap: a holder sees when one is missing.
        issued_at: when it was signed, whole seconds.
        reason: the code under which releases exclude the images.
        images: digests of the withdrawn bytes, of the originals and of what releases made of them; sorted.
        withdrawn_from: labels of the published releases that hold them; sorted.
        released_without: labels of the newest release of each of those variants, which does not; sorted.
    """

    format: Literal["accession/revocation/v1"] = "accession/revocation/v1"
    number: Count
    issued_at: Instant
    reason: Literal["takedown"]
    images: tuple[Digest, ...] = Field(min_length=1, max_length=MAX_IMAGES)
    withdrawn_from: tuple[Text, ...]
    released_without: tuple[Text, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_canonical(self) -> "Revocation":
        for name in ("images", "withdrawn_from", "released_without"):
            values = getattr(self, name)
            if list(values) != sorted(set(values)):
                raise ValueError(f"{name} are not sorted, or repeat one")
        return self

    def to_bytes(self) -> bytes:
        """The canonical JSON of the document."""
        return canonical.canonical_bytes(self.model_dump(mode="json"))


def parse(data: bytes) -> Revocation:
    """The revocation in untrusted canonical JSON.

    Raises:
        InvalidInputError: it is no revocation of a known version, or not in canonical form.
    """
    try:
        document = Revocation.model_validate(canonical.parse(data))
    except ValidationError as error:
        raise InvalidInputError(f"This is no revocation: {error.errors()[0]['msg']}.") from error
    if document.to_bytes() != data:
        raise InvalidInputError("The revocation is not in its canonical form.")
    return document
