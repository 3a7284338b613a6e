from pathlib import Path

import pyarrow.parquet as pq
import pytest

from registry.catalogue import links, manifests
from registry.catalogue.entries import SourceEntry
from registry.catalogue.layers import content
from registry.catalogue.layers.kinds import Kind
from registry.catalogue.links import Asked, LinkState, Rot
from tests.factories.links import found

SOURCES = [("a.jpg", "http://a.example/1", None), ("b.jpg", "http://b.example/2", "2010-01-01"), ("c.jpg", "x", None)]


def layer(folder: Path) -> Path:
    content.write(Kind.SOURCES, SOURCES, folder / "sources.parquet")
    return folder / "sources.parquet"


def test_links_come_from_a_layer_with_what_the_manifest_knows(tmp_path: Path) -> None:
    entries = [SourceEntry("a.jpg", 1, "1" * 64, label="n01"), SourceEntry("b.jpg", 1, "2" * 64, label="n02")]
    manifests.write_source(entries, tmp_path / "manifest.parquet")
    found_links = list(links.asked(tmp_path / "manifest.parquet", layer(tmp_path), None))
    assert [(it.image, it.url, it.label) for it in found_links] == [
        ("a.jpg", "http://a.example/1", "n01"),
        ("b.jpg", "http://b.example/2", "n02"),
        ("c.jpg", "x", None),
    ]
    assert [it.sha256 for it in found_links] == [entries[0].sha256, entries[1].sha256, None]


def test_without_a_manifest_a_layer_is_enough_and_without_a_layer_a_manifest_with_links(tmp_path: Path) -> None:
    assert [it.image for it in links.asked(None, layer(tmp_path), None)] == ["a.jpg", "b.jpg", "c.jpg"]
    entries = [SourceEntry("a.jpg", url="http://a.example/1"), SourceEntry("b.jpg")]
    manifests.write_source(entries, tmp_path / "manifest.parquet", ["url"])
    [only] = links.asked(tmp_path / "manifest.parquet", None, None)
    assert (only.image, only.url) == ("a.jpg", "http://a.example/1")


def test_where_nobody_has_said_a_link_there_is_none(tmp_path: Path) -> None:
    manifests.write_source([SourceEntry("a.jpg")], tmp_path / "manifest.parquet")
    assert list(links.asked(tmp_path / "manifest.parquet", None, None)) == []


def test_the_check_before_is_remembered_where_a_picture_came(tmp_path: Path) -> None:
    before = [found("a.jpg", host="a.example"), found("b.jpg", LinkState.GONE, host="b.example")]
    links.write(before, tmp_path / "before.parquet")
    said = [(one.image, one.url, None) for one in before]
    content.write(Kind.SOURCES, said, tmp_path / "sources.parquet")
    asked = list(links.asked(None, tmp_path / "sources.parquet", tmp_path / "before.parquet"))
    assert [it.sha256_before for it in asked] == ["5" * 64, None]


def test_shards_are_numbered_and_the_last_is_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "SHARD_LINKS", 2)
    some = [Asked(str(n), "u") for n in range(5)]
    assert list(links.shards(some)) == [(0, some[:2]), (1, some[2:4]), (2, some[4:])]
    assert list(links.shards([])) == []


def test_parts_are_joined_in_their_order_and_counted(tmp_path: Path) -> None:
    parts = [tmp_path / f"{n}.parquet" for n in range(2)]
    links.write([found("a.jpg"), found("b.jpg", LinkState.GONE)], parts[0])
    links.write([found("c.jpg")], parts[1])
    assert links.joined(parts, tmp_path / "all.parquet") == 3
    assert pq.read_table(tmp_path / "all.parquet").column("image").to_pylist() == ["a.jpg", "b.jpg", "c.jpg"]
    assert links.states(tmp_path / "all.parquet") == {"alive": 2, "gone": 1}


def test_rot_is_told_by_host_and_by_class_the_worst_first(tmp_path: Path) -> None:
    rows = [
        found("1", LinkState.ALIVE, "good.example", "n01"),
        found("2", LinkState.CHANGED, "good.example", "n02"),
        found("3", LinkState.GONE, "bad.example", "n01"),
        found("4", LinkState.PLACEHOLDER, "bad.example", "n01"),
        found("5", LinkState.DISALLOWED, "bad.example", None),
    ]
    links.write(rows, tmp_path / "found.parquet")
    assert links.rot(tmp_path / "found.parquet", "host", 9) == [
        Rot("bad.example", 3, 0, 0, 2, 1),
        Rot("good.example", 2, 2, 1, 0, 0),
    ]
    by_label = links.rot(tmp_path / "found.parquet", "label", 9)
    assert [(it.name, it.rate) for it in by_label] == [("n01", 2 / 3), ("n02", 0.0), (None, None)]
    assert len(links.rot(tmp_path / "found.parquet", "host", 1)) == 1
    with pytest.raises(ValueError, match="path"):
        links.rot(tmp_path / "found.parquet", "path", 1)


def test_every_state_is_living_rotten_or_unknown() -> None:
    whole = links.whole(dict.fromkeys(LinkState, 1))
    assert (whole.links, whole.living, whole.changed, whole.rotten, whole.unknown) == (10, 2, 1, 5, 3)
    assert whole.rate == 5 / 7
    assert links.whole({}).rate is None


def test_bytes_that_come_for_many_links_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "REPEATED_MIN", 2)
    rows = [found("1", sha256="a"), found("2", sha256="a"), found("3", sha256="b"), found("4", LinkState.GONE)]
    links.write(rows, tmp_path / "found.parquet")
    [only] = links.repeated(tmp_path / "found.parquet", 9)
    assert (only.sha256, only.size_bytes, only.links) == ("a" * 64, 7, 2)
