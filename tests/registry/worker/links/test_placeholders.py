import pytest
from pydantic import ValidationError

from registry.catalogue.entries import Format
from registry.worker.links import placeholders
from registry.worker.links.fetch import Fetched
from registry.worker.links.placeholders import Placeholder


def came(url: str = "http://a.example/cat.jpg", size_bytes: int = 5, sha256: str = "0" * 64) -> Fetched:
    return Fetched(200, url, 1, b"", b"", sha256, size_bytes)


def test_the_list_that_comes_with_the_program_is_well_formed_and_each_entry_says_whose_it_is() -> None:
    assert len(placeholders.shipped()) >= 5
    assert all("," in known.name for known in placeholders.shipped())


@pytest.mark.parametrize(
    ("found", "file_format", "name"),
    [
        (came("https://s.yimg.example/pw/images/photo_unavailable.gif?x=1"), Format.GIF, "Flickr, photo unavailable"),
        (came(size_bytes=2051), Format.GIF, "Flickr, photo unavailable, as served in the place of the photograph"),
        (came(size_bytes=2051), Format.JPEG, None),
        (came("https://i.imgur.example/removed.png"), Format.PNG, "Imgur, removed"),
        (came("https://i.imgur.example/?a=/removed.png"), Format.PNG, None),
        (came(), None, None),
    ],
)
def test_a_placeholder_is_told_by_its_place_or_its_size(
    found: Fetched, file_format: Format | None, name: str | None
) -> None:
    assert placeholders.named(found, file_format) == name


def test_everything_that_an_entry_says_must_be_true() -> None:
    known = Placeholder(name="Somebody, gone", url="/gone.png", sha256="a" * 64)
    assert known.is_this(came("http://a.example/x/gone.png", sha256="a" * 64), Format.PNG)
    assert not known.is_this(came("http://a.example/x/gone.png"), Format.PNG)
    assert not known.is_this(came(sha256="a" * 64), Format.PNG)


@pytest.mark.parametrize("said", [{}, {"size_bytes": 5}, {"format": "gif"}, {"url": "no-path"}, {"sha256": "A"}])
def test_an_entry_that_would_match_anything_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Placeholder.model_validate({"name": "Nobody, nothing", **said})
