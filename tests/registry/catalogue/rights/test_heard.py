from pathlib import Path

from registry.catalogue import manifests
from registry.catalogue.entries import Format, SourceEntry
from registry.catalogue.rights import collecting, heard, rules
from registry.catalogue.rights.collecting import Origin
from registry.catalogue.rights.heard import Heard
from registry.catalogue.rights.statements import Statement, Where

RESERVED = Statement(Where.COMMENT, "comment", "All rights reserved", 20)
AUTHOR = Statement(Where.EXIF, "creator", "Jane", 40)
FLICKR = Origin("http://farm1.static.flickr.com/1.jpg", "2011-10-31")


def entry(path: str, number: int = 0, **said: object) -> SourceEntry:
    return SourceEntry(path, 9, f"{number:064x}", Format.JPEG, **said)  # type: ignore[arg-type]  # names its fields


def spoken(folder: Path, *said: tuple[SourceEntry, list[Statement]]) -> Path:
    """What these entries said, in this order."""
    with Heard(folder / "spoken.parquet") as listening:
        for it, statements in said:
            listening(it, statements)
    return folder / "spoken.parquet"


def rows(folder: Path, kept: Path, *entries: SourceEntry, **origins: Origin) -> list[tuple[str, str, str]]:
    manifests.write_source(entries, folder / "manifest.parquet", ["url"])
    found = heard.rows(kept, folder / "manifest.parquet", origins, rules.shipped(), "NOASSERTION")
    return [(row[0], row[1], row[3]) for row in found]


def test_what_was_heard_in_any_order_comes_out_by_path(tmp_path: Path) -> None:
    a, b, c = entry("n1/a"), entry("n1/b"), entry("n1/c")
    kept = spoken(tmp_path, (c, [AUTHOR]), (a, [AUTHOR, RESERVED]))
    assert rows(tmp_path, kept, a, b, c) == [
        ("n1/a", "holder", "Jane"),
        ("n1/a", "licence", "LicenseRef-all-rights-reserved"),
        ("n1/a", "statement", "All rights reserved"),
        ("n1/c", "holder", "Jane"),
    ]


def test_of_two_files_with_one_name_only_the_one_that_was_taken_counts(tmp_path: Path) -> None:
    taken, refused = entry("n1/a", 1), entry("n1/a", 2)
    kept = spoken(tmp_path, (taken, [AUTHOR]), (refused, [RESERVED]), (entry("n1/gone"), [RESERVED]))
    assert rows(tmp_path, kept, taken, entry("n1/z")) == [("n1/a", "holder", "Jane")]


def test_where_an_image_was_found_is_known_of_silent_ones_too(tmp_path: Path) -> None:
    kept = spoken(tmp_path)
    entries = [entry("n1/a.jpg", url="http://x.org/a"), entry("n1/b.jpg"), SourceEntry("n1/words.txt", url="http://x")]
    found = rows(tmp_path, kept, *entries, b=FLICKR)
    assert [row[:2] for row in found] == [
        ("n1/a.jpg", "host"),
        ("n1/a.jpg", "source"),
        *(("n1/b.jpg", kind) for kind in ("host", "licence", "source")),
    ]
    assert rows(tmp_path, kept, *entries, **{"n1/a.jpg": FLICKR})[0][2] == "farm1.static.flickr.com"


def test_more_is_kept_than_fits_the_memory_at_once(tmp_path: Path) -> None:
    entries = [entry(f"n1/{number:05}", number) for number in range(heard.GROUP_ROWS + 2)]
    kept = spoken(tmp_path, *((it, [AUTHOR]) for it in reversed(entries)))
    found = rows(tmp_path, kept, *entries)
    assert [row[0] for row in found] == [it.path for it in entries]


def test_an_origin_is_looked_up_by_path_then_by_bare_name_then_in_the_manifest() -> None:
    it = entry("n1/a.jpg", url="http://x.org/a")
    by_path, by_name = Origin("http://path.org/"), Origin("http://name.org/")
    assert collecting.origin_of(it, {"n1/a.jpg": by_path, "a": by_name}) == by_path
    assert collecting.origin_of(it, {"a": by_name}) == by_name
    assert collecting.origin_of(it, {}) == Origin("http://x.org/a")
    assert collecting.origin_of(entry("n1/a.jpg"), {}) is None
