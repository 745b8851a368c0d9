"""Refunds approved by several people at once, with real cursors: one credit note, nothing credited twice."""

import threading
from contextlib import contextmanager

import pytest
from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tools import mute_logger

PERSONS = 4


@contextmanager
def environment(registry, uid=SUPERUSER_ID):
    """A transaction of its own, committed at the end."""
    with registry.cursor() as cr:
        yield api.Environment(cr, uid, {})


def user(env, group):
    login = f"race_{group}"
    found = env["res.users"].search([("login", "=", login)])
    return found or env["res.users"].create(
        {
            "name": login,
            "login": login,
            "group_ids": [Command.set(env.ref(f"aftersales_service.group_{group}").ids)],
        }
    )


def confirmed_refunds(registry, returns=1):
    """(accountant's id, ids of confirmed refunds): ``returns`` returns of the same single piece."""
    with environment(registry) as env:
        invoice_line = paid_sale(env)
        rmas = env["aftersales.rma"].load_history([returned(env, invoice_line) for _n in range(returns)])
        rmas._fire("pass_to_refund", actor="system")
        rmas.refund_ids.with_user(user(env, "agent")).action_confirm()
        return user(env, "accountant").id, rmas.refund_ids.ids


def paid_sale(env):
    """The sale line of one piece that was invoiced and paid."""
    product = env["product.product"].create({"name": "Kettle", "type": "consu", "list_price": 100.0})
    product.invoice_policy = "order"
    order = env["sale.order"].create(
        {
            "partner_id": env["res.partner"].create({"name": "Wang Fang"}).id,
            "order_line": [Command.create({"product_id": product.id, "product_uom_qty": 1})],
        }
    )
    order.action_confirm()
    invoice = order._create_invoices()
    invoice.action_post()
    wizard = env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
    wizard.create({})._create_payments()
    return order.order_line


def returned(env, sale_line):
    now = fields.Datetime.now()
    return {
        "partner_id": sale_line.order_id.partner_id.id,
        "sale_order_id": sale_line.order_id.id,
        "reason_id": env.ref("aftersales_returns.return_reason_quality").id,
        "state": "inspected",
        "received_at": now,
        "inspected_at": now,
        "line_ids": [Command.create({"sale_line_id": sale_line.id, "quantity": 1, "accepted_qty": 1})],
    }


def at_once(registry, uid, calls):
    """Approve refunds from as many threads, each retried as a request is; the answers: True or a sentence."""
    answers, start = [], threading.Barrier(len(calls))

    def approve(refund_id):
        with environment(registry, uid) as env:
            refund = env["aftersales.refund"].browse(refund_id)
            assert refund.state == "confirmed", "everybody sees it waiting"
            start.wait()
            try:
                retrying(lambda: env["aftersales.refund"].browse(refund_id).action_approve(), env)
                answers.append(True)
            except UserError as error:
                env.cr.rollback()
                answers.append(str(error))

    threads = [threading.Thread(target=approve, args=(refund_id,)) for refund_id in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def posted(registry, refund_ids):
    with environment(registry) as env:
        notes = env["account.move"].search(
            [("aftersales_refund_id", "in", refund_ids), ("state", "=", "posted")]
        )
        return notes.mapped("amount_total")


def test_approved_by_several_at_once_gives_one_credit_note(registry):
    """REFUND-28: whatever is clicked twice."""
    uid, (refund_id,) = confirmed_refunds(registry)
    answers = at_once(registry, uid, [refund_id] * PERSONS)
    assert answers.count(True) == 1
    assert len(answers) == PERSONS
    assert len(posted(registry, [refund_id])) == 1


def test_whoever_comes_second_to_an_invoice_begins_anew_with_fresh_figures(registry):
    """REFUND-05: the lock alone; in the other tests the books make the approvals wait as well.

    Of two refunds of one invoice the later one cannot go on with figures from before the first.
    """
    _uid, (first, second) = confirmed_refunds(registry, returns=2)
    with environment(registry) as one, environment(registry) as two:
        later = two["aftersales.refund"].browse(second)
        assert later.invoice_id.amount_residual == 0, "its figures are read"
        one["aftersales.refund"].browse(first)._lock()
        one.cr.commit()
        with mute_logger("odoo.sql_db"), pytest.raises(SerializationFailure):
            later._lock()
        two.cr.rollback()


def test_two_returns_of_the_same_piece_are_credited_once(registry):
    """REFUND-05: the second one meets the first one's credit note and is told so."""
    uid, refund_ids = confirmed_refunds(registry, returns=2)
    assert len(refund_ids) == 2
    answers = at_once(registry, uid, refund_ids)
    assert answers.count(True) == 1
    assert len(posted(registry, refund_ids)) == 1


def test_sales_and_finance_credit_the_same_piece_at_once(registry):
    """REFUND-05: a credit note of Sales is posted while the refund is approved; one of them is refused."""
    uid, refund_ids = confirmed_refunds(registry)
    with environment(registry) as env:
        line = env["aftersales.refund"].browse(refund_ids).rma_id.line_ids.sale_line_id
        vals = {
            "move_type": "out_refund",
            "partner_id": line.order_id.partner_id.id,
            "invoice_date": fields.Date.today(),
            "invoice_line_ids": [Command.create(line._prepare_invoice_line(quantity=1))],
        }
        note_id, line_id = env["account.move"].create(vals).id, line.id
    answers, start = [], threading.Barrier(2)

    def press(model, record_id, method):
        with environment(registry, uid if model == "aftersales.refund" else SUPERUSER_ID) as env:
            record = env[model].browse(record_id)
            assert record.state in ("confirmed", "draft"), "both see it waiting"
            start.wait()
            try:
                retrying(getattr(record, method), env)
                answers.append(True)
            except UserError as error:
                env.cr.rollback()
                answers.append(str(error))

    presses = [
        ("aftersales.refund", refund_ids[0], "action_approve"),
        ("account.move", note_id, "action_post"),
    ]
    threads = [threading.Thread(target=press, args=args) for args in presses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with environment(registry) as env:
        credited = (
            env["sale.order.line"]
            .browse(line_id)
            .invoice_lines.filtered(
                lambda row: row.move_id.move_type == "out_refund" and row.parent_state == "posted"
            )
        )
        assert sum(credited.mapped("quantity")) == 1
    assert answers.count(True) == 1
