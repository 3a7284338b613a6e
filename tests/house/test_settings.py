"""Every choice and every variable is on the page of settings, with its default; and nothing else is."""

import re
from pathlib import Path

from pydantic_core import PydanticUndefined

from registry import environment
from registry.settings import Settings
from tests.house import pages, tree

PAGE = "docs/operations/settings.md"
VARIABLE = re.compile(r"\bACCESSION_[A-Z][A-Z_]*[A-Z]\b")
VARIABLES_ALONE = {
    environment.HOME_VARIABLE,
    environment.DEBUG_VARIABLE,
    environment.PERSON_VARIABLE,
    environment.PASSWORD_VARIABLE,
}
# A verification result names its properties with the same prefix; they are no variables.
NO_VARIABLES_IN = {"docs/formats/result.md"}
KNOWN = VARIABLES_ALONE | {f"ACCESSION_{name.upper()}" for name in Settings.model_fields}


def unknown(text: str) -> set[str]:
    """Variables of ours in a text that nobody reads."""
    return {*VARIABLE.findall(text)} - KNOWN


def test_the_page_lists_every_setting_and_no_other() -> None:
    listed = [row["Setting"].strip("`") for row in pages.rows(PAGE, "Setting")]
    assert sorted(listed) == sorted(Settings.model_fields)


def test_the_page_gives_the_defaults_that_hold() -> None:
    for row in pages.rows(PAGE, "Setting"):
        default = Settings.model_fields[row["Setting"].strip("`")].default
        if default not in (PydanticUndefined, None):
            shown = str(default).lower() if isinstance(default, bool) else str(default).replace("'", '"')
            assert row["Default"].strip("`").strip('"') == shown, row["Setting"]


def test_the_page_lists_every_variable_that_is_no_setting() -> None:
    assert {row["Variable"].strip("`") for row in pages.rows(PAGE, "Variable")} == VARIABLES_ALONE


def test_no_text_names_a_variable_that_nobody_reads() -> None:
    texts = [
        *pages.pages(),
        *(file for file in tree.files() if file.parts[0] in {"docker", "Makefile", "registry", "cli"}),
    ]
    readable = [file for file in texts if file.suffix not in {".png", ".svg"} and str(file) not in NO_VARIABLES_IN]
    assert {str(file): found for file in readable if (found := unknown(tree.read(file)))} == {}


def test_a_variable_that_nobody_reads_is_found() -> None:
    assert unknown("ACCESSION_HOME, ACCESSION_DEVICE and ACCESSION_NAME_OF_NOTHING") == {"ACCESSION_NAME_OF_NOTHING"}
    assert tree.read(Path(PAGE))
