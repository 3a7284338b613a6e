import json
import re
from pathlib import Path

from registry.home import Home
from registry.models.releases import ReleaseState
from tests.factories import homes
from tests.factories.homes import FIRST, VARIANT
from tests.factories.terminal import Terminal

REASON = ("--reason", "The counts are those that I expected.")


def test_the_main_job_runs_from_plan_to_a_verified_export(furnished_home: Home, tmp_path: Path) -> None:
    terminal = Terminal(furnished_home.settings.home, "mara")
    planned = terminal.run("releases", "plan", VARIANT, "--policy", homes.PERSON_FILTERED)
    assert planned.code == 0, planned.err
    assert planned.out.splitlines()[-1] == f"Planned {FIRST}."
    built = terminal.run("releases", "build", FIRST)
    assert built.code == 0, built.err
    assert f"Built {FIRST}; manifest root sha256:" in built.out
    for handle in ("ana", "ben"):
        assert terminal.acting(handle).run("releases", "approve", FIRST, *REASON).code == 0
    assert terminal.acting("mo").run("releases", "sign", FIRST).out == f"Signed {FIRST}.\n"
    assert terminal.run("releases", "publish", FIRST).out == f"Published {FIRST}.\n"
    exported = terminal.run("releases", "export", FIRST, tmp_path / "copy")
    assert exported.code == 0, exported.err
    checked = Terminal().run(*exported.out.splitlines()[-1].removeprefix("Check it: accession ").split())
    assert (checked.code, checked.out.splitlines()[-1]) == (0, f"VERIFIED: {FIRST}")


def test_the_account_that_is_printed_adds_up(built_home: Home) -> None:
    terminal = Terminal(built_home.settings.home)
    release = json.loads(terminal.run("releases", "show", FIRST, "--json").out)
    counts = [
        int(line.split()[-1])
        for line in terminal.run("releases", "show", FIRST).out.splitlines()
        if line.split()[0] in {"keep", "blur", "exclude"}
    ]
    assert sum(counts) == len(homes.PATHS)
    assert release["state"] == ReleaseState.BUILT
    assert f"= parent {len(homes.PATHS):>12,}" in terminal.run("releases", "show", FIRST).out


def test_a_dry_run_shows_the_counts_and_plans_nothing(furnished_home: Home) -> None:
    terminal = Terminal(furnished_home.settings.home)
    words = ("releases", "plan", VARIANT, "--policy", homes.PERSON_FILTERED, "--dry-run")
    done = terminal.run(*words)
    assert (done.code, done.out.splitlines()[-1]) == (0, "Nothing was planned.")
    assert "person-class" in done.out
    shown = json.loads(terminal.run(*words, "--json").out)
    assert shown["release"] is None
    assert terminal.run("releases", "list", VARIANT).out == "No releases yet.\n"


def test_a_plan_needs_somebody_who_may(furnished_home: Home) -> None:
    terminal = Terminal(furnished_home.settings.home)
    words = ("releases", "plan", VARIANT, "--policy", homes.FACES)
    assert terminal.run(*words).code == 6
    assert terminal.acting("rita").run(*words).code == 6


def test_a_recipe_that_does_not_exist_is_not_found(furnished_home: Home) -> None:
    terminal = Terminal(furnished_home.settings.home, "mara")
    done = terminal.run("releases", "plan", VARIANT, "--policy", homes.FACES, "--recipe", "by-hand")
    assert (done.code, done.err.count("\n")) == (3, 1)


def test_the_planner_may_not_approve_and_one_approval_is_not_enough(built_home: Home) -> None:
    terminal = Terminal(built_home.settings.home)
    assert terminal.acting("mara").run("releases", "approve", FIRST, *REASON).code == 6
    assert terminal.acting("ana").run("releases", "approve", FIRST, *REASON).code == 0
    assert terminal.acting("mo").run("releases", "sign", FIRST).code == 5
    assert terminal.acting("ben").run("releases", "approve", FIRST).code == 2


def test_an_approval_of_something_else_is_refused(built_home: Home) -> None:
    other = ("--digest", f"sha256:{'0' * 64}")
    done = Terminal(built_home.settings.home, "ana").run("releases", "approve", FIRST, *REASON, *other)
    assert done.code == 5


def test_a_build_that_is_left_to_the_worker_waits(furnished_home: Home) -> None:
    label = homes.plan(furnished_home)
    terminal = Terminal(furnished_home.settings.home, "mara")
    assert terminal.run("releases", "build", label, "--detach").out == f"{label} will be built by the worker.\n"
    assert homes.release(furnished_home, label).state is ReleaseState.BUILDING
    # Asked again without leaving it to somebody else, it is done.
    assert terminal.run("releases", "build", label).code == 0
    assert homes.release(furnished_home, label).state is ReleaseState.BUILT


def test_a_build_says_what_it_took_over_and_takes_nothing_when_asked_to_look_afresh(built_home: Home) -> None:
    terminal = Terminal(built_home.settings.home, "mara")
    said = f"5 of 5 results are those of {FIRST}, from the same bytes by the same recipe and the same software.\n"
    for options, is_taken_over in (((), True), (("--afresh",), False)):
        done = terminal.run("releases", "build", homes.plan(built_home), *options)
        assert done.code == 0, done.err
        assert (said in done.out) is is_taken_over
    again = terminal.run("releases", "build", FIRST, "--afresh")
    assert (again.code, again.err.strip()) == (5, f"accession: {FIRST} is built; it is not built again.")


def test_a_build_whose_source_has_changed_is_refused_by_name(furnished_home: Home, tmp_path: Path) -> None:
    source = homes.draw(tmp_path / "pictures")
    homes.import_folder(furnished_home, source)
    label = homes.plan(furnished_home)
    (source / homes.WAVES).write_bytes(b"something else")
    done = Terminal(furnished_home.settings.home, "mara").run("releases", "build", label)
    assert done.code == 5
    assert homes.WAVES in done.err
    assert homes.release(furnished_home, label).state is not ReleaseState.BUILT


def test_releases_are_listed_newest_first(built_home: Home) -> None:
    homes.plan(built_home)
    terminal = Terminal(built_home.settings.home)
    assert [line["label"][-6:] for line in json.loads(terminal.run("releases", "list", VARIANT, "--json").out)] == [
        "2026.2",
        "2026.1",
    ]
    assert terminal.run("releases", "list", VARIANT).out.splitlines()[-1].startswith(FIRST)


def test_two_releases_are_compared_image_by_image(built_home: Home) -> None:
    second = homes.plan(built_home, policy=homes.FACES)
    homes.build(built_home, second)
    terminal = Terminal(built_home.settings.home)
    done = terminal.run("releases", "diff", FIRST, second)
    assert done.code == 0
    assert homes.PERSON in done.out
    assert "exclude (person-class) ->" in done.out
    assert json.loads(terminal.run("releases", "diff", FIRST, second, "--json").out)["changes"]


def test_what_does_not_exist_is_not_found(built_home: Home, tmp_path: Path) -> None:
    terminal = Terminal(built_home.settings.home, "mara")
    assert terminal.run("releases", "show", f"{VARIANT}/2026.9").code == 3
    assert terminal.run("releases", "list", "sample/nothing").code == 3
    assert terminal.run("releases", "build", "no label").code in {3, 4}
    assert terminal.run("releases", "export", f"{VARIANT}/2026.9", tmp_path / "copy").code == 3


def test_what_is_not_signed_is_not_exported(built_home: Home, tmp_path: Path) -> None:
    done = Terminal(built_home.settings.home, "mara").run("releases", "export", FIRST, tmp_path / "copy")
    assert done.code == 5
    assert not (tmp_path / "copy").exists()


def test_a_release_is_given_up_by_command(built_home: Home) -> None:
    terminal = Terminal(built_home.settings.home, "mara")
    given_up = terminal.run("releases", "abandon", FIRST, "--reason", "The counts are wrong.")
    assert (given_up.code, given_up.out) == (0, f"Abandoned {FIRST}.\n")
    shown = terminal.run("releases", "show", FIRST).out
    assert re.search(r"abandoned because +The counts are wrong\.", shown)
    assert terminal.run("releases", "abandon", FIRST, "--reason", "Again.").code == 5


def test_a_plan_may_take_published_faces_as_known_with_or_without_a_detector(
    furnished_home: Home, tmp_path: Path
) -> None:
    terminal = Terminal(furnished_home.settings.home, "mara")
    published = [{"url": f"train/{homes.WAVES}", "bboxes": [{"x0": 4.5, "y0": 4, "x1": 20, "y1": 21}]}]
    published.append({"url": homes.GPS, "bboxes": [{"x0": 900, "y0": 4, "x1": 920, "y1": 21}]})
    (tmp_path / "faces.json").write_text(json.dumps(published))  # noqa: TID251 - a file as others publish it
    words = ("layers", "import", VARIANT, "faces", tmp_path / "faces.json", "--name", "published", "--source", "drawn")
    imported = terminal.run(*words)
    assert "refused: faces.json, line 2: box 1 of" in imported.err
    plan = ("releases", "plan", VARIANT, "--policy", homes.FACES, "--recipe", "dlib-hog", "--faces", "published")
    refused = terminal.run(*plan, "--without-detection")
    assert (refused.code, "were refused when it was imported" in refused.err) == (4, True)
    del published[1:]
    (tmp_path / "faces.json").write_text(json.dumps(published))  # noqa: TID251 - a file as others publish it
    assert terminal.run(*words).code == 0
    planned = terminal.run(*plan, "--without-detection")
    assert "faces: 0 images are decided by people; signed with at most 0 open reviews\n" in planned.out
    assert terminal.run("releases", "build", FIRST).code == 0
    shown = json.loads(terminal.run("releases", "show", FIRST, "--json").out)
    assert shown["account"]["entries"][1]["count"] == 1
    assert shown["detector"]["detection"] == "None: the known faces are all that was blurred."
    assert shown["detector"]["faces"].startswith("1 in 6 images")
    assert json.loads(terminal.run(*plan, "--json").out)["faces"] == {"decided": 0, "limit": 0}
    alone = ("releases", "plan", VARIANT, "--policy", homes.FACES, "--without-detection")
    assert terminal.run(*alone).code == 4
    assert terminal.run(*plan[:-1], "no-such-layer").code == 3
