"""Every command that the pages show exists, with the options that they show."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cli.main import COMMANDS, accession
from tests.house import pages, tree

TARGETS = frozenset(re.findall(r"^([a-z]+):", tree.read(Path("Makefile")), re.MULTILINE))
OUR_PROGRAM = re.compile(r"^(?:sudo -u \S+ )?(?:[A-Z_]+=\S+ )*(?:\S*/)?accession(?= |$)")


class UnknownCommandError(Exception):
    """A page shows what the program does not know."""


def resolve(words: list[str], *, is_whole: bool = False) -> click.Command:
    """The command that these words call; where they are the whole line, with everything that it needs.

    Raises:
        UnknownCommandError: there is none, or it does not take what is given to it.
    """
    command: click.Command = accession
    context = click.Context(command, info_name="accession")
    while True:
        options, rest, _ = parsed(command, context, words)
        check_choices(command, options)
        if not isinstance(command, click.Group) or not rest:
            if is_whole and "--help" not in words:
                check_whole(command, options)
            return command
        name, words = rest[0], rest[1:]
        found = command.get_command(context, name)
        if found is None:
            raise UnknownCommandError(f"{context.command_path} has no command {name}")
        command, context = found, click.Context(found, parent=context, info_name=name)


def parsed(
    command: click.Command, context: click.Context, words: list[str]
) -> tuple[dict[str, object], list[str], object]:
    """Options, what is left over, and the order, as click reads them."""
    try:
        options, rest, order = command.make_parser(context).parse_args(list(words))
    except click.UsageError as error:
        raise UnknownCommandError(f"{context.command_path}: {error.format_message()}") from error
    if rest and not isinstance(command, click.Group):
        raise UnknownCommandError(f"{context.command_path} does not take {rest}")
    return options, rest, order


def check_choices(command: click.Command, options: dict[str, object]) -> None:
    """Nothing, when each value is one that its option takes.

    Raises:
        UnknownCommandError: one is not.
    """
    for parameter in command.params:
        given = options.get(parameter.name or "")
        if isinstance(parameter.type, click.Choice) and given:
            for value in given if isinstance(given, list | tuple) else [given]:
                if isinstance(value, str) and value not in parameter.type.choices:
                    raise UnknownCommandError(f"{command.name} does not take {value}")


def check_whole(command: click.Command, options: dict[str, object]) -> None:
    """Nothing, when the command is given everything that it needs.

    Raises:
        UnknownCommandError: it is not.
    """
    if isinstance(command, click.Group):
        raise UnknownCommandError(f"{command.name} is no command by itself")
    for parameter in command.params:
        if parameter.required and not isinstance(options.get(parameter.name or ""), str | tuple | list):
            raise UnknownCommandError(f"{command.name} needs {parameter.human_readable_name}")


def wrong(line: str, *, is_whole: bool = True) -> str | None:
    """What is wrong with a line of a shell block; None when it can be typed, or is no command of ours."""
    for part in re.split(r"\s(?:&&|\|\||[|;])\s", re.sub(r"\s+#.*$", "", line)):
        words = shlex.split(re.sub(r"\s*(?:2?>>?|<)\s*\S+", "", part), posix=True)
        if not words:
            continue
        if words[0] == "make" and len(words) > 1 and not words[1].startswith("-") and words[1] not in TARGETS:
            return f"make has no target {words[1]}"
        if OUR_PROGRAM.match(part):
            start = next(place for place, word in enumerate(words) if word.rpartition("/")[2] == "accession")
            try:
                resolve(words[start + 1 :], is_whole=is_whole)
            except UnknownCommandError as error:
                return str(error)
    return None


def mentioned(text: str) -> Iterator[str]:
    """Commands of ours in the running text; `...` and what follows is left out."""
    for code in pages.inline_code(text):
        if re.match(r"(?:accession|make) [a-z\-]", code):
            yield code.split("...")[0].split("…")[0].rstrip()


def faults(text: str) -> list[str]:
    """What the page shows that cannot be typed."""
    shown = [wrong(line) for line in pages.commands(text)]
    said = [wrong(line, is_whole=False) for line in mentioned(text)]
    return [fault for fault in (*shown, *said) if fault]


def test_every_command_on_the_pages_exists() -> None:
    assert {str(page): found for page in pages.pages() if (found := faults(tree.read(page)))} == {}


def test_every_command_of_the_program_loads_and_explains_itself() -> None:
    context = click.Context(accession)
    for name in COMMANDS:
        command = accession.get_command(context, name)
        assert command is not None
        assert command.help, name


def test_every_command_of_the_program_is_on_some_page() -> None:
    text = "\n".join(tree.read(page) for page in pages.pages())
    assert [name for name in COMMANDS if not re.search(rf"accession [^`\n]*\b{name}\b", text)] == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("accession people add ana --role approver", None),
        ("accession --home here --as ana releases approve a/b/2026.1 --reason 'It adds up'", None),
        ("ACCESSION_HOME=here .venv/bin/accession init && make demo  # both", None),
        ("accession people invent ana", "accession people has no command invent"),
        ("accession people add ana --role emperor", "add does not take emperor"),
        ("accession people list --yaml", "accession people list: No such option '--yaml'."),
        ("accession verify here there", "accession verify does not take ['there']"),
        ("accession people add ana", "add needs roles"),
        ("accession verify", "verify needs FOLDER"),
        ("accession people", "people is no command by itself"),
        ("accession people --help", None),
        ("make tea", "make has no target tea"),
        ("git clone somewhere", None),
    ],
)
def test_each_kind_of_line_is_judged(line: str, fault: str | None) -> None:
    assert wrong(line) == fault


def test_commands_are_found_in_blocks_and_in_the_running_text() -> None:
    blocks = "```sh\n# no\naccession people \\\n  invent\n```\n\n```console\n$ make coffee\nout\n```\n"
    text = f"Type `make tea` or:\n\n{blocks}"
    assert faults(text) == [
        "accession people has no command invent",
        "make has no target coffee",
        "make has no target tea",
    ]
