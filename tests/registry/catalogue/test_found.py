from registry.catalogue.found import Found, Kind, where
from registry.catalogue.places import FilePlace


def test_a_file_of_its_own_lies_in_no_part_and_is_what_nobody_expects() -> None:
    found = Found("a", FilePlace(b"/a"), None, Kind.FILE)
    assert (found.part, found.position, found.expected) == (None, None, None)


def test_a_place_in_a_part_is_said_as_people_look_for_it() -> None:
    assert where("x.tar", 512) == "byte 512"
    assert where("x.parquet", 7) == "row 7"
    assert (where(None, 7), where("x.tar", None)) == ("", "")
