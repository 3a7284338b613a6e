"""How long does a policy of two synset lists take over all of ImageNet, and does the time grow with the images alone?

Compared side by side with the same decision written by hand as DuckDB SQL over the same table, and with the pure path
for one image. Labels are made up: as many as ImageNet has, with lists as long as those of 2021.
"""

import resource
import time
from collections.abc import Callable

import duckdb
import numpy as np
import pyarrow as pa

from policies.document import Policy, parse
from policies.evaluate import evaluate
from policies.explain import explain_synset
from policies.facts import ImageFacts
from policies.impact import measure
from policies.redecision import Judge
from policies.vectorised import evaluate_batch
from registry.proof.manifest import Row, Verdict
from tests.factories.policies import attachment, digest_of, document, rule, text

ILSVRC_IMAGES, IMAGENET_IMAGES = 1_281_167, 14_197_122
SYNSETS, UNSAFE, PEOPLE = 21_841, 1_593, 2_833
BATCH = 1 << 20
PURE_IMAGES = 50_000
ROUNDS = 3
EXPLAINED, JUDGED = 10, 1_000_000


def run() -> list[str]:
    """The measured lines, ready to print."""
    names = [f"n{number:08d}" for number in range(SYNSETS)]
    policy = _policy(names)
    table = _table(names, IMAGENET_IMAGES)
    small = _table(names, ILSVRC_IMAGES)
    started = time.perf_counter()
    ours = _seconds(lambda: _evaluate(policy, table))
    waited = (time.perf_counter() - started) / ROUNDS
    ours_small = _seconds(lambda: _evaluate(policy, small))
    theirs = _seconds(lambda: _by_hand(names, table))
    report = _seconds(lambda: _measure(policy, table), rounds=1)
    pure = _seconds(lambda: _one_by_one(policy, table)) / PURE_IMAGES
    explained = _seconds(lambda: _explain(policy, names)) / EXPLAINED
    judged = _seconds(lambda: _judge_again(policy, names)) / JUDGED
    growth = (ours / IMAGENET_IMAGES) / (ours_small / ILSVRC_IMAGES)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        (
            f"policy of {UNSAFE:,} and {PEOPLE:,} synsets over {IMAGENET_IMAGES:,} images: {ours:.1f} s CPU "
            f"(at most 10; {waited:.1f} s on the clock), the same by hand in DuckDB {theirs:.1f} s CPU, "
            f"ratio {theirs / ours:.2f}"
        ),
        f"growth per image from {ILSVRC_IMAGES:,} to {IMAGENET_IMAGES:,} images: {growth:.2f} (1 is linear)",
        (
            f"effect by rule and class, against another policy: {report:.1f} s CPU (at most 15); "
            f"peak memory with the table {peak_mb:.0f} MB (at most 2,000)"
        ),
        f"a synset explained: {explained * 1e3:.0f} ms CPU (at most 100)",
        f"a verdict decided again from its line of facts: {judged * 1e6:.2f} µs CPU",
        f"one image on its own: {pure * 1e6:.0f} µs CPU; by column {ours / IMAGENET_IMAGES * 1e6:.2f} µs",
    ]


def _policy(names: list[str]) -> Policy:
    unsafe = "\n".join(names[100 : 100 + UNSAFE]).encode()
    taxonomy = "\n".join(f"{names[0]} {name}" for name in names[1:PEOPLE]).encode()
    lists = {"unsafe": attachment(unsafe)}
    rules = [
        rule(id="unsafe", when={"synset": {"in_list": "unsafe"}}, then="exclude", reason="unsafe-synset"),
        rule(id="people", when={"synset": {"subtree": names[0]}}, then="exclude", reason="person-subtree"),
    ]
    plain = document(lists=lists, taxonomy=attachment(taxonomy), rules=rules)
    return parse(text(plain), {digest_of(content): content for content in (unsafe, taxonomy)})


def _table(names: list[str], count: int) -> pa.Table:
    labels = np.sort(np.random.default_rng(2021).integers(0, len(names), count)).astype(np.int32)
    encoded = pa.DictionaryArray.from_arrays(pa.array(labels), pa.array(names))
    label = encoded.cast(pa.string())
    # A path is only looked at for examples here, so the label can stand in for it.
    return pa.table({"path": label, "label": label, "defect": pa.nulls(count, pa.string())})


def _explain(policy: Policy, names: list[str]) -> None:
    for name in names[90 : 90 + EXPLAINED]:
        explain_synset(policy, name)


def _judge_again(policy: Policy, names: list[str]) -> None:
    judge = Judge(policy)
    for number in range(JUDGED):
        row = Row(f"{number}", 1, None, names[number // 650], Verdict.EXCLUDE, ("unsafe-synset",), None, None, None)
        judge.wrong(row, b"{}")


def _evaluate(policy: Policy, table: pa.Table) -> None:
    for batch in table.to_batches(max_chunksize=BATCH):
        evaluate_batch(policy, batch)


def _measure(policy: Policy, table: pa.Table) -> None:
    previous = parse(text(document()))
    measure(policy, table.to_batches(max_chunksize=BATCH), previous)


def _by_hand(names: list[str], table: pa.Table) -> None:
    connection = duckdb.connect()
    connection.execute("set threads = 2")
    connection.register("images", table)
    connection.execute("create table unsafe as select unnest(?) as label", [names[100 : 100 + UNSAFE]])
    connection.execute("create table people as select unnest(?) as label", [names[:PEOPLE]])
    connection.execute(
        """
        create table verdict as select case
            when defect is not null then 'exclude'
            when label in (select label from unsafe) then 'exclude:unsafe-synset'
            when label in (select label from people) then 'exclude:person-subtree'
            else 'keep' end as verdict
        from images
        """
    )
    connection.close()


def _one_by_one(policy: Policy, table: pa.Table) -> None:
    for label in table.column("label").slice(0, PURE_IMAGES).to_pylist():
        evaluate(policy, ImageFacts(path=label, label=label))


def _seconds(work: Callable[[], None], rounds: int = ROUNDS) -> float:
    """CPU time of all threads: what else the machine does leaves it nearly as it is."""
    taken = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return min(taken)
