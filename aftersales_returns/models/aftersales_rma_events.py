"""What the events of a return check before and do afterwards, and what it promises."""

from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.aftersales_service.models.aftersales_verdict_mixin import VerdictPage
from odoo.addons.aftersales_service.policy import deadline, lifecycle

from ..policy import eligibility, return_silence, rma_flow

#: promises whose length is a field of the version itself, with its unit
OWN_SPANS = {
    "goods_back": ("send_back_days", deadline.DAYS),
    "return_address": ("return_address_hours", deadline.HOURS),
    "custody": ("custody_days", deadline.DAYS),
}


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    # === PROMISES === #

    def _deadline_terms(self, kind):
        """{return: terms}. Without a policy in force when it was asked for, nothing acts by time."""
        found = {rma: rma._terms(kind) for rma in self}
        return {rma: terms for rma, terms in found.items() if terms}

    def _open_rows(self, kinds):
        """Where nothing acts by time, nothing was promised either."""
        promising = self.filtered(lambda rma: rma.sudo().policy_id)  # sudo: as in _terms
        return super(AftersalesRma, promising)._open_rows(kinds) if promising else self._no_rows()

    def _terms(self, kind):
        policy = self.sudo().policy_id  # sudo: the version that holds, for whoever fires the event
        if not policy or not self._makes_promise(kind):
            return None
        if kind in OWN_SPANS:
            length, unit = OWN_SPANS[kind]
            return self.env["aftersales.deadline"].terms(policy[length], unit)
        if kind == "review" and self._is_unshipped():
            return self._rest_of_day_terms(policy)
        if kind == "review" and not self._opens_review():
            return None
        step = self._policy_step(kind)
        if not step:
            return None
        # AMB-01, -02: days and hours run around the clock, working days with the company's calendar
        in_working_days = step.unit == deadline.WORKING_DAYS
        calendar = self.company_id._aftersales_calendar() if in_working_days else None
        return self.env["aftersales.deadline"].terms(step.amount, step.unit, calendar)

    def _policy_step(self, kind):
        """How long the promise ``kind`` runs under the version that holds, or None."""
        policy = self.sudo().policy_id  # sudo: as in _terms
        if kind == "review" and self._is_unshipped():
            return policy._span("decide_refund")
        return policy._span("review_refused" if kind == "review" and self._parcel_came_back() else kind)

    def _deadline_expires(self, kind):
        """As the version says under which the customer asked; where it has no such step, as the flow does."""
        step = self._policy_step(kind)
        return return_silence.EVENTS[step.on_silence] if step else super()._deadline_expires(kind)

    def _leaves_to_person(self, kind):
        step = self._policy_step(kind)
        return bool(step) and step.on_silence == return_silence.ESCALATE

    def _makes_promise(self, kind):
        """A refund without goods is decided by a person in hours, a return by silence after days."""
        if kind in ("decide", "decide_refund"):
            return (kind == "decide_refund") == (self.resolution == "refund_only")
        return kind != "goods_back" or self.resolution != "refund_only"

    def _is_unshipped(self):
        return self.resolution == "refund_only" and self.delivery_result == "not_shipped"

    def _parcel_came_back(self):
        return self.resolution == "refund_only" and self.delivery_result != "not_shipped"

    def _opens_review(self):
        """REFUND-03, -04: time for the review of a refused parcel begins with its receipt and only then; of
        other goods when the inspection is done.
        """
        if self.state == rma_flow.RECEIVED:
            return self._parcel_came_back()
        if not (self._parcel_came_back() and self.received_at):
            return True
        # sudo: whoever fires the event; a return received under an older version has no such promise yet
        return "review" not in self.sudo().deadline_ids.mapped("kind")

    def _rest_of_day_terms(self, policy):
        """REFUND-01: the review of goods never shipped is done within the time that began with the
        request, or with the changed one after a refusal.
        """
        step = policy._span("decide_refund")
        target = deadline.Target(step.amount, step.unit)
        # sudo: the ledger knows when the request came that was answered
        asked = self.sudo().deadline_ids.filtered(lambda row: row.kind == "decide_refund")
        due = target.due_at(max(asked.mapped("started_at"), default=self.requested_at), None)
        minutes = max(int((due - fields.Datetime.now()) / timedelta(minutes=1)), 0)
        return self.env["aftersales.deadline"].terms(minutes, deadline.MINUTES)

    def _deadline_user(self, kind):
        """Decisions and reviews are the handler's; the parcel and the inspection are the warehouse's
        queue.
        """
        own = kind in ("decide", "decide_refund", "return_address", "review")
        return self.user_id if own else self.env["res.users"]

    def _on_deadline_missed(self, kind):
        """RMA-19: goods that nobody has announced are past the limit; with a number the carrier knows."""
        super()._on_deadline_missed(kind)
        if kind != "goods_back":
            self.filtered(lambda rma: rma._leaves_to_person(kind))._escalate(kind)
            return
        reason = self.env._("The goods were not sent back in time.")
        waiting = self.filtered(lambda rma: rma.state == rma_flow.APPROVED)
        waiting._fire("close", actor=lifecycle.SYSTEM, reason=reason)
        for rma in (self - waiting).filtered(lambda rma: rma.state == rma_flow.IN_TRANSIT):
            rma.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=rma._who_answers().id,
                summary=self.env._(
                    "The goods are not here in time: ask the carrier when they were handed over"
                ),
            )

    def _escalate(self, kind):
        """The version leaves to a person what silence would decide: a task for the supervisor."""
        labels = dict(self.env["aftersales.deadline"]._fields["kind"]._description_selection(self.env))
        for rma in self:
            rma.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=rma._supervisor_in_charge().id,
                summary=self.env._("Missed: %(promise)s", promise=labels[kind]),
                note=self.env._(
                    "Time is up, and nothing happens by itself: decide how %s goes on.", rma.name
                ),
            )

    def _supervisor_in_charge(self):
        """Whoever answers for the return; without a team whoever handles it."""
        team = self.sudo().ticket_id.team_id  # sudo: who is in charge, whoever fires the event
        people = team.supervisor_id, team.manager_id, self._who_answers()
        return next((user for user in people if user.active), self.env["res.users"])

    # === RETURN ADDRESS === #

    def _on_miss_address(self):
        """RMA-30: until an address is given, the way back is at the seller's expense."""
        # sudo: also when the customer says it on his page
        self.filtered(lambda rma: not rma.return_place).sudo().return_place = "missing"

    def _on_give_address(self):
        self.return_place = False

    # === CHECKS === #

    def _check_submit(self):
        self._drop_gifts_given_back()
        for rma in self:
            rma._check_complete()
            rma._check_one_currency()
            rma._check_something_comes_back()
        self._take_policy()
        self._check_quantities()

    def _check_resubmit(self):
        self._check_submit()

    def _check_complete(self):
        if not self.reason_id:
            self._refuse_incomplete(self.env._("the reason of the return"))
        if not self.line_ids.filtered(lambda line: not line.is_gift):
            self._refuse_incomplete(self.env._("the goods that come back (a gift alone cannot)"))
        for line in self.line_ids:
            order = line.sale_line_id.sudo().order_id  # sudo: state of the sale
            if order and order.state != "sale":
                raise UserError(
                    self.env._(
                        "%(order)s is not a confirmed order, so there is nothing to return on %(rma)s.",
                        order=order.name,
                        rma=self.display_name,
                    )
                )
            if line.sale_line_id._aftersales_is_part_of_a_piece(line.quantity):
                raise UserError(
                    self.env._(
                        "%(rma)s: %(goods)s is counted in pieces, and %(quantity)s is no whole number of "
                        "them.",
                        rma=self.display_name,
                        goods=line.display_name,
                        quantity=f"{line.quantity:g}",
                    )
                )
            if line._needs_serial_number():
                self._refuse_incomplete(self.env._("the serial number of %s", line.product_id.display_name))

    def _check_something_comes_back(self):
        """A service cannot be sent back: waiting for its parcel would end with nothing accepted."""
        if self.resolution != "refund_only" and not self._announced_lines():
            labels = dict(self._fields["resolution"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(rma)s names nothing that a warehouse could receive, only services or goods that are "
                    "not kept in stock. Choose '%(refund)s' under 'Wanted': then no parcel is waited for.",
                    rma=self.display_name,
                    refund=labels["refund_only"],
                )
            )

    def _check_one_currency(self):
        """Goods of several orders come back in one parcel where their money is of one kind."""
        orders = self.line_ids.sale_line_id.sudo().order_id  # sudo: currencies compared
        foreign = orders.filtered(lambda order: order.currency_id != self.currency_id)
        if foreign:
            raise UserError(
                self.env._(
                    "%(orders)s was sold in another currency than %(rma)s is counted in. Make a return of "
                    "its own.",
                    orders=", ".join(foreign.mapped("name")),
                    rma=self.display_name,
                )
            )

    def _refuse_incomplete(self, what):
        raise UserError(self.env._("Enter on %(rma)s: %(what)s.", rma=self.display_name, what=what))

    def _take_policy(self):
        """The version in force when the customer asks is the one that holds to the end."""
        for rma, policy in self._policies_in_force().items():
            if policy and rma.policy_id != policy:
                rma._write_policy({"policy_id": policy.id})

    def _check_approve(self):
        self._take_deliveries()

    def _check_person_approve(self):
        """A person does not approve what no rule allows; silence does (RMA-02)."""
        self._judge_choice_again()
        refused = self.filtered(lambda rma: rma.eligibility == "not_eligible")
        if refused:
            raise UserError(
                self.env._(
                    "%s: there is no right to return the goods, see 'Why?'. Refuse the request, or let a "
                    "supervisor override the verdict with a reason.",
                    ", ".join(refused.mapped("display_name")),
                )
            )
        self.filtered(lambda rma: rma.resolution in rma_flow.MONEY)._refuse_money_under_warranty()
        self.filtered(lambda rma: rma.resolution == "refund_only")._refuse_gift_of_goods()

    def _judge_choice_again(self):
        """RMA-17: requests that were open together were all judged before any of them used the right.

        Counted once more while the deliveries are held; what a supervisor has decided otherwise stands.
        """
        free = self.filtered(lambda rma: rma.eligibility == "no_reason")
        rows = free._verdict_of("eligibility") if free else {}
        asked = free.filtered(lambda rma: not (rma in rows and rows[rma].overridden_by_id))
        asked._judge_eligibility()
        used_up = asked.filtered(lambda rma: rma.eligibility != "no_reason")
        if used_up:
            raise UserError(
                self.env._(
                    "%s: the return without a reason has been used by another return of the same goods, "
                    "which was approved meanwhile. Refuse the request, or let a supervisor override the "
                    "verdict with a reason.",
                    ", ".join(used_up.mapped("display_name")),
                )
            )

    def _refuse_gift_of_goods(self):
        """Money for goods that the customer has and keeps is a supervisor's to give.

        Section 4.2 knows a refund without goods only before the shipment and of a parcel that was refused.
        """
        kept = self.filtered(lambda rma: rma._customer_has_goods())
        if kept and "supervisor" not in self._roles():
            raise AccessError(
                self.env._(
                    "%s: the goods have been delivered and would stay with the customer. Ask for them back "
                    "(return and refund), or let a supervisor approve the refund without goods.",
                    ", ".join(kept.mapped("display_name")),
                )
            )

    def _customer_has_goods(self):
        if self.delivery_result in ("unsigned", "refused", "undeliverable"):
            return False
        if self.delivery_result == "signed":
            return True
        return bool(self.line_ids._first_shipment()) and not self._asks_for_rest()

    def _check_person_pass_to_refund(self):
        self._refuse_money_under_warranty()

    def _refuse_money_under_warranty(self):
        """RMA-13: too late for a return means repair or exchange; the money stays with us."""
        refused = self.filtered(lambda rma: rma.eligibility == eligibility.WARRANTY)
        if refused:
            raise UserError(
                self.env._(
                    "%s: only the warranty covers the goods, which means a repair or an exchange and no "
                    "money, see 'Why?'. Agree on one of them with the customer and choose it under 'Wanted', "
                    "or let a supervisor override the verdict with a reason.",
                    ", ".join(refused.mapped("display_name")),
                )
            )

    def _check_uphold(self):
        self._take_deliveries()

    def _check_register_shipment(self):
        for rma in self.filtered(lambda rma: rma.resolution != "refund_only"):
            if not rma.tracking_ref:
                rma._refuse_incomplete(self.env._("the tracking number of the parcel"))
        self._check_tracking_used_once()

    def _check_tracking_used_once(self):
        """One parcel, one return: the same number on another open return is a slip of the pen."""
        mine = {rma.tracking_ref: rma for rma in self if rma.tracking_ref}
        self._refuse_tracking_of_each_other()
        taken = self.sudo().search(  # sudo: other customers' returns count too
            [
                ("tracking_ref", "in", list(mine)),
                ("id", "not in", self.ids),
                ("state", "in", ("in_transit", "received", "inspected")),
                ("company_id", "in", self.company_id.ids),
            ],
            limit=1,
        )
        if taken:
            mine[taken.tracking_ref]._refuse_one_parcel_of_two(taken)
            raise UserError(
                self.env._(
                    "Tracking number %(number)s is on %(other)s already. Check the number of %(rma)s.",
                    number=taken.tracking_ref,
                    other=taken.name,
                    rma=mine[taken.tracking_ref].display_name,
                )
            )

    def _refuse_tracking_of_each_other(self):
        for number, rmas in self.filtered("tracking_ref").grouped("tracking_ref").items():
            if len(rmas) > 1:
                raise UserError(
                    self.env._(
                        "Tracking number %(number)s is given for %(rmas)s at once. Every return has a parcel "
                        "of its own: register them one by one.",
                        number=number,
                        rmas=", ".join(rmas.mapped("display_name")),
                    )
                )

    def _check_refuse_parcel(self):
        for rma in self:
            if not rma.parcel_refusal:
                rma._refuse_incomplete(self.env._("why the parcel was refused"))

    def _check_complete_inspection(self):
        for rma in self:
            open_ones = rma.inspection_ids.filtered(lambda found: found._is_open())
            if open_ones or (rma._has_received_goods() and not rma.inspection_ids):
                rma._refuse_incomplete(
                    self.env._("the grade of %s", ", ".join(open_ones.line_id.mapped("display_name")) or "-")
                )

    def _check_pass_to_shipment(self):
        for rma in self:
            if rma.resolution not in ("exchange", "repair") or rma._is_turned_down():
                raise UserError(
                    self.env._(
                        "On %s no goods are owed to the customer: refund it, or turn the goods down.",
                        rma.display_name,
                    )
                )

    def _check_ship(self):
        """What leaves is validated in Inventory; only without a transfer it is said by hand."""
        waiting = self._open_shipments()
        if waiting:
            raise UserError(
                self.env._(
                    "%(transfers)s for %(rmas)s has not left yet. Validate it in Inventory; the return "
                    "follows by itself.",
                    transfers=", ".join(waiting.mapped("name")),
                    rmas=", ".join(self.mapped("display_name")),
                )
            )
        self._refuse_unsent()

    def _check_pass_to_refund(self):
        """INSPECT-03: only after the inspection, and only what it accepted."""
        empty = self.filtered(lambda rma: rma.state == "inspected" and rma._is_turned_down())
        if empty:
            raise UserError(
                self.env._(
                    "The warehouse accepted nothing of %s, so there is nothing to refund. Turn the "
                    "goods down.",
                    ", ".join(empty.mapped("display_name")),
                )
            )

    # === EFFECTS === #

    def _on_submit(self):
        """What is asked for has just been found to be there, see ``_check_submit``."""
        page = VerdictPage()
        self._judge_eligibility(left={line: line.quantity for line in self.line_ids}, page=page)
        self._judge_freight(page)
        page.keep(self.env)

    def _on_resubmit(self):
        self._on_submit()

    def _on_approve(self):
        """Goods to come get their transfer; a refund without goods goes on by itself."""
        self._judge_freight_once()
        without_goods = self.filtered(lambda rma: rma.resolution == "refund_only")
        unshipped = without_goods.filtered(lambda rma: rma.delivery_result in ("not_shipped", "signed"))
        unshipped.filtered(lambda rma: rma._is_unshipped())._keep_in_stock()
        note = self.env._("No goods come back.")
        unshipped._fire("waive_goods", actor=lifecycle.SYSTEM, reason=note)
        coming = self - unshipped
        (coming - coming._left_to_the_clock())._create_return_pickings()
        (without_goods - unshipped)._fire("register_shipment", actor=lifecycle.SYSTEM)

    def _on_uphold(self):
        self._judge_freight()
        self._on_approve()

    def _on_register_shipment(self):
        self._judge_freight_once()
        self._note_tracking_number()

    def _judge_freight_once(self):
        """Who pays was judged when its facts were entered; of an imported return it is asked first now."""
        self.filtered(lambda rma: not rma.return_borne_by)._judge_freight()

    def _note_tracking_number(self):
        for rma in self:
            pickings = rma._open_receipts()
            if rma.tracking_ref and pickings:
                # sudo: the number helps the warehouse to find the transfer of the parcel
                pickings.sudo().carrier_tracking_ref = rma.tracking_ref

    def _on_receive(self):
        self._receive_announced()
        self._prepare_inspections()

    def _on_receive_more(self):
        self._prepare_inspections()

    def _on_refuse_parcel(self):
        """CON-10: the first unjustified refusal lets the customer send again, a repeated one refunds."""
        unjustified = self.filtered(lambda rma: rma.parcel_refusal == "unjustified")
        for rma in unjustified:
            rma._write_policy({"parcel_refusals": rma.parcel_refusals + 1})
        self._judge_freight()
        # sudo: the version that holds for the return, whoever refuses the parcel
        over = unjustified.filtered(
            lambda rma: rma.parcel_refusals >= (rma.sudo().policy_id.parcel_refusals or 2)
        )
        over._fire(
            "waive_goods",
            actor=lifecycle.SYSTEM,
            reason=self.env._("The parcel was refused again without reason."),
        )

    def _on_waive_goods(self):
        self._judge_freight()
        self._cancel_open_receipts()

    def _on_accept_by_silence(self):
        """What never arrived moves no goods: the transfer stays open, and the refund waits for two
        persons.
        """
        self._judge_freight()

    def _on_complete_inspection(self):
        """Judge, let the goods go where they belong, and hand a plain refund on."""
        self.inspection_ids._judge_findings()
        self._execute_dispositions()
        self._judge_freight()
        self._handle_as_ruled()
        passed = self.filtered(lambda rma: rma._passes_to_refund())
        stay = self - passed
        text = self._event_text("complete_inspection", rma_flow.RECEIVED, rma_flow.INSPECTED)
        stay._message_log_batch(dict.fromkeys(stay.ids, text))
        note = self.env._("The inspection is complete.")
        passed._fire("pass_to_refund", actor=lifecycle.SYSTEM, reason=note)

    def _log_event(self, event, moves, reason):
        """Of an inspection the log tells once it is known where it leads, in one line with that step."""
        if event != "complete_inspection":
            super()._log_event(event, moves, reason)

    def _passes_to_refund(self):
        """Whether the inspection leads to the refund by itself."""
        return self.resolution in ("refund_only", "return_refund") and not self._is_turned_down()

    def _handle_as_ruled(self):
        """RMA-37: with the inspection it is known whether the fault can be found out. If not, and nothing was
        agreed, an exchange ends as a return with refund; what only the warranty covers does not (RMA-13).
        """
        exchanges = self.filtered(lambda rma: rma.resolution == "exchange")
        for rma, row in (exchanges._verdict_of("freight") if exchanges else {}).items():
            ruled = (row.outcome_values or {}).get("handled_as") == "return_refund"
            if not ruled or rma._is_turned_down() or rma._is_ahead():  # he has the other one already
                continue
            if rma.eligibility == eligibility.WARRANTY:
                continue
            rma.sudo().resolution = "return_refund"  # sudo: the rule does it, whoever inspects
            rma._message_log(
                body=rma.env._(
                    "Nothing was agreed on the freight and nobody can be found at fault: the exchange is "
                    "handled as a return with refund."
                )
            )

    def _on_return_goods(self):
        self._create_way_back()

    def _on_pass_to_shipment(self):
        """Exchange: the same goods once more (EXCH-04); repair: the customer's own goods go back."""
        repaired = self.filtered(lambda rma: rma.resolution == "repair")
        repaired._create_way_back()
        (self - repaired)._create_exchange_deliveries()
        self._judge_freight()

    def _on_close(self):
        self._cancel_open_receipts()

    def _on_cancel(self):
        self._cancel_open_receipts()

    def _on_dismiss(self):
        self._cancel_open_receipts()

    def _note_parcel_refusal(self, why):
        """Why a parcel is refused; the warehouse says it with the event."""
        self.check_access("read")
        # sudo: the warehouse reads returns only; the event that follows judges its right
        self.sudo().parcel_refusal = why

    def action_override_eligibility(self):
        return self._fire_with_reason("override_eligibility", None)

    def _override_eligibility(self, outcome, reason):
        """A supervisor decides otherwise; the verdict keeps the reason."""
        self._refuse_what_stands("eligibility", outcome)
        self._override_verdict("eligibility", outcome, reason)
        self._write_policy({"eligibility": outcome})

    def action_override_freight(self):
        return self._fire_with_reason("override_freight", None)
