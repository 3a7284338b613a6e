from registry.catalogue.layouts import Layout, choosing
from registry.catalogue.manifests import columns


def test_a_layout_says_which_columns_its_rows_have() -> None:
    layouts: tuple[Layout, ...] = choosing.LAYOUTS
    assert all(set(layout.extras) <= set(columns.EXTRAS.names) for layout in layouts)
