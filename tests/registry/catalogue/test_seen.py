from registry.catalogue import seen
from registry.catalogue.entries import Box, FaceOrigin, FaceZone
from registry.catalogue.seen import Seen

FACE = Box(1, 2, 3, 4, 0.1 + 0.2, FaceZone.BLUR, FaceOrigin.KNOWN)
DOUBT = Box(5, 6, 7, 8, 0.25, FaceZone.REVIEW, FaceOrigin.SECOND_LOOK)
BLURRED = Seen("é/1.jpg", True, None, (FACE, DOUBT), "6" * 64, 77, "cpu", 0, bytes(range(256)), "0" * 32)


def test_results_come_back_as_they_were_kept_and_equal_results_are_equal_bytes() -> None:
    failed = Seen("b", False, "undecodable", (), None, None, "cpu")
    data = seen.packed([BLURRED, failed])
    assert seen.unpacked(data) == [BLURRED, failed]
    assert seen.packed(seen.unpacked(data)) == data
    assert BLURRED.faces == (FACE,)


def test_results_of_before_are_read_and_nobody_asked_them_anything() -> None:
    before = (
        b'[{"boxes":[[1,2,3,4,0.5,"blur","detector"]],"defect":null,"device":"cpu","is_blurred":true,'
        b'"output_sha256":null,"output_size_bytes":null,"path":"a","preview":"/wA="}]'
    )
    (found,) = seen.unpacked(before)
    assert (found.boxes, found.preview, found.asked) == ((Box(1, 2, 3, 4, 0.5),), b"\xff\x00", "")
