import pytest
from sqlmodel import Session

from registry import ids
from registry.errors import NotFoundError
from registry.home import Home
from registry.models.imports import Import, ImportState
from registry.models.releases import ReleaseState
from registry.queries import datasets, names
from tests.factories import rows
from tests.factories.homes import NOW


def published(session: Session, slug: str) -> None:
    """A dataset with one variant `v1` and one published release."""
    variant = rows.variant(session, "v1", dataset_id=rows.dataset(session, slug).id)
    parent = rows.import_(session, variant_id=variant.id, row_count=7)
    policy = rows.policy(session, name=slug, sha256=slug.rjust(64, "0"))
    rows.release(session, import_id=parent.id, variant_id=variant.id, policy_id=policy.id)


def test_datasets_are_listed_by_name_page_by_page(bare_home: Home) -> None:
    with bare_home.reading() as session:
        for slug in ("b", "a", "c"):
            published(session, slug)
        first = datasets.list_datasets(session, is_insider=False, limit=2)
        rest = datasets.list_datasets(session, is_insider=False, after=first.next, limit=2)
    assert [line.name for line in first.items] == ["a", "b"]
    assert [line.name for line in rest.items] == ["c"]
    assert (first.next, rest.next) == ("b", None)
    assert (first.items[0].variant_count, first.items[0].published_count) == (1, 1)


def test_what_has_no_published_release_is_for_insiders(bare_home: Home) -> None:
    with bare_home.reading() as session:
        rows.variant(session)
        assert datasets.list_datasets(session, is_insider=False).items == ()
        assert [line.name for line in datasets.list_datasets(session, is_insider=True).items] == ["sample"]
        for read in (datasets.read_dataset, datasets.read_variant):
            name = "sample" if read is datasets.read_dataset else "sample/photos"
            assert read(session, name, is_insider=True).name == name
            with pytest.raises(NotFoundError):
                read(session, name, is_insider=False)


def test_a_dataset_without_variants_is_for_insiders(bare_home: Home) -> None:
    with bare_home.reading() as session:
        rows.dataset(session, "empty")
        assert datasets.read_dataset(session, "empty", is_insider=True).variants == ()
        with pytest.raises(NotFoundError):
            datasets.read_dataset(session, "empty", is_insider=False)


@pytest.mark.parametrize("is_insider", [True, False])
def test_a_dataset_that_does_not_exist_is_not_found(bare_home: Home, is_insider: bool) -> None:  # noqa: FBT001 - a table
    with bare_home.reading() as session, pytest.raises(NotFoundError, match="There is no dataset nowhere"):
        datasets.read_dataset(session, "nowhere", is_insider=is_insider)


def test_the_public_sees_those_variants_of_a_dataset_that_published(bare_home: Home) -> None:
    with bare_home.reading() as session:
        published(session, "sample")
        dataset_id = names.variant(session, "sample/v1").dataset_id
        rows.variant(session, "v2", dataset_id=dataset_id)
        public = datasets.read_dataset(session, "sample", is_insider=False)
    assert [line.name for line in public.variants] == ["sample/v1"]


def test_the_images_of_a_variant_are_those_of_its_newest_finished_import(bare_home: Home) -> None:
    with bare_home.reading() as session:
        variant = rows.variant(session)
        assert datasets.list_variants(session, "sample")[0].image_count is None
        rows.import_(session, variant_id=variant.id, row_count=5)
        rows.import_(session, variant_id=variant.id, row_count=9, started_at=NOW.replace(hour=15))
        running = Import(
            id=ids.new_id(),
            variant_id=variant.id,
            source="/srv/photos",
            layout="image-folder",
            state=ImportState.RUNNING,
            started_by=rows.mara(session),
            started_at=NOW.replace(hour=20),
        )
        session.add(running)
        session.flush()
        assert datasets.list_variants(session, "sample")[0].image_count == 9
        lines = datasets.list_imports(session, variant.id)
    assert [line.image_count for line in lines] == [None, 9, 5]
    assert [line.state for line in lines] == [ImportState.RUNNING, ImportState.DONE, ImportState.DONE]
    assert lines[0].defect_count is None
    assert lines[1].defect_count == 0
    assert lines[1].started_by == "mara"


def test_where_bytes_were_read_from_is_for_insiders(bare_home: Home) -> None:
    with bare_home.reading() as session:
        published(session, "sample")
        insider = datasets.read_variant(session, "sample/v1", is_insider=True)
        public = datasets.read_variant(session, "sample/v1", is_insider=False)
    assert [line.source for line in insider.imports] == ["/srv/photos"]
    assert public.imports == ()
    assert (public.dataset, public.dataset_title, public.licence) == ("sample", "sample", "NOASSERTION")


def test_a_release_that_is_only_signed_is_not_published(bare_home: Home) -> None:
    with bare_home.reading() as session:
        rows.release(session, state=ReleaseState.SIGNED)
        assert datasets.list_datasets(session, is_insider=False).items == ()
