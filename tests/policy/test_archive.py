"""ARCHIVE-02, ARCHIVE-03, PRIV-07: an index of hashes in which no change can hide."""

import pytest

from odoo.addons.aftersales_service.policy import archive


def entries():
    return [
        archive.entry(
            "message", 7, archive.digest(b"It leaks"), "It leaks", "Li Ming", "2026-01-01 10:00:00"
        ),
        archive.entry("file", 7, archive.digest(b"\xff\xd8"), "photo.jpg"),
    ]


def status(stored, present):
    return {(row["kind"], row["id"]): row["status"] for row in archive.compare(stored, present)}


def test_an_untouched_file_is_the_same():
    """ARCHIVE-03"""
    assert set(status(entries(), entries()).values()) == {"same"}


def test_a_changed_a_missing_and_an_added_paper_show():
    """PRIV-07"""
    present = [
        archive.entry("message", 7, archive.digest(b"It never leaked")),
        archive.entry("message", 9, archive.digest(b"All is well")),
    ]
    assert status(entries(), present) == {
        ("message", 7): "changed",
        ("file", 7): "missing",
        ("message", 9): "added",
    }


def test_the_seal_depends_on_every_paper_and_not_on_their_order():
    """PRIV-07"""
    seal = archive.seal(entries())
    assert archive.seal(entries()[::-1]) == seal
    assert archive.seal(entries()[:1]) != seal
    forged = entries()
    forged[0]["author"] = "Somebody else"
    assert archive.seal(forged) != seal


def test_a_blinded_index_keeps_hashes_and_no_names():
    """PRIV-03"""
    text = str(archive.blind(entries()))
    assert "Li Ming" not in text and "photo" not in text and "leaks" not in text
    assert archive.digest(b"It leaks") in text


@pytest.mark.parametrize(
    ("customer", "number", "expected"),
    [
        ("Li Ming", "SR-202601010001", "Li Ming SR-202601010001"),
        ("李明", "SR-1", "李明 SR-1"),
        ("../../etc/passwd", "SR-1", "etc passwd SR-1"),
        ("A/B: C*?", "SR-1", "A B C SR-1"),
        ("", "SR-1", "SR-1"),
        (None, "SR-1", "SR-1"),
    ],
)
def test_the_file_is_named_after_customer_and_number(customer, number, expected):
    """ARCHIVE-02: and the name cannot leave its folder."""
    assert archive.folder(customer, number) == expected
