"""By which way the money goes back, how long that takes and what the customer has to tell for it.

Requirements §5.1: what was paid online goes back by the same way (REFUND-05, -16, -30, -35). Where there is
no way back (cash on delivery), or the customer asks for another one, he names an account, and then its data
are checked: registered real name for Alipay (REFUND-20), number, holder, bank and branch for a bank account
(REFUND-22, -23), the holder being the consignee (REFUND-21). Accounts that nobody named are not asked about
(AMB-53).
"""

from dataclasses import dataclass

from ...aftersales_service.policy.verdict import Clause, Verdict, first_match

VERSION = "1"

ORIGINAL, NAMED, ASK = "original", "named", "ask"  # routes
INCOMPLETE, MISMATCH, NONE = "incomplete", "mismatch", "none"  # outcomes besides the first two routes

NEEDS = ("real_name", "account", "holder", "bank", "branch")


@dataclass(frozen=True)
class Rule:
    """A row: this payment method (None = any), the customer naming that kind of account (None = any)."""

    code: str
    sequence: int
    method: str | None
    account_kind: str | None
    route: str
    days_min: int  # working days until the money is there
    days_max: int
    fee_bearer: str
    needs: str  # words of NEEDS, separated by blanks


@dataclass(frozen=True)
class Facts:
    """How it was paid, and which account data are on file; the data themselves stay out.

    ``account_kind`` is what the customer asked for, None for the way it came. ``holder_matches`` compares the
    account's holder with the consignee.
    """

    method: str
    payout: bool
    account_kind: str | None = None
    given: tuple[str, ...] = ()
    holder_matches: bool = False


def judge(facts: Facts, rules: tuple[Rule, ...]) -> Verdict:
    """``outcome`` is the route, or why the refund cannot go out yet; ``values`` name the row and terms."""
    if not facts.payout:
        return Verdict(NONE, (Clause("refund_no_payout"),))
    row = first_match(rules, facts, ("method", "account_kind"))
    if row is None:
        return Verdict(INCOMPLETE, (Clause("refund_channel_unknown", params={"method": facts.method}),))
    missing = missing_data(row, facts)
    checks = _checks(row, facts, missing)
    terms = {"days_min": row.days_min, "days_max": row.days_max, "fee_bearer": row.fee_bearer}
    values = {"channel": row.code, **terms, "missing": missing}
    return Verdict(_outcome(row, facts, missing), (Clause(row.code, params=terms), *checks), values)


def missing_data(row: Rule, facts: Facts) -> tuple[str, ...]:
    """Data that the row asks for and that are not on file, in the order of NEEDS."""
    wanted = row.needs.split()
    missing = tuple(need for need in NEEDS if need in wanted and need not in facts.given)
    return ("account_kind", *missing) if row.route == ASK else missing


def _outcome(row: Rule, facts: Facts, missing: tuple[str, ...]) -> str:
    if missing:
        return INCOMPLETE
    return MISMATCH if _wants_consignee(row) and not facts.holder_matches else row.route


def _checks(row: Rule, facts: Facts, missing: tuple[str, ...]) -> tuple[Clause, ...]:
    checks = [Clause("refund_fee", params={"bearer": row.fee_bearer})]
    if row.route != ORIGINAL:
        checks.append(Clause("refund_data_missing", bool(missing), {"missing": ", ".join(missing)}))
    if _wants_consignee(row):
        checks.append(Clause("REFUND-21", params={"result": "yes" if facts.holder_matches else "no"}))
    return tuple(checks)


def _wants_consignee(row: Rule) -> bool:
    return "holder" in row.needs.split()
