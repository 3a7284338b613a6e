"""The checkout as the house tests see it: which files there are, and their syntax trees."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ("registry", "policies", "blurring", "cli")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def files() -> tuple[Path, ...]:
    """Every file that is tracked, or would be if it were added now; relative to the root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    found = (Path(name) for name in listed.split("\0") if name)
    return tuple(sorted(file for file in found if (ROOT / file).is_file()))


def python_files(*folders: str) -> list[Path]:
    """The Python files below these folders, or all of them."""
    return [file for file in files() if file.suffix == ".py" and (not folders or file.parts[0] in folders)]


def read(file: Path) -> str:
    """The text of a file of the checkout."""
    return (ROOT / file).read_text(encoding="utf-8")


@cache
def parsed(file: Path) -> ast.Module:
    """The syntax tree of a Python file of the checkout."""
    return ast.parse(read(file), str(file))


def functions(module: ast.Module) -> Iterator[Function]:
    """Every function and method, nested ones too."""
    return (node for node in ast.walk(module) if isinstance(node, Function))


def module_name(file: Path) -> str:
    """The dotted name under which a Python file is imported."""
    parts = file.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
