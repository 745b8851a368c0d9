"""What the customer sees of a return, and how he asks for one."""

from odoo import api, fields, models

from odoo.addons.aftersales_service.policy import lifecycle, verdict

from ..policy import eligibility, freight, rma_flow

#: events whose reason the customer reads
TOLD = ("refuse", "dismiss", "reject")
#: what he may do himself on the page of a return
ANSWERS = ("register_shipment", "miss_address", "resubmit", "dispute", "cancel")
#: asked for, and no transfer holds the goods yet
ASKED = (rma_flow.REQUESTED, rma_flow.DISPUTED)


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    decision_reason = fields.Text(
        "Told the customer", readonly=True, copy=False, help="Why we refused, as the customer reads it."
    )

    def _log_event(self, event, moves, reason):
        super()._log_event(event, moves, reason)
        if event in TOLD and reason:
            self._write_policy({"decision_reason": reason})
        elif event in ("resubmit", "uphold"):
            self._write_policy({"decision_reason": False})

    def _prepare_ticket_vals(self):
        channel = {"channel": "web"} if self.create_uid.share else {}  # by a form of the portal
        return {**super()._prepare_ticket_vals(), **channel}

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.env._("Return slip %s", self.name)

    # === WHAT HE MAY DO === #

    def _portal_answers(self):
        """Events the customer may fire now."""
        self.ensure_one()
        return [
            event
            for event in ANSWERS
            if (self.state, event) in self._flow.transitions
            and lifecycle.may_fire(self._flow, event, {lifecycle.CUSTOMER})
            and not (event in ("register_shipment", "miss_address") and self.resolution == "refund_only")
            and not (event == "miss_address" and self.return_place)
        ]

    def _portal_asks_freight(self):
        """FREIGHT-22, -24: he has laid the freight out and may tell us how much, while it can be counted.

        Not where it is his own: nobody tells us what he gets nothing back for.
        """
        if self.return_borne_by == "customer":
            return False
        sent = self.state in (rma_flow.IN_TRANSIT, rma_flow.RECEIVED, rma_flow.INSPECTED)
        comes_back = self.resolution != "refund_only" and self.return_prepaid_by == "customer"
        return comes_back and (sent or self.freight_is_open)

    def _portal_freight_ceiling(self):
        """What he may tell by himself: no more than his orders have cost. Customer service may enter more."""
        # sudo: what was paid for the goods, on a page of their customer
        orders = self.sudo().line_ids.sale_line_id.order_id
        return sum(orders.mapped("amount_total"))

    def _portal_take_freight(self, amount):
        """What the customer has paid, as on the receipt that he has attached (AMB-19: that is the proof)."""
        self.return_freight = amount
        self._message_log(
            body=self.env._(
                "The customer has paid %s for the way back; his receipt is attached here.",
                self.currency_id.format(amount),
            )
        )

    def _portal_has_slip(self):
        """Goods are expected, so that a slip helps the warehouse to know the parcel; the address is on it."""
        is_expected = self.state in (rma_flow.APPROVED, rma_flow.IN_TRANSIT)
        return is_expected and self.resolution != "refund_only" and not self.return_place

    def _portal_return_address(self):
        """Where the parcel goes, as on the slip; empty as long as the right address is still to come."""
        rma = self.sudo()  # sudo: our own address, for customers who may read neither warehouse nor company
        place = rma.warehouse_id.partner_id or rma.company_id.partner_id
        return place if self.state == rma_flow.APPROVED and self._portal_has_slip() else place.browse()

    # === WHERE IT STANDS === #

    def _portal_next(self):
        """{"text", "due" (naive UTC or None), "otherwise"}: what is next, in words for the customer."""
        self.ensure_one()
        due = self._next_due() or None
        # the promise of the return itself; what a dispute or a refund waits for does not expire into anything
        policy = self.sudo().policy_id  # sudo: the version that holds, for the customer
        silence = self._portal_silence(policy).get(self.next_kind, "") if self.next_due_at else ""
        return {"text": self._portal_next_text(), "due": due, "otherwise": silence}

    def _portal_next_text(self):
        if self.state == "approved" and self.resolution == "refund_only":
            return self.env._("We prepare your refund.")
        if self.state == "disputed" and self._open_dispute()[:1].state == "open":
            return self.env._("We answer your objection, then a supervisor decides.")
        if self.state == "approved" and self.return_place:
            return self.env._("We give you the right return address. Please keep the goods until then.")
        return {
            "draft": self.env._("This request has not been sent yet."),
            "requested": self.env._("We look at your request and answer you."),
            "refused": self.env._("Change your request and send it again, or dispute our decision."),
            "disputed": self.env._("A supervisor decides about your objection."),
            "approved": self.env._("Send the goods back and tell us the tracking number."),
            "in_transit": self.env._("Your parcel is on its way to us."),
            "received": self.env._("We have received your parcel and inspect the goods."),
            "inspected": self.env._("We have inspected the goods and settle the matter with you."),
            "to_refund": self.env._("We check your refund and pay it."),
            "to_ship": self.env._("We get the goods for you ready for shipment."),
            "rejected": self.env._("We cannot accept the goods and send them back to you."),
            "done": self.env._("Everything is done."),
            "closed": self.env._("This return is closed."),
            "cancelled": self.env._("This request has been withdrawn."),
        }[self.state]

    @api.model
    def _portal_silence(self, policy):
        """{kind of deadline: what happens when it runs out}, in words for customers: as the flow decides, and
        in the steps of a version as that version does.
        """
        meaning, promises = self._silence_of_events(), self._flow.promises.items()
        by_flow = {
            kind: meaning[promise.expires]
            for kind, promise in promises
            if promise.expires and not promise.own_work
        }
        return {**by_flow, **{row.step: row._silence_told() for row in policy.step_ids}}

    @api.model
    def _silence_of_events(self):
        """{event that time fires: what it means, in words for customers}."""
        return {
            "approve": self.env._("If you hear nothing from us by then, your return is approved."),
            "close": self.env._("If we hear nothing from you by then, the return is closed."),
            "accept_by_silence": self.env._(
                "If you hear nothing from us by then, your parcel counts as accepted."
            ),
            "waive_goods": self.env._(
                "If you hear nothing from us by then, you are refunded and need not send anything back."
            ),
            "charge_kept": self.env._(
                "If we hear nothing from you by then, what we sent you in advance is invoiced."
            ),
        }

    def _portal_timeline(self):
        """[{"label", "at", "done", "now"}] of the steps of this kind of return."""
        self.ensure_one()
        steps = self._portal_steps()
        present = self._portal_present_step()
        order = [step for step, _label, _moment in steps]
        at = order.index(present) if present in order else -1
        rows = [
            {"label": label, "at": moment or None, "done": bool(moment) or number < at, "now": number == at}
            for number, (step, label, moment) in enumerate(steps)
        ]
        is_over = self.state in (rma_flow.CLOSED, rma_flow.CANCELLED)
        return [row for row in rows if row["done"]] if is_over else rows

    def _portal_steps(self):
        back = [
            ("in_transit", self.env._("Sent back"), self.shipped_at),
            ("received", self.env._("Received by us"), self.received_at),
            ("inspected", self.env._("Inspected"), self.inspected_at),
        ]
        turned_down = self._is_turned_down()
        refunds = self.resolution in ("refund_only", "return_refund") and not turned_down
        sent = self.env._("Sent back to you") if turned_down else self.env._("Sent to you")
        end = [
            ("to_refund", self.env._("Refund checked"), self.refund_confirmed_at),
            ("done", self.env._("Refunded") if refunds else sent, self.done_at),
        ]
        return [
            ("requested", self.env._("Requested"), self.requested_at),
            ("approved", self.env._("Approved"), self.approved_at),
            *([] if self.resolution == "refund_only" else back),
            *(end if refunds else end[1:]),
        ]

    def _portal_present_step(self):
        """The step whose turn it is; closed and withdrawn returns have none."""
        is_refunded = self.resolution == "return_refund" and not self._is_turned_down()
        return {
            "draft": "requested",
            "requested": "approved",
            "refused": "requested",
            "disputed": "approved",
            "approved": "to_refund" if self.resolution == "refund_only" else "in_transit",
            "in_transit": "received",
            "received": "inspected",
            "inspected": "to_refund" if is_refunded else "done",
            "to_refund": "done" if self.refund_confirmed_at else "to_refund",
            "to_ship": "done",
            "rejected": "done",
        }.get(self.state)

    def _portal_refunds(self):
        """Refunds whose amounts customer service has checked; before that nothing is promised."""
        # sudo: the customer has no rights on refunds; amounts and states alone are shown
        return self.sudo().refund_ids.filtered(lambda refund: refund.state not in ("draft", "cancelled"))

    # === WHY === #

    def _portal_reasons(self):
        """[{"kind", "title", "label", "clauses"}] of what was decided, without what is ours alone."""
        self.ensure_one()
        rows = self._public_reasons()[self.id]
        for refund in self._portal_refunds():
            rows += refund._public_reasons()[refund.id]
        hidden = self._portal_hidden_codes(rows)
        if self.received_at or self.state in (rma_flow.CLOSED, rma_flow.CANCELLED):
            hidden.add("eligibility_pictures")  # the goods are here, or it is over: nobody asks for pictures
        return [
            {**row, "clauses": [clause for clause in row["clauses"] if clause["code"] not in hidden]}
            for row in rows
            if row["kind"] in ("eligibility", "freight", "refund", "refund_channel")
        ]

    @api.model
    def _portal_hidden_codes(self, rows):
        """Codes among the clauses whose sentence is not for customers."""
        codes = [clause["code"] for row in rows for clause in row["clauses"]]
        # sudo: customers have no rights on the table of sentences
        clauses = self.env["aftersales.clause"].sudo()
        return set(clauses.search([("code", "in", codes), ("public", "=", False)]).mapped("code"))

    def _portal_charges(self):
        """Who pays which leg, as the verdict left it."""
        # sudo: the customer has no rights on charges; these are those of his return
        charges = self.sudo().freight_ids
        return self._portal_charge_rows(
            [(row.leg, row.borne_by, row.share, row.amount, row.settlement) for row in charges]
        )

    def _portal_charge_rows(self, parts):
        """[{"leg", "bearer", "share", "amount", "settlement"}] of tuples in that order.

        Legs that do not arise are left out.
        """
        charges = self.env["aftersales.freight.charge"]._fields
        legs, bearers, settlements = (
            dict(charges[name]._description_selection(self.env)) for name in ("leg", "borne_by", "settlement")
        )
        usual = {"outbound"} if self.resolution == "refund_only" else {"outbound", "return"}
        usual |= {"reship"} if self.resolution in ("exchange", "repair") else set()
        return [
            {
                "leg": legs[leg],
                "bearer": bearers[borne_by],
                "share": float(share),
                "amount": float(amount),
                "settlement": settlements[settlement] if settlement != freight.NONE else "",
            }
            for leg, borne_by, share, amount, settlement in parts
            if leg in usual or amount
        ]

    # === BEFORE HE ASKS === #

    @api.model
    def _portal_preview(self, vals):
        """What would be decided on a return with these values; nothing is kept, no number is drawn.

        :return: {"eligible", "closes_at" (naive UTC), "closes" (as customers read it), "reasons", "charges"}
        """
        rma = self.new(vals)
        rma.line_ids |= self.env["aftersales.rma.line"].concat(
            *[self.env["aftersales.rma.line"].new({**row, "rma_id": rma.id}) for row in rma._gift_rows()]
        )
        if vals.get("delivery_result"):
            rma.delivery_result = vals["delivery_result"]  # the lines have made it be computed anew
        right = eligibility.judge(rma._eligibility_facts()[rma])
        closes = fields.Datetime.to_datetime((right.values["closes_at"] or "").replace("T", " "))
        rows = self.env["aftersales.freight.rule"]._policy_rows(rma.company_id)
        costs = freight.judge(rma._freight_facts(), rows)
        charges = costs.values["charges"]
        in_vain = {eligibility.NOT_ELIGIBLE}
        if rma.resolution in rma_flow.MONEY:
            in_vain.add(eligibility.WARRANTY)  # RMA-13: repair or exchange, as its sentence says
        return {
            "eligible": right.outcome not in in_vain,
            "closes_at": closes,
            "closes": closes and f"{rma._customer_moment(closes)} ({rma._customer_zone(closes)})",
            "gifts": rma.line_ids.filtered("is_gift"),
            "reasons": self._portal_explain({"eligibility": right, "freight": costs}),
            "charges": rma._portal_charge_rows(
                [(part.leg, part.borne_by, part.share, part.amount, part.settlement) for part in charges]
            ),
            "refusal": rma._refusal_freight() if rma.delivery_result == "unsigned" else [],
            "currency": rma.currency_id,
        }

    @api.model
    def _portal_explain(self, answers):
        """The public sentences of verdicts that are not kept."""
        # sudo: customers have no rights on verdicts; these exist in memory only
        verdicts = self.env["aftersales.verdict"].sudo()
        titles = dict(verdicts._fields["kind"]._description_selection(self.env))
        rows = []
        for kind, answer in answers.items():
            clauses = [verdict.to_plain(clause) for clause in answer.clauses]
            row = verdicts.new({"kind": kind, "outcome": answer.outcome, "clauses": clauses})
            shown = [clause for clause in row.explanation if clause["public"] and clause["matched"]]
            rows.append({"kind": kind, "title": titles[kind], "label": row.outcome_label, "clauses": shown})
        hidden = self._portal_hidden_codes(rows)
        for row in rows:
            row["clauses"] = [clause for clause in row["clauses"] if clause["code"] not in hidden]
        return rows
