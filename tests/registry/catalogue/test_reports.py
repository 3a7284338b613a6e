from registry.catalogue import reports
from registry.catalogue.reports import ImportReport


def test_every_refusal_is_counted_and_the_first_are_named() -> None:
    report = ImportReport()
    for number in range(reports.EXAMPLES + 5):
        report.refuse("list", f"line {number}", "it is odd")
        report.note_fault("x.tar", f"byte {number}", "it is cut off")
    found = report.as_json()
    assert found["refused"] == {"it is odd": reports.EXAMPLES + 5}
    assert len(found["refusals"]) == len(found["faults"]) == reports.EXAMPLES
    assert found["fault_count"] == reports.EXAMPLES + 5
    assert found["refusals"][0] == {"file": "list", "where": "line 0", "why": "it is odd"}


def test_what_was_concluded_is_kept() -> None:
    report = ImportReport(came_in=3, empty_folders=["a"])
    report.conclude("It is a folder.")
    found = report.as_json()
    assert (found["came_in"], found["empty"], found["conclusions"]) == (3, ["a"], ["It is a folder."])
