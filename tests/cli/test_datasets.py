import json
import shutil
from pathlib import Path

from registry.home import Home
from registry.proof.manifest import Row, Verdict
from tests.factories import homes, proofs, sources
from tests.factories.terminal import Terminal


def test_an_import_says_what_it_found(bare_home: Home, tmp_path: Path) -> None:
    source = homes.draw(tmp_path / "pictures")
    terminal = Terminal(bare_home.settings.home, "mara")
    done = terminal.run("datasets", "import", "sample/photos", source, "--title", "Photos", "--licence", "CC0-1.0")
    assert done.code == 0
    said = dict(line.split(maxsplit=1) for line in done.out.splitlines() if not line.startswith("manifest"))
    assert said["files"] == str(len(homes.PATHS))
    assert said["defects"] == "empty 1"
    assert said["classes"] == "3"
    assert "sample/photos  Photos  CC0-1.0" in terminal.run("datasets", "list").out


def test_an_import_repeated_ends_in_the_same_manifest(bare_home: Home, tmp_path: Path) -> None:
    terminal = Terminal(bare_home.settings.home, "mara")
    words = ("datasets", "import", "sample/photos", homes.draw(tmp_path / "pictures"), "--json")
    first, second = (json.loads(terminal.run(*words).out) for _ in range(2))
    assert first["root"] == second["root"]
    assert first["manifest_sha256"] == second["manifest_sha256"]
    assert first["rows"] == len(homes.PATHS)


def test_a_link_that_leads_to_itself_is_no_source(bare_home: Home, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    done = Terminal(bare_home.settings.home, "mara").run("datasets", "import", homes.VARIANT, tmp_path / "loop")
    assert (done.code, done.err.splitlines()[-1][:22]) == (3, "accession: There is no")


def test_a_folder_that_is_not_there_is_refused(bare_home: Home, tmp_path: Path) -> None:
    done = Terminal(bare_home.settings.home, "mara").run("datasets", "import", "a/b", tmp_path / "nowhere")
    assert done.code in {3, 4}
    assert done.err.count("\n") == 1


def test_a_folder_without_pictures_is_refused_with_a_sentence(bare_home: Home, tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "words.txt").write_text("no picture")
    done = Terminal(bare_home.settings.home, "mara").run("datasets", "import", "a/b", tmp_path / "pictures")
    assert (done.code, done.out) == (4, "")
    assert done.err.splitlines()[-1].startswith("accession: There is no image in ")


def test_a_name_that_is_no_slug_is_refused(bare_home: Home, tmp_path: Path) -> None:
    terminal = Terminal(bare_home.settings.home, "mara")
    assert terminal.run("datasets", "import", "Sample Photos", homes.draw(tmp_path / "pictures")).code == 4


def test_a_variant_shows_its_imports(furnished_home: Home) -> None:
    terminal = Terminal(furnished_home.settings.home)
    shown = terminal.run("datasets", "show", homes.VARIANT)
    assert shown.code == 0
    assert "done" in shown.out
    (imported,) = json.loads(terminal.run("datasets", "show", homes.VARIANT, "--json").out)["imports"]
    assert (imported["image_count"], imported["defect_count"]) == (len(homes.PATHS), 1)
    assert terminal.run("datasets", "show", "sample/nothing").code == 3


def test_variants_are_listed_as_json_too(furnished_home: Home) -> None:
    terminal = Terminal(furnished_home.settings.home)
    (listed,) = json.loads(terminal.run("datasets", "list", "--json").out)
    assert listed["name"] == homes.VARIANT


def test_nothing_imported_is_said(bare_home: Home) -> None:
    assert Terminal(bare_home.settings.home).run("datasets", "list").out == "Nothing has been imported yet.\n"


def test_a_hostile_file_name_is_carried_and_cannot_steer_the_terminal(bare_home: Home, tmp_path: Path) -> None:
    source = homes.draw(tmp_path / "pictures")
    shutil.copy(source / homes.WAVES, source / "n02000001" / "a\x1b[2J\n.jpg")
    terminal = Terminal(bare_home.settings.home, "mara")
    done = terminal.run("datasets", "import", "sample/photos", source)
    assert done.code == 0
    assert "unportable-name 1" in done.out
    assert "\x1b" not in done.out + done.err


def test_what_a_list_says_cannot_steer_the_terminal(bare_home: Home, tmp_path: Path) -> None:
    source = homes.draw(tmp_path / "pictures")
    kept = next(file for file in source.rglob("*") if file.is_file())
    (source / "SHA256SUMS").write_text(
        f"{sources.checksum(kept.read_bytes())}  {kept.relative_to(source)}\n{'0' * 64}  \u009b31mred.JPEG\n"
    )
    done = Terminal(bare_home.settings.home, "mara").run("datasets", "import", "a/b", source)
    assert "\\x9b31mred.JPEG: there is no such file" in done.err


def test_of_more_than_are_named_the_report_says_how_many_there_are(bare_home: Home, tmp_path: Path) -> None:
    source = homes.draw(tmp_path / "pictures")
    kept = next(file for file in sorted(source.rglob("*")) if file.is_file() and file.stat().st_size)
    said = f"{sources.checksum(kept.read_bytes())}  {kept.relative_to(source)}\n"
    missing = "".join(f"{'0' * 64}  {number}.JPEG\n" for number in range(300))
    (source / "SHA256SUMS").write_text(said + missing + "nonsense\n" * 201)
    done = Terminal(bare_home.settings.home, "mara").run("datasets", "import", "a/b", source)
    assert f"refusal: and {300 + len(homes.PATHS) - 1 - 200} more" in done.err
    assert "fault: and 1 more" in done.err


def test_a_registry_home_is_no_source(bare_home: Home) -> None:
    home = bare_home.settings.home
    for place in (home, home.parent, home / "keys"):
        done = Terminal(home, "mara").run("datasets", "import", "sample/home", place)
        assert (done.code, "registry home" in done.err) == (4, True), place
    assert Terminal(home).run("datasets", "list").out == "Nothing has been imported yet.\n"


def test_an_archive_is_imported_with_its_ground_truth_and_the_report_says_what_was_concluded(
    bare_home: Home, tmp_path: Path
) -> None:
    truth, classes = sources.devkit(tmp_path)
    folder = sources.validation(tmp_path / "val")
    (folder / "stranger.JPEG").write_bytes(sources.picture(99))
    terminal = Terminal(bare_home.settings.home, "mara")
    words = ("datasets", "import", "imagenet/val", folder, "--truth", truth, "--classes", classes)
    done = terminal.run(*words)
    assert done.code == 0
    assert "ilsvrc-devkit-id" in done.out
    assert "its name is none of an image of this set 1" in done.out
    assert "refusal: stranger.JPEG: its name is none of an image of this set" in done.err
    said = json.loads(terminal.run(*words, "--json").out)
    assert (said["layout"], said["counts"]["came_in"], said["rows"]) == ("ilsvrc-validation", 9, 8)
    assert json.loads(terminal.run("datasets", "classes", "imagenet/val", "--json").out)[0]["rows"] == 1


def test_a_source_that_may_be_two_things_asks_which(bare_home: Home, tmp_path: Path) -> None:
    sources.class_archives(tmp_path / "x")
    sources.parquet(tmp_path / "x/train.parquet", [(sources.picture(1), None)])
    terminal = Terminal(bare_home.settings.home, "mara")
    refused = terminal.run("datasets", "import", "a/b", tmp_path / "x")
    assert refused.code == 4
    assert "may be two things" in refused.err
    done = terminal.run("datasets", "import", "a/b", tmp_path / "x", "--layout", "class-archives")
    assert done.code == 0
    assert "train.parquet is no class archive, and was passed over." in done.out


def test_a_list_of_urls_is_imported_and_cannot_be_built(bare_home: Home, tmp_path: Path) -> None:
    (tmp_path / "urls.txt").write_bytes(b"n02084071_1\thttp://example.org/\xe9.jpg\nhello\n")
    terminal = Terminal(bare_home.settings.home, "mara")
    done = terminal.run("datasets", "import", "imagenet/urls", tmp_path / "urls.txt", "--layout", "url-list")
    assert done.code == 0
    assert "refusal: urls.txt, line 2: it does not begin with an image's id" in done.err


def test_an_export_is_imported_under_a_trust_root_and_refused_under_a_strangers(
    bare_home: Home, tmp_path: Path
) -> None:
    data = sources.picture(1)
    kept = len(data), sources.checksum(data)
    row = Row("a/x.JPEG", *kept, "a", Verdict.KEEP, ("no-rule",), "a/x.JPEG", *kept)
    for name in ("ours", "theirs"):
        (tmp_path / name).mkdir()
    out, root = proofs.export(tmp_path / "ours", [row])
    sources.folder(out / "data", {row.path: data})
    (tmp_path / "root.json").write_bytes(root)
    (tmp_path / "strange.json").write_bytes(proofs.export(tmp_path / "theirs")[1])
    terminal = Terminal(bare_home.settings.home, "mara")
    refused = terminal.run("datasets", "import", "other/copy", out, "--trust", tmp_path / "strange.json")
    assert (refused.code, "is not the root that you trust" in refused.err) == (7, True)
    taken = terminal.run("datasets", "import", "other/copy", out, "--trust", tmp_path / "root.json")
    assert f"Signature checked: the release {proofs.LABEL} is signed by" in taken.out
    unchecked = terminal.run("datasets", "import", "other/copy", out)
    assert "Signature not checked" in unchecked.out
