"""Which verdict does each of millions of images get? The same as from `policies.evaluate`, by whole columns.

Columns decide only how each rule's question is answered for each row. What follows from the answers is left to
`policies.evaluate.evaluate`, asked once for each combination that occurs: so the two paths cannot drift apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from functools import reduce

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from policies import patterns
from policies.conditions import Condition
from policies.document import Policy
from policies.evaluate import Pending, evaluate
from policies.facts import PENDING, UNKNOWN, ImageFacts
from policies.predicates import Predicate, predicate
from policies.questions import LayerTest, Question, Range, TextTest
from policies.truth import Truth
from policies.verdicts import Action, Verdict

Truths = npt.NDArray[np.uint8]
Codes = npt.NDArray[np.int64]

# In this order "and" is the minimum: FALSE settles, then PENDING, then UNKNOWN (see policies.truth).
_ORDER = {Truth.FALSE: 0, Truth.PENDING: 1, Truth.UNKNOWN: 2, Truth.TRUE: 3}
_FALSE, _PENDING, _UNKNOWN, _TRUE = range(4)
_NEGATION = np.array([_TRUE, _PENDING, _UNKNOWN, _FALSE], dtype=np.uint8)

# An image of which nothing is said.
_BLANK = ImageFacts(path="")

# Which columns a fact needs where it is not the one of its name; `LAYER` begins the name of a layer's column.
_COLUMNS = {"synset": ("label",), "takedown": ("is_held", "is_taken_down")}
LAYER = "layer:"
_PENDING_TOO = frozenset({"faces", "largest_face_px"})
# Nearly every row has its own, so asking once for each different one would gain nothing.
ALL_DIFFERENT = frozenset({"path", "source_url"})
# What decides beside the rules.
_STOPS = ("defect", "exception", "reviewed", "is_held", "is_taken_down")
# Their columns hold lists.
_LISTS = frozenset({"advisories", "reviewed"})
# Between the parts of a list while it is one word; no label or code holds it.
_BETWEEN = "\x1f"

# What a batch may hold beside goes by; a layer's column begins with `LAYER`.
_KNOWN = frozenset({field.name for field in fields(ImageFacts)} | {"faces_pending"})

# A key of this size can still be multiplied by four without leaving 64 bits.
_KEY_LIMIT = 1 << 60


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The outcomes of a batch.

    Attributes:
        outcomes: every outcome that occurs, each once, in the order of first appearance.
        codes: (rows,) the place of each row's outcome in `outcomes`.
    """

    outcomes: tuple[Verdict | Pending, ...]
    codes: Codes


def columns_of(*policies: Policy) -> frozenset[str]:
    """The columns of a batch that decide by these policies: rows that are equal in them get equal outcomes."""
    asked = {
        column
        for policy in policies
        for condition in policy.conditions
        for _, leaf in condition.leaves(())
        for column in _asked(*leaf.question())
    }
    waiting = {"faces_pending"} if asked & _PENDING_TOO else set()
    return frozenset(asked | waiting | set(_STOPS))


def _asked(fact: str, test: Question) -> tuple[str, ...]:
    """The columns that answer a question."""
    return (f"{LAYER}{test.name}", "label") if isinstance(test, LayerTest) else _COLUMNS.get(fact, (fact,))


def evaluate_batch(policy: Policy, batch: pa.RecordBatch) -> Evaluated:
    """The outcome of each row.

    Args:
        policy: to be applied.
        batch: columns named like the fields of `ImageFacts`; `path` has to be there. A column that is not there has the
            field's default. A null is an absent value; in `faces` and `largest_face_px` it is UNKNOWN, or PENDING
            where the optional boolean column `faces_pending` says so. The labels of a layer are a list column
            called `layer:NAME`; `advisories` is a list column too, and so is `reviewed`, of `REASON=ACTION`.
    """
    rows = _Rows(batch)
    key, size = rows.stops()
    for condition in policy.conditions:
        if size > _KEY_LIMIT:
            key, size = compressed(key)
        key = key * len(_ORDER) + rows.truths(condition)
        size *= len(_ORDER)
    codes, count = compressed(key)
    found: dict[Verdict | Pending, int] = {}
    places = [found.setdefault(evaluate(policy, rows.facts(row)), len(found)) for row in first_rows(codes, count)]
    return Evaluated(tuple(found), np.array(places, dtype=np.int64)[codes])


class _Rows:
    """One batch, asked by column."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        self._batch = batch
        self._names = frozenset(name for name in batch.schema.names if name in _KNOWN or name.startswith(LAYER))
        self._encoded: dict[str, tuple[list[str | None], Codes]] = {}

    def facts(self, row: int, names: Iterable[str] | None = None) -> ImageFacts:
        """One row as the facts of an image; only these columns of it, where they are named."""
        asked = self._names if names is None else self._names.intersection(names)
        fields = {name: self._batch.column(name)[row].as_py() for name in asked}
        pending = fields.pop("faces_pending", False)
        for name in _PENDING_TOO & fields.keys():
            if fields[name] is None:
                fields[name] = PENDING if pending else UNKNOWN
        if fields.get("exception") is not None:
            fields["exception"] = Action(fields["exception"])
        if "reviewed" in fields:
            fields["reviewed"] = tuple(map(_decision, fields["reviewed"] or ()))
        if fields.get("advisories") is not None:
            fields["advisories"] = tuple(fields["advisories"])
        labels = {name: fields.pop(name) for name in sorted(fields) if name.startswith(LAYER)}
        known = tuple((name.removeprefix(LAYER), tuple(found)) for name, found in labels.items() if found is not None)
        return ImageFacts(**({"path": ""} | fields | ({"layer": known} if known else {})))

    def stops(self) -> tuple[Codes, int]:
        """A key for all that decides beside the rules, and how many keys there can be."""
        key, size = np.zeros(self._batch.num_rows, dtype=np.int64), 1
        for name in _STOPS:
            words, codes = self._column(name)
            key, size = key * len(words) + codes, size * len(words)
        return key, size

    def truths(self, condition: Condition) -> Truths:
        """The answer to the condition for each row."""
        if condition.all_of is not None:
            return reduce(np.minimum, map(self.truths, condition.all_of))
        if condition.any_of is not None:
            return _NEGATION[reduce(np.minimum, (_NEGATION[self.truths(part)] for part in condition.any_of))]
        if condition.negated is not None:
            return _NEGATION[self.truths(condition.negated)]
        return self._answers(condition)

    def _answers(self, condition: Condition) -> Truths:
        fact, test = condition.question()
        columns = _asked(fact, test)
        if not self._names.intersection(columns):
            answer = _ORDER[predicate(condition)(_BLANK)]
            return np.full(self._batch.num_rows, answer, dtype=np.uint8)
        if isinstance(test, Range):
            return self._in_range(fact, test)
        if fact in ALL_DIFFERENT and isinstance(test, TextTest) and test.expression is not None:
            return self._matching(fact, test.expression)
        if len(columns) == 1 and fact not in _LISTS:
            return self._by_word(columns[0], predicate(condition))
        return self._by_row(columns, predicate(condition))

    def _by_row(self, columns: tuple[str, ...], ask: Predicate) -> Truths:
        """Asks once for each combination that occurs in the columns."""
        key = np.zeros(self._batch.num_rows, dtype=np.int64)
        for column in columns:
            words, codes = self._column(column)
            key = key * len(words) + codes
        codes, count = compressed(key)
        answers = [_ORDER[ask(self.facts(row, columns))] for row in first_rows(codes, count)]
        return np.array(answers, dtype=np.uint8)[codes]

    def _by_word(self, column: str, ask: Predicate) -> Truths:
        """Asks once for each different text of the column, as the pure path would."""
        words, codes = self._column(column)
        facts = (replace(_BLANK, **{column: word}) for word in words)  # type: ignore[arg-type]  # a column of texts
        answers = [_ORDER[ask(asked)] for asked in facts]
        return np.array(answers, dtype=np.uint8)[codes]

    def _column(self, name: str) -> tuple[list[str | None], Codes]:
        """`column_codes`, each column encoded once."""
        if name not in self._encoded:
            self._encoded[name] = column_codes(self._batch, name)
        return self._encoded[name]

    def _in_range(self, column: str, test: Range) -> Truths:
        values = self._batch.column(column)
        is_known = values.is_valid().to_numpy(zero_copy_only=False)
        numbers = values.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
        low = 0 if test.at_least is None else test.at_least
        high = np.iinfo(np.int64).max if test.at_most is None else test.at_most
        answers = np.where((numbers >= low) & (numbers <= high), _TRUE, _FALSE)
        missing: int | Truths = _UNKNOWN
        if column in _PENDING_TOO and "faces_pending" in self._names:
            is_pending = self._batch.column("faces_pending").to_numpy(zero_copy_only=False)
            missing = np.where(is_pending, _PENDING, _UNKNOWN).astype(np.uint8)
        return np.where(is_known, answers, missing).astype(np.uint8)

    def _matching(self, column: str, expression: str) -> Truths:
        """Arrow's own RE2."""
        matches = pc.match_substring_regex(self._batch.column(column).cast(pa.string()), patterns.anchored(expression))
        is_known = matches.is_valid().to_numpy(zero_copy_only=False)
        does_match = matches.fill_null(fill_value=False).to_numpy(zero_copy_only=False)
        return np.where(is_known, np.where(does_match, _TRUE, _FALSE), _UNKNOWN).astype(np.uint8)


def _decision(written: str) -> tuple[str, Action]:
    """The reason and the action of `REASON=ACTION`."""
    reason, _, action = written.partition("=")
    return reason, Action(action)


def column_codes(batch: pa.RecordBatch, name: str) -> tuple[list[str | None], Codes]:
    """The different values of a column and at last None, and the place of each row's value among them."""
    if name not in batch.schema.names:
        return [None], np.zeros(batch.num_rows, dtype=np.int64)
    values = batch.column(name)
    if pa.types.is_list(values.type):
        values = pc.binary_join(values, _BETWEEN)
    column = values.dictionary_encode()
    words = [*column.dictionary.to_pylist(), None]
    codes = column.indices.fill_null(len(words) - 1).to_numpy(zero_copy_only=False)
    return words, codes.astype(np.int64)


def compressed(key: Codes) -> tuple[Codes, int]:
    """The same partition of the rows with keys from 0, in the order of first appearance, and their number."""
    encoded = pa.array(key).dictionary_encode()
    return encoded.indices.to_numpy().astype(np.int64), len(encoded.dictionary)


def first_rows(codes: Codes, count: int) -> list[int]:
    """The first row of each of `count` codes, all of which occur."""
    first = np.zeros(count, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return [int(row) for row in first]
