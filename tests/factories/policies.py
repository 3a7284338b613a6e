"""Policies and facts to test with: a document as plain data, its YAML text, and Hypothesis strategies for both."""

import hashlib
from dataclasses import asdict, replace
from functools import cache
from typing import cast

import pyarrow as pa
from hypothesis import strategies as st

from policies.document import Policy, parse
from policies.facts import PENDING, UNKNOWN, ImageFacts, Missing
from policies.verdicts import Action

Plain = dict[str, object]

WNIDS = ("n00007846", "n02084071", "n09835506")
LABELS = (*WNIDS, "people", "dogs and cats")
# Labels that only lists and subtrees reach: below two parents, an instance, and an instance of that.
DEEPER = ("n10000002", "n20000001", "n20000002")
IN_LIST: dict[str, object] = {"in_list": "mine"}


def rule(**changes: object) -> Plain:
    """A rule that blurs faces, with some fields changed."""
    return {
        "id": "faces",
        "sentence": "Faces are blurred.",
        "ground": "privacy",
        "when": {"faces": {"at_least": 1}},
        "then": "blur",
        "reason": "face",
        "if_unknown": "skip",
    } | changes


def document(**changes: object) -> Plain:
    """A document with that rule, with some fields changed; a field changed to None is left out."""
    plain = {
        "format": "accession-policy/1",
        "name": "test-policy",
        "version": "1",
        "title": "A policy for tests",
        "strategy": "first-match",
        "rules": [rule()],
        "otherwise": {"then": "keep", "reason": "nothing-found", "sentence": "The rest is kept."},
    } | changes
    return {name: value for name, value in plain.items() if value is not None}


def text(plain: object) -> bytes:
    """The plain data as YAML in flow style, every text in quotes."""
    return _spelt(plain).encode()


def _spelt(plain: object) -> str:
    match plain:
        case dict():
            return f"{{{', '.join(f'{_spelt(key)}: {_spelt(value)}' for key, value in plain.items())}}}"
        case list():
            return f"[{', '.join(map(_spelt, plain))}]"
        case str():
            return "'" + plain.replace("'", "''") + "'"
        case _:
            return str(plain).lower()


def policy(**changes: object) -> Policy:
    """The parsed policy of `document(**changes)`, with FILES at hand."""
    return parse(text(document(**changes)), FILES)


def digest_of(content: bytes) -> str:
    """The digest by which a policy names a file."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


TAXONOMY = b"""\
n00001740 n00007846
n00001740 n02084071
n00007846 n09835506
n00007846 n10000001
n10000001 n10000002
n02084071 n10000002
"""
# The same in the form that tells instances from hyponyms.
TOLD = b"""\
accession-taxonomy/1
instance\tn09835506\tn20000001
instance\tn20000001\tn20000002
""" + b"".join(b"kind\t%s\t%s\n" % tuple(line.split()) for line in TAXONOMY.splitlines())
LISTED = b"n02084071\n\n n10000002 \nn02084071\n"
FILES = {digest_of(content): content for content in (TAXONOMY, TOLD, LISTED)}


def attachment(content: bytes) -> Plain:
    """What a document says of a file with this content."""
    return {"title": "A file for tests", "digest": digest_of(content)}


def facts(**changes: object) -> ImageFacts:
    """The facts of an ordinary picture without faces, with some changed."""
    plain: dict[str, object] = {
        "path": "n02084071/dog.JPEG",
        "label": "n02084071",
        "format": "jpeg",
        "width": 500,
        "height": 375,
        "size_bytes": 100_000,
        "faces": 0,
    }
    return replace(ImageFacts(path="a"), **(plain | changes))  # type: ignore[arg-type]  # the caller names the fields


LAYERS = ("real", "votes")
SCHEMA = pa.schema(
    {
        "path": pa.string(), "label": pa.string(), "format": pa.string(), "width": pa.int64(), "height": pa.int64(),
        "size_bytes": pa.int64(), "defect": pa.string(), "faces": pa.int32(), "largest_face_px": pa.int32(),
        "faces_pending": pa.bool_(), "is_held": pa.bool_(), "is_taken_down": pa.bool_(), "exception": pa.string(),
        "reviewed": pa.list_(pa.string()),
        "split": pa.string(), "source_host": pa.string(), "source_url": pa.string(), "retrieved_on": pa.string(),
        "licence": pa.string(), "licence_confidence": pa.int64(), "rights_conflicts": pa.int64(),
        "votes": pa.int64(), "agreement": pa.int64(), "advisories": pa.list_(pa.string()),
        **{f"layer:{name}": pa.list_(pa.string()) for name in LAYERS},
    }
)  # fmt: skip


def batch(*rows: ImageFacts) -> pa.RecordBatch:
    """The facts of many images as columns."""
    plain = [asdict(row) for row in rows]
    for row in plain:
        row["faces_pending"] = PENDING in (row["faces"], row["largest_face_px"])
        for fact in ("faces", "largest_face_px"):
            row[fact] = None if row[fact] in (PENDING, UNKNOWN) else row[fact]
        row["reviewed"] = [f"{reason}={action}" for reason, action in row["reviewed"]]
        row |= {f"layer:{name}": labels for name, labels in row.pop("layer")}
    return pa.RecordBatch.from_pylist(plain, schema=SCHEMA)


def _ranges() -> st.SearchStrategy[Plain]:
    bounds = st.integers(0, 4)
    pairs = st.tuples(bounds, bounds).map(sorted)
    return st.one_of(
        bounds.map(lambda bound: cast("Plain", {"at_least": bound})),
        bounds.map(lambda bound: cast("Plain", {"at_most": bound})),
        pairs.map(lambda pair: cast("Plain", {"at_least": pair[0], "at_most": pair[1]})),
    )


def _among(words: tuple[str, ...]) -> st.SearchStrategy[Plain]:
    lists = st.lists(st.sampled_from(words), min_size=1, max_size=3)
    return lists.map(lambda chosen: cast("Plain", {"in": chosen}))


def _synset_tests() -> st.SearchStrategy[Plain]:
    """Lists, and subtrees whose root no exception names, so that something is left of them."""
    subtrees = st.fixed_dictionaries(
        {"subtree": st.sampled_from(["n00001740", "n00007846"])},
        optional={
            "depth": st.integers(0, 3),
            "instances": st.booleans(),
            "except": st.lists(st.sampled_from(["n09835506", "n10000001"]), min_size=1, max_size=2),
            "except_list": st.just("mine"),
        },
    )
    return st.one_of(_among(WNIDS), st.just(IN_LIST), subtrees)


def _text_tests() -> st.SearchStrategy[Plain]:
    globs = st.sampled_from(["n0*", "*", "**", "?eople", "dogs*cats", "n0208407[1]"])
    expressions = st.sampled_from(["n0[0-9]+", ".*e.*", "people|n00007846", "(?i)P.*", r"\Qx\E"])
    return st.one_of(
        _among(LABELS),
        st.just(IN_LIST),
        globs.map(lambda glob: cast("Plain", {"glob": glob})),
        expressions.map(lambda expression: cast("Plain", {"regex": expression})),
    )


def _licence_tests() -> st.SearchStrategy[Plain]:
    ids = st.lists(st.sampled_from(["CC0-1.0", "CC-BY-4.0", "CC-BY-NC-2.0"]), min_size=1, max_size=2)
    return st.one_of(
        ids.map(lambda chosen: cast("Plain", {"satisfied_by": chosen})),
        ids.map(lambda chosen: cast("Plain", {"names": chosen})),
    )


def _layer_tests() -> st.SearchStrategy[Plain]:
    said = st.one_of(
        _ranges().map(lambda count: cast("Plain", {"count": count})),
        _among(LABELS).map(lambda listed: cast("Plain", {"any_in": listed["in"]})),
        st.booleans().map(lambda agrees: cast("Plain", {"agrees": agrees})),
        st.just(IN_LIST),
    )
    return st.tuples(st.sampled_from(LAYERS), said).map(lambda pair: cast("Plain", {"name": pair[0]} | pair[1]))


def _day_tests() -> st.SearchStrategy[Plain]:
    return st.sampled_from(
        [{"before": "2012-01-01"}, {"since": "2010-06-30"}, {"since": "2010-06-30", "before": "2012-01-01"}]
    ).map(lambda plain: cast("Plain", plain))


def _code_tests() -> st.SearchStrategy[Plain]:
    codes = st.lists(st.sampled_from(["cmyk", "duplicate"]), min_size=1, max_size=2)
    return st.tuples(st.sampled_from(["any_in", "none_in"]), codes).map(lambda pair: cast("Plain", {pair[0]: pair[1]}))


def questions() -> dict[str, st.SearchStrategy[Plain]]:
    """Tests of every fact that a rule can ask about, by the fact's name."""
    texts = ("label", "path", "split", "source_host", "source_url")
    numbers = ("faces", "largest_face_px", "width", "height", "size_bytes", "licence_confidence", "rights_conflicts")
    return {
        **{name: _text_tests() for name in texts},
        **{name: _ranges() for name in (*numbers, "votes", "agreement")},
        "synset": _synset_tests(),
        "format": _among(("jpeg", "png", "gif")),
        "licence": _licence_tests(),
        "layer": _layer_tests(),
        "retrieved_on": _day_tests(),
        "advisories": _code_tests(),
        "reviewed": _among(("none", *Action)),
        "takedown": _among(("none", "held", "upheld")),
    }


def _named(name: str, test: st.SearchStrategy[Plain]) -> st.SearchStrategy[Plain]:
    return test.map(lambda plain: cast("Plain", {name: plain}))


@cache
def conditions() -> st.SearchStrategy[Plain]:
    """Conditions over every fact, nested a few levels deep."""
    return st.recursive(
        st.one_of(*(_named(name, test) for name, test in questions().items())),
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: cast("Plain", {"all": parts})),
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: cast("Plain", {"any": parts})),
            inner.map(lambda part: cast("Plain", {"not": part})),
        ),
        max_leaves=5,
    )


@st.composite
def documents(draw: st.DrawFn) -> Plain:
    """Documents with up to four rules, of both strategies, to be parsed with FILES; none excludes everything."""
    then = st.sampled_from(["keep", "blur", "exclude", "review"])
    outcome = st.fixed_dictionaries({"then": then, "reason": st.sampled_from(["doubt", "no-idea"])})
    whens = [draw(conditions()) for _ in range(draw(st.integers(1, 4)))]
    rules = [
        rule(
            id=f"rule-{place}",
            when=when,
            # A rule that asks what a case has come to may only exclude: nothing lifts a takedown.
            then="exclude" if _says(when, "takedown") else draw(then),
            reason=draw(st.sampled_from(["first", "second", "third"])),
            if_unknown=draw(st.one_of(st.sampled_from(["skip", "apply"]), outcome)),
        )
        for place, when in enumerate(whens)
    ]
    otherwise = {"then": draw(st.sampled_from(["keep", "blur", "review"])), "reason": "rest", "sentence": "The rest."}
    return document(
        strategy=draw(st.sampled_from(["first-match", "strictest"])),
        rules=rules,
        otherwise=otherwise,
        lists={"mine": attachment(LISTED)} if _says(whens, "in_list") or _says(whens, "except_list") else None,
        taxonomy=attachment(TOLD) if _says(whens, "subtree") else None,
    )


def _says(plain: object, word: str) -> bool:
    """Whether the word is a key anywhere in it."""
    if isinstance(plain, dict):
        return word in plain or any(_says(value, word) for value in plain.values())
    return isinstance(plain, list) and any(_says(value, word) for value in plain)


@cache
def images() -> st.SearchStrategy[ImageFacts]:
    """Facts of every kind: known, unknown, absent and pending, sound and defective, held and taken down."""
    number = st.one_of(st.none(), st.integers(0, 5))
    label = st.one_of(st.none(), st.sampled_from((*LABELS, *DEEPER)))
    faces = st.one_of(
        st.sampled_from([(PENDING, PENDING), (UNKNOWN, UNKNOWN), (2, UNKNOWN)]),
        st.tuples(st.integers(0, 5), st.integers(0, 5)),
    )
    return st.builds(
        _image,
        faces,
        path=st.sampled_from(["people/a.png", "n00007846", "n02084071/é.JPEG", "x"]),
        label=label,
        format=st.sampled_from([None, "jpeg", "png", "webp"]),
        width=number,
        height=number,
        size_bytes=number,
        layer=_layers(),
        split=st.sampled_from([None, "people", "train"]),
        source_host=st.sampled_from([None, "people", "photos.example"]),
        source_url=st.sampled_from([None, "people", "https://photos.example/1"]),
        retrieved_on=st.sampled_from([None, "2010-06-30", "2011-11-30", "2012-01-01"]),
        licence=st.sampled_from([None, "CC0-1.0", "CC-BY-4.0 OR CC-BY-NC-2.0", "NOASSERTION", "NONE", "no such ("]),
        licence_confidence=number,
        rights_conflicts=number,
        votes=number,
        agreement=number,
        advisories=st.sampled_from([None, (), ("cmyk",), ("cmyk", "duplicate")]),
        defect=st.sampled_from([None, None, None, "truncated"]),
        is_held=st.sampled_from([False, False, False, True]),
        is_taken_down=st.sampled_from([False, False, False, True]),
        exception=st.sampled_from([None, None, None, Action.KEEP, Action.BLUR]),
        reviewed=_decisions(),
    )


def _image(faces: tuple[int | Missing, int | Missing], **others: object) -> ImageFacts:
    """Faces are looked for once: how many and how large is pending together."""
    return ImageFacts(faces=faces[0], largest_face_px=faces[1], **others)  # type: ignore[arg-type]  # from `images`


def _decisions() -> st.SearchStrategy[tuple[tuple[str, Action], ...]]:
    """What people decided, by reasons that `documents` use and others."""
    reasons = st.sampled_from(["first", "second", "third", "doubt", "rest", "elsewhere"])
    return st.dictionaries(reasons, st.sampled_from(Action), max_size=2).map(lambda found: tuple(sorted(found.items())))


def _layers() -> st.SearchStrategy[tuple[tuple[str, tuple[str, ...]], ...]]:
    labels = st.lists(st.sampled_from(LABELS), max_size=2, unique=True).map(tuple)
    return st.dictionaries(st.sampled_from(LAYERS), labels).map(lambda found: tuple(sorted(found.items())))
