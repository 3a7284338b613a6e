"""A group's copy of a published release, for overlays that stand on it."""

import shutil
from pathlib import Path

from policies import shipped
from registry import settings
from registry.home import Home
from registry.services import exports
from tests.factories import homes, policies
from tests.factories.homes import FIRST, PERSON_FILTERED, WAVES

OURS, DERIVED = "group/ours", "group/ours/2026.1"
PIN = policies.digest_of(shipped.read(PERSON_FILTERED))
NO_WAVES = policies.text(
    policies.document(
        name="no-waves",
        rules=[policies.rule(id="waves", when={"path": {"in": [WAVES]}}, then="exclude", reason="wave")],
    )
)
OWN_PIN = policies.digest_of(NO_WAVES)


def with_copy(home: Home, folder: Path) -> Home:
    """The home with the export of `FIRST`, which is published, imported into `OURS` from `folder / "ours"`."""
    with homes.act(home, "mara") as act:
        asked = exports.ask(act, home.blobs, FIRST, folder / "base")
    roots = settings.trust_roots(home.settings)
    with exports.drafted(asked, home.blobs, roots) as draft, homes.act(home, "mara") as act:
        exports.hand_over(act, draft)
    shutil.copytree(folder / "base" / "data", folder / "ours")
    homes.import_folder(home, folder / "ours", OURS)
    homes.publish_policy(home, NO_WAVES)
    return home
