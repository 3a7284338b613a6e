import pytest

from registry.catalogue import seeds
from registry.catalogue.seeds import document


def test_what_is_shipped_can_be_planted_as_it_is() -> None:
    assert seeds.names() == ("imagenet",)
    for name in seeds.names():
        assert document.parse(seeds.shipped(name)).variants


def test_the_seed_of_imagenet_names_every_variant_that_people_speak_of() -> None:
    found = {it.name: it for it in document.parse(seeds.shipped("imagenet")).variants}
    assert {"fall11", "winter21", "ilsvrc2012", "ilsvrc2012-blurred", "a", "r", "real"} <= found.keys()
    assert {f"ilsvrc2012-{split}" for split in ("train", "val", "test")} <= found.keys()
    assert {f"imagenet-21k-p-{of}" for of in ("fall11", "winter21")} <= found.keys()
    assert {f"v2-{of}" for of in ("matched-frequency", "threshold-0.7", "top-images")} <= found.keys()
    sizes = {name: found[f"labels-{name}"].classes for name in ("1k", "12k", "21k", "22k")}
    assert [it.count for it in sizes.values() if it is not None] == [1000, 11821, 21843, 21841]
    assert {relation.kind for it in found.values() for relation in it.relations} == set(document.RelationKind)


def test_every_archive_has_a_digest_or_its_variant_says_that_it_is_unknown() -> None:
    found = document.parse(seeds.shipped("imagenet"))
    for it in found.variants:
        is_known = all(archive.md5 or archive.sha256 for archive in it.archives)
        assert is_known or any("digest" in what for what in it.unknown), it.name
    archives = {archive.name: archive for it in found.variants for archive in it.archives}
    assert sum(archive.sha256 is not None for archive in archives.values()) == 10
    assert {key for it in found.variants for key in document.cited(it)} <= found.sources.keys()


def test_a_seed_that_is_not_shipped_is_not_found() -> None:
    with pytest.raises(KeyError):
        seeds.shipped("../imagenet")


def test_the_seed_of_imagenet_invents_no_digest_of_weights() -> None:
    found = document.parse(seeds.shipped("imagenet")).weights
    assert {it.to for weights in found for it in weights.trained_on} >= {"fall11", "ilsvrc2012-train"}
    assert {weights.sha256 for weights in found} == {None}
