"""The main job by its commands, and what the verifier says about an export that somebody touched."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from registry.proof import bundle
from tests.factories import pictures
from tests.factories.commands import Registry, registry

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("main-job")]  # one process makes the release
LABEL = "zoo/photos/2026.1"
FACE, GPS, PLAIN, PERSON = "n01/face.JPEG", "n01/gps.JPEG", "n02/plain.JPEG", "person/somebody.JPEG"


def draw(folder: Path) -> None:
    files = {
        FACE: pictures.face(),
        GPS: pictures.gps_jpeg(),
        PLAIN: pictures.jpeg(seed=1),
        PERSON: pictures.jpeg(seed=2),
    }
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Registry, Path]:
    """A published release of four pictures, and its export."""
    folder = tmp_path_factory.mktemp("main-job")
    at = registry(folder / "home")
    draw(folder / "source")
    at.must("datasets", "import", "zoo/photos", folder / "source", "--licence", "CC-BY-4.0", who="mira")
    at.must("policies", "publish", "person-filtered-faces", who="mira")
    at.released(LABEL, "person-filtered-faces")
    at.must("releases", "export", LABEL, folder / "export", who="mira")
    return at, folder / "export"


def test_the_account_is_closed_and_every_image_has_its_reason(published: tuple[Registry, Path]) -> None:
    at, _ = published
    shown = at.json("releases", "show", LABEL)
    entries = {entry["verdict"]: entry["count"] for entry in shown["account"]["entries"]}
    assert entries == {"keep": 2, "blur": 1, "exclude": 1}
    assert shown["account"]["total"] == 4
    assert shown["state"] == "published"


def test_an_export_is_imported_by_another_registry_that_looks_at_it(
    published: tuple[Registry, Path], tmp_path: Path
) -> None:
    at, export = published
    other = registry(tmp_path / "other")
    words = ("datasets", "import", "zoo/copy", export)
    done = other.json(*words, "--trust", at.trust_root, who="mira")
    assert (done["layout"], done["rows"], done["counts"]["refused"]) == ("accession-export", 3, {})
    assert any("Signature checked" in sentence for sentence in done["counts"]["conclusions"])
    assert other.say(*words, "--trust", other.trust_root, who="mira").code == 7
    assert other.json(*words, who="mira")["root"] == done["root"]


def test_an_untouched_export_verifies_with_the_trust_root_that_was_handed_out(
    published: tuple[Registry, Path],
) -> None:
    at, export = published
    said = at.must("verify", export, "--trust", at.trust_root)
    assert said.splitlines()[-1] == f"VERIFIED: {LABEL}"


def test_a_home_with_other_keys_does_not_verify_it(published: tuple[Registry, Path], tmp_path: Path) -> None:
    at, export = published
    stranger = Registry(tmp_path / "other")
    stranger.must("init")
    said = at.say("verify", export, "--trust", stranger.trust_root)
    assert said.code == 7


def test_what_is_released_has_no_place_and_no_thumbnail_and_the_rest_is_byte_for_byte(
    published: tuple[Registry, Path], tmp_path: Path
) -> None:
    _, export = published
    draw(tmp_path)
    assert (export / "data" / PLAIN).read_bytes() == (tmp_path / PLAIN).read_bytes()
    assert b"A. Photographer" in (tmp_path / GPS).read_bytes()
    assert b"A. Photographer" not in (export / "data" / GPS).read_bytes()
    assert (export / "data" / FACE).read_bytes() != (tmp_path / FACE).read_bytes()
    assert not (export / "data" / PERSON).exists()


def alter(export: Path) -> str:
    file = export / "data" / PLAIN
    data = bytearray(file.read_bytes())
    data[-9] ^= 1
    file.write_bytes(data)
    return PLAIN


def add(export: Path) -> str:
    (export / "data" / "n02" / "extra.JPEG").write_bytes(pictures.jpeg(seed=9))
    return "n02/extra.JPEG"


def remove(export: Path) -> str:
    (export / "data" / GPS).unlink()
    return GPS


def rename(export: Path) -> str:
    (export / "data" / PLAIN).rename(export / "data" / "n02" / "renamed.JPEG")
    return "n02/renamed.JPEG"


def edit_datasheet(export: Path) -> str:
    file = export / "datasheet.json"
    facts = json.loads(file.read_text())
    facts["licence"] = "CC0-1.0"
    file.write_text(json.dumps(facts, sort_keys=True, separators=(",", ":")))  # noqa: TID251 - a forger's own
    return "datasheet.json"


def shorten_parquet(export: Path) -> str:
    table = pq.read_table(export / "manifest.parquet")
    pq.write_table(table.slice(0, 2), export / "manifest.parquet")
    (export / bundle.TAG_MANIFEST).write_bytes(bundle.tag_manifest(export))
    return "manifest.parquet"


def plant_verdict(export: Path) -> str:
    file = export / bundle.LINES
    file.write_bytes(file.read_bytes().replace(b"\texclude\tperson-class\t", b"\texclude\tanother-rule\t"))
    return f"{PERSON} is recorded as exclude (another-rule), the policy says exclude (person-class)"


@pytest.mark.parametrize("touch", [alter, add, remove, rename, edit_datasheet, shorten_parquet, plant_verdict])
def test_the_verifier_names_what_was_touched_and_exits_7(
    published: tuple[Registry, Path], tmp_path: Path, touch: Callable[[Path], str]
) -> None:
    at, export = published
    copy = tmp_path / "copy"
    shutil.copytree(export, copy)
    named = touch(copy)
    said = at.say("verify", copy, "--trust", at.trust_root)
    assert said.code == 7
    assert named in said.out
    assert said.out.splitlines()[-1].startswith("NOT VERIFIED")


def test_an_image_that_changes_in_the_source_is_named_and_nothing_half_is_exported(
    published: tuple[Registry, Path], tmp_path: Path
) -> None:
    at, export = published
    source = export.parent / "source" / PLAIN
    before = source.read_bytes()
    source.write_bytes(pictures.jpeg(seed=77))
    try:
        said = at.say("releases", "export", LABEL, tmp_path / "out", who="mira")
    finally:
        source.write_bytes(before)
    assert said.code == 5
    assert PLAIN in said.err
    assert list(tmp_path.iterdir()) == []


def test_repeating_the_import_gives_the_same_manifest(published: tuple[Registry, Path]) -> None:
    at, export = published
    again = at.json("datasets", "import", "zoo/photos", export.parent / "source", who="mira")
    first = at.json("datasets", "show", "zoo/photos")["imports"]
    assert {line["root"] for line in first} == {again["root"]}
