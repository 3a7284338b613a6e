"""Problems are put into the order of the document and read as sentences."""

from policies.errors import PolicyError, Problem


def test_a_problem_reads_with_its_line_and_its_suggestion() -> None:
    assert str(Problem(12, 3, "This is wrong.", "Write that.")) == "line 12: This is wrong. Write that."


def test_a_problem_of_the_whole_document_has_no_line() -> None:
    assert str(Problem(0, 0, "The document is empty.")) == "The document is empty."


def test_an_error_lists_its_problems_in_the_order_of_the_document() -> None:
    error = PolicyError(Problem(9, 1, "Later."), Problem(2, 5, "Sooner."))
    assert [problem.line for problem in error.problems] == [2, 9]
    assert str(error) == "line 2: Sooner.; line 9: Later."
