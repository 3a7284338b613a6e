from policies.verdicts import Action
from registry.home import Home
from registry.queries import image_reviews as queries
from registry.queries.image_reviews import IN_AT_MOST
from tests.factories import cases, rows, waiting
from tests.factories.homes import TWINS, WAVES


def test_the_newest_answer_about_a_reason_counts_and_reasons_stand_beside_each_other(bare_home: Home) -> None:
    with bare_home.sessions() as session:
        release_id = rows.image_review(session, asked="b").release_id
        rows.image_review(session, release_id=release_id, asked="a")
        rows.image_review(session, release_id=release_id, asked="b", decided=Action.EXCLUDE)
        rows.image_review(session, release_id=release_id, image_sha256="7" * 64)
        session.commit()
    both = (("a", Action.KEEP), ("b", Action.EXCLUDE))
    with bare_home.reading() as session:
        assert queries.decided(session)[rows.SHA256] == both
        assert queries.decided(session, [rows.SHA256]) == {rows.SHA256: both}
        many = {rows.SHA256, *(f"{number:064x}" for number in range(IN_AT_MOST))}
        assert queries.decided(session, many) == {rows.SHA256: both}
        assert [line.asked for line in queries.history(session, rows.SHA256)] == ["b", "a", "b"]
        assert queries.history(session, None) == ()


def test_what_waits_comes_by_path_with_what_was_answered_since(furnished_home: Home) -> None:
    label = waiting.build(furnished_home)
    waiting.answer(furnished_home, label, TWINS[1], Action.BLUR)
    with furnished_home.reading() as session:
        first = queries.waiting(session, furnished_home.blobs, label, limit=1)
        second = queries.waiting(session, furnished_home.blobs, label, after=first.next)
    items = (*first.items, *second.items)
    assert [it.path for it in items] == list(waiting.WAITING)
    assert (items[0].asked, items[0].decided) == ((waiting.DOUBT,), ())
    assert items[1].sha256 == cases.sha256_of(furnished_home, TWINS[0])
    assert [it.decided for it in items[1:]] == [((waiting.DOUBT, Action.BLUR),)] * 2
    assert [it.is_open for it in items] == [True, False, False]
    assert second.next is None


def test_the_next_that_is_open_passes_over_what_was_answered(furnished_home: Home) -> None:
    label = waiting.build(furnished_home)
    with furnished_home.reading() as session:
        behind = queries.next_open(session, furnished_home.blobs, label, WAVES)
    assert behind is not None
    assert behind.path == TWINS[0]
    waiting.answer(furnished_home, label, TWINS[0])
    with furnished_home.reading() as session:
        assert queries.next_open(session, furnished_home.blobs, label, WAVES) is None
