from itertools import product

from lxml import etree

from odoo.tests import TransactionCase, tagged
from odoo.tools.safe_eval import safe_eval

RARE = "o_aftersales_rare"
MOST = 4

FORMS = (
    "aftersales.ticket",
    "aftersales.visit",
    "aftersales.agreement",
    "aftersales.assessment",
    "aftersales.solution.plan",
    "aftersales.support.application",
    "aftersales.compensation",
)

#: facts of a ticket that decide what may be pressed, beside its state
TICKET_FACTS = {
    "service_type": ("repair", "consultation", "installation", "return"),
    "coverage": ("undetermined", "covered", "charged"),
    "priority": ("p0", "p2"),
    "visit_count": (0, 1),
    "quotation_count": (0, 1),
}


@tagged("post_install", "-at_install")
class TestFormHeaders(TransactionCase):
    """What is next stands in the header; what is rare in the cog menu; nothing is lost between the two."""

    def buttons(self, model):
        """Header buttons of the form with all its extensions, as the manager of everything sees it."""
        view = self.env["ir.ui.view"].search(
            [("model", "=", model), ("type", "=", "form"), ("mode", "=", "primary")], limit=1
        )
        tree = etree.fromstring(view.get_combined_arch())
        self.assertEqual(tree.get("js_class", "aftersales_form"), "aftersales_form")
        return tree, tree.findall("./header/button")

    def shown(self, buttons, facts):
        return [
            button for button in buttons if not safe_eval(button.get("invisible") or "False", dict(facts))
        ]

    def situations(self, model):
        """Values of a document in each state, with every event that the state allows anybody."""
        flow = self.env[model]._flow
        for state in flow.states:
            events = [event for (start, event) in flow.transitions if start == state]
            empty = dict.fromkeys(self.env[model]._fields, False)
            facts = {**empty, "id": 1, "state": state, "allowed_events": events}
            if model != "aftersales.ticket":
                yield facts
                continue
            facts.update(partner_id=1, product_id=1)
            for values in product(*TICKET_FACTS.values()):
                yield {**facts, **dict(zip(TICKET_FACTS, values, strict=True))}

    def test_a_header_has_four_buttons_at_most(self):
        for model in FORMS:
            _tree, buttons = self.buttons(model)
            header = [button for button in buttons if RARE not in (button.get("class") or "")]
            seen = {
                (facts["state"], *(button.get("string") for button in self.shown(header, facts)))
                for facts in self.situations(model)
            }
            with self.subTest(model=model):
                self.assertEqual([row for row in sorted(seen) if len(row) - 1 > MOST], [])
                self.assertEqual([row for row in sorted(seen) if len(set(row)) < len(row)], [])

    def test_a_form_with_rare_buttons_knows_where_they_go(self):
        for model in FORMS:
            tree, buttons = self.buttons(model)
            if any(RARE in (button.get("class") or "") for button in buttons):
                with self.subTest(model=model):
                    self.assertEqual(tree.get("js_class"), "aftersales_form")

    def test_every_event_of_a_ticket_can_be_pressed_where_it_is_allowed(self):
        """In the header or in the cog menu, and in one of them only."""
        _tree, buttons = self.buttons("aftersales.ticket")
        named = {button.get("name") for button in buttons}
        lost, twice = set(), set()
        for facts in self.situations("aftersales.ticket"):
            seen = [button.get("name") for button in self.shown(buttons, facts)]
            wanted = {f"action_{event}" for event in facts["allowed_events"]} & named
            # Taking and assigning are two buttons of one event; later the assignee's field does it.
            lost |= {(facts["state"], name) for name in wanted - {"action_assign"} - set(seen)}
            others = [name for name in seen if name != "action_assign"]
            twice |= {(facts["state"], name) for name in others if others.count(name) > 1}
        self.assertEqual((lost, twice), (set(), set()))

    def test_visits_and_quotations_move_but_never_vanish(self):
        """Planning a visit and quoting are possible wherever somebody works on the ticket."""
        _tree, buttons = self.buttons("aftersales.ticket")
        wrong = []
        for facts in self.situations("aftersales.ticket"):
            seen = [button.get("name") for button in self.shown(buttons, facts)]
            working = facts["state"] in ("accepted", "in_progress", "waiting")
            charged = working and facts["coverage"] == "charged"
            found = seen.count("action_schedule_visit"), seen.count("action_create_quotation")
            if found != (int(working), int(charged)):
                wrong.append({name: facts[name] for name in ("state", *TICKET_FACTS)})
        self.assertEqual(wrong, [])
