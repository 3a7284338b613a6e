from uuid import UUID

import pytest

from registry.errors import NotFoundError
from registry.home import Home
from registry.models.imports import Import
from registry.queries import imports, names
from registry.services import planning
from tests.factories import homes


def newest(home: Home) -> Import:
    with home.reading() as session:
        return planning.newest_import(session, names.variant(session, homes.VARIANT).id, homes.VARIANT)


def test_a_report_has_the_counts_of_its_import(furnished_home: Home) -> None:
    done = newest(furnished_home)
    with furnished_home.reading() as session:
        found = imports.read_import(session, homes.VARIANT, done.id, is_insider=True)
    assert (found.came_in, found.refused_count, found.class_count) == (len(homes.PATHS), 0, 3)
    assert (found.line.started_by, found.line.layout, found.line.refused_count) == ("mara", "image-folder", 0)
    assert found.conclusions == ("The layout is image-folder: it is a folder of folders or files.",)


def test_an_import_of_before_is_read_too(furnished_home: Home) -> None:
    done = newest(furnished_home)
    with homes.act(furnished_home, "operator") as act:
        act.session.get_one(Import, done.id).counts = {
            "formats": {},
            "defects": {"empty": 1},
            "labels": {},
            "empty": [],
        }
    with furnished_home.reading() as session:
        found = imports.read_import(session, homes.VARIANT, done.id, is_insider=True)
    assert (found.came_in, found.refusals, found.line.defect_count) == (len(homes.PATHS), (), 1)


def test_strangers_have_no_imports(furnished_home: Home) -> None:
    done = newest(furnished_home)
    with furnished_home.reading() as session:
        for import_id, is_insider in ((done.id, False), (UUID(int=0), True)):
            with pytest.raises(NotFoundError, match="has no such import"):
                imports.read_import(session, homes.VARIANT, import_id, is_insider=is_insider)
