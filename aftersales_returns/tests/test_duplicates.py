"""Duplicates of returns carry what was asked, not what was found, decided or paid."""

from odoo.tests import TransactionCase, tagged

from odoo.addons.aftersales_service.tests.test_duplicates import DuplicatedFields


@tagged("post_install", "-at_install")
class TestDuplicatedReturnsFields(DuplicatedFields, TransactionCase):
    ASKED = {
        # how it was delivered and what was agreed on freight are part of it: a supplement is a copy
        "aftersales.rma": """
            partner_id company_id sale_order_id warehouse_id reason_id resolution description line_ids
            fault_party right_blocked delivery_result signed_date confirmed_at refusal undeliverable
            retrieval_late is_remote outbound_term outbound_freight outbound_prepaid_by collect_consent
            return_prepaid_by reimburse_as is_freight_agreed agreed_outbound agreed_return agreed_reship
            agreed_storage""",
        "aftersales.refund": "rma_id account_kind payee_account_id payee_branch payee_real_name",
        "aftersales.reshipment": """
            ticket_id user_id sale_order_id picking_id complaint summary recipient phone street city district
            state_id country_id zip substitute_ids weight_expected""",
        "aftersales.supplier.claim": """
            assessment_id partner_id company_id user_id purchase_line_id quantity note""",
        "aftersales.unknown.parcel": """
            company_id user_id warehouse_id carrier_name received_at order_ref sender_name sender_phone
            sender_text note""",
        "aftersales.dispute": "rma_id kind",
    }

    def test_a_duplicate_takes_over_nothing_else(self):
        self.assert_nothing_else(self.ASKED)
