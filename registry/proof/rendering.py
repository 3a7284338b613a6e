"""How does a datasheet read to a person? The same sections in Markdown and as one HTML page.

Every value is escaped: a policy or a licence is someone else's text. The page loads nothing and runs no script.
"""

import html
import re
from collections.abc import Iterable
from typing import NamedTuple

from registry import clock
from registry.proof.datasheet import Datasheet

_MARKDOWN = re.compile(r"[\\`*_\[\]<>|~&]|^[#+=-]|^\d+(?=[.)])")

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1rem/1.6 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; }}
h1 {{ line-height: 1.2; overflow-wrap: anywhere; }}
h2 {{ margin-top: 2.2rem; border-bottom: 1px solid #c8c8c8; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #e2e2e2; }}
td {{ font-family: ui-monospace, monospace; overflow-wrap: anywhere; }}
</style>
</head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""


class Section(NamedTuple):
    """A heading, sentences below it, and a table of names and values."""

    heading: str
    sentences: tuple[str, ...] = ()
    table: tuple[tuple[str, str], ...] = ()


def markdown(document: Datasheet) -> str:
    """The datasheet as Markdown."""
    parts = [f"# {_markdown(_title(document))}"]
    for section in sections(document):
        parts.append(f"## {_markdown(section.heading)}")
        parts.extend(map(_markdown, section.sentences))
        if section.table:
            rows = [f"| {_markdown(name)} | {_markdown(value)} |" for name, value in section.table]
            parts.append("\n".join(["| what | value |", "|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def html_page(document: Datasheet) -> str:
    """The datasheet as one HTML page."""
    parts: list[str] = []
    for section in sections(document):
        parts.append(f"<h2>{html.escape(section.heading)}</h2>")
        parts.extend(f"<p>{html.escape(sentence)}</p>" for sentence in section.sentences)
        if section.table:
            parts.append("<table>")
            parts.extend(
                f'<tr><th scope="row">{html.escape(name)}</th><td>{html.escape(value)}</td></tr>'
                for name, value in section.table
            )
            parts.append("</table>")
    return _PAGE.format(title=html.escape(_title(document)), body="\n".join(parts))


def _title(document: Datasheet) -> str:
    return f"Datasheet of {document.release}"


def sections(document: Datasheet) -> Iterable[Section]:
    """The datasheet as titled parts, in reading order; every rendering shows the same ones."""
    yield _account(document)
    yield Section("Why", ("How many images carry each reason. An image may carry several.",), _reasons(document))
    yield _decided(document)
    yield Section("Where the images come from", document.sources or ("The source is unknown.",))
    yield Section("Licence", (_licence(document),))
    yield Section(
        "Who answers for it",
        () if document.people else ("Nobody is named.",),
        tuple((f"{person.role} by", person.person) for person in document.people),
    )
    yield Section("What you must know before using it", document.known_limits or ("No limits are known.",))
    yield _identity(document)


def _account(document: Datasheet) -> Section:
    counts = document.verdicts
    account = (
        f"The parent holds {_number(document.parent.rows, 'image')}. Kept: {counts.keep:,}. Blurred: {counts.blur:,}. "
        f"Excluded: {counts.exclude:,}. None is missing: the three numbers add up."
    )
    held = (
        f"The release holds {_number(document.manifest.images, 'image')}, "
        f"{_number(document.manifest.output_size_bytes, 'byte')}."
    )
    return Section("The account", (account, held))


def _reasons(document: Datasheet) -> tuple[tuple[str, str], ...]:
    return tuple((reason, f"{count:,}") for reason, count in sorted(document.reasons.items()))


def _decided(document: Datasheet) -> Section:
    policy, detector = document.policy, document.recipe.detector
    facts = (("detector", detector),) if isinstance(detector, str) else tuple(sorted(detector.items()))
    return Section(
        "What decided, and how pixels were changed",
        (f"The policy {policy.name}, version {policy.version}, decided about every image.",),
        (("policy", policy.digest), ("recipe", document.recipe.digest), *facts),
    )


def _licence(document: Datasheet) -> str:
    if document.licence == "unknown":
        return "The licence of the images is unknown."
    return f"The licence is {document.licence}."


def _identity(document: Datasheet) -> Section:
    manifest = document.manifest
    return Section(
        "Which release this is",
        ("These hashes name the release exactly. VERIFY.md says how to check them.",),
        (
            ("signed at", clock.rfc3339(document.created_at)),
            ("manifest root", manifest.root),
            ("manifest.lines", manifest.lines_sha256),
            ("SHA256SUMS", manifest.sums_sha256),
            ("parent root", document.parent.root),
            ("previous release", document.previous_release),
            ("format", document.format),
        ),
    )


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _markdown(text: str) -> str:
    """Text in which nothing is markup: neither inside a line nor at its beginning."""
    return _MARKDOWN.sub(lambda found: f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}", text)
