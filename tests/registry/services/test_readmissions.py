from datetime import timedelta
from pathlib import Path

import pytest

from registry.home import Home
from registry.models.releases import Release
from registry.services import readmissions
from tests.factories import homes, manifests
from tests.factories.homes import NOW, PERSON, TWINS, WAVES

LATER = NOW + timedelta(days=1)


def back(home: Home, release: Release) -> int:
    """How many images come back with the release."""
    with home.reading() as session:
        return readmissions.count(session, home.blobs, release)


def published(home: Home, excluded: dict[str, str], now: object = NOW) -> Release:
    """A published release that excludes these images."""
    assert now is NOW
    label = manifests.label_of(home, manifests.build(home, excluded))
    return homes.released(home, label)


def test_a_first_release_brings_nothing_back(furnished_home: Home) -> None:
    assert back(furnished_home, manifests.build(furnished_home)) == 0


def test_an_image_that_was_excluded_and_is_handed_out_has_come_back(furnished_home: Home) -> None:
    published(furnished_home, {PERSON: "person-class", WAVES: "other"})
    assert back(furnished_home, manifests.build(furnished_home, {WAVES: "another-reason"}, LATER)) == 1
    assert back(furnished_home, manifests.build(furnished_home, {}, LATER)) == 2


def test_excluding_more_or_the_same_brings_nothing_back(furnished_home: Home) -> None:
    published(furnished_home, {PERSON: "person-class"})
    assert back(furnished_home, manifests.build(furnished_home, {PERSON: "x", WAVES: "x"}, LATER)) == 0
    assert back(furnished_home, manifests.build(furnished_home, {PERSON: "person-class"}, LATER)) == 0


def test_only_what_was_published_counts(furnished_home: Home) -> None:
    manifests.build(furnished_home, {PERSON: "person-class"})
    assert back(furnished_home, manifests.build(furnished_home, {}, LATER)) == 0


@pytest.mark.parametrize("is_renamed", [True, False])
def test_a_new_name_does_not_hide_that_an_image_comes_back(
    furnished_home: Home, tmp_path: Path, *, is_renamed: bool
) -> None:
    published(furnished_home, {PERSON: "person-class"})
    source = homes.draw(tmp_path / "again")
    (source / "n02000001" / "nobody.jpg").write_bytes((source / PERSON).read_bytes())
    if is_renamed:
        (source / PERSON).unlink()
    homes.import_folder(furnished_home, source)
    assert back(furnished_home, manifests.build(furnished_home, {PERSON: "person-class"}, LATER)) == 1


def test_another_copy_of_what_was_handed_out_all_along_is_no_readmission(furnished_home: Home, tmp_path: Path) -> None:
    published(furnished_home, {TWINS[0]: "duplicate"})
    source = homes.draw(tmp_path / "again")
    (source / "n02000001" / "triplet.jpg").write_bytes((source / TWINS[1]).read_bytes())
    homes.import_folder(furnished_home, source)
    assert back(furnished_home, manifests.build(furnished_home, {TWINS[0]: "duplicate"}, LATER)) == 0
