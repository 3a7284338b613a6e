"""What does a published policy say? YAML text in, one frozen document out, known by the digest of its very bytes.

It refuses a document that cannot be run as written, with the line of every problem and, where one is near, the word
that was probably meant. What no policy can do (lift a takedown, a hold or a defect) is in `policies.evaluate`.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from pydantic import ValidationError

from policies import figures, strict_yaml
from policies.attachments import AttachmentError, Files, Shelf, opened
from policies.conditions import Condition
from policies.consistency import contradictions
from policies.errors import PolicyError
from policies.predicates import Predicate, predicate
from policies.problems import problem_at, problems_of
from policies.rules import PolicyDocument
from policies.strict_yaml import Node

NO_FILES: Files = MappingProxyType({})


@dataclass(frozen=True)
class Policy:
    """A document that can be run.

    Attributes:
        document: as it was published.
        published: the bytes.
        shelf: the files that it names, opened.
        conditions: one per rule, with every list and subtree written out.
    """

    document: PolicyDocument
    published: bytes
    shelf: Shelf
    conditions: tuple[Condition, ...]

    @property
    def name(self) -> str:
        """The name that people publish and plan it by."""
        return self.document.name

    @cached_property
    def digest(self) -> str:
        """`sha256:<hex>` of the published bytes: what the policy is known by."""
        return f"sha256:{hashlib.sha256(self.published).hexdigest()}"

    @cached_property
    def predicates(self) -> tuple[Predicate, ...]:
        """One per rule, in the order of the rules."""
        return tuple(map(predicate, self.conditions))

    def __reduce__(self) -> tuple[Callable[[bytes, Files], "Policy"], tuple[bytes, Files]]:
        """Travels to another process as its bytes: compiled patterns cannot travel."""
        return parse, (self.published, self.shelf.files)


def parse(published: bytes, files: Files = NO_FILES) -> Policy:
    """The policy that the bytes spell.

    Args:
        published: the document.
        files: by digest; at least those that the document names.

    Raises:
        PolicyError: it cannot be run; every problem that could be found, with its line.
    """
    root = strict_yaml.read(published)
    document = _document(root)
    try:
        shelf = opened(document, files)
        figures.check(document, shelf)
        conditions = tuple(
            shelf.resolved(rule.when, ("rules", place, "when")) for place, rule in enumerate(document.rules)
        )
    except AttachmentError as error:
        raise PolicyError(*(problem_at(root, loc, sentence) for loc, sentence in error.problems)) from error
    return Policy(document, published, shelf, conditions)


def outline(published: bytes) -> PolicyDocument:
    """The document that the bytes spell, without opening the files that it names.

    Raises:
        PolicyError: it could not be run even with them.
    """
    return _document(strict_yaml.read(published))


def _document(root: Node) -> PolicyDocument:
    try:
        document = PolicyDocument.model_validate(root.plain())
    except ValidationError as error:
        raise PolicyError(*problems_of(error, root, PolicyDocument)) from error
    problems = [problem_at(root, loc, sentence) for loc, sentence in contradictions(document)]
    if problems:
        raise PolicyError(*problems)
    return document
