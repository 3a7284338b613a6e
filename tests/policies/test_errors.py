"""Problems are put into the order of the document and read as sentences."""

from policies.errors import PROBLEMS_SHOWN, PolicyError, Problem


def test_a_problem_reads_with_its_line_and_its_suggestion() -> None:
    assert str(Problem(12, 3, "This is wrong.", "Write that.")) == "line 12: This is wrong. Write that."


def test_a_problem_of_the_whole_document_has_no_line() -> None:
    assert str(Problem(0, 0, "The document is empty.")) == "The document is empty."


def test_an_error_lists_its_problems_in_the_order_of_the_document() -> None:
    error = PolicyError(Problem(9, 1, "Later."), Problem(2, 5, "Sooner."))
    assert [problem.line for problem in error.problems] == [2, 9]
    assert str(error) == "line 2: Sooner.; line 9: Later."


def test_of_very_many_problems_the_first_are_named_and_the_others_counted() -> None:
    error = PolicyError(*(Problem(line, 1, "Wrong.") for line in range(1, PROBLEMS_SHOWN + 4)))
    assert len(error.problems) == PROBLEMS_SHOWN + 3
    assert str(error).endswith(f"line {PROBLEMS_SHOWN}: Wrong.; and 3 more")
