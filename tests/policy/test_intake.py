"""What has to be asked for, by service type."""

import csv
from pathlib import Path

import pytest

from odoo.addons.aftersales_service.policy import intake
from odoo.addons.aftersales_service.policy.intake import Facts, missing

CLAUSES = Path(__file__).parents[2] / "aftersales_service" / "data" / "aftersales.clause.csv"
CALLER = {"contact": True, "reachable": True}


# fmt: off
@pytest.mark.parametrize(("facts", "expected"), [
    (Facts("repair"), intake.REQUIRED["repair"]),
    (Facts("repair", described=True, product=True, serial=True, typed=True, **CALLER), ()),
    (Facts("repair", described=True, product=True, typed=True, **CALLER), ("INTAKE-SERIAL",)),
    (Facts("repair", described=True, product=True, has_serial=False, typed=True, **CALLER), ()),
    (Facts("repair", described=True, product=True, serial=True, **CALLER), ("INTAKE-41",)),
    (Facts("consultation", described=True, typed=True, **CALLER), ()),
    (Facts("consultation", described=True, **CALLER), ("INTAKE-41",)),
    (Facts("complaint", **CALLER), ("INTAKE-PROBLEM",)),
    (Facts("installation", product=True, **CALLER), ("INTAKE-PLACE",)),
    (Facts("return", product=True, **CALLER), ("INTAKE-PROOF",)),
    (Facts("return", product=True, proof=True, **CALLER), ()),
])
# fmt: on
def test_each_type_asks_for_what_it_needs(facts, expected):
    """INTAKE-19, INTAKE-10, INTAKE-11, INTAKE-14, INTAKE-15, INTAKE-41."""
    assert missing(facts) == expected


def test_every_type_asks_who_it_is_and_how_to_reach_them():
    """INTAKE-10."""
    for required in intake.REQUIRED.values():
        assert {intake.CONTACT, intake.REACH} <= set(required)


def test_every_code_has_its_words():
    with CLAUSES.open(encoding="utf-8") as file:
        known = {row["code"] for row in csv.DictReader(file)}
    assert set(intake.CODES) <= known
