import io
from html.parser import HTMLParser

from registry.proof import manifest, rendering
from registry.proof.datasheet import Datasheet
from tests.factories import proofs

HOSTILE = "<script>alert('x')</script> & | [a](javascript:b) *c* `d` _e_"


def document(**changes: object) -> Datasheet:
    return proofs.datasheet(manifest.write(proofs.rows(), io.BytesIO()), **changes)


class Collector(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert all(name in {"lang", "charset", "name", "content", "scope"} for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(page: str) -> Collector:
    collector = Collector()
    collector.feed(page)
    return collector


def test_the_page_states_the_account_in_a_sentence() -> None:
    text = "".join(read(rendering.html_page(document())).text)
    assert "The parent holds 6 images. Kept: 3. Blurred: 1. Excluded: 2. None is missing" in text
    assert "The release holds 4 images, 5,024 bytes." in text
    assert "Datasheet of imagenet/fb/2026.1" in text


def test_the_page_has_no_script_and_loads_nothing() -> None:
    page = rendering.html_page(document())
    assert read(page).tags.isdisjoint({"script", "img", "link", "iframe", "a", "object"})
    assert "http" not in page


def test_every_fact_of_the_datasheet_is_on_the_page_and_in_the_markdown() -> None:
    facts = document()
    page, text = rendering.html_page(facts), rendering.markdown(facts)
    for value in [
        facts.manifest.root,
        facts.manifest.lines_sha256,
        facts.manifest.sums_sha256,
        facts.parent.root,
        facts.policy.digest,
        facts.recipe.digest,
        facts.sources[0],
        facts.known_limits[0],
        "ada",
        "grace",
        "LicenseRef-research-only",
        "2026-11-22T09:30:00Z",
        "unportable-name",
        "drawn",
    ]:
        assert value in page
        assert value in text


def test_somebody_elses_text_is_no_markup() -> None:
    facts = document(sources=(HOSTILE,), known_limits=("# no heading", "1. no list", "- no list"))
    page, text = rendering.html_page(facts), rendering.markdown(facts)
    assert "script" not in read(page).tags
    assert HOSTILE in "".join(read(page).text)
    assert "\\<script\\>" in text
    assert "\\[a\\](javascript:b) \\*c\\* \\`d\\` \\_e\\_" in text
    assert "\\# no heading" in text
    assert "1\\. no list" in text
    assert "\\- no list" in text


def test_what_is_unknown_is_said_in_words() -> None:
    facts = document()
    recipe = facts.recipe.model_copy(update={"detector": "unknown"})
    empty = document(sources=(), people=(), known_limits=(), licence="unknown", recipe=recipe)
    text = rendering.markdown(empty)
    for sentence in [
        "The source is unknown.",
        "Nobody is named.",
        "No limits are known.",
        "The licence of the images is unknown.",
        "| detector | unknown |",
    ]:
        assert sentence in text


def test_one_image_is_not_called_images() -> None:
    totals = manifest.write([proofs.kept("a", b"x")], io.BytesIO())
    text = rendering.markdown(proofs.datasheet(totals))
    assert "The parent holds 1 image. " in text
    assert "1 image, 1 byte." in text
