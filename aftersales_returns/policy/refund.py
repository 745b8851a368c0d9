"""How much goes back to the customer, in what form, and what is taken off.

A refund credits one posted customer invoice. It is added up from parts (requirements §5.2), each tax
included and signed as the customer sees it, + to him:

    goods           what he paid for the accepted quantity, line discounts already in it
    promotion    −  the share of an order-wide promotion that was granted on these goods
    non_cash     −  the share that was paid by gift card, wallet or points; it goes back to the card
    rounding     ±  the share of the cash rounding of the invoice
    delivery     +  the delivery fee, as far as the seller bears the outbound leg
    early        −  the share of a discount for early payment: the customer did not pay it
    freight      +  return freight that he paid and somebody else bears; − freight that he owes
    gift         −  a gift that did not come back, at its selling price (REFUND-32)
    gift_back    +  what was deducted for a gift that came back after all

Where goods are exchanged or repaired nothing of them is credited, and freight that the customer laid out
comes back by itself (F-25): the return freight, and the delivery fee of the pieces that were exchanged.

A shirt of 100.00 under a 10 % promotion, shipped for 5.00, quality fault, 8.00 of return freight prepaid,
gift of 15.00 kept: 100 − 10 + 5 + 8 − 15 = 88.00.

Shares are cumulative: what has to be credited in all by now, less what was credited before. Hence the last of
several partial returns takes the remainder, and the parts of all of them add up to the invoice, to the cent.

>>> third = Item(1, Decimal(3), Decimal("10.00"), Decimal("10.00"), Decimal(1))
>>> [part.total for part in goods_parts((third,), 2)]
[Decimal('3.33')]
>>> last = dataclasses.replace(third, credited_qty=Decimal(2), credited_untaxed=Decimal("6.67"),
...                            credited_total=Decimal("6.67"))
>>> [part.total for part in goods_parts((last,), 2)]
[Decimal('3.33')]
"""

import dataclasses
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from ...aftersales_service.policy.verdict import Clause, Verdict, from_plain, to_plain

VERSION = "3"

# Kinds of parts, in the order in which an accountant reads them.
GOODS, PROMOTION, NON_CASH, DELIVERY = "goods", "promotion", "non_cash", "delivery"
ROUNDING = "rounding"
FREIGHT, BALANCE, OWED_FREIGHT, GIFT = "freight", "balance", "owed_freight", "gift"
GIFT_BACK = "gift_back"
EARLY = "early"
OF_INVOICE = (GOODS, PROMOTION, NON_CASH, ROUNDING, DELIVERY, EARLY)
KINDS = (*OF_INVOICE, FREIGHT, BALANCE, OWED_FREIGHT, GIFT, GIFT_BACK)

# Outcomes
PAY_OUT = "pay_out"  # money leaves
CREDIT_ONLY = "credit_only"  # the credit only lowers what the customer still owes
NOTHING = "nothing"
BLOCKED = "blocked"  # more than was invoiced would be credited: a person has to look

ZERO = Decimal(0)
ONE = Decimal(1)


@dataclass(frozen=True)
class Item:
    """A goods line of the original invoice.

    ``untaxed``/``total`` are those of the whole line as invoiced. ``quantity`` is accepted now, 0 for a line
    that stays with the customer; it still weighs in the shares of promotions and fees. ``exchanged`` are
    accepted now and replaced: no money, but their delivery fee. ``fee_free`` of ``quantity`` had come as
    replacements, whose delivery nobody paid.
    """

    line_id: int
    invoiced_qty: Decimal
    untaxed: Decimal
    total: Decimal
    quantity: Decimal = ZERO
    credited_qty: Decimal = ZERO
    credited_untaxed: Decimal = ZERO
    credited_total: Decimal = ZERO
    exchanged: Decimal = ZERO
    fee_free: Decimal = ZERO
    reduced_untaxed: Decimal = ZERO  # what the price of the line was lowered by after the sale
    reduced_total: Decimal = ZERO


@dataclass(frozen=True)
class Rider:
    """An invoice line that rides on others: a promotion, a tender, cash rounding or the delivery fee.

    Amounts are as invoiced (promotions and tenders negative, cash rounding either way), ``credited_*``
    likewise. ``base`` holds the items that it was granted on. ``points`` were taken off the card at the
    sale, ``restored`` given back before; ``points_digits`` is 0 for what cannot be split, such as a coupon.
    """

    line_id: int
    kind: str
    untaxed: Decimal
    total: Decimal
    base: tuple[int, ...]
    credited_untaxed: Decimal = ZERO
    credited_total: Decimal = ZERO
    card_id: int | None = None
    points: Decimal = ZERO
    points_digits: int = 0
    restored: Decimal = ZERO


@dataclass(frozen=True)
class EarlyPayment:
    """The discount that the customer took by paying the invoice early, not negative.

    ``line_id`` is the invoice's line that was paid so; ``taken_*`` is what earlier refunds have taken off.
    """

    line_id: int
    untaxed: Decimal
    total: Decimal
    taken_untaxed: Decimal = ZERO
    taken_total: Decimal = ZERO


@dataclass(frozen=True)
class Freight:
    """A freight charge of the return (design §4.2), not negative; ``share`` is of its leg, in %.

    ``settled`` is what other refunds of the return hold of it already.
    """

    charge_id: int
    leg: str
    amount: Decimal
    prepaid_by: str
    borne_by: str
    settlement: str
    share: Decimal = Decimal(100)
    settled: Decimal = ZERO


@dataclass(frozen=True)
class MissingGift:
    """A gift that should have come back and did not, at its selling price; or what was deducted for one."""

    rma_line_id: int
    quantity: Decimal
    untaxed: Decimal
    total: Decimal


@dataclass(frozen=True)
class Coins:
    """Reward points that the purchase earned on one card."""

    card_id: int
    earned: Decimal
    deducted: Decimal
    balance: Decimal


@dataclass(frozen=True)
class Facts:
    """What is known about one invoice and the return against it. ``digits`` are the currency's decimals.

    ``credited`` is what posted credit notes have taken off the invoice, whoever made them; it and
    ``invoice_total`` make the ceiling. ``invoice_open`` is what the customer has not paid yet. ``elsewhere``
    is the part of ``credited`` that Sales and Accounting credited without a refund, ``elsewhere_pieces`` how
    many of the returned pieces that were: those are in no item's ``quantity`` any more.
    ``not_invoiced`` pieces came back before they were invoiced.
    """

    digits: int
    invoice_total: Decimal
    invoice_open: Decimal
    credited: Decimal
    items: tuple[Item, ...]
    riders: tuple[Rider, ...] = ()
    freight: tuple[Freight, ...] = ()
    gifts: tuple[MissingGift, ...] = ()
    gifts_back: tuple[MissingGift, ...] = ()
    coins: tuple[Coins, ...] = ()
    restore_non_cash: bool = True
    elsewhere: Decimal = ZERO
    elsewhere_pieces: Decimal = ZERO
    not_invoiced: Decimal = ZERO
    early: tuple[EarlyPayment, ...] = ()


@dataclass(frozen=True)
class Part:
    """One line of the refund. ``source_id`` is an invoice line, a freight charge or an RMA line, by kind."""

    kind: str
    source_id: int
    quantity: Decimal
    untaxed: Decimal
    total: Decimal


def judge(facts: Facts, rules=()) -> Verdict:
    """The refund of one invoice; ``values`` hold amount, payout, parts, restore, coins and shortfall."""
    parts = credit_parts(facts)
    deductions, shortfall = taken_off(parts, deduction_parts(facts), facts.digits)
    parts += deductions
    amount = total_of(parts)
    payout = max(ZERO, amount - facts.invoice_open)
    restore, coins = restored_points(facts), deducted_coins(facts)
    faults = ceiling_faults(facts, parts)
    outcome = BLOCKED if faults else PAY_OUT if payout else CREDIT_ONLY if amount else NOTHING
    values = {
        "amount": amount,
        "payout": payout,
        "shortfall": shortfall,
        "parts": parts,
        "restore": restore,
        "coins": coins,
    }
    clauses = (
        *faults,
        *_part_clauses(facts, parts),
        *_elsewhere_clauses(facts),
        *_points_clauses(facts, restore, coins),
        *_money_clauses(amount, payout, shortfall),
    )
    return Verdict(outcome, clauses, values)


# --- the parts -----------------------------------------------------------------------------------------


def credit_parts(facts: Facts) -> tuple[Part, ...]:
    """Everything that follows from the invoice and what is owed to the customer, before deductions."""
    of_invoice = invoice_parts(facts)
    gifts = tuple(
        Part(GIFT_BACK, gift.rma_line_id, gift.quantity, gift.untaxed, gift.total)
        for gift in facts.gifts_back
        if gift.total > 0
    )
    return (*sorted(of_invoice, key=lambda part: KINDS.index(part.kind)), *freight_parts(facts), *gifts)


def invoice_parts(facts: Facts) -> tuple[Part, ...]:
    """Goods and their riders. Fees come before promotions and tenders, which never exceed what they reduce.

    A cent that does not fit this time is still due and comes with the next return.
    """
    parts = list(goods_parts(facts.items, facts.digits))
    share = seller_share_outbound(facts.freight)
    for rider in sorted(facts.riders, key=lambda rider: rider.kind != DELIVERY):
        parts += rider_parts(rider, facts, share, room=total_of(tuple(parts)))
    return (*parts, *early_parts(facts, credit=total_of(tuple(parts))))


def early_parts(facts: Facts, credit: Decimal) -> tuple[Part, ...]:
    """The discount for early payment, in the share of the invoice that is credited by now.

    What Accounting has credited at full price counts with it: the next refund takes its share off as well.

    :param credit: what this refund gives back of the invoice, at invoiced prices
    """
    parts = []
    for early in facts.early:
        share = _clamp(_ratio(facts.credited + early.taken_total + credit, facts.invoice_total))
        due = _due(early.total, share, early.taken_total, facts.digits)
        total = min(due, max(ZERO, credit))
        untaxed = _due(early.untaxed, share, early.taken_untaxed, facts.digits)
        if total != due:
            untaxed = rounded(untaxed * total / due, facts.digits)
        if total:
            parts.append(Part(EARLY, early.line_id, _ratio(total, early.total), -untaxed, -total))
    return tuple(parts)


def goods_parts(items: tuple[Item, ...], digits: int) -> tuple[Part, ...]:
    """What was paid for the quantity accepted now."""
    return tuple(
        Part(
            GOODS,
            item.line_id,
            item.quantity,
            _due(item.untaxed - item.reduced_untaxed, _quantity_share(item), item.credited_untaxed, digits),
            _due(item.total - item.reduced_total, _quantity_share(item), item.credited_total, digits),
        )
        for item in items
        if item.quantity > 0
    )


def rider_parts(rider: Rider, facts: Facts, seller_share: Decimal, room: Decimal) -> tuple[Part, ...]:
    """The rider's share of the goods credited by now; the delivery fee only as far as the seller bears it."""
    if rider.kind == DELIVERY:
        return fee_parts(rider, facts, seller_share)
    share = value_share(facts, rider.base)
    untaxed = _due(rider.untaxed, share, rider.credited_untaxed, facts.digits)
    due = _due(rider.total, share, rider.credited_total, facts.digits)
    total = max(due, -max(ZERO, room))
    if total != due:
        untaxed = rounded(untaxed * total / due, facts.digits)
    if not total and not untaxed:
        return ()
    return (Part(rider.kind, rider.line_id, _ratio(total, rider.total), untaxed, total),)


def fee_parts(rider: Rider, facts: Facts, seller_share: Decimal) -> tuple[Part, ...]:
    """The delivery fee of the pieces of this refund, as far as the seller bears their outbound leg.

    Earlier pieces are not made good for: whether their fee came back was decided with them. The steps add up
    to the whole fee where the seller bears it all along.
    """
    before, after = fee_share(facts, rider.base, now=False), fee_share(facts, rider.base)
    amounts = (
        _step(whole, before * seller_share, after * seller_share, credited, facts.digits)
        for whole, credited in (
            (rider.untaxed, rider.credited_untaxed),
            (rider.total, rider.credited_total),
        )
    )
    untaxed, total = amounts
    if not total and not untaxed:
        return ()
    return (Part(rider.kind, rider.line_id, _ratio(total, rider.total), untaxed, total),)


def freight_parts(facts: Facts) -> tuple[Part, ...]:
    """Freight that the customer laid out and somebody else bears.

    An outbound leg that was invoiced comes back through the delivery line of the invoice, never twice. Credit
    to the account balance (FREIGHT-24) stands beside the cash and does not add to it.
    """
    invoiced = any(rider.kind == DELIVERY for rider in facts.riders)
    return tuple(
        Part(
            BALANCE if charge.settlement == "balance" else FREIGHT,
            charge.charge_id,
            ONE,
            charge.amount - charge.settled,
            charge.amount - charge.settled,
        )
        for charge in facts.freight
        if _is_reimbursed(charge)
        and charge.amount > charge.settled
        and not (invoiced and charge.leg == "outbound")
    )


def deduction_parts(facts: Facts) -> tuple[Part, ...]:
    """What the customer owes: freight that the seller laid out for him, and gifts that he kept."""
    freight = (
        Part(OWED_FREIGHT, charge.charge_id, ONE, -left, -left)
        for charge in facts.freight
        for left in [charge.amount - charge.settled]
        if charge.settlement == "deduct" and charge.borne_by == "customer" and left > 0
    )
    gifts = (
        Part(GIFT, gift.rma_line_id, gift.quantity, -gift.untaxed, -gift.total)
        for gift in facts.gifts
        if gift.total > 0
    )
    return (*freight, *gifts)


def taken_off(parts: tuple[Part, ...], deductions: tuple[Part, ...], digits: int):
    """(deductions as far as the credit covers them, what is left to claim).

    A refund never turns into a bill: what it does not cover is told, not booked. Neither is it taken from the
    part that goes back to a card.
    """
    left, taken, shortfall = max(ZERO, total_of(parts)), [], ZERO
    for part in deductions:
        applied = min(left, -part.total)
        left -= applied
        shortfall += -part.total - applied
        if applied:
            untaxed = rounded(part.untaxed * _ratio(-applied, part.total), digits)
            taken.append(dataclasses.replace(part, untaxed=untaxed, total=-applied))
    return tuple(taken), shortfall


def total_of(parts: tuple[Part, ...]) -> Decimal:
    """What the credit note comes to. Credit to the balance is settled within it."""
    return sum((part.total for part in parts if part.kind != BALANCE), ZERO)


def seller_share_outbound(freight: tuple[Freight, ...]) -> Decimal:
    """Which share of the outbound leg the seller bears, 0…1; nothing known means 0."""
    shares = (row.share for row in freight if row.leg == "outbound" and row.borne_by == "seller")
    return _clamp(sum(shares, ZERO) / 100)


# --- points --------------------------------------------------------------------------------------------


def restored_points(facts: Facts) -> tuple[tuple[int, int, Decimal], ...]:
    """(card, invoice line, points) that go back in kind; a coupon waits until all it covered is returned."""
    if not facts.restore_non_cash:
        return ()
    credited = {part.source_id: part.total for part in invoice_parts(facts) if part.kind != GOODS}
    due = [
        (rider, _points_due(rider, facts, credited.get(rider.line_id, ZERO)))
        for rider in facts.riders
        if rider.card_id and rider.points > 0
    ]
    return tuple((rider.card_id, rider.line_id, points) for rider, points in due if points > 0)


def deducted_coins(facts: Facts) -> tuple[tuple[int, Decimal], ...]:
    """(card, points) that the purchase had earned and that go again, never below an empty card (AMB-16)."""
    due = _coins_due(facts)
    return tuple((c.card_id, min(due[c], max(ZERO, c.balance))) for c in facts.coins if due[c] > 0)


def spent_coins(facts: Facts) -> Decimal:
    """Points that should go again but are spent already: neither a debt nor taken from the money."""
    taken = sum((points for _card, points in deducted_coins(facts)), ZERO)
    return sum(_coins_due(facts).values(), ZERO) - taken


def _coins_due(facts: Facts) -> dict[Coins, Decimal]:
    share = value_share(facts, tuple(item.line_id for item in facts.items))
    return {c: max(ZERO, _floor(c.earned * share, 0) - c.deducted) for c in facts.coins}


def moved_on(rider: Rider, amount: Decimal, digits: int) -> Rider:
    """The tender after ``amount`` of it has paid for another article: none of that is given back any more."""
    share = _ratio(amount, -rider.total)
    return dataclasses.replace(
        rider,
        credited_total=rider.credited_total - amount,
        credited_untaxed=rider.credited_untaxed + rounded(rider.untaxed * share, digits),
        restored=rider.restored + rounded(rider.points * share, rider.points_digits),
    )


def _points_due(rider: Rider, facts: Facts, credited_now: Decimal) -> Decimal:
    """What can be split follows the money of this rider; what cannot waits for the whole."""
    if rider.points_digits and rider.total:
        share = (rider.credited_total + credited_now) / rider.total
        points = rounded(rider.points * share, rider.points_digits)
    else:
        points = _floor(rider.points * value_share(facts, rider.base), rider.points_digits)
    return max(ZERO, points - rider.restored)


# --- limits --------------------------------------------------------------------------------------------


def ceiling_faults(facts: Facts, parts: tuple[Part, ...]) -> tuple[Clause, ...]:
    """Clauses that forbid the refund: more pieces or more money than the invoice still carries."""
    faults = [
        Clause("refund_quantity_ceiling", params={"line": i.line_id, "left": i.invoiced_qty - i.credited_qty})
        for i in facts.items
        if i.quantity > 0 and i.quantity + i.credited_qty > i.invoiced_qty
    ]
    of_invoice = sum((p.total for p in parts if p.kind in OF_INVOICE), ZERO)
    left = facts.invoice_total - facts.credited - sum((early.total for early in facts.early), ZERO)
    if of_invoice > left:
        faults.append(Clause("refund_amount_ceiling", params={"amount": of_invoice, "left": left}))
    return tuple(faults)


# --- reasons -------------------------------------------------------------------------------------------

_PART_CODES = {
    GOODS: "REFUND-05",
    PROMOTION: "refund_promotion",
    NON_CASH: "REFUND-06",
    ROUNDING: "refund_rounding",
    DELIVERY: "refund_delivery",
    EARLY: "refund_early",
    FREIGHT: "refund_freight",
    BALANCE: "refund_balance",
    OWED_FREIGHT: "refund_owed_freight",
    GIFT: "REFUND-32",
    GIFT_BACK: "refund_gift_back",
}


def _part_clauses(facts: Facts, parts: tuple[Part, ...]) -> tuple[Clause, ...]:
    """One clause a kind of part, with its sum; kinds that were possible and did not apply are told too."""
    asked = {rider.kind for rider in facts.riders} | {part.kind for part in parts}
    sums = {kind: sum((p.total for p in parts if p.kind == kind), ZERO) for kind in KINDS if kind in asked}
    return tuple(
        Clause(_PART_CODES[kind], matched=bool(total), params={"amount": abs(total)})
        for kind, total in sums.items()
    )


def _elsewhere_clauses(facts: Facts) -> tuple[Clause, ...]:
    """What Sales and Accounting have credited without a refund, and what they never invoiced."""
    clauses = []
    if facts.elsewhere:
        clauses.append(Clause("refund_elsewhere", params={"amount": facts.elsewhere}))
    if facts.elsewhere_pieces:
        clauses.append(Clause("refund_elsewhere_pieces", params={"pieces": facts.elsewhere_pieces}))
    if facts.not_invoiced:
        clauses.append(Clause("refund_not_invoiced", params={"pieces": facts.not_invoiced}))
    return tuple(clauses)


def _points_clauses(facts: Facts, restore, coins) -> tuple[Clause, ...]:
    clauses = []
    if any(rider.card_id for rider in facts.riders):
        given = sum((points for _card, _line, points in restore), ZERO)
        clauses.append(Clause("AMB-14", matched=bool(given), params={"points": given}))
    if facts.coins:
        taken = sum((points for _card, points in coins), ZERO)
        clauses.append(Clause("REFUND-33", matched=bool(taken), params={"points": taken}))
    spent = spent_coins(facts)
    if spent:
        clauses.append(Clause("AMB-16", params={"points": spent}))
    return tuple(clauses)


def _money_clauses(amount: Decimal, payout: Decimal, shortfall: Decimal) -> tuple[Clause, ...]:
    clauses = []
    if amount != payout:
        clauses.append(Clause("refund_open_invoice", params={"amount": amount - payout}))
    if shortfall:
        clauses.append(Clause("refund_shortfall", params={"amount": shortfall}))
    clauses.append(Clause("refund_payout", matched=bool(payout), params={"amount": payout}))
    return tuple(clauses)


# --- arithmetic ----------------------------------------------------------------------------------------


def value_share(facts: Facts, base: tuple[int, ...]) -> Decimal:
    """Share of ``base`` that is credited by now, by rounded value, 0…1; by quantity where all was free."""
    chosen = [item for item in facts.items if item.line_id in base]
    whole = sum((item.total for item in chosen), ZERO)
    if whole:
        by_now = (rounded(item.total * _quantity_share(item), facts.digits) for item in chosen)
        return _clamp(sum(by_now, ZERO) / whole)
    pieces = sum((item.invoiced_qty for item in chosen), ZERO)
    return _clamp(_ratio(sum((item.quantity + item.credited_qty for item in chosen), ZERO), pieces))


def fee_share(facts: Facts, base: tuple[int, ...], now: bool = True) -> Decimal:
    """Share of ``base``, 0…1, whose delivery fee has been up for decision, before or with this refund."""
    chosen = [item for item in facts.items if item.line_id in base]
    weights = {item: item.total for item in chosen}
    if not sum(weights.values(), ZERO):
        weights = {item: item.invoiced_qty for item in chosen}

    def pieces(item):
        fresh = item.quantity - item.fee_free + item.exchanged if now else ZERO
        return _clamp(_ratio(item.credited_qty + fresh, item.invoiced_qty))

    whole = sum(weights.values(), ZERO)
    return _clamp(_ratio(sum((weight * pieces(item) for item, weight in weights.items()), ZERO), whole))


def _quantity_share(item: Item) -> Decimal:
    return _clamp(_ratio(item.quantity + item.credited_qty, item.invoiced_qty))


def _due(whole: Decimal, share: Decimal, credited: Decimal, digits: int) -> Decimal:
    """``share`` of ``whole`` less what was credited; never of the other sign, whatever happened before."""
    due = rounded(whole * share, digits) - credited
    return due if due * whole > 0 else ZERO


def _step(whole: Decimal, before: Decimal, after: Decimal, credited: Decimal, digits: int) -> Decimal:
    """What comes due between two shares of ``whole``, as far as it has not been credited already."""
    step = rounded(whole * after, digits) - rounded(whole * before, digits)
    left = whole - credited
    if step * whole <= 0 or left * whole <= 0:
        return ZERO
    return min(step, left, key=abs)


def oldest_first(rooms: tuple[Decimal, ...], credits: tuple[tuple[Decimal, ...], ...], digits: int):
    """Spread credits that name no invoice over the invoice lines of the same goods, the oldest line first.

    :param rooms: pieces that each line still carries
    :param credits: (pieces, untaxed, total), all positive
    :return: (pieces, untaxed, total) for each line; they add up to the credits, the last line takes what
        exceeds all rooms

    >>> two = (Decimal(2), Decimal("30.00"), Decimal("34.50"))
    >>> oldest_first((Decimal(1), Decimal(3)), (two,), 2)
    ((Decimal('1'), Decimal('15.00'), Decimal('17.25')), (Decimal('1'), Decimal('15.00'), Decimal('17.25')))
    """
    pieces, untaxed, total = (sum((row[at] for row in credits), ZERO) for at in range(3))
    shares, before = [], ZERO
    for at, room in enumerate(rooms):
        last = at == len(rooms) - 1
        after = pieces if last else min(pieces, before + max(ZERO, room))
        money = (
            rounded(whole * _ratio(after, pieces), digits) - rounded(whole * _ratio(before, pieces), digits)
            for whole in (untaxed, total)
        )
        shares.append((after - before, *money))
        before = after
    return tuple(shares)


def laid_out(charges: tuple[Freight, ...]) -> Decimal:
    """What the customer laid out and somebody else bears: due also where no goods are credited (F-25)."""
    return sum((charge.amount for charge in charges if _is_reimbursed(charge)), ZERO)


def _is_reimbursed(charge: Freight) -> bool:
    owed = charge.prepaid_by == "customer" and charge.borne_by != "customer"
    return charge.amount > 0 and (
        owed and charge.settlement in ("reimburse", "cash_out", "balance") or charge.settlement == "subsidy"
    )


def rounded(amount: Decimal, digits: int) -> Decimal:
    """Half up to ``digits`` decimals, as the books round."""
    return amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def _floor(amount: Decimal, digits: int) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-digits), ROUND_FLOOR)


def _ratio(part: Decimal, whole: Decimal) -> Decimal:
    return part / whole if whole else ZERO


def _clamp(share: Decimal) -> Decimal:
    return min(ONE, max(ZERO, share))


def verdict_values(values) -> dict:
    """Values of a refund verdict as :func:`judge` gives them, also where they come back from the log."""
    plain = to_plain(values)
    return {
        "amount": Decimal(plain["amount"]),
        "payout": Decimal(plain["payout"]),
        "shortfall": Decimal(plain["shortfall"]),
        "parts": tuple(from_plain(Part, part) for part in plain["parts"]),
        "restore": tuple((card, line, Decimal(points)) for card, line, points in plain["restore"]),
        "coins": tuple((card, Decimal(points)) for card, points in plain["coins"]),
    }
