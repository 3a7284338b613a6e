from registry.catalogue.layers.kinds import SCHEMAS, Kind


def test_every_kind_has_columns_of_which_the_first_says_what_a_row_is_about() -> None:
    assert set(SCHEMAS) == set(Kind)
    assert {kind: schema.names[0] for kind, schema in SCHEMAS.items()} == {
        kind: "synset" if kind is Kind.SYNSETS else "image" for kind in Kind
    }
