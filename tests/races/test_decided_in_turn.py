"""Two documents decided at the same moment where one decision uses up what the other counts on.

No document is written by both, so nothing but the rule itself keeps the second one from going on with figures
from before the first.
"""

import pytest
from together import at_once, environment, person

from odoo import Command, fields


@pytest.fixture(scope="module")
def supervisor(registry):
    with environment(registry) as env:
        return person(env, "supervisor").id


def customer(env):
    return env["res.partner"].create(
        {
            "name": "Wang Fang",
            "phone": "139 5555 0101",
            "street": "Changjiang Road 88",
            "street2": "Shushan",
            "city": "Hefei",
            "state_id": env.ref("base.state_cn_AH").id,
            "country_id": env.ref("base.cn").id,
        }
    )


def exceptions(env, count):
    """Drafts of re-shipments of one customer who may have one exception; each is a request of its own."""
    env.company.write({"aftersales_reship_large_total": 10, "aftersales_reship_exceptions": 1})
    partner = customer(env)
    product = env["product.product"].create({"name": "Cable", "type": "consu", "list_price": 100.0})
    order = env["sale.order"].create(
        {"partner_id": partner.id, "order_line": [Command.create({"product_id": product.id})]}
    )
    order.action_confirm()
    tickets = env["aftersales.ticket"].create([{"title": "Missing", "partner_id": partner.id}] * count)
    row = {
        "sale_order_id": order.id,
        "detail_fits": "yes",
        "weight_fits": "yes",
        "is_damaged": "no",
        "line_ids": [Command.create({"product_id": product.id, "quantity": 1})],
    }
    rows = env["aftersales.reshipment"].create([{**row, "ticket_id": ticket.id} for ticket in tickets])
    assert set(rows.mapped("outcome")) == {"goodwill"}
    return rows


def test_a_customer_gets_one_exception_however_many_are_approved_at_once(registry, supervisor):
    """COMP-11: two requests of one customer, two supervisors."""
    with environment(registry) as env:
        rows = exceptions(env, 2)
        rows.action_propose()
        ids = rows.ids
    answers = at_once(
        registry, supervisor, "aftersales.reshipment", [(row, lambda r: r.action_approve()) for row in ids]
    )
    assert answers.count(True) == 1
    assert "1 of 1 exceptions" in next(answer for answer in answers if answer is not True)
    with environment(registry) as env:
        rows = env["aftersales.reshipment"].browse(ids)
        assert sorted(rows.mapped("state")) == ["approved", "proposed"]
        assert len(rows.delivery_ids) == 1


def test_a_request_gets_one_code_from_whichever_of_its_re_shipments(registry, supervisor):
    """COMP-08: two goods of one request are out of stock, and two agents offer the discount."""
    with environment(registry) as env:
        rows = exceptions(env, 2)
        rows[1]._write_policy({"ticket_id": rows[0].ticket_id.id})
        # to write these only now would make them wait as well
        env.company._aftersales_goodwill()
        rows.ticket_id._portal_ensure_token()
        ids = rows.ids
    answers = at_once(
        registry,
        supervisor,
        "aftersales.reshipment",
        [(row, lambda r: r.action_offer_discount()) for row in ids],
    )
    assert answers.count(True) == 1
    assert "has a discount already" in next(answer for answer in answers if answer is not True)
    with environment(registry) as env:
        assert len(env["aftersales.reshipment"].browse(ids).coupon_id) == 1


def test_two_tickets_merged_into_each_other_at_once_leave_one_open(registry, supervisor):
    """Emptied into each other, both would be cancelled and the request lost.

    Whoever takes another ticket in is written with it, whatever that one had to give: no lock is needed.
    """
    with environment(registry) as env:
        partner = customer(env)
        tickets = env["aftersales.ticket"].create([{"title": "Cold", "partner_id": partner.id}] * 2)
        one, other = tickets.ids

    def into(target):
        return lambda ticket: ticket._merge_into(ticket.browse(target))

    steps = [(one, into(other)), (other, into(one))]
    answers = at_once(registry, supervisor, "aftersales.ticket", steps)
    assert answers.count(True) == 1
    assert "not open any more" in next(answer for answer in answers if answer is not True)
    with environment(registry) as env:
        assert sorted(env["aftersales.ticket"].browse([one, other]).mapped("state")) == ["cancelled", "new"]


def test_what_is_closed_meanwhile_takes_no_other_ticket_in(registry, supervisor):
    """Nobody would go on with it."""
    with environment(registry) as env:
        partner = customer(env)
        tickets = env["aftersales.ticket"].create([{"title": "Cold", "partner_id": partner.id}] * 2)
        one, other = tickets.ids
    steps = [
        (one, lambda ticket: ticket._merge_into(ticket.browse(other))),
        (other, lambda ticket: ticket._fire("cancel", reason="Not ours")),
    ]
    answers = at_once(registry, supervisor, "aftersales.ticket", steps)
    with environment(registry) as env:
        kept, taken = env["aftersales.ticket"].browse([other, one])
        if answers == [True, True]:  # merged first, then cancelled with everything
            assert taken.merged_into_id == kept
            assert taken.write_date <= kept.write_date
        else:
            assert "not open any more" in answers[0]
            assert taken.state == "new"


def test_two_broken_promises_decided_at_once_stay_within_the_cap(registry, supervisor):
    """SLA-23: 30 each of 45. What is proposed counts already, so neither goes through beside the other."""
    with environment(registry) as env:
        agreement = env["aftersales.agreement"].load_history(
            [
                {
                    "partner_id": customer(env).id,
                    "state": "active",
                    "fee": 1000,
                    "compensates": True,
                    "cap_percent": 4.5,
                }
            ]
        )
        tickets = env["aftersales.ticket"].create(
            [{"title": "Cold", "partner_id": agreement.partner_id.id}] * 2
        )
        row = {
            "kind": "breach",
            "target": "restore",
            "state": "proposed",
            "agreement_id": agreement.id,
            "amount": 30,
            "missed_at": fields.Datetime.now(),
        }
        ids = (
            env["aftersales.compensation"]
            .load_history([{**row, "ticket_id": ticket.id} for ticket in tickets])
            .ids
        )
    answers = at_once(
        registry, supervisor, "aftersales.compensation", [(row, lambda r: r.action_approve()) for row in ids]
    )
    assert all("is left" in str(answer) for answer in answers)
    with environment(registry) as env:
        first, second = env["aftersales.compensation"].browse(ids)
        first.action_revise()
    answers = at_once(
        registry, supervisor, "aftersales.compensation", [(second.id, lambda r: r.action_approve())]
    )
    assert answers == [True]
