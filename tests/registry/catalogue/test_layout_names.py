from registry.catalogue.layout_names import LayoutName


def test_names_are_kebab_case_and_fit_into_the_record() -> None:
    assert all(name.value == name.value.lower() and " " not in name.value for name in LayoutName)
    assert max(map(len, LayoutName)) <= 64


def test_only_a_list_of_urls_has_no_pixels() -> None:
    assert [name for name in LayoutName if not name.has_pixels] == [LayoutName.URL_LIST]
