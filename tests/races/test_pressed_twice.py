"""Two people on the same document at the same moment: what is made, moved or booked is made once."""

import pytest
from test_return_races import requested, user
from together import at_once, environment, person

from odoo import Command


@pytest.fixture(scope="module")
def supervisor(registry):
    with environment(registry) as env:
        return person(env, "supervisor").id


def put_in_force(env):
    policy = env.ref("aftersales_returns.return_policy_standard").with_user(user(env, "manager"))
    policy.filtered(lambda version: version.state == "draft").action_activate()


def sheet(env):
    """A quality assessment of a purchased part."""
    product = env["product.product"].create({"name": "Valve", "is_storable": True, "standard_price": 7.5})
    partner = env["res.partner"].create({"name": "Wang Fang"})
    return env["aftersales.assessment"].create(
        {"product_id": product.id, "partner_id": partner.id, "origin": "purchased", "quantity": 2}
    )


def test_one_part_is_claimed_from_its_supplier_once(registry, supervisor):
    """Two claims would be credited twice. The sheet, which neither of the two changes, makes them wait."""
    with environment(registry) as env:
        sheet_id = sheet(env).id
    steps = [(sheet_id, lambda found: found.action_claim_supplier())] * 2
    assert at_once(registry, supervisor, "aftersales.assessment", steps) == [True, True]
    with environment(registry) as env:
        assert len(env["aftersales.assessment"].browse(sheet_id).supplier_claim_ids) == 1


@pytest.mark.parametrize(
    ("action", "made"),
    [
        ("action_create_rma", "rma_ids"),
        ("action_create_reshipment", "reshipment_ids"),
        ("action_create_repair", "repair_ids"),
        ("action_create_quotation", "quotation_ids"),
    ],
)
def test_a_ticket_pressed_twice_begins_one_document(registry, supervisor, action, made):
    """The draft of the first click is what the second one opens."""
    with environment(registry) as env:
        product = env["product.product"].create({"name": "Fan", "is_storable": True})
        partner = env["res.partner"].create({"name": "Wang Fang"})
        vals = {"title": "Rattles", "partner_id": partner.id, "product_id": product.id}
        ticket_id = env["aftersales.ticket"].create(vals).id
    steps = [(ticket_id, lambda ticket: getattr(ticket, action)())] * 2
    assert at_once(registry, supervisor, "aftersales.ticket", steps) == [True, True]
    with environment(registry) as env:
        assert len(env["aftersales.ticket"].browse(ticket_id)[made]) == 1


def test_goods_that_came_in_get_one_sheet(registry, supervisor):
    """QUAL-07: two who ask for the assessment of one piece open the same sheet."""
    with environment(registry) as env:
        put_in_force(env)
        rma = requested(env, 1)
        rma.action_approve()
        rma.with_user(user(env, "inspector")).action_receive()
        rma_id, ticket_id = rma.id, rma.ticket_id.id
    steps = [(rma_id, lambda rma: rma.action_assess())] * 2
    assert at_once(registry, supervisor, "aftersales.rma", steps) == [True, True]
    with environment(registry) as env:
        assert len(env["aftersales.ticket"].browse(ticket_id).assessment_ids) == 1


def test_two_claims_do_not_share_the_pieces_of_a_sheet(registry, supervisor):
    """SUPPLIER-03: each by itself is for no more than was assessed; both together would be."""
    with environment(registry) as env:
        sheet_id = sheet(env).id

    def claim(found):
        values = {"assessment_id": found.id, "company_id": found.company_id.id, "quantity": 2}
        found.env["aftersales.supplier.claim"].create(values)

    answers = at_once(registry, supervisor, "aftersales.assessment", [(sheet_id, claim)] * 2)
    assert answers.count(True) == 1
    with environment(registry) as env:
        assert env["aftersales.assessment"].browse(sheet_id).supplier_claim_ids.mapped("quantity") == [2.0]


def test_a_supplier_credits_a_claim_once(registry, supervisor):
    """SUPPLIER-03: one draft of a credit note, whoever pressed."""
    with environment(registry) as env:
        found = sheet(env)
        vendor = env["res.partner"].create({"name": "Valve works", "email": "valve@example.com"})
        values = {"assessment_id": found.id, "partner_id": vendor.id, "quantity": 2, "state": "notified"}
        claim_id = env["aftersales.supplier.claim"].load_history([values]).id
    steps = [(claim_id, lambda claim: claim.action_credit())] * 3
    answers = at_once(registry, supervisor, "aftersales.supplier.claim", steps)
    assert answers.count(True) == 1
    with environment(registry) as env:
        notes = env["account.move"].search([("partner_id", "=", vendor.id)])
        assert len(notes) == 1
        assert env["aftersales.supplier.claim"].browse(claim_id).credit_note_id == notes


def test_a_parcel_is_adopted_by_one_customer(registry, supervisor):
    """Two agents each find an owner: the goods are one's, and one return is made of them."""
    with environment(registry) as env:
        product = env["product.product"].create({"name": "Kettle", "is_storable": True})
        line = Command.create({"product_id": product.id, "quantity": 1})
        parcel_id = env["aftersales.unknown.parcel"].create({"line_ids": [line]}).id
        owners = env["res.partner"].create([{"name": "Wang Fang"}, {"name": "Li Lei"}])

    def as_of(owner):
        return lambda parcel: parcel.action_adopt(partner=parcel.env["res.partner"].browse(owner))

    steps = [(parcel_id, as_of(owner)) for owner in owners.ids]
    answers = at_once(registry, supervisor, "aftersales.unknown.parcel", steps)
    assert answers.count(True) == 1
    with environment(registry) as env:
        winner = env["res.partner"].browse(owners.ids[answers.index(True)])
        parcel = env["aftersales.unknown.parcel"].browse(parcel_id)
        lying = env["stock.quant"].search([("product_id", "=", product.id), ("quantity", ">", 0)])
        assert (parcel.state, parcel.partner_id) == ("adopted", winner)
        assert [(quant.owner_id, quant.quantity) for quant in lying] == [(winner, 1)]
        assert env["aftersales.rma"].search_count([("partner_id", "in", owners.ids)]) == 1


def test_goods_that_two_inspectors_finish_at_once_are_restocked_once(registry):
    """INSPECT-03: two pieces came in, two pieces lie in stock, and nothing is left in quarantine."""
    with environment(registry) as env:
        put_in_force(env)
        rma = requested(env, 1)
        rma.action_approve()
        inspector = user(env, "inspector")
        rma.with_user(inspector).action_receive()
        rma.with_user(inspector).inspection_ids.write({"grade": "a", "fault_found": "yes"})
        rma_id, uid, product = rma.id, inspector.id, rma.line_ids.product_id
    steps = [(rma_id, lambda found: found.action_complete_inspection())] * 3
    answers = at_once(registry, uid, "aftersales.rma", steps)
    assert answers.count(True) == 1
    with environment(registry) as env:
        rma = env["aftersales.rma"].browse(rma_id)
        lying = env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id.usage", "=", "internal"), ("quantity", "!=", 0)]
        )
        assert (rma.state, rma.line_ids.accepted_qty) == ("to_refund", 2)
        assert [(quant.owner_id.id, quant.quantity) for quant in lying] == [(False, 2)]
        assert lying.location_id != rma.warehouse_id.aftersales_quarantine_id
