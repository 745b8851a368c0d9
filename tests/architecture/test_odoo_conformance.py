"""Conventions checked on the loaded registry: access, descriptions, company rules, buttons, names."""

import itertools

from lxml import etree

from odoo.tests import TransactionCase, tagged

from odoo.addons.aftersales_service.policy import lifecycle

OURS = ("aftersales_service", "aftersales_returns", "aftersales_survey")


@tagged("-at_install", "post_install")
class TestConformance(TransactionCase):
    def own_models(self):
        """Models that an addon of ours has created, transient and abstract ones left out."""
        for model in self.env.values():
            if model._name.startswith("aftersales.") and not model._abstract and model._auto:
                yield model

    def flow_models(self):
        return [model for model in self.own_models() if getattr(model, "_flow", None)]

    def test_every_model_has_access_rows_and_a_description(self):
        for model in self.own_models():
            with self.subTest(model._name):
                self.assertNotEqual(model._description, model._name)
                self.assertTrue(
                    self.env["ir.model.access"].search([("model_id.model", "=", model._name)]),
                    "nobody has rights to it: add a row to security/ir.model.access.csv",
                )

    def test_every_model_with_a_company_has_a_company_rule(self):
        for model in self.own_models():
            if model._transient or "company_id" not in model._fields:
                continue
            with self.subTest(model._name):
                rules = self.env["ir.rule"].search(
                    [("model_id.model", "=", model._name), ("groups", "=", False)]
                )
                self.assertTrue(any("company_id" in (rule.domain_force or "") for rule in rules))

    def test_nobody_may_write_ledger_and_log(self):
        for name in (
            "aftersales.deadline",
            "aftersales.deadline.event",
            "aftersales.verdict",
            "aftersales.rule.set",
        ):
            rows = self.env["ir.model.access"].search([("model_id.model", "=", name)])
            with self.subTest(name):
                self.assertFalse(rows.filtered(lambda r: r.perm_write or r.perm_create or r.perm_unlink))

    def test_every_field_on_somebody_elses_model_starts_with_aftersales(self):
        fields = self.env["ir.model.fields"].search([("model", "not like", "aftersales.%")])
        for field in fields:
            modules = set((field.modules or "").split(", "))
            if modules and modules <= set(OURS):
                with self.subTest(f"{field.model}.{field.name}"):
                    self.assertTrue(field.name.startswith(("aftersales_", "x_")), field.modules)

    def test_every_event_of_a_person_has_an_action(self):
        """A button that changes state is an event, and every event a person may fire has its action."""
        for model in self.flow_models():
            flow = model._flow
            for event in flow.events:
                people = set(flow.rights[event]) - {lifecycle.SYSTEM, lifecycle.CUSTOMER}
                with self.subTest(f"{model._name} {event}"):
                    if people:
                        self.assertTrue(hasattr(model, f"action_{event}"), f"action_{event} is missing")

    def test_every_button_that_changes_state_follows_the_allowed_events(self):
        for model in self.flow_models():
            events = set(model._flow.events)
            for button in self.buttons(model._name):
                event = button.get("name", "").removeprefix("action_")
                if event not in events or button.getparent().tag == "list":
                    continue
                with self.subTest(f"{model._name} {event}"):
                    self.assertIn("allowed_events", button.get("invisible", ""))
                    self.assertIn(repr(event), button.get("invisible", ""))

    def buttons(self, model):
        views = self.env["ir.ui.view"].search([("model", "=", model), ("type", "=", "form")])
        trees = (etree.fromstring(view.arch) for view in views)
        return itertools.chain.from_iterable(tree.iter("button") for tree in trees)

    def test_every_flow_and_its_model_know_the_same_states(self):
        for model in self.flow_models():
            states = {value for value, _label in model._fields["state"].selection}
            with self.subTest(model._name):
                self.assertEqual(states, set(model._flow.states))

    def test_every_promise_is_a_kind_of_the_ledger(self):
        kinds = dict(self.env["aftersales.deadline"]._fields["kind"]._description_selection(self.env))
        for model in self.flow_models():
            with self.subTest(model._name):
                self.assertLessEqual(set(model._flow.promises), set(kinds))

    def test_every_stamp_is_a_field_that_is_not_copied(self):
        for model in self.flow_models():
            for stamp in model._flow.stamps.values():
                with self.subTest(f"{model._name}.{stamp}"):
                    self.assertFalse(model._fields[stamp].copy)

    def test_every_verdict_kind_has_a_policy_and_the_other_way_round(self):
        kinds = {value for value, _label in self.env["aftersales.verdict"]._fields["kind"].selection}
        self.assertEqual(kinds, set(self.env["aftersales.verdict"]._policies()))

    def test_states_are_not_dragged_in_a_kanban(self):
        for model in self.flow_models():
            for view in self.env["ir.ui.view"].search([("model", "=", model._name), ("type", "=", "kanban")]):
                tree = etree.fromstring(view.arch)
                if view.mode == "primary" or not view.inherit_id:
                    with self.subTest(view.name):
                        self.assertEqual(tree.get("records_draggable"), "0")
