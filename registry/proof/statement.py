"""Which bytes does a signed datasheet speak for? An in-toto Statement v1 whose predicate is the datasheet.

Its subjects name every other signed file of an export by SHA-256, and the payload folder by dirHash. Refuses a
statement of another type, with other members, or with a file named twice.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from registry.errors import InvalidInputError
from registry.proof import canonical, datasheet
from registry.proof.datasheet import Datasheet

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:accession:datasheet:v1"
MAX_SUBJECTS = 64

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z", re.ASCII).match
_HEX = re.compile(r"[0-9a-f]{64}\Z", re.ASCII).match


class Statement(NamedTuple):
    """What is signed.

    Attributes:
        datasheet: the predicate.
        files: `sha256:<hex>` of each signed file, by its name in the export.
        payload: the payload folder's name and dirHash, `sha256:<hex>` over `SHA256SUMS`.
    """

    datasheet: Datasheet
    files: Mapping[str, str]
    payload: tuple[str, str]

    def to_bytes(self) -> bytes:
        """The canonical JSON of the statement."""
        folder, dir_hash = self.payload
        named: list[canonical.JsonValue] = [
            {"digest": {"sha256": digest.removeprefix("sha256:")}, "name": name}
            for name, digest in sorted(self.files.items())
        ]
        named.append({"digest": {"dirHash": dir_hash.removeprefix("sha256:")}, "name": folder})
        return canonical.canonical_bytes(
            {
                "_type": STATEMENT_TYPE,
                "predicate": self.datasheet.model_dump(mode="json"),
                "predicateType": PREDICATE_TYPE,
                "subject": named,
            }
        )

    def digest(self) -> str:
        """The name of the statement: `sha256:<hex>` of its bytes."""
        return canonical.digest(self.to_bytes())


def parse(data: bytes) -> Statement:
    """The statement in untrusted canonical JSON.

    Raises:
        InvalidInputError: it is not exactly a statement about a datasheet, in canonical form.
    """
    match canonical.parse_object(data):
        case {"_type": str(kind), "predicateType": str(about), "predicate": predicate, "subject": subjects, **rest}:
            if (kind, about, rest) != (STATEMENT_TYPE, PREDICATE_TYPE, {}):
                raise InvalidInputError("This is no in-toto statement about a datasheet.")
        case _:
            raise InvalidInputError("This is no in-toto statement.")
    files, payload = _subjects(subjects)
    statement = Statement(datasheet.from_value(predicate), files, payload)
    if statement.to_bytes() != data:
        raise InvalidInputError("The statement is not in its canonical form.")
    return statement


def _subjects(value: canonical.JsonValue) -> tuple[dict[str, str], tuple[str, str]]:
    """The files and the one folder that the statement names."""
    if not isinstance(value, Sequence) or not 1 <= len(value) <= MAX_SUBJECTS:
        raise InvalidInputError(f"A statement names 1 to {MAX_SUBJECTS} subjects.")
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    for subject in value:
        match subject:
            case {"name": str(name), "digest": {"sha256": str(text)}} if _NAME(name) and _HEX(text):
                files[name] = f"sha256:{text}"
            case {"name": str(name), "digest": {"dirHash": str(text)}} if _NAME(name) and _HEX(text):
                folders[name] = f"sha256:{text}"
            case _:
                raise InvalidInputError("A subject of the statement is malformed.")
    if len(folders) != 1:
        raise InvalidInputError("A statement names exactly one payload folder.")
    return files, folders.popitem()
