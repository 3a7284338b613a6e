import hashlib
import re
from pathlib import Path

import pytest

from registry.models.releases import Release
from registry.queries import names
from registry.services import builds
from registry.services.builds import ShardDone
from tests.factories import browsing, homes, shown

pytestmark = pytest.mark.xdist_group("shown")

FIRST = f"/releases/{shown.FIRST}"
SECOND = f"/releases/{shown.SECOND}"


def release(label: str) -> Release:
    home = browsing.shared_app().extensions["accession"]
    with home.reading() as session:
        return names.release(session, label)


def test_the_account_visibly_adds_up() -> None:
    page = browsing.visitor().get(FIRST).text
    assert "The account is closed: 4 + 1 + 2 = 7." in page
    for code in ("no-face-found", "face", "empty", "person-class"):
        assert f"<code>{code}</code>" in page


def test_a_published_release_says_who_did_what() -> None:
    page = browsing.visitor().get(FIRST).text
    for words in (
        "by mara",
        "</strong> by ana, ben. Planner",
        "ana,",
        "ben,",
        "on behalf of mo",
        "The counts are those that I expected.",
    ):
        assert words in page
    assert "is-next" not in page


def test_a_built_release_says_who_comes_next_and_is_for_people_of_the_registry() -> None:
    assert browsing.visitor().get(SECOND).status_code == 404
    page = browsing.visitor("mara").get(SECOND).text
    assert 'is-next"><strong>Approved</strong>: Two people approve a release that shows people. 0 of 2 have.' in page
    assert f"accession releases sign {shown.SECOND}" in page
    assert "Approve this release" not in page


def test_a_failure_is_said_and_what_is_planned_is_called_a_plan(tmp_path: Path) -> None:
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        with homes.act(home, "mara") as act:
            found = names.release(act.session, shown.SECOND)
            found.state = found.state.FAILED
            found.failure = "The disk that holds the blob store is full."
            found.counts, found.built_at, found.manifest_sha256 = None, None, None
        visitor = browsing.Visitor(browsing.app_of(home), "mara")
        page = visitor.get(SECOND).text
        pictures = visitor.get(f"{SECOND}/pictures")
    assert "The disk that holds the blob store is full." in page
    assert "What is planned" in page
    assert "Waiting for a look at the picture" in page
    assert pictures.status_code == 409
    assert "This release is not built yet" in pictures.text


def test_what_the_build_met_on_its_device_is_said(tmp_path: Path) -> None:
    remark = "cuda:0 had no room for 32 pictures at once; now it looks at 16"
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        with homes.act(home, "operator") as act:
            done = ShardDone(999, 128, 0, "5" * 64, (remark,))
            builds.record_shards(act, names.release(act.session, shown.SECOND).id, [done])
        page = browsing.Visitor(browsing.app_of(home), "mara").get(SECOND).text
    assert f"<dt>Remark</dt><dd>{remark}</dd>" in page


@pytest.mark.parametrize("name", ["datasheet.json", "datasheet.dsse.json", "policy.yaml", "VERIFY.md"])
def test_a_signed_file_is_handed_out_byte_for_byte(name: str) -> None:
    files = release(shown.FIRST).files
    assert files is not None
    data = browsing.visitor().get(f"{FIRST}/files/{name}").data
    assert hashlib.sha256(data).hexdigest() == files[name]


def test_the_keys_lie_in_a_folder_of_their_own() -> None:
    files = release(shown.FIRST).files or {}
    name = next(name for name in files if name.startswith("keys/"))
    answer = browsing.visitor().get(f"{FIRST}/files/{name}")
    assert answer.data.startswith(b"-----BEGIN PUBLIC KEY-----")
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name.removeprefix('keys/')}"


def test_the_manifest_lines_are_those_that_were_signed() -> None:
    data = browsing.visitor().get(f"{FIRST}/files/manifest.lines").data
    assert hashlib.sha256(data).hexdigest() == release(shown.FIRST).lines_sha256
    assert data.count(b"\n") == 7


def test_a_release_that_is_not_signed_has_no_files() -> None:
    visitor = browsing.visitor("mara")
    assert visitor.get(f"{SECOND}/files/datasheet.json").status_code == 404
    assert visitor.get(f"{SECOND}/datasheet").status_code == 404


def test_the_datasheet_reads_as_it_was_signed() -> None:
    page = browsing.visitor().get(f"{FIRST}/datasheet").text
    assert "Kept: 4. Blurred: 1. Excluded: 2." in page
    assert str(release(shown.FIRST).root) in page


def test_how_to_verify_names_every_digest() -> None:
    page = browsing.visitor().get(f"{FIRST}/verify").text
    found = release(shown.FIRST)
    for digest in (found.root, found.lines_sha256, *(found.files or {}).values()):
        assert str(digest) in page
    assert "7 = 4 keep + 1 blur + 2 exclude" in page


def test_a_release_differs_from_itself_in_nothing() -> None:
    page = browsing.visitor().get(f"{FIRST}/diff").text
    assert "Nothing: the two releases hold the same images" in page


def test_a_diff_names_the_images_that_changed(tmp_path: Path) -> None:
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        shown.take_down(home, shown.FACE)
        label = shown.build(home)
        page = browsing.Visitor(browsing.app_of(home), "mara").get(f"/releases/{label}/diff?since=2026.1").text
    assert re.search(r"verdict-changed</th><td class=\"figure\">1<", page)
    row = page.partition(f">{shown.FACE}<")[2].partition("</tr>")[0]
    assert re.findall(r'tag (\w+)"', row) == ["blur", "exclude"]
    assert "takedown" in row


def test_a_diff_with_what_is_not_published_is_not_for_the_public() -> None:
    assert browsing.visitor().get(f"{FIRST}/diff?since=2026.2").status_code == 404
    assert browsing.visitor("mara").get(f"{FIRST}/diff?since=2026.2").status_code == 200


def test_a_release_that_lifts_an_exclusion_asks_for_three_people(tmp_path: Path) -> None:
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        label = homes.plan(home, policy=homes.FACES)
        homes.build(home, label)
        page = browsing.Visitor(browsing.app_of(home), "ana").get(f"/releases/{label}").text
    assert "Three people approve a release that lifts exclusions." in page
    assert "0 of 3 have." in page
