"""Only plain trees come out, and every refusal names its line."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import strict_yaml
from policies.document import parse
from policies.errors import PolicyError
from policies.strict_yaml import DEPTH_LIMIT, DIGITS_LIMIT, NODE_LIMIT, SIZE_LIMIT_BYTES
from tests.factories.policies import document, text

words = st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=8)
keys = words.filter(lambda word: word != "")
trees = st.recursive(
    st.one_of(words, st.integers(-(10**9), 10**9), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=8,
)


def _problem(published: bytes) -> tuple[int, str]:
    with pytest.raises(PolicyError) as refused:
        strict_yaml.read(published)
    [problem] = refused.value.problems
    return problem.line, str(problem)


@given(trees)
def test_a_tree_written_by_a_yaml_library_is_read_back_as_it_was(tree: object) -> None:
    assert strict_yaml.read(text(tree)).plain() == tree


@given(st.one_of(st.binary(max_size=80), st.text("{}[]:-,&*!|>'\"%@` \n\tab01", max_size=40).map(str.encode)))
def test_whatever_the_bytes_they_are_read_or_refused_and_nothing_else(published: bytes) -> None:
    with contextlib.suppress(PolicyError):
        strict_yaml.read(published)


def test_words_that_older_yaml_took_for_booleans_are_texts() -> None:
    assert strict_yaml.read(b"[no, yes, on, 0x1F, 1.5, 2021-03-11, 012, -3, True]").plain() == [
        "no", "yes", "on", "0x1F", "1.5", "2021-03-11", 12, -3, True,
    ]  # fmt: skip


def test_quoted_numbers_and_empty_quotes_are_texts() -> None:
    assert strict_yaml.read(b"['12', \"true\", '']").plain() == ["12", "true", ""]


def test_a_value_stands_where_its_key_stands_and_an_item_where_it_begins() -> None:
    root = strict_yaml.read(b"a: 1\nb:\n  c:\n    - x\n    - y\n")
    assert isinstance(root.value, dict)
    b = root.value["b"]
    assert (root.line, b.line, b.column) == (1, 2, 1)
    assert isinstance(b.value, dict)
    c = b.value["c"]
    assert isinstance(c.value, list)
    assert [(item.line, item.column) for item in c.value] == [(4, 7), (5, 7)]


@pytest.mark.parametrize(
    ("published", "line", "says"),
    [
        (b"", 0, "empty"),
        (b"# only a comment\n", 0, "empty"),
        (b"a: 1\n---\nb: 2\n", 2, "one document"),
        (b"a: &x 1\n", 1, "Anchors"),
        (b"a: &x [1]\n", 1, "Anchors"),
        (b"a: 1\nb: *x\n", 2, "Aliases"),
        (b"<<: *x\n", 1, "Aliases"),
        (b"a: !!python/object:os.system x\n", 1, "Tags"),
        (b"a: !!set {b}\n", 1, "Tags"),
        (b"a: 1\nb: 2\na: 3\n", 3, "`a` stands here for a second time; the first is on line 1"),
        (b"a: 1\nb:\nc: 1\n", 2, "`b` has no value"),
        (b"a: ~\n", 1, "no value"),
        (b"- a\n-\n- b\n", 2, "missing"),
        (b"~: a\n", 1, "missing"),
        (b"? [a]\n: 1\n", 1, "A key is a plain word"),
        (b"12: a\n", 1, "A key is a plain word"),
        (b"a: b: c\n", 1, "This is not YAML"),
        (b"a: [1\n", 2, "This is not YAML"),
        (b"a: 1\n\tb: 2\n", 2, "This is not YAML"),
        (b"a: \x01\n", 0, "does not allow"),
        (b"a: 1\nb: \xff\n", 2, "not UTF-8"),
        (b'a: "\\e[31mred"\n', 1, "control characters"),
        (b'a: "\\ud800"\n', 1, "control characters"),
        ("a: \u202egnp.exe\n".encode(), 1, "control characters"),
        (b"a: 1234567890123456789\n", 1, "too long"),
        (b"[" * (DEPTH_LIMIT + 1), 1, "nested more than"),
        (b"[" + b"1," * NODE_LIMIT + b"]", 1, "parts"),
        (b"#" * (SIZE_LIMIT_BYTES + 1), 0, f"{SIZE_LIMIT_BYTES} is the most"),
    ],
)  # fmt: skip
def test_what_is_refused_and_on_which_line(published: bytes, line: int, says: str) -> None:
    found, sentence = _problem(published)
    assert (found, says in sentence) == (line, True), sentence


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor() -> None:
    bomb = b"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
    assert _problem(bomb)[0] == 1


def test_what_is_just_within_the_limits_is_read() -> None:
    assert strict_yaml.read(b"[" * DEPTH_LIMIT + b"]" * DEPTH_LIMIT).line == 1
    assert strict_yaml.read(b"a #" + b"x" * (SIZE_LIMIT_BYTES - 3)).plain() == "a"
    assert strict_yaml.read(b"9" * DIGITS_LIMIT).plain() == int("9" * DIGITS_LIMIT)
    items = strict_yaml.read(b"[" + b"1," * (NODE_LIMIT - 1) + b"]").plain()
    assert items == [1] * (NODE_LIMIT - 1)


def test_many_small_lists_beside_one_another_are_not_deep() -> None:
    assert strict_yaml.read(b"[" + b"[1]," * (DEPTH_LIMIT + 1) + b"]").plain() == [[1]] * (DEPTH_LIMIT + 1)


def test_a_document_cannot_include_another_let_alone_itself() -> None:
    for line in (b"include: other.yaml", b"<<: !include other.yaml", b"rules: !include rules.yaml"):
        with pytest.raises(PolicyError):
            parse(text(document())[:-1] + b", " + line + b"}")
