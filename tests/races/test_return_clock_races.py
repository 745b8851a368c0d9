"""Returns between a person and the clock, and between two effects of one event, with real cursors.

Every test commits for real and counts at the end: one state, one receipt, one line in the log, whoever came
first and wherever the process died.
"""

import threading
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

import pytest
from test_return_races import PERSONS, at_once, requested, user

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import UserError
from odoo.service.model import retrying

ROUNDS = 4


@pytest.fixture(scope="module", autouse=True)
def _policy_in_force(registry):
    with environment(registry) as env:
        policy = env.ref("aftersales_returns.return_policy_standard")
        policy.with_user(user(env, "manager")).action_activate()


@contextmanager
def environment(registry, uid=SUPERUSER_ID):
    """A transaction of its own, committed at the end; the ledger commits as in its cron."""
    with registry.cursor() as cr:
        yield api.Environment(cr, uid, {"aftersales_commit": True})


def run(registry, later=timedelta()):
    with environment(registry) as env:
        return env["aftersales.deadline"]._run_due(now=fields.Datetime.now() + later)


def make_due(registry, rma_id):
    """What the return promises is a minute late."""
    with environment(registry) as env:
        rma = env["aftersales.rma"].browse(rma_id)
        rows = rma.deadline_ids.filtered(lambda row: row.state == "running")
        assert rows
        rows.sudo().due_at = fields.Datetime.now() - timedelta(minutes=1)
        rma._refresh_next_due()


def one_requested(registry):
    with environment(registry) as env:
        return requested(env, 1).id, user(env, "agent").id


def state_of(registry, rma_id):
    """(state, receipts, lines in the log that say approved or refused)."""
    with environment(registry) as env:
        rma = env["aftersales.rma"].browse(rma_id)
        labels = [rma._event_label(event) for event in ("approve", "refuse")]
        log = [body for body in rma.message_ids.mapped("body") if any(label in body for label in labels)]
        return rma.state, len(rma.picking_ids), len(log)


class Killed(BaseException):
    """The process is gone: nobody catches this."""


# --- the clock against a person --------------------------------------------------------------------------


def test_silence_and_a_refusal_at_once_have_one_outcome(registry):
    """RMA-02: approved by the ledger or refused by the agent who was in time, never both or neither.

    The agent began a moment before the time was up, the ledger comes round while he decides. Who loses
    reads that somebody was faster.
    """
    seen = set()
    for _round in range(ROUNDS):
        rma_id, uid = one_requested(registry)
        start, answers = threading.Barrier(2), []
        late = timedelta(days=3, minutes=1)

        def clock(start=start, late=late):
            start.wait()
            run(registry, late)

        def person(start=start, rma_id=rma_id, uid=uid, answers=answers):
            with environment(registry, uid) as env:
                start.wait()
                try:
                    retrying(lambda: env["aftersales.rma"].browse(rma_id).action_refuse(reason="No"), env)
                    answers.append("refused")
                except UserError as error:
                    env.cr.rollback()
                    answers.append(str(error))

        threads = [threading.Thread(target=clock), threading.Thread(target=person)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        run(registry, late)  # a document that was locked is left to the next run
        state, receipts, told = state_of(registry, rma_id)
        seen.add(state)
        if answers == ["refused"]:
            assert (state, receipts, told) == ("refused", 0, 1)
        else:
            assert "does not apply" in answers[0] or "run out" in answers[0]
            assert (state, receipts, told) == ("approved", 1, 1)
    assert seen <= {"approved", "refused"}


def test_once_time_is_up_the_person_is_too_late_though_the_clock_has_not_come_round(registry):
    """RMA-02: late is late, and what silence does happens exactly once."""
    rma_id, uid = one_requested(registry)
    make_due(registry, rma_id)
    answers = at_once(registry, uid, [rma_id] * PERSONS, lambda rma: rma.action_refuse(reason="No"))
    assert all("Time has run out" in answer for answer in answers)
    runs = [threading.Thread(target=run, args=(registry,)) for _ in range(PERSONS)]
    for thread in runs:
        thread.start()
    for thread in runs:
        thread.join()
    run(registry)
    assert state_of(registry, rma_id) == ("approved", 1, 1)


def test_receipts_of_several_storekeepers_at_once_take_a_parcel_in_once(registry):
    """The paper is validated in Inventory by some and in the return by others: two pieces, one receipt."""
    with environment(registry) as env:
        rma = requested(env, 1)
        rma.action_approve()
        rma_id, uid = rma.id, user(env, "inspector").id

    ways = {}  # each person keeps to one way, also when the request is retried

    def validate_either_way(rma):
        if ways.setdefault(threading.get_ident(), len(ways)) % 2:
            return rma.action_receive()
        receipt = rma.sudo().picking_ids.filtered(lambda p: p.state == "assigned")
        if not receipt:
            raise UserError("somebody was faster")
        return receipt._aftersales_validate()

    answers = at_once(registry, uid, [rma_id] * PERSONS, validate_either_way)
    assert answers.count(True) == 1
    with environment(registry) as env:
        rma = env["aftersales.rma"].browse(rma_id)
        assert (rma.state, rma.line_ids.received_qty, len(rma.inspection_ids)) == ("received", 2, 1)
        assert sum(env["stock.quant"].search(quarantined(rma)).mapped("quantity")) == 2


def quarantined(rma):
    return [
        ("product_id", "=", rma.line_ids.product_id.id),
        ("location_id", "=", rma.warehouse_id.aftersales_quarantine_id.id),
    ]


# --- killed between two effects --------------------------------------------------------------------------


@pytest.mark.parametrize("effect", ["_judge_freight", "_create_return_pickings", "_after_event"])
def test_killed_between_two_effects_an_approval_leaves_nothing_and_is_done_again(registry, effect):
    """Half an approval is none: no receipt without the state, no state without its promise."""
    rma_id, uid = one_requested(registry)
    before = footprint(registry, rma_id)
    with (
        patch.object(registry["aftersales.rma"], effect, side_effect=Killed),
        pytest.raises(Killed),
        environment(registry, uid) as env,
    ):
        env["aftersales.rma"].browse(rma_id).action_approve()
    assert footprint(registry, rma_id) == before
    with environment(registry, uid) as env:
        env["aftersales.rma"].browse(rma_id).action_approve()
    assert state_of(registry, rma_id) == ("approved", 1, 1)
    with environment(registry) as env:
        assert env["aftersales.rma"].browse(rma_id).next_kind == "send_back"


@pytest.mark.parametrize("effect", ["_create_return_pickings", "_refresh_next_due", "_log_event"])
def test_the_clock_killed_between_two_effects_approves_once_when_it_runs_again(registry, effect):
    rma_id, _uid = one_requested(registry)
    make_due(registry, rma_id)
    with patch.object(registry["aftersales.rma"], effect, side_effect=Killed), pytest.raises(Killed):
        run(registry)
    assert state_of(registry, rma_id) == ("requested", 0, 0)
    run(registry)
    assert state_of(registry, rma_id) == ("approved", 1, 1)


@pytest.mark.parametrize("effect", ["_take_over", "_restock", "_void_warranty_cards"])
def test_killed_while_goods_go_where_they_belong_they_stay_the_customers(registry, effect):
    """INSPECT-03: taken over and restocked, or neither; done again, the end is the same."""
    with environment(registry) as env:
        rma = requested(env, 1)
        rma.action_approve()
        rma.with_user(user(env, "inspector")).action_receive()
        rma.with_user(user(env, "inspector")).inspection_ids.write({"grade": "a", "fault_found": "yes"})
        rma_id, uid = rma.id, user(env, "inspector").id
    before = footprint(registry, rma_id)
    with (
        patch.object(registry["aftersales.rma.line"], effect, side_effect=Killed),
        pytest.raises(Killed),
        environment(registry, uid) as env,
    ):
        env["aftersales.rma"].browse(rma_id).action_complete_inspection()
    assert footprint(registry, rma_id) == before
    with environment(registry, uid) as env:
        env["aftersales.rma"].browse(rma_id).action_complete_inspection()
    with environment(registry) as env:
        rma = env["aftersales.rma"].browse(rma_id)
        assert (rma.state, rma.line_ids.disposition, rma.line_ids.accepted_qty) == ("to_refund", "restock", 2)
        assert not env["stock.quant"].search([*quarantined(rma), ("quantity", ">", 0)])


def footprint(registry, rma_id):
    """Everything that an event may leave behind."""
    with environment(registry) as env:
        rma = env["aftersales.rma"].browse(rma_id)
        quants = env["stock.quant"].search([("product_id", "=", rma.line_ids.product_id.id)])
        return (
            rma.state,
            rma.next_kind,
            rma.picking_ids.mapped("state"),
            [(row.kind, row.state) for row in rma.deadline_ids],
            len(rma.message_ids),
            len(rma.verdict_ids),
            sorted((q.location_id.id, q.owner_id.id, q.quantity) for q in quants),
        )
