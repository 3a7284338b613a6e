import re
from importlib import resources

from registry import ids


def test_ids_are_of_version_seven_and_sort_by_time() -> None:
    made = [ids.new_id() for _ in range(1000)]
    assert {one.version for one in made} == {7}
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_case_numbers_can_be_read_aloud_and_are_no_series() -> None:
    numbers = [ids.new_case_number() for _ in range(1000)]
    assert all(re.fullmatch(f"TD-[{ids.CASE_ALPHABET}]{{4}}-[{ids.CASE_ALPHABET}]{{4}}", number) for number in numbers)
    assert len(set(numbers)) == len(numbers)
    assert not set("01ILOU") & set(ids.CASE_ALPHABET)
    assert len(ids.CASE_ALPHABET) ** 8 >= 2**38


def test_code_words_are_five_of_a_list_of_256_words_that_cannot_be_confused() -> None:
    words = (resources.files("registry") / "code_words.txt").read_text(encoding="ascii").split()
    assert len(set(words)) == len(words) == 256
    assert all(re.fullmatch("[a-z]+", word) for word in words)
    given = ids.new_code_words().split(" ")
    assert len(given) == ids.CODE_WORD_COUNT
    assert set(given) <= set(words)
    assert ids.new_code_words() != ids.new_code_words()
