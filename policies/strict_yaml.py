"""Which plain tree does this YAML text spell, and on which line does each part stand?

A small and predictable part of YAML 1.2: mappings with text keys, sequences, text, whole numbers, true and false. It
refuses everything by which a short text can become a large, cyclic or ambiguous one: anchors, aliases, merge keys,
tags, several documents, duplicate keys, empty values, control characters, and texts over the limits below.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from policies.errors import PolicyError, Problem

SIZE_LIMIT_BYTES = 256 * 1024
NODE_LIMIT = 20_000
DEPTH_LIMIT = 24
DIGITS_LIMIT = 18

_NUMBER = re.compile(r"[-+]?[0-9]+")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {"true": True, "false": False}
# Characters that make a text look different from what it says (Unicode TR 36 §2.5).
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

Plain = str | int | bool | list["Plain"] | dict[str, "Plain"]


@dataclass(frozen=True, slots=True)
class Node:
    """One value and where it stands, from 1; the value of a mapping's key stands where its key does."""

    line: int
    column: int
    value: "str | int | bool | list[Node] | dict[str, Node]"

    def plain(self) -> Plain:
        """The value without its places."""
        match self.value:
            case dict():
                return {key: node.plain() for key, node in self.value.items()}
            case list():
                return [node.plain() for node in self.value]
            case str() | int():
                return self.value


def read(published: bytes) -> Node:
    """The tree that the UTF-8 text spells.

    Raises:
        PolicyError: the text is not in the part of YAML described above, or over a limit.
    """
    events = iter(list(_checked(_scanned(_decoded(published)))))
    first = next(events, None)
    if first is None:
        raise PolicyError(Problem(0, 0, "The document is empty."))
    return _node(first, events)


def _decoded(published: bytes) -> str:
    if len(published) > SIZE_LIMIT_BYTES:
        sentence = f"The document has {len(published)} bytes; {SIZE_LIMIT_BYTES} is the most."
        raise PolicyError(Problem(0, 0, sentence))
    try:
        return published.decode("utf-8")
    except UnicodeDecodeError as error:
        line = published.count(b"\n", 0, error.start) + 1
        raise PolicyError(Problem(line, 0, "This is not UTF-8 text.")) from error


def _scanned(text: str) -> Iterator[Event]:
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        problem = Problem(mark.line + 1, mark.column + 1, f"This is not YAML: {error.problem}.")
        raise PolicyError(problem) from error
    except YAMLError as error:
        sentence = "The document holds a character that YAML does not allow."
        raise PolicyError(Problem(0, 0, sentence)) from error


def _checked(events: Iterator[Event]) -> Iterator[Event]:
    """The events of the nodes of the only document, each of a kind that is allowed."""
    depth = count = documents = 0
    for event in events:
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        count += isinstance(event, NodeEvent)
        documents += isinstance(event, DocumentStartEvent)
        if documents > 1:
            _refuse(event, "A file holds one document.", "Remove `---` and what follows it.")
        if depth > DEPTH_LIMIT:
            _refuse(event, f"This is nested more than {DEPTH_LIMIT} levels deep.")
        if count > NODE_LIMIT:
            _refuse(event, f"The document has more than {NODE_LIMIT} parts.")
        if isinstance(event, NodeEvent | CollectionEndEvent):
            _refuse_references(event)
            yield event


def _refuse_references(event: Event) -> None:
    if isinstance(event, AliasEvent):
        _refuse(event, "Aliases (`*name`) are not allowed.", "Write the value out.")
    if getattr(event, "anchor", None) is not None:
        _refuse(event, "Anchors (`&name`) are not allowed.", "Write the value out where it is used.")
    if getattr(event, "tag", None) is not None:
        _refuse(event, "Tags (`!name`) are not allowed.", "Leave the tag out.")


def _node(event: Event, events: Iterator[Event]) -> Node:
    if isinstance(event, MappingStartEvent):
        return _placed(event, _mapping(events))
    if isinstance(event, ScalarEvent):
        return _placed(event, _scalar(event))
    items: list[Node] = []
    while not isinstance(item := next(events), SequenceEndEvent):
        items.append(_node(item, events))
    return _placed(event, items)


def _mapping(events: Iterator[Event]) -> dict[str, Node]:
    found: dict[str, Node] = {}
    while not isinstance(key_event := next(events), MappingEndEvent):
        key = _scalar(key_event) if isinstance(key_event, ScalarEvent) else None
        if not isinstance(key, str):
            _refuse(key_event, "A key is a plain word.")
        if key in found:
            first = found[key].line
            _refuse(key_event, f"`{key}` stands here for a second time; the first is on line {first}.")
        value_event = next(events)
        if _is_null(value_event):
            # The scanner places a value that is not there at whatever comes next.
            _refuse(key_event, f"`{key}` has no value.")
        found[key] = _placed(key_event, _node(value_event, events).value)
    return found


def _scalar(event: ScalarEvent) -> str | int | bool:
    text = cast("str", event.value)
    if any(_is_deceptive(character) for character in text):
        _refuse(event, "This text holds control characters, or ones that change its direction.")
    if event.style:
        return text
    if _is_null(event):
        _refuse(event, "A value is missing here.")
    if text.lower() in _BOOLEANS:
        return _BOOLEANS[text.lower()]
    if _NUMBER.fullmatch(text) is None:
        return text
    if len(text) > DIGITS_LIMIT:
        _refuse(event, "This number is too long.", "If it is text, put it in quotes.")
    return int(text)


def _is_null(event: Event) -> bool:
    return isinstance(event, ScalarEvent) and not event.style and event.value in _NULLS


def _is_deceptive(character: str) -> bool:
    category = unicodedata.category(character)
    return category == "Cs" or (category == "Cc" and character != "\n") or character in _BIDI_CONTROLS


def _placed(event: Event, value: "str | int | bool | list[Node] | dict[str, Node]") -> Node:
    return Node(event.start_mark.line + 1, event.start_mark.column + 1, value)


def _refuse(event: Event, sentence: str, suggestion: str = "") -> NoReturn:
    raise PolicyError(Problem(event.start_mark.line + 1, event.start_mark.column + 1, sentence, suggestion))
