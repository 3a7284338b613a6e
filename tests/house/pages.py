"""The project's own pages, taken apart: their blocks of commands, inline code, links and tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.house import tree

SHELLS = frozenset({"sh", "bash", "console", "shell"})


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, the line of the fence, and what stands in it."""

    language: str
    line: int
    text: str


def pages() -> list[Path]:
    """README.md and everything below docs/."""
    return [file for file in tree.files() if file.suffix == ".md" and file.parts[0] in {"README.md", "docs"}]


def blocks(text: str) -> Iterator[Block]:
    """Every fenced block."""
    for match in re.finditer(r"^```([a-z]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield Block(match[1], text.count("\n", 0, match.start()) + 1, match[2])


def prose(text: str) -> str:
    """The text without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def inline_code(text: str) -> list[str]:
    """What stands between backticks, outside fenced blocks."""
    return [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", prose(text))]


def commands(text: str) -> list[str]:
    """Every command line of the shell blocks, continued lines joined, prompts and comments left out."""
    found = []
    for block in blocks(text):
        if block.language in SHELLS:
            lines = re.sub(r"\\\n\s*", " ", block.text).splitlines()
            prompted = [line[2:] for line in lines if line.startswith("$ ")]
            found += prompted or [line for line in lines if line.strip() and not line.startswith("#")]
    return found


def links(text: str) -> list[str]:
    """The target of every link and picture, outside fenced blocks."""
    return re.findall(r"\]\(([^)\s]+)\)", prose(text))


def anchors(text: str) -> set[str]:
    """The anchors that the headings of a page make."""
    headings = re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def tables(text: str) -> Iterator[list[dict[str, str]]]:
    """Every table, as one dictionary per row by the heading of the column."""
    for match in re.finditer(r"(?:^\|.*\|\n)+", prose(text), re.MULTILINE):
        lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in match[0].splitlines()]
        heading, _, *rows = lines
        yield [dict(zip(heading, row, strict=True)) for row in rows]


def rows(page: str, column: str) -> list[dict[str, str]]:
    """The rows of every table of a page that has this column."""
    found = (table for table in tables(tree.read(Path(page))) if table and column in table[0])
    return [row for table in found for row in table]
