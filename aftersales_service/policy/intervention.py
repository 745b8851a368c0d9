"""How a fault is gone at, and which department that makes it.

The technician telephones first; the answer decides between a repair on site and one in the factory (DISP-09).
On site the technical department goes, in the factory quality control repairs (DISP-10); for an installation
after-sales sends its people (DISP-44). Goods can be sent to a repair station instead (DISP-07). Who lacks the
skill asks the product director (DISP-19); who has it sends their own (DISP-20). Outside our own region a
service partner goes, and until then we help from afar (DISP-36); a remote area gets help with its transport
(DISP-37).

>>> judge(Facts("repair", "on_site", phoned=True)).outcome
'technical'
>>> judge(Facts("repair", "factory", phoned=True)).outcome
'quality'
>>> judge(Facts("installation", "on_site")).outcome
'after_sales'
"""

from dataclasses import dataclass

from .verdict import Clause, Verdict

VERSION = "1"

AFTER_SALES, TECHNICAL, QUALITY, PRODUCT = "after_sales", "technical", "quality", "product"
OUTCOMES = (AFTER_SALES, TECHNICAL, QUALITY, PRODUCT)

PHONE, REMOTE, ON_SITE, MAIL_IN, FACTORY = "phone", "remote", "on_site", "mail_in", "factory"
AFAR = (PHONE, REMOTE)

ABLE, LACKING = "able", "lacking"


@dataclass(frozen=True)
class Facts:
    """``partner_id``: service partner of the region; ``capability_code``: able, lacking or None."""

    service_type: str
    mode_code: str | None = None
    phoned: bool = False
    remote_area: bool = False
    partner_id: int | None = None
    station_id: int | None = None
    capability_code: str | None = None


def judge(facts: Facts, rules=()) -> Verdict:
    department, reason = responsible(facts)
    clauses = [reason, *called(facts), *area(facts)]
    return Verdict(department, tuple(clauses), {"partner_id": going(facts), "station_id": facts.station_id})


def responsible(facts: Facts) -> tuple[str, Clause]:
    """The department whose work it is, and the clause that says so."""
    if facts.capability_code == LACKING:
        return PRODUCT, _clause("DISP-19")
    if facts.mode_code == FACTORY:
        return QUALITY, _clause("DISP-10")
    if facts.mode_code == MAIL_IN:
        return AFTER_SALES, _clause("DISP-07")
    if facts.mode_code == ON_SITE and facts.service_type != "installation":
        return TECHNICAL, _clause("DISP-20" if facts.capability_code == ABLE else "DISP-44-REPAIR")
    if facts.mode_code == ON_SITE:
        return AFTER_SALES, _clause("DISP-44-INSTALLATION")
    return AFTER_SALES, _clause("INTERVENTION-AFAR")


def called(facts: Facts) -> list[Clause]:
    """DISP-09: whether the customer was asked on the telephone before somebody set out."""
    return [_clause("DISP-09" if facts.phoned else "INTERVENTION-NOT-PHONED")]


def area(facts: Facts) -> list[Clause]:
    found = []
    if facts.partner_id:
        found.append(_clause("DISP-36-AFAR" if facts.mode_code in AFAR else "DISP-36"))
    if facts.remote_area:
        found.append(_clause("DISP-37"))
    return found


def going(facts: Facts) -> int | None:
    """The service partner, where somebody has to be on the spot."""
    return facts.partner_id if facts.mode_code == ON_SITE and facts.capability_code != LACKING else None


def _clause(code: str) -> Clause:
    return Clause(code, public=False)
