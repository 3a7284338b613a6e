from enum import StrEnum

import pytest

from policies.takedowns import CaseState, Ground
from registry.access import Permission
from registry.catalogue.manifests import Looser
from registry.models.releases import ReleaseState
from registry.models.takedowns import StepKind, SubjectKind
from registry.web import words


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (words.RELEASES, ReleaseState),
        (words.CASES, CaseState),
        (words.STEPS, StepKind),
        (words.GROUNDS, Ground),
        (words.SUBJECTS, SubjectKind),
        (words.PERMISSIONS, Permission),
        (words.LOOSER, Looser),
    ],
)
def test_every_code_has_words_of_its_own(table: dict[StrEnum, str], codes: type[StrEnum]) -> None:
    assert list(table) == list(codes)
    assert len(set(table.values())) == len(table)
    assert all(text == text.strip() and text[0].isupper() for text in table.values())
