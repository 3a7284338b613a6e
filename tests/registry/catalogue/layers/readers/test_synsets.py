from pathlib import Path

from registry.catalogue.layers.readers import synsets
from registry.catalogue.taxonomy.rows import Report
from tests.factories.layers import CAT, DOG


def test_a_list_becomes_rows_in_order_and_what_is_no_synset_is_reported(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(f"{DOG} dog\n{CAT}\nnonsense\n{DOG}\n")
    report = Report()
    assert synsets.read(tmp_path / "list.txt", report) == [(CAT,), (DOG,)]
    assert [refusal.line for refusal in report.refusals] == [3, 4]
