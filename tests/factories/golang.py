"""Go's own idea of our log: a small program over golang.org/x/mod, built once from what Debian packages."""

import os
import shutil
import subprocess
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "go" / "crosscheck.go"
# Where Debian's golang-golang-x-mod-dev puts sources; with modules switched off Go asks no network.
GOPATH = Path("/usr/share/gocode")


def is_here() -> bool:
    """Whether Go and its module library are installed."""
    return shutil.which("go") is not None and (GOPATH / "src/golang.org/x/mod/sumdb/tlog").is_dir()


def built(folder: Path) -> Path:
    """The program, built in this folder."""
    program = folder / "crosscheck"
    own = {"GO111MODULE": "off", "GOPATH": str(GOPATH), "GOFLAGS": "", "GOCACHE": str(folder / "cache")}
    inherited = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}}  # noqa: TID251 - Go's
    subprocess.run(["go", "build", "-o", program, SOURCE], env=inherited | own, check=True, timeout=240)
    return program
