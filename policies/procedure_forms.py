"""Which kind of procedure do these bytes spell, and could the people who are there follow it?

A procedure that promises less than the registry does is none: `policies.releases` and `policies.lanes` refuse it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from policies import procedures, strict_yaml
from policies.errors import PolicyError, Problem
from policies.lanes import Procedure
from policies.problems import problem_at
from policies.procedures import Kind
from policies.releases import ApprovalProcedure

TITLE_LENGTH = 200
_MODELS: dict[str, tuple[Kind, type[ApprovalProcedure | Procedure]]] = {
    "accession-approval/1": (Kind.RELEASE_APPROVAL, ApprovalProcedure),
    "accession-takedowns/1": (Kind.TAKEDOWNS, Procedure),
}


@dataclass(frozen=True, slots=True)
class Read:
    """A procedure that can be followed.

    Attributes:
        kind: what it is for.
        document: what it says.
        digest: `sha256:<hex>` of its bytes.
    """

    kind: Kind
    document: ApprovalProcedure | Procedure
    digest: str

    @property
    def label(self) -> str:
        """`NAME@VERSION`, as it says it itself."""
        return f"{self.document.name}@{self.document.version}"


def read(written: bytes) -> Read:
    """The procedure that the bytes spell.

    Raises:
        PolicyError: they spell none that can be followed, or one that promises less than the registry does; every
            problem with its line.
    """
    root = strict_yaml.read(written)
    said = root.value if isinstance(root.value, Mapping) else {}
    form = said["format"].value if "format" in said else None
    if not isinstance(form, str) or form not in _MODELS:
        raise PolicyError(problem_at(root, ("format",), f"A procedure begins with `format: {' or '.join(_MODELS)}`."))
    kind, model = _MODELS[form]
    document = procedures.opened(written, model)
    if len(document.title) > TITLE_LENGTH:
        raise PolicyError(Problem(0, 0, f"A procedure has a title of at most {TITLE_LENGTH} characters."))
    return Read(kind, document, f"sha256:{hashlib.sha256(written).hexdigest()}")
