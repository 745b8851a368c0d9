import os
from collections import Counter
from unittest.mock import patch

from odoo.tests import tagged

from .walk_common import WalkCommon
from .walk_errands import WalkErrands

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
# the deep profile takes about ten minutes
WALKS, STEPS = (range(4), 150) if DEEP else (range(2), 40)
#: (seed, whether other people come between)
CASE_WALKS = ((0, False), (1, True)) if DEEP else ((0, False),)
CASE_STEPS = 450
#: for every change: suppliers, parcels without paper, kits, repairs and custody, beside each other
A_FEW_CASES = (
    "case_unknown_parcel_holds_the_rest", "case_kit_comes_back_whole", "case_repair",
    "case_custody_ends_with_the_goods", "case_way_back_is_shipped_in_parts", "case_supplier_takes_a_part",
)  # fmt: skip


@tagged("-at_install", "post_install", "deep")
class TestRmaWalks(WalkCommon):
    """Whole returns walked through the ORM by chance: customers, goods, people, the clock and the books."""

    def test_whatever_people_do_with_returns_goods_and_money_stay_accounted_for(self):
        """FREIGHT-02, REFUND-05, -28: returned ≤ delivered, refunded ≤ paid, nothing lost.

        Also that a state runs its declared promises and no other, that the books do not move between
        receipt and verdict, and that every document can say what is next and why.
        """
        reached = Counter()
        self.trail = []
        self.open_the_shop()
        for seed in WALKS:
            with self.subTest(seed=seed), self.env.cr.savepoint() as walk:
                reached.update(self.walk(seed, STEPS))
                walk.rollback()
            self.env.invalidate_all()
        expected = {"to_refund", "done", "closed", "cancelled"} if DEEP else {"to_refund"}
        missing = expected - set(reached)
        self.assertFalse(missing, f"the walks got somewhere: {dict(reached)}")


@tagged("-at_install", "post_install", "deep")
class TestRmaCases(WalkErrands):
    """Cases that chance alone hardly comes to, beside each other and in any order; see ``WalkErrands``."""

    only = () if DEEP else A_FEW_CASES

    def test_whatever_cases_meet_goods_and_money_stay_accounted_for(self):
        """RMA-10, RMA-34, INSPECT-03, EXCH-04, SUPPLIER-03: and every return comes to an end."""
        finished, given_up = Counter(), {}
        self.trail = []
        self.open_the_shop()
        for seed, disturbed in CASE_WALKS:
            with self.subTest(seed=seed), self.env.cr.savepoint() as walk:
                finished += self.walk_of_cases(seed, CASE_STEPS, disturbed)
                given_up |= self.given_up
                walk.rollback()
            self.env.invalidate_all()
        never = {case: given_up.get(case) for case in set(self.cases) - set(finished)}
        self.assertFalse(never, f"played to their end: {dict(finished)}")


@tagged("-at_install", "post_install", "-standard", "deep")
class TestTheWalksNotice(TestRmaWalks):
    """What the walks are worth: with one guard of the product taken away at a time, they fail."""

    test_whatever_people_do_with_returns_goods_and_money_stay_accounted_for = None  # not here again

    def walk_without(self, model, method, instead, sentence):
        """Some walk must fail with ``sentence`` while ``method`` is replaced."""
        self.trail = []
        self.open_the_shop()
        said = []
        with patch.object(self.env.registry[model], method, instead):
            for seed in range(6):
                try:
                    with self.env.cr.savepoint() as walk:
                        self.walk(seed, length=120)
                        walk.rollback()
                except AssertionError as error:
                    said.append(str(error).splitlines()[0])
                    break
                self.env.invalidate_all()
        self.assertRegex("".join(said), sentence)

    def test_goods_promised_without_looking_at_what_was_delivered(self):
        def everything(line, _move, **_how):
            return 99.0

        self.walk_without("aftersales.rma.line", "_left_of", everything, "back|came|lies in")

    def test_goods_received_as_our_own_before_the_verdict(self):
        values = self.env.registry["aftersales.rma"]._prepare_receipt_vals

        def ours(rma):
            return {**values(rma), "owner_id": False}

        self.walk_without("aftersales.rma", "_prepare_receipt_vals", ours, "books|worth")

    def test_promises_that_nobody_closes(self):
        def nothing(rma, kinds, event, now):
            return None

        self.walk_without("aftersales.rma", "_apply_to_open", nothing, "declared")

    def test_goods_received_under_another_number(self):
        def nothing(moves):
            return None

        self.walk_without("stock.move", "_aftersales_check_lots", nothing, "came back|lies in")


@tagged("-at_install", "post_install", "-standard", "deep")
class TestTheCasesNotice(WalkErrands):
    """The same of the cases: each guard is taken away where a case leans on it."""

    def case_without(self, case, model, method, instead, sentence):
        """``case`` by itself must fail with ``sentence`` while ``method`` is replaced."""
        self.only, self.trail = (case,), []
        self.open_the_shop()
        guard = patch.object(self.env.registry[model], method, instead)
        with guard, self.assertRaisesRegex(AssertionError, sentence), self.env.cr.savepoint():
            self.walk_of_cases(0, 40)

    def test_goods_left_in_quarantine_without_a_word(self):
        def nothing(rma, left, by):
            return None

        case = "case_delivery_to_the_supplier_is_cancelled"
        self.case_without(case, "aftersales.rma", "_tell_left_behind", nothing, "lie in quarantine for good")

    def test_goods_put_into_stock_twice(self):
        restock = self.env.registry["aftersales.rma.line"]._restock

        def twice(lines):
            restock(lines)
            restock(lines)

        case = "case_rest_comes_later"
        self.case_without(case, "aftersales.rma.line", "_restock", twice, "that were not there")

    def test_an_unknown_parcel_that_leaves_its_goods_expected_as_well(self):
        def nothing(line, awaited):
            return None

        case = "case_unknown_parcel_is_a_return_on_its_way"
        self.case_without(case, "aftersales.unknown.parcel.line", "_take_off", nothing, "back")

    def test_a_return_that_is_over_and_still_expects_its_parcel(self):
        def nothing(rmas):
            return None

        case = "case_custody_ends_without_them"
        self.case_without(case, "aftersales.rma", "_cancel_open_receipts", nothing, "are open")
