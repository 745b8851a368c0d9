"""Refund amounts: conserved to the cent, non-cash never becomes cash, every deduction has its reason."""

import dataclasses
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.aftersales_returns.policy import refund
from odoo.addons.aftersales_returns.policy.refund import (
    Coins,
    EarlyPayment,
    Facts,
    Freight,
    Item,
    MissingGift,
    Rider,
)
from odoo.addons.aftersales_service.policy import verdict

D = Decimal
CENT = D("0.01")


positive_cents = st.integers(1, 1_000_000).map(lambda n: D(n) * CENT)


def facts(*items, **kwargs):
    """An invoice over ``items`` and the riders given, paid in full."""
    total = sum((i.total for i in items), D(0)) + sum((r.total for r in kwargs.get("riders", ())), D(0))
    return Facts(
        **{
            "digits": 2,
            "invoice_total": total,
            "invoice_open": D(0),
            "credited": D(0),
            "items": items,
            **kwargs,
        }
    )


def item(line_id, qty, untaxed, total=None, back=0):
    return Item(line_id, D(qty), D(untaxed), D(total or untaxed), D(back))


def judge(found):
    answer = refund.judge(found)
    return answer, answer.values


def sums(values):
    kinds = {}
    for part in values["parts"]:
        kinds[part.kind] = kinds.get(part.kind, D(0)) + part.total
    return kinds


# --- examples of the requirements -------------------------------------------------------------------------


def test_the_example_of_the_page_adds_up():
    """REFUND-05, REFUND-32, FREIGHT-25: goods, promotion, delivery fee, prepaid freight, kept gift."""
    answer, values = judge(
        facts(
            item(1, 1, 100, back=1),
            riders=(Rider(2, "promotion", D(-10), D(-10), (1,)), Rider(3, "delivery", D(5), D(5), (1,))),
            freight=(
                Freight(1, "outbound", D(5), "customer", "seller", "reimburse"),
                Freight(2, "return", D(8), "customer", "seller", "reimburse"),
            ),
            gifts=(MissingGift(9, D(1), D(15), D(15)),),
        )
    )
    assert answer.outcome == refund.PAY_OUT
    assert values["amount"] == values["payout"] == D("88.00")
    assert sums(values) == {"goods": 100, "promotion": -10, "delivery": 5, "freight": 8, "gift": -15}


def test_a_gift_that_comes_back_after_all_is_paid_out_with_its_tax():
    """REFUND-32: what an earlier refund has deducted for it; a gift that cost nothing brings nothing."""
    gifts = (MissingGift(9, D(1), D(15), D("17.25")), MissingGift(8, D(1), D(0), D(0)))
    plain = judge(facts(item(1, 1, 100, back=1)))[1]
    values = judge(facts(item(1, 1, 100, back=1), gifts_back=gifts))[1]
    assert sums(values) == {**sums(plain), "gift_back": D("17.25")}
    assert values["amount"] == plain["amount"] + D("17.25")


def test_the_gift_card_part_goes_back_to_the_card_and_not_into_cash():
    """REFUND-06, AMB-14: 40 of 100 were paid by gift card, half of the goods come back."""
    answer, values = judge(
        facts(
            item(1, 2, 100, back=1),
            riders=(Rider(2, "non_cash", D(-40), D(-40), (1,), card_id=7, points=D(40), points_digits=2),),
        )
    )
    assert values["payout"] == D("30.00")
    assert values["restore"] == ((7, 2, D("20.00")),)
    assert {"REFUND-06", "AMB-14"} <= set(answer.codes)


def test_a_coupon_comes_back_only_when_everything_it_covered_is_returned():
    """AMB-14: half a coupon does not exist."""
    coupon = Rider(2, "promotion", D(-10), D(-10), (1,), card_id=7, points=D(1))
    assert judge(facts(item(1, 2, 100, back=1), riders=(coupon,)))[1]["restore"] == ()
    assert judge(facts(item(1, 2, 100, back=2), riders=(coupon,)))[1]["restore"] == ((7, 2, D(1)),)


def test_points_are_lost_where_the_company_says_so():
    """AMB-14: the other reading is a parameter; the cash is the same."""
    card = Rider(2, "non_cash", D(-40), D(-40), (1,), card_id=7, points=D(40), points_digits=2)
    found = facts(item(1, 1, 100, back=1), riders=(card,), restore_non_cash=False)
    assert judge(found)[1]["restore"] == ()
    assert judge(found)[1]["payout"] == D("60.00")


def test_reward_points_go_again_but_never_below_an_empty_card():
    """REFUND-33, AMB-16: 100 earned, half of the goods returned, only 20 left on the card."""
    answer, values = judge(facts(item(1, 2, 100, back=1), coins=(Coins(3, D(100), D(0), D(20)),)))
    assert values["coins"] == ((3, D(20)),)
    assert {"REFUND-33", "AMB-16"} <= set(answer.codes)


def test_a_delivery_fee_stays_where_the_seller_does_not_bear_the_outbound_leg():
    """FREIGHT-12: a return without reason leaves the outbound freight with the customer."""
    rider = Rider(3, "delivery", D(5), D(5), (1,))
    own = Freight(1, "outbound", D(5), "customer", "customer", "none")
    answer, values = judge(facts(item(1, 1, 100, back=1), riders=(rider,), freight=(own,)))
    assert values["payout"] == D("100.00")
    assert "refund_delivery" not in answer.codes


def test_the_delivery_fee_is_shared_as_the_outbound_leg_is_shared():
    """FREIGHT-03: 60 % of the leg agreed on the seller, half of the goods returned."""
    rider = Rider(3, "delivery", D(10), D(10), (1,))
    legs = (
        Freight(1, "outbound", D(6), "customer", "seller", "reimburse", D(60)),
        Freight(2, "outbound", D(4), "customer", "customer", "none", D(40)),
    )
    values = judge(facts(item(1, 2, 100, back=1), riders=(rider,), freight=legs))[1]
    assert sums(values) == {"goods": D("50.00"), "delivery": D("3.00")}


def test_freight_collect_paid_at_the_door_is_reimbursed_beside_the_invoice():
    """FREIGHT-06: no delivery line was invoiced, the carrier was paid directly."""
    charge = Freight(1, "outbound", D(12), "customer", "seller", "reimburse")
    assert judge(facts(item(1, 1, 100, back=1), freight=(charge,)))[1]["payout"] == D("112.00")


def test_freight_credited_to_the_balance_is_not_paid_out():
    """FREIGHT-24, REFUND-34."""
    charge = Freight(1, "return", D(8), "customer", "seller", "balance")
    answer, values = judge(facts(item(1, 1, 100, back=1), freight=(charge,)))
    assert values["payout"] == D("100.00")
    assert sums(values)["balance"] == D(8)
    assert "refund_balance" in answer.codes


def test_the_subsidy_is_paid_by_the_platform_to_the_customer():
    """FREIGHT-13."""
    charge = Freight(1, "return", D(6), "customer", "platform", "subsidy")
    assert judge(facts(item(1, 1, 100, back=1), freight=(charge,)))[1]["payout"] == D("106.00")


def test_both_ways_are_deducted_where_the_customer_bears_them():
    """FREIGHT-26: goods shipped free, the customer did not like them."""
    legs = (
        Freight(1, "outbound", D(7), "seller", "customer", "deduct"),
        Freight(2, "return", D(8), "customer", "customer", "none"),
    )
    assert judge(facts(item(1, 1, 100, back=1), freight=legs))[1]["payout"] == D("93.00")


def test_deductions_never_turn_a_refund_into_a_bill():
    """REFUND-32: the gift is dearer than the goods; what is not covered is told."""
    answer, values = judge(facts(item(1, 1, 10, back=1), gifts=(MissingGift(9, D(1), D(15), D("17.25")),)))
    assert (values["amount"], values["shortfall"]) == (D("0.00"), D("7.25"))
    assert answer.outcome == refund.NOTHING
    assert "refund_shortfall" in answer.codes


# --- freight alone, after an exchange (F-25) ---------------------------------------------------------------

LAID_OUT = (
    Freight(1, "outbound", D(8), "customer", "seller", "reimburse"),
    Freight(2, "return", D(12), "customer", "seller", "reimburse"),
    Freight(3, "reship", D(9), "seller", "seller", "none"),
)


def swapped(line_id, qty, total, pieces, **more):
    return Item(line_id, D(qty), D(total), D(total), exchanged=D(pieces), **more)


def test_an_exchange_gives_back_freight_and_the_fee_of_its_pieces_and_no_goods():
    """FREIGHT-21, EXCH-01: two of four are exchanged, 8.00 of delivery, 12.00 of return freight."""
    fee = Rider(3, "delivery", D(8), D(8), (1,))
    answer, values = judge(facts(swapped(1, 4, 100, 2), riders=(fee,), freight=LAID_OUT))
    assert sums(values) == {"delivery": D("4.00"), "freight": D(12)}
    assert answer.outcome == refund.PAY_OUT
    assert "REFUND-05" not in answer.codes


def test_what_another_refund_holds_of_a_leg_is_not_given_back_again():
    """FREIGHT-21: 12.00 were laid out; of 12.00, 5.00 or 15.00 held elsewhere 0, 7 and 0 are left."""
    for held, left in ((12, 0), (5, 7), (15, 0)):
        freight = (dataclasses.replace(LAID_OUT[1], settled=D(held)),)
        assert judge(facts(item(1, 1, 100), freight=freight))[1]["amount"] == left
        subsidy = (Freight(1, "return", D(12), "customer", "platform", "subsidy", settled=D(held)),)
        assert judge(facts(item(1, 1, 100), freight=subsidy))[1]["amount"] == left


def test_an_outbound_leg_is_deducted_once_however_many_parcels_come_back():
    """FREIGHT-26: goods shipped free for 7.00; the first of two returns has borne it."""
    leg = Freight(1, "outbound", D(7), "seller", "customer", "deduct")
    assert judge(facts(item(1, 2, 100, back=1), freight=(leg,)))[1]["amount"] == 43
    again = dataclasses.replace(leg, settled=D(7))
    assert judge(facts(item(1, 2, 100, back=1), freight=(again,)))[1]["amount"] == 50


def test_a_replacement_that_comes_back_carries_no_fee():
    """FREIGHT-21: its delivery was the seller's; the fee of the first one went back with the exchange."""
    fee = Rider(3, "delivery", D(8), D(8), (1,), credited_untaxed=D(4), credited_total=D(4))
    back = Item(1, D(2), D(100), D(100), D(1), fee_free=D(1))
    assert sums(judge(facts(back, riders=(fee,), freight=LAID_OUT[:1]))[1]) == {"goods": 50}
    other = Item(
        1, D(2), D(100), D(100), D(1), credited_qty=D(1), credited_untaxed=D(50), credited_total=D(50)
    )
    assert sums(judge(facts(other, riders=(fee,), freight=LAID_OUT[:1]))[1]) == {"goods": 50, "delivery": 4}


def test_a_return_of_choice_leaves_its_share_of_the_fee_also_to_later_returns():
    """FREIGHT-12: one of two went back at the customer's expense; the faulty one brings 4.00, not 8.00."""
    fee = Rider(3, "delivery", D(8), D(8), (1,))
    second = Item(
        1, D(2), D(100), D(100), D(1), credited_qty=D(1), credited_untaxed=D(50), credited_total=D(50)
    )
    assert sums(judge(facts(second, riders=(fee,), freight=LAID_OUT[:1]))[1])["delivery"] == 4


@given(
    st.integers(1, 9),
    st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=12),
    positive_cents,
)
def test_no_order_of_exchanges_and_returns_gives_back_more_than_the_fee(pieces, steps, fee):
    """FREIGHT-21: piece by piece, exchanged or returned, original or replacement."""
    rider = Rider(3, "delivery", fee, fee, (1,))
    fresh, replaced, credited = pieces, 0, 0
    total = D(0)
    for exchange, a_replacement in steps:
        a_replacement = (a_replacement and replaced > 0) or not fresh
        if credited == pieces:
            break
        line = Item(1, D(pieces), D(100), D(100), credited_qty=D(credited))
        if exchange:
            line = dataclasses.replace(line, exchanged=D(0 if a_replacement else 1))
        else:
            line = dataclasses.replace(line, quantity=D(1), fee_free=D(1 if a_replacement else 0))
        now = dataclasses.replace(rider, credited_untaxed=total, credited_total=total)
        part = sums(judge(facts(line, riders=(now,), freight=LAID_OUT[:1]))[1]).get("delivery", D(0))
        total += part
        assert 0 <= total <= fee
        assert not (a_replacement and part)
        if not a_replacement:
            fresh -= 1
        replaced += exchange and not a_replacement
        replaced -= a_replacement and not exchange
        credited += not exchange
    if not fresh:
        assert abs(total - fee) <= CENT * pieces


def test_an_unpaid_invoice_is_lowered_and_nothing_is_paid_out():
    """REFUND-05: 500 invoiced, 300 paid, 300 credited leaves 100 to pay back."""
    answer, values = judge(facts(item(1, 5, 500, back=3), invoice_open=D(200)))
    assert (values["amount"], values["payout"]) == (D("300.00"), D("100.00"))
    answer, _values = judge(facts(item(1, 5, 500, back=3), invoice_open=D(500)))
    assert answer.outcome == refund.CREDIT_ONLY


def test_more_pieces_or_money_than_invoiced_blocks_the_refund():
    answer, _values = judge(facts(item(1, 2, 100, back=3)))
    assert answer.outcome == refund.BLOCKED
    assert "refund_quantity_ceiling" in answer.codes
    answer, _values = judge(facts(item(1, 2, 100, back=2), credited=D("0.01")))
    assert answer.outcome == refund.BLOCKED
    assert "refund_amount_ceiling" in answer.codes


def test_what_was_credited_without_a_refund_is_told():
    """REFUND-05: the refund says what Sales and Accounting have taken off the invoice."""
    answer, values = judge(facts(item(1, 2, 100, back=1), elsewhere=D(50), elsewhere_pieces=D(1)))
    assert {"refund_elsewhere", "refund_elsewhere_pieces"} <= set(answer.codes)
    assert values["amount"] == D(50)
    answer, _values = judge(facts(item(1, 2, 100, back=1)))
    assert not {"refund_elsewhere", "refund_elsewhere_pieces"} & set(answer.codes)


@given(positive_cents, st.integers(2, 6), st.integers(0, 100), st.integers(0, 5))
def test_a_reduced_price_is_shared_and_what_was_returned_before_stays(total, pieces, percent, before):
    """REFUND-05: reduced between two returns: all of them and the reduction add up to the invoice."""
    before = min(before, pieces - 1)
    line = item(1, pieces, total, back=before)
    first = judge(facts(line))[1]["amount"]
    reduced = refund.rounded((total - first) * percent / 100, 2)
    rest = dataclasses.replace(
        line,
        quantity=D(pieces - before),
        credited_qty=D(before),
        credited_untaxed=first,
        credited_total=first,
        reduced_untaxed=reduced,
        reduced_total=reduced,
    )
    last = judge(facts(rest, credited=first + reduced))[1]["amount"]
    assert first + reduced + last == total


def test_cash_rounding_rides_on_the_goods():
    """REFUND-05: 8.71 + 15 % is 10.02, paid with 10.00 in cash: 10.00 comes back."""
    riders = (Rider(2, "rounding", D("-0.02"), D("-0.02"), (1,)),)
    answer, values = judge(facts(item(1, 1, "8.71", "10.02", back=1), riders=riders))
    assert answer.outcome == refund.PAY_OUT
    assert values["amount"] == D("10.00")
    assert sums(values) == {"goods": D("10.02"), "rounding": D("-0.02")}


def test_a_discount_for_early_payment_is_not_refunded():
    """REFUND-05: 115.00 invoiced, 112.70 paid; the fee that stays paid keeps its share of the discount."""
    early = (EarlyPayment(9, D("2.00"), D("2.30")),)
    answer, values = judge(facts(item(1, 1, 100, 115, back=1), early=early))
    assert sums(values) == {"goods": D(115), "early": D("-2.30")}
    assert (values["payout"], answer.outcome) == (D("112.70"), refund.PAY_OUT)
    assert "refund_early" in answer.codes
    kept_fee = (Rider(2, "delivery", D(115), D(115), (1,)),)
    _answer, values = judge(facts(item(1, 1, 100, 115, back=1), riders=kept_fee, early=early))
    assert values["amount"] == D("113.85")


def test_the_discount_is_part_of_the_ceiling():
    """REFUND-05: 112.70 paid and 2.00 credited for no goods: 112.70 once more is too much."""
    early = (EarlyPayment(9, D("2.00"), D("2.30")),)
    answer, _values = judge(facts(item(1, 1, 100, 115, back=1), credited=D("2.00"), early=early))
    assert answer.outcome == refund.BLOCKED
    assert "refund_amount_ceiling" in answer.codes


# --- properties -------------------------------------------------------------------------------------------

cents = st.integers(0, 1_000_000).map(lambda n: D(n) * CENT)


@st.composite
def invoices(draw):
    """Items, promotions, a tender and a delivery fee over them; nothing returned yet."""
    n = draw(st.integers(1, 4))
    items = []
    for line in range(1, n + 1):
        untaxed, tax = draw(cents), draw(st.sampled_from([D(0), D("0.13"), D("0.21")]))
        total = refund.rounded(untaxed * (1 + tax), 2)
        items.append(Item(line, D(draw(st.integers(1, 7))), untaxed, total))
    riders, left = [], sum((i.total for i in items), D(0))
    for line, kind in ((10, "promotion"), (11, "promotion"), (12, "non_cash")):
        if draw(st.booleans()):
            amount = refund.rounded(left * draw(st.integers(0, 100)) / 100, 2)
            base = tuple(i.line_id for i in items)
            digits = 2 if kind == "non_cash" else 0
            points = amount if kind == "non_cash" else D(draw(st.integers(0, 3)))
            riders.append(
                Rider(line, kind, -amount, -amount, base, card_id=line, points=points, points_digits=digits)
            )
            left -= amount
    if draw(st.booleans()):
        riders.append(Rider(13, "delivery", draw(cents), D(0), tuple(i.line_id for i in items)))
        riders[-1] = dataclasses.replace(riders[-1], total=riders[-1].untaxed)
    if draw(st.booleans()):
        amount = draw(st.integers(-4, 4)) * CENT
        base = tuple(i.line_id for i in items)
        riders.append(Rider(14, "rounding", amount, amount, base))
    found = facts(
        *items, riders=tuple(riders), freight=(Freight(1, "outbound", D(0), "customer", "seller", "none"),)
    )
    if found.invoice_total > 0 and draw(st.booleans()):
        amount = refund.rounded(found.invoice_total * draw(st.integers(1, 30)) / 100, 2)
        found = dataclasses.replace(found, early=(EarlyPayment(15, amount, amount),) if amount else ())
    return found


def paid_of(found):
    """What the customer paid for the invoice: less than invoiced where he paid early."""
    return found.invoice_total - sum((early.total for early in found.early), D(0))


def returned(found, quantities):
    items = tuple(dataclasses.replace(i, quantity=D(q)) for i, q in zip(found.items, quantities, strict=True))
    return dataclasses.replace(found, items=items)


def booked(found, values):
    """The facts after a refund was posted: what its parts credited is credited."""
    parts = {p.source_id: p for p in values["parts"] if p.kind in refund.OF_INVOICE}
    given_back = {line: points for _card, line, points in values["restore"]}

    def credit(row):
        part = parts.get(row.line_id)
        done = (
            {"quantity": D(0), "credited_qty": row.credited_qty + row.quantity}
            if isinstance(row, Item)
            else {}
        )
        if isinstance(row, Rider):
            done["restored"] = row.restored + given_back.get(row.line_id, D(0))
        if part:
            done["credited_untaxed"] = row.credited_untaxed + part.untaxed
            done["credited_total"] = row.credited_total + part.total
        return dataclasses.replace(row, **done)

    return dataclasses.replace(
        found,
        credited=found.credited + values["amount"],
        items=tuple(map(credit, found.items)),
        riders=tuple(map(credit, found.riders)),
        early=tuple(
            dataclasses.replace(
                early,
                taken_untaxed=early.taken_untaxed - parts[early.line_id].untaxed,
                taken_total=early.taken_total - parts[early.line_id].total,
            )
            if early.line_id in parts
            else early
            for early in found.early
        ),
    )


@given(invoices(), st.data())
def test_partial_returns_add_up_to_the_invoice_to_the_cent(found, data):
    """REFUND-05: whatever the order of the parcels, the last one takes the remainder."""
    left = [int(i.invoiced_qty) for i in found.items]
    paid, total = D(0), paid_of(found)
    while any(left):
        quantities = [data.draw(st.integers(0, q)) for q in left]
        if not any(quantities):
            quantities = left
        answer, values = judge(returned(found, quantities))
        assert answer.outcome != refund.BLOCKED
        assert values["amount"] == sum((p.total for p in values["parts"]), D(0))
        paid += values["amount"]
        assert values["amount"] >= 0 and paid <= total + CENT * len(found.riders)
        found = booked(returned(found, quantities), values)
        left = [have - gone for have, gone in zip(left, quantities, strict=True)]
    assert paid == total
    assert all(i.credited_total == i.total and i.credited_untaxed == i.untaxed for i in found.items)
    assert all(r.credited_total == r.total for r in found.riders)


@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(1, 9), cents, cents), max_size=3),
)
def test_credits_that_name_no_invoice_are_spread_to_the_cent(rooms, credits):
    """REFUND-05: nothing is lost between the invoices; none but the last gets more than it has room for."""
    rows = tuple((D(pieces), untaxed, total) for pieces, untaxed, total in credits)
    shares = refund.oldest_first(tuple(map(D, rooms)), rows, 2)
    assert len(shares) == len(rooms)
    for at in range(3):
        assert sum(share[at] for share in shares) == sum((row[at] for row in rows), D(0))
    assert all(0 <= share[0] <= room for share, room in zip(shares[:-1], rooms, strict=False))
    assert all(amount >= 0 for share in shares for amount in share)


@given(invoices(), st.data())
def test_non_cash_never_becomes_cash_and_no_more_is_restored_than_was_used(found, data):
    """REFUND-06: cash and card together give back what the goods were worth, the card its own part."""
    quantities = [data.draw(st.integers(0, int(i.invoiced_qty))) for i in found.items]
    _answer, values = judge(returned(found, quantities))
    parts = sums(values)
    tender = -parts.get("non_cash", D(0))
    assert (
        values["payout"] + tender == sum((total for kind, total in parts.items() if kind != "non_cash"), D(0))
        or values["payout"] == 0
    )
    restored = {line: points for _card, line, points in values["restore"]}
    for rider in found.riders:
        assert 0 <= restored.get(rider.line_id, D(0)) <= rider.points
        if rider.kind == "non_cash":
            assert restored.get(rider.line_id, D(0)) == tender


@given(invoices(), positive_cents, positive_cents, st.data())
def test_deductions_and_freight_change_the_refund_by_exactly_their_amount(found, freight, gift, data):
    """REFUND-32, FREIGHT-25, FREIGHT-26: nothing is lost between amount, shortfall and parts."""
    found = returned(found, [data.draw(st.integers(0, int(i.invoiced_qty))) for i in found.items])
    plain = judge(found)[1]
    charges = (*found.freight, Freight(5, "return", freight, "customer", "seller", "reimburse"))
    more = judge(dataclasses.replace(found, freight=charges, gifts=(MissingGift(9, D(1), gift, gift),)))[1]
    assert more["amount"] - more["shortfall"] == plain["amount"] + freight - gift
    assert more["amount"] >= 0 and more["shortfall"] >= 0
    assert not (more["amount"] and more["shortfall"])


@given(invoices())
def test_facts_survive_the_verdict_log(found):
    assert verdict.from_plain(Facts, verdict.to_plain(found)) == found
    verdict.to_plain(refund.judge(found).values)
