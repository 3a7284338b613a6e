import hashlib
import re
from pathlib import Path

import pytest

from registry.proof import envelope, logproof, revocation
from tests.factories import browsing, pictures, shown

pytestmark = pytest.mark.xdist_group("shown")


def test_a_registry_that_withdrew_nothing_says_so() -> None:
    assert "Nothing has been withdrawn." in browsing.visitor().get("/revocations").text
    assert browsing.visitor().get("/revocations/1.dsse.json").status_code == 404


def test_a_revocation_is_public_signed_and_says_nothing_about_who_asked(tmp_path: Path) -> None:
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        receipt = shown.revoke(home, shown.FACE)
        visitor = browsing.Visitor(browsing.app_of(home))
        page, visitor_log = visitor.get("/revocations").text, visitor.get("/log").text
        data = visitor.get("/revocations/1.dsse.json").data
        status = visitor.post("/takedowns/status", number=receipt.number, code_words=receipt.code_words).text
    document = revocation.parse(envelope.parse(data).payload)
    assert document.number == 1
    assert "sha256:" + hashlib.sha256(pictures.face()).hexdigest() in document.images
    assert hashlib.sha256(data).hexdigest() in page
    assert receipt.number not in page
    assert receipt.number.encode() not in data
    assert "Fulfilled" in status
    entry, digest, salt = re.findall(r"<dt>(?:Entry|Digest|Salt)</dt><dd[^>]*>([^<]+)</dd>", status)
    assert digest == logproof.case_commitment(receipt.number, bytes.fromhex(salt))
    assert f"No. {entry}<" in visitor_log
    assert salt not in visitor_log
    assert "revocation 1</a>" in status
    assert re.search(r"<strong>is gone</strong>", status)
