"""What has to be known of a request before it is handed on (INTAKE-19), by service type.

Who asks and how to reach them always (INTAKE-10); a repair needs the piece and what is wrong with it
(INTAKE-11, INTAKE-15), an installation the place, a return the proof of purchase (INTAKE-14). Whoever speaks
with the customer first judges what kind of problem it is (INTAKE-41). Nobody's request is refused for it:
what is missing is asked for.

>>> missing(Facts("repair", contact=True, reachable=True, described=True, product=True, typed=True))
('INTAKE-SERIAL',)
>>> missing(Facts("consultation", contact=True, reachable=True, described=True))
('INTAKE-41',)
"""

from dataclasses import dataclass

CONTACT, REACH, PROBLEM = "INTAKE-CONTACT", "INTAKE-REACH", "INTAKE-PROBLEM"
PRODUCT, SERIAL, PLACE, PROOF = "INTAKE-PRODUCT", "INTAKE-SERIAL", "INTAKE-PLACE", "INTAKE-PROOF"
TYPE = "INTAKE-41"
CODES = (CONTACT, REACH, PROBLEM, PRODUCT, SERIAL, TYPE, PLACE, PROOF)

ALWAYS = (CONTACT, REACH, PROBLEM)
REQUIRED = {
    "repair": (*ALWAYS, PRODUCT, SERIAL, TYPE),
    "consultation": (*ALWAYS, TYPE),
    "complaint": ALWAYS,
    "installation": (CONTACT, REACH, PRODUCT, PLACE),
    "return": (CONTACT, REACH, PRODUCT, PROOF),
}


@dataclass(frozen=True)
class Facts:
    """What is there. ``has_serial``: pieces of this product carry serial numbers (an unknown one may).

    ``typed``: hardware, software or operation, as judged at first contact.
    """

    service_type: str
    contact: bool = False
    reachable: bool = False
    described: bool = False
    product: bool = False
    serial: bool = False
    has_serial: bool = True
    place: bool = False
    proof: bool = False
    typed: bool = False


def missing(facts: Facts) -> tuple[str, ...]:
    """Codes of what is to be asked for, in the order of the form."""
    there = {
        CONTACT: facts.contact,
        REACH: facts.reachable,
        PROBLEM: facts.described,
        PRODUCT: facts.product,
        SERIAL: facts.serial or not facts.has_serial,
        TYPE: facts.typed,
        PLACE: facts.place,
        PROOF: facts.proof,
    }
    return tuple(code for code in REQUIRED[facts.service_type] if not there[code])
