"""What did people answer when they were asked about the label of an image?

Two forms: a table with the columns `image`, `label`, `answer` and perhaps `worker` (CSV, with TABs or commas); and the
JSON of candidates with counts (Northcutt et al. 2021), where nobody says who voted. An answer is a synset, `yes` (the
label), or any other word. Workers are kept under pseudonyms only.
"""

import csv
from collections import Counter
from pathlib import Path

from registry.catalogue.labels import judged
from registry.catalogue.labels.classes import Classes, Numbering
from registry.catalogue.layers import content, pseudonyms
from registry.catalogue.layers.content import Row
from registry.catalogue.layers.readers import labels, numbers
from registry.catalogue.taxonomy.rows import Report, lines
from registry.errors import InvalidInputError

COLUMNS = ("image", "label", "answer")
WORKER = "worker"

_Key = tuple[str, str, str, str | None]


def read(file: Path, classes: Classes | None, names: str, key: bytes, report: Report) -> list[Row]:
    """A row for each image, label, answer and worker, with the number of votes.

    Raises:
        NotFoundError: there is no such file.
        InvalidInputError: it is neither form.
    """
    counts: Counter[_Key] = Counter()
    if labels.is_json(file):
        counts.update(_candidates(file, classes, numbers.pattern(names)))
    else:
        counts.update(_table(file, key, report))
    return content.ordered((*said, votes) for said, votes in counts.items())


def _candidates(file: Path, classes: Classes | None, names: str) -> dict[_Key, int]:
    found = judged.read(file)
    if found.candidates is None:
        raise InvalidInputError(f"{file.name} holds labels, not votes.")
    if classes is None:
        raise InvalidInputError("Say which list names the classes.")
    meaning, counts = classes.of(Numbering.SORTED_FROM_0), Counter[_Key]()
    for candidate in found.candidates:
        given, guessed = (meaning.get(it) for it in (candidate.given_original_label, candidate.our_guessed_label))
        if given is None or guessed is None:
            raise InvalidInputError(f"{file.name} has a class number that the list of classes has not.")
        image, said = numbers.name(names, candidate.id), candidate.mturk
        answers = ((given, said.given), (guessed, said.guessed), ("both", said.both), ("neither", said.neither))
        for answer, votes in answers:
            # Also an answer that nobody gave: what could have been said belongs to the question.
            counts[image, given, answer, None] += votes
    return counts


def _table(file: Path, key: bytes, report: Report) -> Counter[_Key]:
    numbered = lines(file, report)
    _, first = next(numbered, (0, ""))
    mark = "\t" if "\t" in first else ","
    heading = [name.strip().lower() for name in first.split(mark)]
    if not set(COLUMNS) <= set(heading) or len(set(heading)) != len(heading):
        raise InvalidInputError(f"The first line of {file.name} should name the columns {', '.join(COLUMNS)}.")
    counts: Counter[_Key] = Counter()
    for line, text in numbered:
        cells = next(csv.reader([text], delimiter=mark), [])
        row = {name: cell.strip() for name, cell in zip(heading, cells, strict=False)}
        if len(cells) != len(heading) or not all(row[name] for name in COLUMNS):
            report.refuse(file, line, "it does not give image, label and answer")
            continue
        worker = pseudonyms.of(key, row[WORKER]) if row.get(WORKER) else None
        counts[numbers.plain(row["image"]), row["label"], row["answer"], worker] += 1
    return counts
