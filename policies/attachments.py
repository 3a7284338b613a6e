"""What stands in the files that a policy names by digest? Lists and a taxonomy, read only from exactly those bytes.

A policy that names a file cannot be run without it: a list that is not at hand is never taken for an empty one.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policies.conditions import Condition
from policies.problems import SHOWN_LENGTH, Loc
from policies.questions import LayerTest, SynsetTest, TextTest
from policies.rules import PolicyDocument
from policies.synsets import is_wnid
from policies.taxonomy import Taxonomy

# Files by their digests, `sha256:<hex>`.
Files = Mapping[str, bytes]


class AttachmentError(Exception):
    """Files or what stands in them do not fit the document: places and sentences, at least one."""

    def __init__(self, *problems: tuple[Loc, str]) -> None:
        super().__init__("; ".join(sentence for _, sentence in problems))
        self.problems = problems


@dataclass(frozen=True)
class Shelf:
    """The opened attachments of one document.

    Attributes:
        files: exactly the files that the document names.
        lists: the lines of each list, by the list's name in the document.
        taxonomy: None where the document names none.
    """

    files: Mapping[str, bytes]
    lists: Mapping[str, tuple[str, ...]]
    taxonomy: Taxonomy | None

    def resolved(self, condition: Condition, loc: Loc) -> Condition:
        """The condition with every list and subtree written out.

        Raises:
            AttachmentError: a subtree is not in the taxonomy, or a list of synsets holds something else.
        """
        if condition.all_of is not None:
            parts = self._resolved_all(condition.all_of, (*loc, "all"))
            return Condition.model_construct({"all_of"}, all_of=parts)
        if condition.any_of is not None:
            parts = self._resolved_all(condition.any_of, (*loc, "any"))
            return Condition.model_construct({"any_of"}, any_of=parts)
        if condition.negated is not None:
            return Condition.model_construct({"negated"}, negated=self.resolved(condition.negated, (*loc, "not")))
        if condition.synset is not None:
            among = self._synsets(condition.synset, (*loc, "synset"))
            return Condition.model_construct({"synset"}, synset=SynsetTest.model_construct({"among"}, among=among))
        fact, test = condition.question()
        if isinstance(test, TextTest) and test.in_list is not None:
            test = TextTest.model_construct({"among"}, among=self.lists[test.in_list])
        if isinstance(test, LayerTest) and test.in_list is not None:
            test = LayerTest.model_construct({"name", "any_in"}, name=test.name, any_in=self.lists[test.in_list])
        return Condition.model_construct({fact}, **{fact: test})  # type: ignore[arg-type]  # the test of that fact

    def _resolved_all(self, conditions: tuple[Condition, ...], loc: Loc) -> tuple[Condition, ...]:
        return tuple(self.resolved(part, (*loc, place)) for place, part in enumerate(conditions))

    def _synsets(self, test: SynsetTest, loc: Loc) -> tuple[str, ...]:
        if test.subtree is not None and self.taxonomy is not None:
            return self._subtree(self.taxonomy, test.subtree, test, loc)
        if test.in_list is not None:
            return self._listed(test.in_list, (*loc, "in_list"))
        return test.among or ()

    def _subtree(self, taxonomy: Taxonomy, root: str, test: SynsetTest, loc: Loc) -> tuple[str, ...]:
        if test.instances and taxonomy.instances is None:
            sentence = "The taxonomy does not tell instances from hyponyms; `taxonomy import` makes one that does."
            raise AttachmentError(((*loc, "instances"), sentence))
        for field, synset in (("subtree", root), *(("except", each) for each in test.excepted or ())):
            if synset not in taxonomy:
                raise AttachmentError(((*loc, field), f"The taxonomy has no synset {synset}."))
        found = set(taxonomy.subtree(root, test.depth, instances=test.instances)) - set(test.excepted or ())
        if test.except_list is not None:
            found -= set(self._listed(test.except_list, (*loc, "except_list")))
        if not found:
            raise AttachmentError(((*loc, "subtree"), f"Nothing of the subtree {root} is left after its exceptions."))
        return tuple(sorted(found))

    def _listed(self, name: str, loc: Loc) -> tuple[str, ...]:
        """The synsets of a list."""
        listed = self.lists[name]
        strange = next((line for line in listed if not is_wnid(line)), None)
        if strange is not None:
            raise AttachmentError((loc, f"`{strange[:SHOWN_LENGTH]}` in `{name}` is no WordNet id."))
        return listed


def opened(document: PolicyDocument, files: Files) -> Shelf:
    """Every attachment that the document names.

    Raises:
        AttachmentError: one is not at hand, has other bytes, or cannot be read.
    """
    problems = list(_differences(document, files))
    if problems:
        raise AttachmentError(*problems)
    named = {name: _lines(files[attachment.digest]) for name, attachment in document.lists.items()}
    empty = [name for name, lines in named.items() if not lines]
    if empty:
        raise AttachmentError(
            *((("lists", name), f"The list `{name}` is empty; it decides nothing.") for name in empty)
        )
    used = {attachment.digest: files[attachment.digest] for _, _, attachment in document.attachments()}
    return Shelf(used, named, _taxonomy(document, files))


def _differences(document: PolicyDocument, files: Files) -> Iterator[tuple[Loc, str]]:
    for loc, what, attachment in document.attachments():
        found = files.get(attachment.digest)
        if found is None:
            yield (*loc, "digest"), f"{what} ({attachment.digest}) is not at hand."
        elif f"sha256:{hashlib.sha256(found).hexdigest()}" != attachment.digest:
            yield (*loc, "digest"), f"{what} has other bytes than the policy was written for."


def _taxonomy(document: PolicyDocument, files: Files) -> Taxonomy | None:
    if document.taxonomy is None:
        return None
    try:
        return Taxonomy.parse(files[document.taxonomy.digest])
    except ValueError as error:
        raise AttachmentError((("taxonomy",), f"The taxonomy cannot be read: {error}.")) from error


def _lines(listed: bytes) -> tuple[str, ...]:
    """The lines of a list, without blanks around them, empty ones and repetitions."""
    lines = (line.strip() for line in listed.decode("utf-8", "replace").splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))
