"""Which answer has the majority, which one remains when workers are weighed, and do people agree at all?

Dawid-Skene (1979) and Krippendorff's alpha for nominal data are asked of crowd-kit; majorities are counted here, as
there equal ones are drawn by lot. Alpha is 1 where all agree, 0 where agreement is that of chance, and may be below.
"""

import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.catalogue.layers.content import Row
from registry.errors import InvalidInputError, UnavailableError

if TYPE_CHECKING:
    import pandas as pd

YES = "yes"
DAWID_SKENE_ROUNDS = 100
LACKING = "This needs the library crowd-kit; install Accession as accession[votes]."

_Question = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SynsetAgreement:
    """How far people agree about the images of one label.

    Attributes:
        alpha: null where nobody could have disagreed: one answer alone was ever given.
    """

    label: str
    questions: int
    votes: int
    alpha: float | None


@dataclass(frozen=True, slots=True)
class Quality:
    """What a layer of votes comes to.

    Attributes:
        rows: of a layer of the kind `quality`, one for each image and label.
        alpha: over all questions; null as in `SynsetAgreement`.
        synsets: agreement by label, in order.
        workers: how many are told apart; 0 where nobody said who voted, and Dawid-Skene cannot be asked.
    """

    rows: tuple[Row, ...]
    alpha: float | None
    synsets: tuple[SynsetAgreement, ...]
    workers: int

    def below(self, share: float) -> tuple[Row, ...]:
        """The rows whose label was confirmed by less than this share of the votes."""
        return tuple(row for row in self.rows if row[3] < share)


def measure(votes: Iterable[Row]) -> Quality:
    """The quality of the labels that a layer of votes is about.

    Args:
        votes: its rows: image, label, answer, worker and number of votes.

    Raises:
        InvalidInputError: there is no vote in them.
        UnavailableError: crowd-kit is not installed.
    """
    answers: dict[_Question, Counter[str]] = defaultdict(Counter)
    said: list[tuple[_Question, str | None, str]] = []
    for image, label, answer, worker, count in votes:
        answers[image, label][answer] += count
        said += [((image, label), worker, answer)] * count
    if not said:
        raise InvalidInputError("There is no vote in this layer.")
    workers = {worker for _, worker, _ in said}
    is_told_apart = None not in workers
    weighed = _dawid_skene(_table(said)) if is_told_apart else {}
    synsets = _by_synset(answers, said)
    agreement = {it.label: it.alpha for it in synsets}
    rows = [
        (*question, *_counted(question[1], counts), *weighed.get(question, (None, None)), agreement[question[1]])
        for question, counts in sorted(answers.items())
        if counts.total()
    ]
    return Quality(tuple(rows), _alpha(said), synsets, len(workers) if is_told_apart else 0)


def _counted(label: str, counts: Counter[str]) -> tuple[str, float]:
    """The most frequent answer (of equals the label itself, else the first in order), and who confirmed the label."""
    majority = min(counts, key=lambda answer: (-counts[answer], answer not in {label, YES}, answer))
    confirmed = sum(counts[answer] for answer in {label, YES})
    return majority, round(confirmed / counts.total(), 6)


def _by_synset(
    answers: Mapping[_Question, Counter[str]], said: list[tuple[_Question, str | None, str]]
) -> tuple[SynsetAgreement, ...]:
    of_label: dict[str, list[tuple[_Question, str | None, str]]] = defaultdict(list)
    for vote in said:
        of_label[vote[0][1]].append(vote)
    questions = Counter(label for (_, label), counts in answers.items() if counts.total())
    return tuple(
        SynsetAgreement(label, questions[label], len(votes), _alpha(votes)) for label, votes in sorted(of_label.items())
    )


def _table(said: list[tuple[_Question, str | None, str]]) -> "pd.DataFrame":
    """The votes as crowd-kit wants them. Where nobody says who voted, each vote on a question has a number instead."""
    import pandas as pd  # noqa: PLC0415 - an extra, and slow to import

    seen: Counter[_Question] = Counter()
    rows = []
    for question, worker, answer in said:
        seen[question] += 1
        rows.append((question, worker if worker is not None else str(seen[question]), answer))
    return pd.DataFrame(rows, columns=["task", "worker", "label"])


def _dawid_skene(table: "pd.DataFrame") -> dict[_Question, tuple[str, float]]:
    """The likeliest answer to each question and its probability, workers weighed by their confusions."""
    model = _quietly("crowdkit.aggregation", "DawidSkene", table)
    probabilities = model.probas_
    return {
        question: (str(answer), round(float(probabilities.loc[[question], answer].iloc[0]), 6))
        for question, answer in model.labels_.items()
    }


def _alpha(said: list[tuple[_Question, str | None, str]]) -> float | None:
    """Krippendorff's alpha; None where one answer alone was given, so that nobody could disagree."""
    asked = Counter(question for question, _, _ in said)
    pairable = [vote for vote in said if asked[vote[0]] > 1]
    if len({answer for _, _, answer in pairable}) < 2:  # noqa: PLR2004 - two answers, of which to choose
        return None
    return round(float(_quietly("crowdkit.metrics.data", "alpha_krippendorff", _table(pairable))), 6)


def _quietly(module: str, name: str, table: "pd.DataFrame") -> Any:  # noqa: ANN401 - a fitted model, or a number
    """What crowd-kit answers about the table; its use of what pandas will drop some day is not our reader's concern."""
    import importlib  # noqa: PLC0415 - needed for the extra alone

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = getattr(importlib.import_module(module), name)
        except ImportError as error:
            raise UnavailableError(LACKING) from error
        return found(n_iter=DAWID_SKENE_ROUNDS).fit(table) if isinstance(found, type) else found(table)
