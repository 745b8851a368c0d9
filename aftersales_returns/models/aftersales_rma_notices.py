"""The customer of a return is told where it stands, and heard when he writes."""

from odoo import fields, models
from odoo.tools import LazyTranslate, email_normalize

from odoo.addons.aftersales_service.models.ir_qweb import Compiled

from ..policy import return_notices, rma_flow

_lt = LazyTranslate(__name__)

TEMPLATE = "aftersales_returns.mail_template_rma_progress"
ANSWER = "aftersales_returns.mail_activity_type_answer"
CALL = "aftersales_returns.mail_activity_type_call"

#: what he writes goes with a step that somebody is asked to decide anyway: no task of its own
WITH_STEP = "aftersales_said_with_step"

#: decisions that make whoever takes them the handler of a return that nobody has
TAKEN_OVER = ("approve", "refuse", "uphold")

#: {step: (subject, sentence)} of the notices
NOTICES = {
    "approved": (
        _lt("your return is approved"),
        _lt("We have approved your return."),
    ),
    "refused": (
        _lt("we cannot approve your return"),
        _lt("We have looked at your request and cannot approve it as it is."),
    ),
    "dismissed": (
        _lt("we stay with our decision"),
        _lt("We have looked at your objection and stay with our decision."),
    ),
    "address": (
        _lt("where to send the goods"),
        _lt("Here is the right address for the goods."),
    ),
    "no_goods": (
        _lt("you get your money back"),
        _lt("You need not send anything back."),
    ),
    "received": (
        _lt("your parcel is here"),
        _lt("We have received your parcel."),
    ),
    "parcel_refused": (
        _lt("we could not take your parcel"),
        _lt("Your parcel could not be taken in. Please ask us what was wrong before you send it again."),
    ),
    "missing": (
        _lt("your parcel has not reached us"),
        _lt("Your parcel has not reached us. Please send us the carrier's proof that it was handed over."),
    ),
    "accepted": (
        _lt("your parcel counts as accepted"),
        _lt("The time in which we had to answer is over: your parcel counts as accepted."),
    ),
    "passed": (
        _lt("the inspection is done"),
        _lt("We have inspected the goods and take them back."),
    ),
    "to_ship": (
        _lt("the inspection is done"),
        _lt("We have inspected the goods. You get others in exchange."),
    ),
    "to_repair": (
        _lt("the inspection is done"),
        _lt("We have inspected the goods. You get yours repaired."),
    ),
    "rejected": (
        _lt("the inspection: we cannot take the goods back"),
        _lt("We have inspected the goods and cannot take them back."),
    ),
    "refund_approved": (
        _lt("your refund is approved"),
        _lt("Your refund is approved: %s."),
    ),
    "refunded": (
        _lt("your refund is paid"),
        _lt("Your refund is paid: %s."),
    ),
    "sent_ahead": (
        _lt("your replacement is on its way"),
        _lt("We have sent you the replacement in advance."),
    ),
    "sent": (
        _lt("the goods are on their way to you"),
        _lt("We have sent you the goods."),
    ),
    "charged": (
        _lt("we charge what you kept"),
        _lt("What you had to send back has not come in time. We charge the replacement that you keep."),
    ),
    "closed": (
        _lt("your return is closed"),
        _lt("Your return is closed. If you still want to send the goods back, ask for a new one."),
    ),
    "cancelled": (
        _lt("your return is withdrawn"),
        _lt("Your return has been withdrawn."),
    ),
}
#: {step: state of the refunds whose amounts its sentence names}
NAMED_REFUNDS = {"refund_approved": "approved", "refunded": "paid"}


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    # === TELLING === #

    def _fire(self, event, actor=None, reason=None):
        result = super()._fire(event, actor=actor, reason=reason)
        if event in TAKEN_OVER and actor is None and not self.env.su:
            self.filtered(lambda rma: not rma.user_id).user_id = self.env.user
        self._tell_step(event, actor)
        return result

    def _tell_step(self, event, actor):
        """Queue a mail for each customer who has news; the same event later is news again (PROG-02)."""
        afterwards = {after for (_state, fired), after in self._flow.transitions.items() if fired == event}
        told = self.sudo()  # sudo: the address is used, whoever has moved the return
        nodes = {
            rma: return_notices.node_of(event, actor, rma.resolution == "refund_only")
            for rma in told
            if rma.state in afterwards and rma._is_to_be_told()
        }
        told = told.filtered(nodes.get)
        unreachable = told.filtered(lambda rma: not rma._has_address())
        if unreachable:
            unreachable._ask_to_call(nodes)
        told -= unreachable
        template = told and self.env.ref(TEMPLATE, raise_if_not_found=False)
        if not template:
            return
        for node, rmas in told.grouped(nodes.get).items():
            batch = {"aftersales_node": node, "aftersales_compiled": Compiled()}
            # sudo: the mail goes out for the company
            template.sudo().with_context(**batch).send_mail_batch(rmas.ids)

    def _is_to_be_told(self):
        return self.company_id.aftersales_tell_returns and not self.env.context.get("aftersales_no_mail")

    def _has_address(self):
        return bool(email_normalize(self.partner_id.email or ""))

    def _ask_to_call(self, nodes):
        """A task where the customer's time begins, or is over, and no mail can tell him.

        News takes the place of what he was to be told before.

        :param nodes: {return: what he is told of}
        """
        self.activity_unlink([CALL])
        to_call = self.filtered(lambda rma: nodes[rma] in return_notices.TOLD_BY_PHONE)
        for (node, user), rmas in to_call.grouped(lambda rma: (nodes[rma], rma._who_answers())).items():
            news, _sentence = rmas[0].with_context(aftersales_node=node)._notice_texts()
            rmas.activity_schedule(
                CALL, user_id=user.id, summary=self.env._("Tell the customer by telephone: %s", news)
            )

    def _follow_url(self):
        """Link that opens this one return, without a login."""
        self.ensure_one()
        return self.get_base_url() + self.get_portal_url()

    def _notice_texts(self):
        """(subject, sentence) of the step that the context names, in the customer's language."""
        self.ensure_one()
        node = self.env.context.get("aftersales_node", "received")
        if node == "to_ship" and self.resolution == "repair":
            node = "to_repair"
        subject, sentence = NOTICES[node]
        subject, sentence = self.env._(subject), self.env._(sentence)
        if node in NAMED_REFUNDS:
            sentence %= self._notice_refunds(NAMED_REFUNDS[node])
        return subject, sentence

    def _notice_refunds(self, state):
        """What is given back in money by refunds in that state, each in its currency."""
        refunds = self.refund_ids.filtered(lambda refund: refund.state == state)
        return ", ".join(refund.currency_id.format(refund.amount) for refund in refunds) or "-"

    def _notice_rows(self):
        """[(label, text)] of what he has to know now: reason, next step, by when, address, freight."""
        self.ensure_one()
        step = self._portal_next()
        over = self.state in (rma_flow.DONE, rma_flow.CLOSED, rma_flow.CANCELLED)
        rows = [
            (self.env._("Reason"), self.decision_reason),
            (self.env._("What is next"), step["text"] if not over or step["due"] else ""),
            (self.env._("By when"), self._notice_moment(step["due"])),
            (self.env._("Otherwise"), step["otherwise"]),
            (self.env._("Address"), self._notice_address()),
            (self.env._("Freight back"), self._notice_freight()),
        ]
        return [(label, text) for label, text in rows if text]

    def _notice_moment(self, at):
        if not at:
            return ""
        return f"{self._customer_moment(at)} ({self._customer_zone(at)})"

    def _notice_address(self):
        place = self._portal_return_address()
        return ", ".join(filter(None, (place.contact_address_inline, place.phone))) if place else ""

    def _notice_freight(self):
        """Who pays the way back, while the goods are still to come."""
        if self.state != rma_flow.APPROVED or not self._portal_has_slip():
            return ""
        back = self.freight_ids.filtered(lambda row: row.leg == "return")
        rows = self._portal_charge_rows(
            [(row.leg, row.borne_by, row.share, row.amount, row.settlement) for row in back]
        )
        return ", ".join(
            row["bearer"] if row["share"] == 100 else f"{row['bearer']} {row['share']:g} %" for row in rows
        )

    # === HEARING === #

    def message_post(self, **kwargs):
        message = super().message_post(**kwargs)
        rma = self.sudo()  # sudo: what follows from a message, whoever may write it
        if message._aftersales_is_reply():
            rma.activity_feedback([ANSWER])
        elif message._aftersales_is_customers() and not self.env.context.get(WITH_STEP):
            rma._customer_has_written()
        return message

    def _customer_has_written(self):
        """By mail or in the portal, also after the end: a task until somebody has answered."""
        for rma in self:
            if not rma.activity_search([ANSWER]):
                rma.activity_schedule(
                    ANSWER,
                    user_id=rma._who_answers().id,
                    summary=rma.env._("The customer has written: answer"),
                )

    def _who_answers(self):
        """The handler; without one whoever has the ticket, leads its team or another one of the company.

        Never the customer, who has made the return himself where it came through the portal.
        """
        rma = self.sudo()  # sudo: who is in charge, whoever works on the return
        team = rma.ticket_id.team_id
        people = [rma.user_id, rma.ticket_id.user_id, team.supervisor_id, team.manager_id, rma.create_uid]
        users = rma.env["res.users"].union(*people, team.member_ids)
        ours = users.filtered(lambda user: user.active and not user.share)[:1]
        return (ours or rma.company_id._aftersales_any_supervisor()).with_env(self.env)


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_tell_returns = fields.Boolean(
        "Tell customers each step of their returns",
        default=True,
        help="Approved or refused and why, where to send the goods and by when, received, result of the "
        "inspection, refunded, closed. What customers do themselves is not told.",
    )

    def _aftersales_any_supervisor(self):
        """Who hears of a return that nobody handles and whose team has nobody."""
        supervisors = self.env.ref("aftersales_service.group_supervisor").all_user_ids
        mine = supervisors.filtered(lambda user: user.active and self in user.company_ids)
        return self._aftersales_parcel_supervisor() or mine[:1]


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_tell_returns = fields.Boolean(related="company_id.aftersales_tell_returns", readonly=False)
