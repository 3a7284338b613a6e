"""A plan names the layers that it was shown with, and the build asks exactly these."""

from policies.verdicts import Action, Verdict
from registry.catalogue import manifests
from registry.catalogue.layers.kinds import Kind
from registry.home import Home
from registry.models.releases import Release, ReleaseState
from registry.services import evidence, explanations, planning
from tests.factories import homes, layers, policies
from tests.factories.homes import FIRST, NOW, TWINS, VARIANT, WAVES

OTHER = "n09999999"
DISAGREES = policies.rule(
    id="disagrees",
    when={"layer": {"name": "real", "agrees": False}},
    then="exclude",
    reason="label-disagrees",
)
KEPT = {"then": "keep", "reason": "nothing-against-it", "sentence": "The rest is kept."}


def publish(home: Home) -> str:
    """The name of a policy that excludes where the layer `real` does not agree."""
    homes.publish_policy(home, policies.text(policies.document(name="agreeing", rules=[DISAGREES], otherwise=KEPT)))
    return "agreeing"


def excluded(home: Home, release: Release) -> set[str]:
    with manifests.opened(home.blobs, release.manifest_sha256 or "") as file:
        return {row.source.path for row in manifests.iter_release(file) if "label-disagrees" in row.reasons}


def test_a_build_asks_the_layers_of_its_plan_and_no_newer_ones(furnished_home: Home) -> None:
    home, policy = furnished_home, publish(furnished_home)
    layers.add(home, Kind.LABELS, "real", [(WAVES, (OTHER,)), (TWINS[0], ("n02000002",))])
    layers.add(home, Kind.LABELS, "unasked", [(TWINS[0], (OTHER,))])
    label = homes.plan(home, policy=policy)
    layers.add(home, Kind.LABELS, "real", [(TWINS[0], (OTHER,))])
    built = homes.build(home, label)
    assert excluded(home, built) == {WAVES}
    assert "labels/real@1" in [layer["label"] for layer in built.plan["layers"]]
    homes.approve(home, FIRST)
    assert homes.sign_release(home, FIRST).state is ReleaseState.SIGNED


def test_a_plan_shows_and_an_explanation_says_what_the_newest_layers_say(furnished_home: Home) -> None:
    home, policy = furnished_home, publish(furnished_home)
    layers.add(home, Kind.LABELS, "real", [(WAVES, (OTHER,))])
    with home.reading() as session:
        shown = planning.preview(session, home.blobs, VARIANT, policy, NOW)
        found = explanations.explain(session, home.blobs, VARIANT, policy, WAVES, NOW)
    assert shown.reasons["exclude"]["label-disagrees"] == 1
    assert isinstance(found.outcome, Verdict)
    assert found.outcome.action is Action.EXCLUDE


def test_a_policy_that_asks_for_nothing_of_it_needs_no_layer(furnished_home: Home) -> None:
    layers.add(furnished_home, Kind.LABELS, "real", [(WAVES, (OTHER,))])
    with furnished_home.reading() as session:
        variant_id = planning.preview(session, furnished_home.blobs, VARIANT, homes.FACES, NOW).variant_id
        assert evidence.newest(session, variant_id, policies.policy()) == []
