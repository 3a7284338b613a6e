"""WordNet 3.0 itself, from the files that Debian packages: its published numbers, by command and by page."""

import json

from registry.catalogue.taxonomy.graph import PERSON
from registry.home import Home
from registry.web.formats import figure
from tests.factories import browsing, wordnet
from tests.factories.terminal import Terminal

SYNSETS, HYPONYMS, INSTANCES = 82_115, 75_850, 8_577
# The person subtree as it is published, by hyponyms and with instances: the person itself is counted.
PERSONS, WITH_INSTANCES = 6_979, 10_297


def test_wordnet_as_debian_packages_it_has_the_published_numbers(bare_home: Home) -> None:
    terminal = Terminal(bare_home.settings.home, "mara")
    imported = json.loads(terminal.run("taxonomy", "import", wordnet.installed(), "--json").out)
    assert (imported["synsets"], imported["hyponyms"], imported["instances"]) == (SYNSETS, HYPONYMS, INSTANCES)
    assert imported["refused"] == 0
    said = json.loads(terminal.run("taxonomy", "show", PERSON, "--json").out)
    assert (said["below by hyponyms"], said["below with instances"]) == (PERSONS - 1, WITH_INSTANCES - 1)
    assert said["subtree by hyponyms, itself counted"] == PERSONS
    assert said["subtree with instances, itself counted"] == WITH_INSTANCES
    page = browsing.Visitor(browsing.app_of(bare_home)).get(f"/synsets/{PERSON}").text
    assert f'with itself</th><td class="figure">{figure(PERSONS)}</td>' in page
    assert f'with itself</th><td class="figure">{figure(WITH_INSTANCES)}</td>' in page
