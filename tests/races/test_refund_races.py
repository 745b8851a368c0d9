"""Refunds approved by several people at once, with real cursors: one credit note, nothing credited twice."""

import threading
from contextlib import contextmanager

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.exceptions import UserError
from odoo.service.model import retrying

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
        return confirmed(env, paid_sale(env) * returns)


def confirmed(env, sale_lines):
    """(accountant's id, ids of confirmed refunds): a return of each of ``sale_lines``."""
    rmas = env["aftersales.rma"].load_history([returned(env, line) for line in sale_lines])
    rmas._fire("pass_to_refund", actor="system")
    rmas.refund_ids.with_user(user(env, "agent")).action_confirm()
    return user(env, "accountant").id, rmas.refund_ids.ids


def paid_sale(env, orders=1):
    """[sale line] of one piece each, of as many orders that were invoiced together and paid."""
    product = env["product.product"].create({"name": "Kettle", "type": "consu", "list_price": 100.0})
    product.invoice_policy = "order"
    line = {"product_id": product.id, "product_uom_qty": 1}
    partner = env["res.partner"].create({"name": "Wang Fang"})
    sold = env["sale.order"].create(
        [{"partner_id": partner.id, "order_line": [Command.create(line)]} for _n in range(orders)]
    )
    sold.action_confirm()
    invoice = sold._create_invoices()
    invoice.action_post()
    wizard = env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
    wizard.create({})._create_payments()
    return list(sold.order_line)


def goodwill(env, invoice, amount):
    """Accounting credits a sum of the invoice by hand, of no goods in particular."""
    line = {"name": "Goodwill", "quantity": 1, "price_unit": amount, "tax_ids": [Command.clear()]}
    note = env["account.move"].create(
        {
            "move_type": "out_refund",
            "partner_id": invoice.partner_id.id,
            "reversed_entry_id": invoice.id,
            "invoice_date": fields.Date.today(),
            "invoice_line_ids": [Command.create(line)],
        }
    )
    note.action_post()


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


def test_two_orders_of_one_invoice_take_no_more_than_it_still_carries(registry):
    """REFUND-05: half of the invoice was given back as goodwill, so what is left is enough for one of two.

    They have nothing but their invoice in common: only the lock on it makes the approvals wait.
    """
    with environment(registry) as env:
        lines = paid_sale(env, orders=2)
        invoice = lines[0].order_id.invoice_ids
        goodwill(env, invoice, invoice.amount_total / 2)
        uid, refund_ids = confirmed(env, lines)
        total = invoice.amount_total
    answers = at_once(registry, uid, refund_ids)
    assert answers.count(True) == 1
    assert sum(posted(registry, refund_ids)) == total / 2


def test_two_returns_of_the_same_piece_are_credited_once(registry):
    """REFUND-05: the second one meets the first one's credit note and is told so.

    The line of the order counts what was invoiced of it; writing that makes the approvals wait as well.
    """
    uid, refund_ids = confirmed_refunds(registry, returns=2)
    assert len(refund_ids) == 2
    answers = at_once(registry, uid, refund_ids)
    assert answers.count(True) == 1
    assert len(posted(registry, refund_ids)) == 1


def test_sales_and_finance_credit_the_same_piece_at_once(registry):
    """REFUND-05: a credit note of Sales is posted while the refund is approved; one of them is refused.

    Both write what was invoiced of the same line of the order, so the later one begins anew: that is Odoo's
    own, and no lock of ours is needed.
    """
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
