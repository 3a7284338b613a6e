"""A template leads only to routes that exist, and holds nothing that the content security policy would refuse."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, nodes

from registry import settings
from registry.home import Home
from registry.web.app import create_app
from tests.house import tree

FORBIDDEN = {
    "an inline style": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\ssrc\s*=)", re.IGNORECASE),
    "an event handler": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a script address": re.compile(r"javascript:", re.IGNORECASE),
    "something from elsewhere": re.compile(
        r"<(?:link|script|img|iframe|source|video|audio|embed|object)\b[^>]*(?:src|href|data)\s*=\s*[\"'](?:https?:)?//",
        re.IGNORECASE,
    ),
    "a field that escapes nothing": re.compile(r"\|\s*safe\b"),
    # Where an image was found is said by strangers, who may say `javascript:`. These names are addresses of ours.
    "a link that data decide": re.compile(
        r"(?:href|src|action)\s*=\s*[\"']?\{\{(?!\s*(?:url_for\(|(?:link|file|url|next_url|first_url)\s*\}\}))",
        re.IGNORECASE,
    ),
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with Home(settings.create(tmp_path_factory.mktemp("house") / "home")) as home:
        yield create_app(home)


def templates() -> list[Path]:
    """Every template of the pages."""
    return [file for file in tree.files() if "templates" in file.parts and file.suffix == ".html"]


def problems(source: str) -> list[str]:
    """What a browser under our policy would refuse, or what would let words become markup."""
    return [what for what, pattern in FORBIDDEN.items() if pattern.search(source)]


def links(source: str) -> Iterator[tuple[str, frozenset[str] | None]]:
    """Each endpoint that is linked by name, with its arguments; None where they cannot be read off."""
    for call in Environment(autoescape=True).parse(source).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "url_for" and isinstance(call.args[0], nodes.Const):
            given = None if call.dyn_kwargs is not None else frozenset(keyword.key for keyword in call.kwargs)
            yield call.args[0].value, given


def dead_links(source: str, app: Flask) -> Iterator[str]:
    """Each link to an endpoint that does not exist, or that needs an argument which is not given."""
    for endpoint, given in links(source):
        rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint == endpoint]
        if not rules:
            yield f"{endpoint} does not exist"
        elif given is not None and not any(rule.arguments <= given for rule in rules):
            yield f"{endpoint} needs {sorted(rules[0].arguments - given)}"


def endpoint_names(strings: Iterator[str], app: Flask) -> set[str]:
    """Those of the strings that can only be meant as an endpoint of one of our pages."""
    meant = re.compile(rf"(?:{'|'.join(app.blueprints)})\.[a-z_]+")
    return {text for text in strings if meant.fullmatch(text) and not text.endswith(".html")}


def strings_of_template(source: str) -> Iterator[str]:
    """Every string that a template's expressions hold."""
    constants = Environment(autoescape=True).parse(source).find_all(nodes.Const)
    return (constant.value for constant in constants if isinstance(constant.value, str))


def strings_of_code(module: ast.Module) -> Iterator[str]:
    """Every string that a module holds."""
    found = (node.value for node in ast.walk(module) if isinstance(node, ast.Constant))
    return (value for value in found if isinstance(value, str))


def test_templates_hold_nothing_that_the_policy_refuses() -> None:
    assert templates()
    assert {str(file): found for file in templates() if (found := problems(tree.read(file)))} == {}


def test_templates_lead_to_routes_that_exist(app: Flask) -> None:
    assert {str(file): found for file in templates() if (found := list(dead_links(tree.read(file), app)))} == {}


def test_every_endpoint_named_in_the_web_room_exists(app: Flask) -> None:
    in_templates = (text for file in templates() for text in strings_of_template(tree.read(file)))
    modules = [file for file in tree.python_files("registry") if "web" in file.parts]
    in_code = (text for file in modules for text in strings_of_code(tree.parsed(file)))
    named = endpoint_names(in_templates, app) | endpoint_names(in_code, app)
    assert len(named) > len(app.blueprints)
    assert named - {rule.endpoint for rule in app.url_map.iter_rules()} == set()


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("<p style='color:red'>", "an inline style"),
        ("<script>alert(1)</script>", "an inline script"),
        ("<button class=x onclick='go()'>", "an event handler"),
        ("<a href='javascript:go()'>", "a script address"),
        ("<img alt='' src='//example.org/x.png'>", "something from elsewhere"),
        ("{{ name | safe }}", "a field that escapes nothing"),
        ('<a href="{{ row.url }}">', "a link that data decide"),
        ("<img alt='' src={{ urls[0] }}>", "a link that data decide"),
    ],
)
def test_each_thing_refused_is_found(source: str, what: str) -> None:
    assert problems(source) == [what]


def test_an_ordinary_page_is_not_refused() -> None:
    assert problems("<script src='/static/x.js'></script><a href='https://example.org'>on = off</a>") == []
    assert problems('<a href="{{ url_for(\'datasets.home\') }}"><a href="{{ link }}">') == []


def test_a_dead_link_and_a_missing_argument_are_found(app: Flask) -> None:
    source = "{{ url_for('datasets.nowhere') }}{{ url_for('datasets.dataset') }}{{ url_for('datasets.dataset', **x) }}"
    assert list(dead_links(source, app)) == ["datasets.nowhere does not exist", "datasets.dataset needs ['dataset']"]
    assert endpoint_names(iter(["datasets.nowhere", "plain words"]), app) == {"datasets.nowhere"}
