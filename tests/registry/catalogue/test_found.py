from registry.catalogue.found import Found, Kind
from registry.catalogue.places import FilePlace


def test_a_file_of_its_own_lies_in_no_part_and_is_what_nobody_expects() -> None:
    found = Found("a", FilePlace(b"/a"), None, Kind.FILE)
    assert (found.part, found.position, found.expected) == (None, None, None)
