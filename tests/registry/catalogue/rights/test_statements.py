import pytest

from registry.catalogue.rights import statements
from registry.catalogue.rights.statements import MAX_CHARACTERS, Statement, Where


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("© Jané".encode(), "© Jané"),
        ("© Jané".encode("latin-1"), "© Jané"),
        (b"No\x00 &amp;\n never", "No &amp; never"),
        (b"x" * 5000, "x" * MAX_CHARACTERS),
    ],
)
def test_words_are_text_on_one_line_of_whatever_encoding_and_length(words: bytes, text: str) -> None:
    assert list(statements.said(Where.EXIF, "rights", words, 7)) == [Statement(Where.EXIF, "rights", text, 7)]


def test_words_of_xml_lose_its_marks_and_blank_words_say_nothing() -> None:
    (it,) = statements.said(Where.XMP, "rights", b"No &amp; never", 0, is_xml=True)
    assert it.text == "No & never"
    assert list(statements.said(Where.COMMENT, "comment", b" \x00\n", 0)) == []
