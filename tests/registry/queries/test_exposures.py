from pathlib import Path

from sqlmodel import Session

from registry.catalogue.layers.kinds import Kind
from registry.catalogue.seeds.document import RelationKind
from registry.home import Home
from registry.queries import exposures
from registry.queries.exposures import Exposure
from registry.services import dry_runs
from tests.factories import cases, homes, layers, pictures, policies, weights
from tests.factories.homes import FIRST, NOW, VARIANT

TWIN = homes.TWINS[0]
CLASS = "n02000002"
GONE = policies.rule(id="gone", when={"label": {"in": [CLASS]}}, then="exclude", reason="class-gone")


def seen(home: Home, path: str = TWIN) -> list[Exposure]:
    """The weights that saw the image with this path."""
    with home.reading() as session:
        return list(exposures.of_images(session, home.blobs, [cases.sha256_of(home, path)]))


def told(found: list[Exposure]) -> list[tuple[str, int | None, int | None]]:
    """Name, total and how many of them."""
    return [(it.weights, it.total, it.affected) for it in found]


def test_nothing_is_asked_where_there_are_no_images_or_no_weights(furnished_home: Home) -> None:
    assert seen(furnished_home) == []
    weights.on(furnished_home, "resnet", VARIANT)
    with furnished_home.reading() as session:
        assert exposures.of_images(session, furnished_home.blobs, []) == ()


def test_images_are_counted_in_what_weights_were_trained_on(furnished_home: Home, tmp_path: Path) -> None:
    copy = tmp_path / "copy" / "other"
    copy.mkdir(parents=True)
    with furnished_home.reading() as session:
        (copy / "twin.jpg").write_bytes((homes.source_of(session) / TWIN).read_bytes())
    homes.import_folder(furnished_home, tmp_path / "copy", "sample/copy")
    weights.on(furnished_home, "resnet", VARIANT)
    weights.on(furnished_home, "copied", "sample/copy")
    weights.made_from(furnished_home, "tuned", "copied")
    found = seen(furnished_home)
    assert told(found) == [("copied", 1, 1), ("resnet", 7, 2), ("tuned", None, None)]
    assert [step.words for step in found[-1].by] == ["tuned made from copied"]
    assert [it for it in told(seen(furnished_home, homes.WAVES)) if it[1]] == [("resnet", 7, 1)]


def test_a_release_counts_what_it_hands_out(built_home: Home) -> None:
    homes.released(built_home, FIRST)
    weights.on(built_home, "resnet", FIRST)
    assert told(seen(built_home)) == [("resnet", 5, 2)]
    assert seen(built_home, homes.PERSON) == []


def test_where_nothing_is_here_lineage_says_who_may_have_seen_it(furnished_home: Home) -> None:
    whole, part = (weights.empty_variant(furnished_home, slug) for slug in ("whole", "part"))
    weights.empty_variant(furnished_home, "strange")
    weights.relate(furnished_home, VARIANT, RelationKind.SUBSET_OF, whole)
    for variant in (whole, part, "sample/strange"):
        weights.on(furnished_home, f"on-{variant.split('/')[1]}", variant)
    [found] = seen(furnished_home)
    assert (found.weights, found.how, found.on) == ("on-whole", "trained on", whole)
    assert (found.total, found.affected) == (None, None)
    assert [step.words for step in found.by] == [f"{VARIANT} subset-of {whole}"]


def test_other_bytes_may_be_the_same_picture_where_a_variant_was_derived(furnished_home: Home, tmp_path: Path) -> None:
    small = tmp_path / "small" / "n02000001"
    small.mkdir(parents=True)
    (small / "small.jpg").write_bytes(pictures.jpeg(seed=9))
    for slug, kind in (("blurred", RelationKind.DERIVED_FROM), ("split", RelationKind.SUBSET_OF)):
        homes.import_folder(furnished_home, tmp_path / "small", f"sample/{slug}")
        weights.relate(furnished_home, f"sample/{slug}", kind, VARIANT)
        weights.on(furnished_home, f"on-{slug}", f"sample/{slug}")
    assert told(seen(furnished_home)) == [("on-blurred", None, None)]


def test_a_dry_run_names_the_weights_that_saw_what_would_go(furnished_home: Home) -> None:
    space = weights.empty_variant(furnished_home, "space")
    other = weights.empty_variant(furnished_home, "other")
    layers.add(furnished_home, Kind.SYNSETS, "classes", [(CLASS,), ("n09999999",)], variant=space)
    layers.add(furnished_home, Kind.SYNSETS, "classes", [("n09999999",)], variant=other)
    for name, variant, label_space in (
        ("all", VARIANT, None),
        ("classes", space, "synsets/classes@1"),
        ("quiet", other, "synsets/classes@1"),
        ("whole-space", space, None),
    ):
        weights.on(furnished_home, name, variant, label_space)
    with furnished_home.reading() as session:
        found = gone_of(session, furnished_home, VARIANT)
    assert told(found) == [("all", 7, 3), ("classes", 2, 1), ("whole-space", 2, 1)]


def test_a_dry_run_that_excludes_nothing_concerns_no_weights(furnished_home: Home, tmp_path: Path) -> None:
    (tmp_path / "sound" / "a").mkdir(parents=True)
    (tmp_path / "sound" / "a" / "b.jpg").write_bytes(pictures.jpeg(seed=9))
    homes.import_folder(furnished_home, tmp_path / "sound", "sample/sound")
    weights.on(furnished_home, "all", "sample/sound")
    with furnished_home.reading() as session:
        assert gone_of(session, furnished_home, "sample/sound") == []


def gone_of(session: Session, home: Home, variant: str) -> list[Exposure]:
    """The weights that saw what a policy would leave out of the variant."""
    document = policies.text(policies.document(name="tried", rules=[GONE, policies.rule()]))
    return list(dry_runs.beyond(session, home.blobs, home.kept, variant, document, NOW).exposed)
