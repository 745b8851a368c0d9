"""The index of a closed file: every paper with a hash of its content, so that any change shows.

ARCHIVE-02: a file is named after the customer and the number. ARCHIVE-03: repair documents, communication and
the customer's signature belong to it. PRIV-07: who alters a paper afterwards cannot hide it.

>>> before = [entry("message", 7, digest(b"It leaks"))]
>>> [row["status"] for row in compare(before, [entry("message", 7, digest(b"It is fine"))])]
['changed']
"""

import hashlib
import json
import re

#: what a file system or a reader of archives may trip over
UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


def digest(content):
    """SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def digest_of(values):
    """SHA-256 of plain values: the same values give the same hash, in whatever order a dict was filled."""
    return digest(json.dumps(values, sort_keys=True, separators=(",", ":"), default=str).encode())


def entry(kind, number, sha256, label="", author="", at=""):
    """One paper of a file.

    :param kind: message, attachment, visit, repair, quotation, ticket ...
    :param number: database id, which with the kind tells the paper
    :param at: moment as ISO text, UTC
    """
    return {"kind": kind, "id": number, "sha256": sha256, "label": label, "author": author, "at": at}


def seal(entries):
    """One hash for the whole file; label and author count, too."""
    return digest_of(sorted(entries, key=_key))


def compare(stored, present):
    """Rows of the index with ``status``: same, changed, missing (since the closing), added (afterwards)."""
    now = {_key(row): row for row in present}
    then = {_key(row): row for row in stored}
    rows = [{**row, "status": _status(row, now.get(_key(row)))} for row in stored]
    return rows + [{**row, "status": "added"} for row in present if _key(row) not in then]


def folder(customer, number):
    """ARCHIVE-02: "customer name + service order number", fit to be a file name."""
    name = " ".join(UNSAFE.sub(" ", customer or "").split()).strip(". ")
    return " ".join(filter(None, [name[:80], UNSAFE.sub("-", number)]))


def blind(stored):
    """The index without what tells persons: hashes, kinds and moments stay."""
    return [{**row, "label": "", "author": ""} for row in stored]


def _key(row):
    return row["kind"], row["id"]


def _status(row, present):
    if present is None:
        return "missing"
    return "same" if present["sha256"] == row["sha256"] else "changed"
