"""Published numbers are counted again where they can be, and where two contradict each other it is said."""

import pytest

from policies import figures
from policies.document import Policy, parse
from policies.errors import PolicyError
from tests.factories.policies import FILES, LISTED, Plain, attachment, document, rule, text

WHAT = "synsets that went"


def figure(says: int, **changes: object) -> Plain:
    return {"what": WHAT, "says": says, "title": f"Somebody says {says}"} | changes


def counted(*found: Plain) -> Policy:
    """A policy with these figures, and the list of two lines."""
    listed = rule(when={"synset": {"in_list": "mine"}})
    plain = document(lists={"mine": attachment(LISTED)}, rules=[listed], figures=list(found))
    return parse(text(plain), FILES)


TERMS: Plain = {
    "add": [{"title": "listed", "lines_of": "mine"}, {"title": "more", "number": 5}],
    "subtract": [{"title": "fewer", "number": 1}],
}


def test_a_figure_is_counted_from_lists_and_numbers() -> None:
    found = counted(figure(6, **TERMS), figure(9))
    assert [figures.computed(each, found.shelf) for each in found.document.figures] == [6, None]


def test_a_figure_that_does_not_come_to_what_it_says_is_refused() -> None:
    with pytest.raises(PolicyError, match="This says 7, and comes to 6"):
        counted(figure(7, **TERMS))


def test_figures_about_one_thing_that_differ_are_a_conflict() -> None:
    found = counted(figure(6, **TERMS), figure(9), figure(6), figure(1, what="something else"))
    [conflict] = figures.conflicts(found.document)
    assert (conflict.what, conflict.difference, len(conflict.figures)) == (WHAT, 3, 3)


def test_figures_read_as_lines_with_their_conflict_at_the_end() -> None:
    found = counted(figure(6, **TERMS), figure(9))
    assert list(figures.lines(found.document, found.shelf)) == [
        "6 synsets that went: Somebody says 6; + 2 listed; + 5 more; - 1 fewer",
        "9 synsets that went: Somebody says 9",
        "These contradict each other by 3: 6 and 9 synsets that went.",
    ]


def test_a_term_says_one_thing_and_counts_a_list_that_is_named() -> None:
    for term in ({"title": "both", "number": 1, "lines_of": "mine"}, {"title": "none"}):
        with pytest.raises(PolicyError, match="exactly one of `number` and `lines_of`"):
            counted(figure(1, add=[term]))
    with pytest.raises(PolicyError, match="No list in `lists` is called `other`"):
        counted(figure(1, subtract=[{"title": "x", "lines_of": "other"}]))


def test_a_list_may_be_there_for_a_figure_alone() -> None:
    plain = document(lists={"mine": attachment(LISTED)}, figures=[figure(2, add=[{"title": "x", "lines_of": "mine"}])])
    assert figures.conflicts(parse(text(plain), FILES).document) == ()
