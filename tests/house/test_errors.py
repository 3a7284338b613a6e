"""Every refusal is on the page of exit codes, as it is in the tree of errors."""

import re

import blurring.errors
from cli import main
from cli.blur import EXIT_IN_PART
from registry import errors
from registry.catalogue.entries import Defect
from registry.errors import AccessionError
from tests.house import pages

PAGE = "docs/operations/exit-codes.md"
CODES = {0, 1, 2, 3, 4, 5, 6, 7, 8, EXIT_IN_PART}


def kinds() -> list[type[AccessionError]]:
    """Every kind of refusal that somebody can meet."""
    pending, found = [AccessionError], []
    while pending:
        kind = pending.pop()
        if kind.__module__ == errors.__name__:
            found.append(kind)
        pending += kind.__subclasses__()
    return [kind for kind in found if kind is not AccessionError]


def test_the_page_lists_every_refusal_as_it_is() -> None:
    listed = {
        (row["Problem"].strip("`"), row["Title"], row["HTTP"], row["Exit"]) for row in pages.rows(PAGE, "Problem")
    }
    assert listed == {(kind.code, kind.title, str(kind.status), str(kind.exit_code)) for kind in kinds()}


def test_the_page_explains_every_exit_code() -> None:
    explained = {int(row["Code"]) for row in pages.rows(PAGE, "Code")}
    assert explained == CODES | {main.INTERRUPTED, main.TERMINATED}
    assert {kind.exit_code for kind in kinds()} <= CODES


def test_every_reason_why_no_picture_comes_out_is_explained() -> None:
    explained = {
        code for row in pages.rows("docs/blurring.md", "code") for code in re.findall(r"`([^`]+)`", row["code"])
    }
    found = [kind for kind in vars(blurring.errors).values() if isinstance(kind, type)]
    codes = {kind.code for kind in found if issubclass(kind, blurring.errors.PictureError)}
    assert explained == codes | {defect.value for defect in Defect}


def test_codes_are_kebab_case_and_each_has_one_meaning() -> None:
    codes = [kind.code for kind in kinds()]
    assert len(codes) == len(set(codes))
    assert all(code.replace("-", "").isalpha() and code == code.lower() for code in codes)
