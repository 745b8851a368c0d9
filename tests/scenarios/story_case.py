"""What tests of stories share: a clock they turn, and ways to look at books, stock and promises."""

from story import Story

from odoo.tests import TransactionCase, freeze_time


class StoryCase(TransactionCase):
    """A story of its own for each test, on a clock that stands still until it is turned."""

    #: a Monday, later than anything in the demo data; the company works from 7 to 11 and from 12 to 16 UTC
    opening = "2031-03-03 08:00"

    #: the words in which it is told
    story_class = Story

    def setUp(self):
        super().setUp()
        self.at(self.opening)
        self.story = self.story_class(self.env)
        self.story.open_the_shop()

    def at(self, moment):
        """Turn the clock, also the transaction's, from which create dates are taken. UTC."""
        clock = freeze_time(moment)
        now = clock.start()
        self.addCleanup(clock.stop)
        self.env.cr._now = now()

    # === BOOKS === #

    def assert_entry(self, move, expected):
        """``expected`` holds one (account code, debit, credit) for each line of the posted ``move``."""
        self.assertEqual(move.state, "posted")
        lines = [(line.account_id.code, line.debit, line.credit) for line in move.line_ids]
        self.assertEqual(sorted(lines), sorted(expected))

    def assert_stock(self, product, on_hand, value, booked):
        """Units for sale, what they are worth by their layers, and what the valuation account says."""
        self.env.invalidate_all()
        self.assertEqual(
            (product.qty_available, product.total_value, self.booked(product)), (on_hand, value, booked)
        )

    def booked(self, product):
        lines = self.env["account.move.line"].search(
            [
                ("product_id", "=", product.id),
                ("account_id.code", "=", "110100"),
                ("parent_state", "=", "posted"),
            ]
        )
        return sum(lines.mapped("balance"))

    def assert_where(self, lot, *expected):
        """``expected`` names (location, owner's name or False) for each place of ours in which it lies."""
        quants = self.env["stock.quant"].search(
            [
                ("lot_id", "=", lot.id),
                ("quantity", ">", 0),
                ("location_id.usage", "=", "internal"),
            ]
        )
        places = [(quant.location_id.complete_name, quant.owner_id.name) for quant in quants]
        self.assertEqual(places, list(expected))

    # === PROMISES AND REASONS === #

    def assert_promises(self, document, expected):
        """``expected`` holds kind: (state, due, met or None), the moments as "MM-DD HH:MM" in UTC."""
        found = {
            row.kind: (row.state, _short(row.due_at), _short(row.met_at)) for row in document.deadline_ids
        }
        self.assertEqual(found, expected)

    def assert_verdict(self, document, kind, outcome, *codes):
        """The last verdict of ``kind``, and the rules that led to it."""
        verdict = document._verdict_of(kind)[document]
        self.assertEqual(verdict.outcome, outcome)
        self.assertEqual([clause["code"] for clause in verdict.clauses if clause["matched"]], list(codes))


def _short(moment):
    return f"{moment:%m-%d %H:%M}" if moment else None
