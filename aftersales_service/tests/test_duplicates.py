"""Duplicating: a rule gets a code of its own, a document carries what was asked and not what was found."""

from datetime import timedelta

from odoo import Command, fields, models
from odoo.tests import tagged

from .common import AftersalesServiceCommon

#: rows that stand once by what they say; whoever duplicates them says something else at once
ONCE_BY_NATURE = {
    "aftersales.return.policy.step": "one step of a version; the version itself is duplicated",
    "aftersales.affected.customer": "a customer is informed once of each notice",
}


@tagged("post_install", "-at_install")
class TestDuplicatedRules(AftersalesServiceCommon):
    def rule_tables(self):
        """Tables of the suite that a manager may add to."""
        for name in sorted(self.env.registry):
            model = self.env[name].with_user(self.manager)
            kept = not model._abstract and not model._transient
            if name.startswith("aftersales.") and kept and model.has_access("create"):
                yield model

    def test_every_row_that_is_there_can_be_duplicated(self):
        """One row of each table that a manager may add to; the copy is none of the shipped ones."""
        copied = set()
        for model in self.rule_tables():
            row = model.with_context(active_test=False).search([], limit=1)
            if not row or model._name in ONCE_BY_NATURE:
                continue
            with self.subTest(model._name), self.cr.savepoint():
                copy = row.copy()
                self.env.flush_all()
                self.assertFalse("is_shipped" in copy and copy.is_shipped)
                copied.add(model._name)
        tables = {"sla.policy", "sla.line", "priority.rule", "compensation.rule", "cause", "symptom"}
        self.assertLessEqual({f"aftersales.{name}" for name in tables | {"resolution", "team"}}, copied)

    def test_no_table_with_a_code_of_its_own_is_forgotten(self):
        """Whatever has a unique code and may be added to gets the next free one."""
        for model in self.rule_tables():
            if "code" in model._fields and hasattr(model, "_code_uniq"):
                self.assertTrue(hasattr(model, "_copy_format"), f"{model._name}: see aftersales.code.mixin")

    def test_a_copied_policy_is_changed_like_a_row_of_ones_own(self):
        """Duplicate the shipped set, change it, preview it: the codes say which line is whose."""
        shipped = self.env.ref("aftersales_service.sla_policy_standard").with_user(self.manager)
        first, second = shipped.copy(), shipped.copy()
        codes = [set(policy.line_ids.mapped("code")) for policy in (shipped, first, second)]
        self.assertEqual(len(set.union(*codes)), 3 * len(shipped.line_ids))
        self.assertIn("sla_assign_2", codes[1])
        self.assertIn("sla_assign_3", codes[2])
        first.line_ids[:1].amount = 77
        self.assertEqual(first.line_ids[:1].amount, 77)

    def test_a_skill_gets_a_name_of_its_own(self):
        skill = self.env["aftersales.skill"].with_user(self.manager).create({"name": "Welding"})
        names = (skill.copy() | skill.copy()).mapped("name")
        self.assertEqual(names, ["Welding (2)", "Welding (3)"])

    def test_a_code_that_was_given_is_taken(self):
        row = self.env["aftersales.symptom"].search([], limit=1)
        self.assertEqual(row.copy({"code": "own_code"}).code, "own_code")


@tagged("post_install", "-at_install")
class TestDuplicatedDocuments(AftersalesServiceCommon):
    """One test a document: everything that was found or done is filled, and none of it is in the copy."""

    def assert_asked_not_found(self, record, asked, found):
        record.sudo().write(found)
        copy = record.copy()
        self.env.flush_all()
        for name in asked:
            self.assertEqual(copy[name], record[name], name)
        for name in found:
            self.assertNotEqual(copy[name], record[name], f"{record._name}.{name} was found or done")
        return copy

    def test_a_ticket(self):
        """SLA-03: a copy is born without diagnosis, and its promise of one is open."""
        found = {
            "cause_id": self.env["aftersales.cause"].search([], limit=1).id,
            "resolution_id": self.env["aftersales.resolution"].search([], limit=1).id,
            "solution": "Compressor exchanged",
            "root_cause": "Worn out",
            "preliminary_judgement": "Compressor",
            "agreed_remedy": "repair",
            "usage_record": "10,000 hours",
            "software_version": "1.2",
            "intervention_mode": "on_site",
            "fault_nature": "hardware",
            "fault_scope": "part",
            "fault_place": "Compressor",
            "linked_systems": "None",
        }
        ticket = self.in_progress(description="Warm inside", urgency="urgent")
        copy = self.assert_asked_not_found(ticket, ("title", "description", "urgency", "partner_id"), found)
        self.assertEqual((copy.state, copy.user_id.id, copy.diagnosed_at), ("new", False, False))
        self.assertTrue(ticket.diagnosed_at)

    def test_a_visit(self):
        visit = self.env["aftersales.visit"].create(
            {
                "ticket_id": self.accepted().id,
                "user_id": self.engineer.id,
                "start": fields.Datetime.now() + timedelta(days=1),
                "item_ids": [Command.create({"kind": "part", "product_id": self.product.id, "quantity": 2})],
            }
        )
        visit.item_ids.sudo().write({"packed": True, "used": 1})
        copy = self.assert_asked_not_found(visit, ("ticket_id", "start"), {"report": "Leaking valve"})
        self.assertEqual([(item.packed, item.used) for item in copy.item_ids], [(False, 0.0)])

    def test_an_assessment(self):
        assessment = self.env["aftersales.assessment"].create(
            {"product_id": self.product.id, "partner_id": self.customer.id, "fault": "Leaks"}
        )
        found = {
            "opinion": "Bad weld",
            "cause": "Weld",
            "solution": "repair",
            "liability": assessment._fields["liability"].get_values(self.env)[0],
            "preliminary": assessment._fields["preliminary"].get_values(self.env)[0],
            "is_major": True,
            "item_received": True,
            "place_note": "B 7",
        }
        self.assert_asked_not_found(assessment, ("product_id", "partner_id", "fault"), found)

    def test_a_question_to_another_team(self):
        asked = self.env["aftersales.coordination"].create(
            {
                "ticket_id": self.accepted().id,
                "team_id": self.team.id,
                "request": "Which valve?",
                "due_on": fields.Date.today(),
            }
        )
        self.assert_asked_not_found(asked, ("ticket_id", "request"), {"answer": "V 2"})

    def test_a_diagnosis_step(self):
        step = self.env["aftersales.diagnosis.step"].create(
            {"ticket_id": self.accepted().id, "name": "Voltage", "tool": "instrument"}
        )
        self.assert_asked_not_found(step, ("name", "tool"), {"reading": "12 V", "result": "found"})


class DuplicatedFields:
    """What a duplicate takes over, document by document: a new field is asked for, or it says copy=False."""

    def copied(self, model):
        fields_ = model._fields.values()
        names = {
            field.name
            for field in fields_
            if field.copy and field.store and field.name not in models.MAGIC_COLUMNS
        }
        bookkeeping = ("message_", "activity_", "rating_", "access_")
        return {name for name in names - model._owned_fields() if not name.startswith(bookkeeping)}

    def assert_nothing_else(self, asked_of):
        """``asked_of``: {document: names of what was asked for, agreed or planned}."""
        for name, asked in asked_of.items():
            with self.subTest(name):
                more = self.copied(self.env[name]) - set(asked.split())
                self.assertFalse(more, f"{name}: copied, and not in the table of what was asked")


@tagged("post_install", "-at_install")
class TestDuplicatedServiceFields(DuplicatedFields, AftersalesServiceCommon):
    ASKED = {
        "aftersales.ticket": """
            title description partner_id contact_name phone email email_cc channel company_id team_id
            service_type category_id problem_type problem_nature symptom_id urgency impact core_impact
            loss_per_day product_id lot_id serial_number production_date product_issue_id sale_line_id
            purchase_date proof_of_purchase warranty_card_id agreement_id origin_mode environment operation
            occurred_at reproduction_steps tried_solutions delivery_address""",
        "aftersales.visit": """
            ticket_id user_id leader_id participant_ids partner_company_id purpose start stop site_id
            site_contact machine machine_number station_id item_ids""",
        "aftersales.assessment": """
            ticket_id partner_id product_id lot_id quantity company_id user_id quality_user_id fault origin
            in_warranty place""",
        "aftersales.compensation": "ticket_id agreement_id kind form amount ground reason",
        "aftersales.solution.plan": """
            ticket_id name package steps resources safety contingency cost fee ready_on feasibility benefit
            expected_effect evaluation""",
        "aftersales.support.application": """
            partner_id contact phone company_id user_id kind request product_id sale_order_id site_id days
            wished_on cost""",
        "aftersales.agreement": """
            partner_id company_id user_id currency_id level date_start date_end calendar_id around_the_clock
            acceptance_date trial_end warranty_months normal_use_only product_ids lot_ids fee fee_period
            compensates cap_percent has_resident resident_people resident_until resident_user_ids target_ids
            compensation_term_ids note""",
    }

    def test_a_duplicate_takes_over_nothing_else(self):
        self.assert_nothing_else(self.ASKED)
