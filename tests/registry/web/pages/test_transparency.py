from html import unescape
from pathlib import Path

import pytest

from registry.proof import checkpoint, note
from registry.proof.tiles import TiledTree
from registry.services import transparency
from registry.worker.handlers import checkpoints
from registry.worker.station import Station
from tests.factories import browsing, homes, rows, shown
from tests.factories.browsing import Visitor

pytestmark = pytest.mark.xdist_group("shown")


def head_of(visitor: Visitor) -> checkpoint.Checkpoint:
    """The tree head that is served."""
    return checkpoint.parse_text(note.parse(visitor.get("/log/checkpoint").data).text)


def test_the_page_shows_the_tree_head_and_every_leaf() -> None:
    visitor = browsing.visitor()
    page = visitor.get("/log").text
    head = head_of(visitor)
    assert head.root.hex() in page
    assert visitor.get("/log/checkpoint").text.partition("\n\n")[0].splitlines()[2] in unescape(page)
    assert [f"No. {number}<" in page for number in range(shown.LEAVES + 1)] == [True] * shown.LEAVES + [False]
    assert "waits for a tree head" not in page


def test_the_files_prove_the_tree_head_to_whoever_reads_them_over_the_web() -> None:
    visitor = browsing.visitor()
    head = head_of(visitor)
    tree = TiledTree(head.size, lambda name: visitor.get(f"/log/{name}").data)
    assert tree.root() == head.root
    assert len(list(tree.entries(0))) == head.size


def test_tiles_may_be_kept_for_ever_and_the_tree_head_for_a_moment() -> None:
    visitor = browsing.visitor()
    tile, newest = visitor.get(f"/log/tile/0/000.p/{shown.LEAVES}"), visitor.get("/log/checkpoint")
    assert tile.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert tile.mimetype == "application/octet-stream"
    assert newest.headers["Cache-Control"] == "public, max-age=5"
    assert newest.content_type == "text/plain; charset=utf-8"
    for answer in (tile, newest):
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in answer.headers


def test_a_leaf_waits_for_its_tree_head_and_pages_go_on(tmp_path: Path) -> None:
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        with homes.act(home, "mara") as act:
            for number in range(60):
                transparency.append(act, "release", rows.DIGEST, f"a/b/{number}", ["because"])
        visitor = Visitor(browsing.app_of(home))
        page = visitor.get("/log").text
        assert "waits for a tree head" in page
        assert "release: because" in page
        assert f'href="/log?after={60 + shown.LEAVES - 50}" rel="next"' in page
        assert "a/b/0<" in visitor.get(f"/log?after={60 + shown.LEAVES - 50}").text
        checkpoints.sign_checkpoint(Station(home), "log")
        assert "waits for a tree head" not in visitor.get("/log").text


def test_a_registry_in_which_nothing_has_happened_says_so(tmp_path: Path) -> None:
    homes.create(tmp_path / "home")
    with shown.Shown(tmp_path / "home").open() as home:
        visitor = Visitor(browsing.app_of(home))
        page = visitor.get("/log").text
        assert "No tree head is signed yet." in page
        assert "Nothing has become public yet." in page
        assert visitor.get("/log/checkpoint").status_code == 404
