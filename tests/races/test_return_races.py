"""Returns approved and received by several people at once, with real cursors: goods come back once."""

import threading
from contextlib import contextmanager

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.service.model import retrying

PERSONS = 4


@contextmanager
def environment(registry, uid=SUPERUSER_ID):
    """A transaction of its own, committed at the end."""
    with registry.cursor() as cr:
        yield api.Environment(cr, uid, {})


def user(env, group):
    login = f"race_return_{group}"
    found = env["res.users"].search([("login", "=", login)])
    groups = env.ref(f"aftersales_service.group_{group}")
    return found or env["res.users"].create(
        {"name": login, "login": login, "group_ids": [Command.set(groups.ids)]}
    )


def requested(env, returns, ordered=2, **vals):
    """Returns that ask, each of them, for the same two pieces of one delivery.

    :param ordered: more than two leave the rest of the order in the warehouse
    """
    product = env["product.product"].create({"name": "Kettle", "type": "consu", "is_storable": True})
    warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
    env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 2)
    order = env["sale.order"].create(
        {
            "partner_id": env["res.partner"].create({"name": "Wang Fang"}).id,
            "order_line": [Command.create({"product_id": product.id, "product_uom_qty": ordered})],
        }
    )
    order.action_confirm()
    order.picking_ids.move_ids.write({"quantity": 2, "picked": True})
    order.picking_ids.with_context(skip_backorder=True).button_validate()
    assert order.order_line.qty_delivered == 2
    values = {
        "partner_id": order.partner_id.id,
        "sale_order_id": order.id,
        "reason_id": env.ref("aftersales_returns.return_reason_quality").id,
        "line_ids": [Command.create({"sale_line_id": order.order_line.id, "quantity": 2})],
        **vals,
    }
    rmas = env["aftersales.rma"].with_user(user(env, "agent")).create([values] * returns)
    for rma in rmas:  # together they would be refused at once: there are two pieces, not eight
        rma.action_submit()
    return rmas


def at_once(registry, uid, calls, step):
    """``step`` on each return from a thread of its own, retried as a request is: True or a sentence."""
    answers, start = [], threading.Barrier(len(calls))

    def act(rma_id):
        with environment(registry, uid) as env:
            assert env["aftersales.rma"].browse(rma_id).state
            start.wait()
            try:
                retrying(lambda: step(env["aftersales.rma"].browse(rma_id)), env)
                answers.append(True)
            except UserError as error:
                env.cr.rollback()
                answers.append(str(error))

    threads = [threading.Thread(target=act, args=(rma_id,)) for rma_id in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_the_same_goods_are_promised_back_once_however_many_approve_at_once(registry):
    """Returned ≤ delivered: several returns of the same two pieces, approved in the same moment.

    The rest of the order is still here: of one delivered in full its delivery status would make the approvals
    wait as well, of this one only the lock on the deliveries does.
    """
    with environment(registry) as env:
        rmas = requested(env, PERSONS, ordered=3)
        uid, ids = user(env, "agent").id, rmas.ids
    answers = at_once(registry, uid, ids, lambda rma: rma.action_approve())
    assert answers.count(True) == 1
    assert all("0 can" in answer for answer in answers if answer is not True)
    with environment(registry) as env:
        back = env["aftersales.rma"].browse(ids).picking_ids.move_ids
        assert sum(back.mapped("product_uom_qty")) == 2


def test_a_refused_parcel_comes_back_once_however_many_approve_at_once(registry):
    """Returned ≤ delivered: two of three have left and were refused at the door; the rest is still here.

    Of a partly delivered order no other write makes the approvals wait: only the lock on the deliveries does.
    """
    with environment(registry) as env:
        refused = {"resolution": "refund_only", "delivery_result": "refused", "refusal": "unjustified"}
        rmas = requested(env, PERSONS, ordered=3, **refused)
        uid, ids = user(env, "agent").id, rmas.ids
    answers = at_once(registry, uid, ids, lambda rma: rma.action_approve())
    assert answers.count(True) == 1
    with environment(registry) as env:
        back = env["aftersales.rma"].browse(ids).picking_ids.move_ids
        assert sum(back.mapped("product_uom_qty")) == 2


def test_what_is_refunded_before_shipping_is_refunded_once_and_does_not_leave(registry):
    """REFUND-01: several approve the refund of the same two pieces while the warehouse sends them.

    What is taken off the order and its transfers makes the others wait, with the lock or without it.
    """
    with environment(registry) as env:
        rmas = requested(env, PERSONS, ordered=4)
        order = rmas.sudo().sale_order_id
        line = [Command.clear(), Command.create({"sale_line_id": order.order_line.id, "quantity": 2})]
        rmas.sudo().write({"resolution": "refund_only", "line_ids": line})
        assert set(rmas.mapped("delivery_result")) == {"not_shipped"}
        rest = order.picking_ids.filtered(lambda picking: picking.state != "done")
        product, place = order.order_line.product_id, order.warehouse_id.lot_stock_id
        env["stock.quant"]._update_available_quantity(product, place, 2)
        rest.action_assign()
        uid, ids, rest_id = user(env, "agent").id, rmas.ids, rest.id

    def approve_or_send(rma):
        if rma.id != ids[0]:
            return rma.action_approve()
        picking = rma.env["stock.picking"].sudo().browse(rest_id)
        if picking.state == "cancel":
            raise UserError("it stays here")
        return picking._aftersales_validate()

    answers = at_once(registry, uid, ids, approve_or_send)
    assert answers.count(True) == 1
    with environment(registry) as env:
        approved = env["aftersales.rma"].browse(ids).filtered(lambda rma: rma.state == "to_refund")
        sent = env["stock.picking"].browse(rest_id).state == "done"
        assert len(approved) + sent == 1


def test_one_return_is_approved_once_however_many_press_the_button(registry):
    with environment(registry) as env:
        rma = requested(env, 1)
        uid, ids = user(env, "agent").id, rma.ids * PERSONS
    answers = at_once(registry, uid, ids, lambda rma: rma.action_approve())
    assert answers.count(True) == 1
    with environment(registry) as env:
        assert len(env["aftersales.rma"].browse(ids[0]).picking_ids) == 1


def test_a_parcel_is_received_once_however_many_press_the_button(registry):
    with environment(registry) as env:
        rma = requested(env, 1)
        rma.action_approve()
        uid, ids = user(env, "inspector").id, rma.ids * PERSONS
    answers = at_once(registry, uid, ids, lambda rma: rma.action_receive())
    assert answers.count(True) == 1
    with environment(registry) as env:
        rma = env["aftersales.rma"].browse(ids[0])
        assert (rma.state, rma.line_ids.received_qty, len(rma.inspection_ids)) == ("received", 2, 1)
